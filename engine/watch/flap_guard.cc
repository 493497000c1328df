// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/flap_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/part.h"

namespace firmform::watch {
namespace {

using Place = std::pair<std::string, std::string>;  ///< host and address

/// What somebody asks for by a line of the manifest; queue entries and windows come and go with it.
bool is_wanted(const plan::Change& change) {
  switch (change.resource) {
    case plan::ResourceType::firmware:
    case plan::ResourceType::stored_image:
    case plan::ResourceType::install_set:
      return true;
    case plan::ResourceType::window:
    case plan::ResourceType::queue_entry:
    case plan::ResourceType::restart:
    case plan::ResourceType::integrity:
      return false;
  }
  return false;
}

/// Restarts are shared by components, and the rest sends nothing.
bool changes_it(const plan::Action& action) {
  switch (action.type) {
    case plan::ActionType::flash:
    case plan::ActionType::start_update:
    case plan::ActionType::store:
    case plan::ActionType::create:
    case plan::ActionType::change:
    case plan::ActionType::remove:
    case plan::ActionType::invoke:
      return true;
    case plan::ActionType::reset_host:
    case plan::ActionType::reset_bmc:
    case plan::ActionType::verify:
    case plan::ActionType::hold:
    case plan::ActionType::restore:
      return false;
  }
  return false;
}

std::map<plan::ActionId, UtcTime> first_intents(const std::vector<journal::Event>& events) {
  std::map<plan::ActionId, UtcTime> sent;
  for (const journal::Event& event : events) {
    if (event.kind == journal::EventKind::intent && event.action) sent.try_emplace(*event.action, event.at);
  }
  return sent;
}

std::optional<UtcTime> sent_at(const plan::Plan& plan, const plan::Change& change,
                               const std::map<plan::ActionId, UtcTime>& sent) {
  std::optional<UtcTime> first;
  for (const plan::ActionId id : change.actions) {
    const auto found = sent.find(id);
    if (found == sent.end() || id >= plan.actions.size() || !changes_it(plan.actions[id])) continue;
    first = std::min(first.value_or(found->second), found->second);
  }
  return first;
}

/// The work of one host that does not need what flaps: all of the rest, else whatever of it stands by itself.
std::vector<std::string> rest_of_host(const plan::Plan& plan, const std::string& host,
                                      const std::set<Place>& flapping) {
  std::vector<std::string> all;
  for (const plan::Change& change : plan.changes) {
    if (change.host != host || change.actions.empty() || !is_wanted(change)) continue;
    if (!flapping.contains({change.host, change.address})) all.push_back(change.host + "/" + change.address);
  }
  if (all.empty() || plan::part_of(plan, all)) return all;
  std::vector<std::string> some;
  for (const std::string& target : all) {
    some.push_back(target);
    if (!plan::part_of(plan, some)) some.pop_back();
  }
  return some;
}

std::optional<plan::Plan> part_with(const plan::Plan& plan, const std::vector<std::string>& targets) {
  if (targets.empty()) return std::nullopt;
  auto part = plan::part_of(plan, targets);
  return part ? std::optional(std::move(*part)) : std::nullopt;
}

/// Adds the hosts whose work waits for that of these.
void add_dependents(const plan::Plan& plan, std::set<std::string>& hosts) {
  for (std::size_t before = 0; before != hosts.size();) {
    before = hosts.size();
    for (const plan::Action& action : plan.actions) {
      const auto waits = [&](plan::ActionId need) { return hosts.contains(plan.actions[need].host); };
      if (std::ranges::any_of(action.needs, waits)) hosts.insert(action.host);
    }
  }
}

/// The hosts with work, without these.
std::vector<std::string> other_hosts(const plan::Plan& plan, const std::set<std::string>& without) {
  std::set<std::string> others;
  for (const plan::Action& action : plan.actions) {
    if (!without.contains(action.host)) others.insert(action.host);
  }
  return {others.begin(), others.end()};
}

}  // namespace

std::vector<Sending> sendings_of(const plan::Plan& plan, const std::vector<journal::Event>& events) {
  const auto sent = first_intents(events);
  std::vector<Sending> sendings;
  for (const plan::Change& change : plan.changes) {
    if (!is_wanted(change)) continue;
    if (const auto at = sent_at(plan, change, sent)) sendings.push_back({change.host, change.address, change.to, *at});
  }
  return sendings;
}

Result<std::vector<Sending>> History::since(journal::Journal& journal, UtcTime since) {
  const auto runs = journal.runs();
  if (!runs) return fail(runs.error());
  std::map<std::string, std::vector<Sending>> finished;
  std::vector<Sending> all;
  for (const journal::Run& run : *runs) {
    if (run.started_at < since) continue;
    const auto known = finished_.find(run.id);
    if (known != finished_.end()) {
      all.insert(all.end(), known->second.begin(), known->second.end());
      finished.insert(*known);
      continue;
    }
    const auto plan = journal.plan_of(run.id);
    if (!plan) return fail(plan.error());
    const auto events = journal.events(run.id);
    if (!events) return fail(events.error());
    std::vector<Sending> sent = sendings_of(*plan, *events);
    all.insert(all.end(), sent.begin(), sent.end());
    if (run.finished_at) finished[run.id] = std::move(sent);
  }
  finished_ = std::move(finished);  // what is too old is forgotten
  return all;
}

FlapGuard guard_of(const manifest::Watch& watch) {
  return {.changes = static_cast<std::size_t>(watch.flap_changes), .within = watch.flap_within};
}

std::vector<Flap> flapping(const plan::Plan& plan, const std::vector<Sending>& sent, const FlapGuard& guard,
                           UtcTime now) {
  std::map<Place, std::vector<const Sending*>> by_place;
  for (const Sending& sending : sent) by_place[{sending.host, sending.component}].push_back(&sending);
  std::vector<Flap> flaps;
  for (const plan::Change& change : plan.changes) {
    const auto found = by_place.find({change.host, change.address});
    if (change.actions.empty() || !is_wanted(change) || found == by_place.end()) continue;
    std::vector<UtcTime> times;
    for (const Sending* sending : found->second) {
      if (sending->to == change.to && sending->at > now - guard.within) times.push_back(sending->at);
    }
    if (times.size() < guard.changes) continue;
    std::ranges::sort(times, std::greater<>());
    flaps.push_back({.host = change.host,
                     .component = change.address,
                     .name = change.name,
                     .to = change.to,
                     .changes = times.size(),
                     .until = times[guard.changes - 1] + guard.within});
  }
  return flaps;
}

plan::Plan without(const plan::Plan& plan, const std::vector<Flap>& flaps) {
  if (flaps.empty()) return plan;
  std::set<Place> places;
  std::set<std::string> hosts;
  for (const Flap& flap : flaps) {
    places.emplace(flap.host, flap.component);
    hosts.insert(flap.host);
  }
  std::vector<std::string> targets = other_hosts(plan, hosts);
  for (const std::string& host : hosts) {
    for (std::string& target : rest_of_host(plan, host, places)) targets.push_back(std::move(target));
  }
  if (auto part = part_with(plan, targets)) return std::move(*part);
  add_dependents(plan, hosts);
  targets = other_hosts(plan, hosts);
  if (auto part = part_with(plan, targets)) return std::move(*part);
  plan::Plan nothing;
  nothing.header = plan.header;
  return nothing;
}

Error to_error(const Flap& flap, const FlapGuard& guard) {
  return {Code::flapping,
          fmt::format("{}/{} was set to {} {} within {} and is different again; it is left alone until {}", flap.host,
                      flap.name.empty() ? flap.component : flap.name, printable(flap.to), counted(flap.changes, "time"),
                      to_text(guard.within), to_rfc3339(flap.until))};
}

}  // namespace firmform::watch
