// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/part.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "engine/base/text.h"
#include "engine/inventory/staging.h"
#include "engine/plan/codec.h"

namespace firmform::plan {
namespace {

struct Target {
  std::string host;
  std::optional<std::string> component;  ///< absent: the whole host
};

/// Addresses hold no slash, names of components may.
Target parse_target(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return {text, std::nullopt};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

bool names(const std::string& pattern, const Change& change) {
  return pattern == change.name || glob_match(pattern, change.address) || glob_match(pattern, change.name);
}

/// What is selected: whole hosts, and single changes.
struct Selection {
  std::set<std::string> hosts;     ///< of all that is selected
  std::vector<bool> changes;       ///< by place in Plan::changes
  std::set<std::string> entirely;  ///< hosts that are selected as a whole
};

Error with_nearest(const Error& error, const std::string& wrong, const std::vector<std::string>& candidates) {
  const auto near = nearest(wrong, candidates);
  return near ? error.with_help(fmt::format("did you mean `{}`?", *near)) : error;
}

Error no_such_host(const Plan& plan, const std::string& pattern) {
  std::vector<std::string> known;
  for (const PlannedHost& host : plan.hosts) known.push_back(host.name);
  const Error error(Code::unknown_host,
                    fmt::format("`{}` matches none of the plan's {}", pattern, counted(known.size(), "host")));
  return with_nearest(error, pattern, known);
}

Error no_such_component(const Plan& plan, const Target& target) {
  std::vector<std::string> known;
  for (const Change& change : plan.changes) {
    if (glob_match(target.host, change.host)) known.push_back(change.address);
  }
  const Error error(Code::component_not_found,
                    fmt::format("`{}` matches nothing that the plan has of {}", *target.component, target.host));
  return with_nearest(error, *target.component, known);
}

class Selector {
 public:
  explicit Selector(const Plan& plan) : plan_(plan) { selection_.changes.resize(plan.changes.size()); }

  Status add(const std::string& text) {
    const Target target = parse_target(text);
    const auto is_meant = [&](const PlannedHost& host) { return glob_match(target.host, host.name); };
    if (std::ranges::none_of(plan_.hosts, is_meant)) return fail(no_such_host(plan_, target.host));
    if (!target.component) {
      for (const PlannedHost& host : plan_.hosts) {
        if (is_meant(host)) selection_.entirely.insert(host.name);
      }
    }
    const bool found = add_changes(target);
    return found || !target.component ? Status() : fail(no_such_component(plan_, target));
  }

  Selection take() {
    selection_.hosts.insert(selection_.entirely.begin(), selection_.entirely.end());
    return std::move(selection_);
  }

 private:
  bool add_changes(const Target& target) {
    bool found = false;
    for (std::size_t i = 0; i < plan_.changes.size(); ++i) {
      const Change& change = plan_.changes[i];
      if (!glob_match(target.host, change.host)) continue;
      if (target.component && !names(*target.component, change)) continue;
      selection_.changes[i] = true;
      selection_.hosts.insert(change.host);
      found = true;
    }
    return found;
  }

  const Plan& plan_;
  Selection selection_;
};

/// Whether sending it changes what all of its owners are about; what is only put into place harms nobody.
bool takes_effect(const Action& action) {
  switch (action.type) {
    case ActionType::flash:
    case ActionType::start_update:
    case ActionType::invoke:
    case ActionType::reset_host:
    case ActionType::reset_bmc:
      return true;
    case ActionType::create:
    case ActionType::change:
      return std::ranges::any_of(
          action.components, [](const std::string& address) { return address.starts_with(inventory::kQueuePrefix); });
    case ActionType::store:
    case ActionType::remove:
    case ActionType::verify:
    case ActionType::hold:
    case ActionType::restore:
      return false;
  }
  return true;
}

/// Finds the actions of a selection, and what it lacks.
class Closure {
 public:
  Closure(const Plan& plan, const Selection& selection)
      : plan_(plan), selection_(selection), chosen_(selection.changes), owners_(plan.actions.size()) {
    for (std::size_t i = 0; i < plan.changes.size(); ++i) {
      for (const ActionId id : plan.changes[i].actions) owners_[id].push_back(i);
    }
  }

  /// Places of changes that must be selected as well; empty: the selection stands by itself.
  std::vector<std::size_t> missing() {
    std::vector<std::size_t> all;
    while (true) {
      find_actions();
      const std::vector<std::size_t> more = missing_now();
      if (more.empty()) break;
      for (const std::size_t place : more) chosen_[place] = true;
      all.insert(all.end(), more.begin(), more.end());
    }
    std::ranges::sort(all);
    return all;
  }

  [[nodiscard]] bool has(ActionId id) const { return in_[id]; }

  /// What an action needs once that which is left out is; sorted.
  [[nodiscard]] std::vector<ActionId> needs_of(ActionId id) const {
    std::set<ActionId> found;
    std::set<ActionId> seen;
    std::vector<ActionId> open = plan_.actions[id].needs;
    while (!open.empty()) {
      const ActionId need = open.back();
      open.pop_back();
      if (!seen.insert(need).second) continue;
      if (!is_passed_over(id, need)) {
        found.insert(need);
      } else {
        open.insert(open.end(), plan_.actions[need].needs.begin(), plan_.actions[need].needs.end());
      }
    }
    return {found.begin(), found.end()};
  }

  /// Not selected, and there for selected ones alone.
  [[nodiscard]] bool serves(std::size_t place) const {
    const Change& change = plan_.changes[place];
    return !change.actions.empty() && change.resource != ResourceType::firmware &&
           std::ranges::all_of(change.actions, [&](ActionId id) { return listed_[id]; });
  }

 private:
  /// What the chosen changes list, what comes with their hosts whoever asked for it, and what all of it waits for.
  void find_actions() {
    listed_.assign(plan_.actions.size(), false);
    only_firmware_ = true;
    for (std::size_t i = 0; i < plan_.changes.size(); ++i) {
      if (!chosen_[i]) continue;
      only_firmware_ = only_firmware_ && plan_.changes[i].resource == ResourceType::firmware;
      for (const ActionId id : plan_.changes[i].actions) listed_[id] = true;
    }
    in_ = listed_;
    follows_.assign(plan_.actions.size(), false);
    for (std::size_t i = plan_.actions.size(); i-- > 0;) {
      const Action& action = plan_.actions[i];
      if (owners_[i].empty() && selection_.entirely.contains(action.host)) in_[i] = true;
      if (!in_[i]) continue;
      for (const ActionId need : needs_of(action.id)) in_[need] = true;
    }
    add_followers();
  }

  /// A change of firmware lists what stores its own images; another's comes before it for the sake of order alone. What
  /// follows a part comes after as much of its host's work as there is.
  [[nodiscard]] bool is_passed_over(ActionId id, ActionId need) const {
    if (follows_[id]) return !in_[need];
    return plan_.actions[need].type == ActionType::store && !listed_[need] && only_firmware_;
  }

  /// Settings are put back after whatever part of the host's flashes.
  void add_followers() {
    std::set<std::string> flashed;
    for (const Action& action : plan_.actions) {
      const bool flashes = action.type == ActionType::flash || action.type == ActionType::start_update;
      if (flashes && in_[action.id]) flashed.insert(action.host);
    }
    for (const Action& action : plan_.actions) {
      if (action.type != ActionType::restore || in_[action.id] || !flashed.contains(action.host)) continue;
      in_[action.id] = follows_[action.id] = true;
    }
  }

  [[nodiscard]] std::vector<std::size_t> missing_now() const {
    std::set<std::size_t> found;
    for (const Action& action : plan_.actions) {
      if (!in_[action.id] || (listed_[action.id] && !takes_effect(action))) continue;
      for (const std::size_t owner : owners_[action.id]) {
        if (!chosen_[owner] && !serves(owner)) found.insert(owner);
      }
    }
    return {found.begin(), found.end()};
  }

  const Plan& plan_;
  const Selection& selection_;
  std::vector<bool> chosen_;  ///< by change; grows by what is missing
  std::vector<std::vector<std::size_t>> owners_;
  std::vector<bool> listed_;   ///< by action: a chosen change lists it
  bool only_firmware_ = true;  ///< is chosen
  std::vector<bool> in_;       ///< by action
  std::vector<bool> follows_;  ///< by action: its host's work ends with it
};

Error incomplete(const Plan& plan, const std::vector<std::string>& targets, const std::vector<std::size_t>& missing) {
  constexpr std::size_t kShown = 12;
  std::vector<std::string> lacking;
  for (const std::size_t place : missing) {
    lacking.push_back(fmt::format("{}/{}", plan.changes[place].host, plan.changes[place].address));
  }
  const std::size_t shown = std::min(kShown, lacking.size());
  const auto end = lacking.begin() + static_cast<std::ptrdiff_t>(shown);
  Error error(
      Code::target_incomplete,
      fmt::format("{} cannot be carried out without {}", fmt::join(targets, ", "),
                  fmt::join(lacking.begin(), end, ", ")) +
          (shown < lacking.size() ? fmt::format(" and {}", counted(lacking.size() - shown, "more change")) : ""));
  std::vector<std::string> options;
  for (std::size_t i = 0; i < shown; ++i) options.push_back(fmt::format("-target '{}'", lacking[i]));
  error = error.with_note("they come before it in the plan, or one request or restart brings about both");
  return error.with_help(fmt::format("add {}, or name whole hosts", fmt::join(options, " ")));
}

/// Puts the part together.
class Cutter {
 public:
  Cutter(const Plan& whole, const Selection& selection, const Closure& closure)
      : whole_(whole), selection_(selection), closure_(closure) {}

  Plan cut() {
    part_.header = whole_.header;
    part_.header.part_of = whole_.header.id;
    part_.max_hosts_in_flight = whole_.max_hosts_in_flight;
    part_.max_uploads_in_flight = whole_.max_uploads_in_flight;
    part_.max_failures = whole_.max_failures;
    part_.config_guard = whole_.config_guard;
    part_.foreign_work = whole_.foreign_work;
    part_.policies = whole_.policies;
    take_actions();
    take_changes();
    for (const PlannedHost& host : whole_.hosts) {
      if (selection_.hosts.contains(host.name)) part_.hosts.push_back(host);
    }
    take_rollout();
    const auto is_served = [](const Action& action) { return action.image && action.image->served; };
    if (std::ranges::any_of(part_.actions, is_served)) part_.image_server = whole_.image_server;
    part_.header.id = compute_id(part_);
    return std::move(part_);
  }

 private:
  void take_actions() {
    for (const Action& action : whole_.actions) {
      if (!closure_.has(action.id)) continue;
      const auto id = static_cast<ActionId>(part_.actions.size());
      ids_[action.id] = id;
      Action& taken = part_.actions.emplace_back(action);
      taken.id = id;
      taken.needs = renumbered(closure_.needs_of(action.id));
    }
  }

  /// Ids keep their order, so what was sorted stays so.
  [[nodiscard]] std::vector<ActionId> renumbered(const std::vector<ActionId>& before) const {
    std::vector<ActionId> after;
    for (const ActionId id : before) after.push_back(ids_.at(id));
    return after;
  }

  void take_changes() {
    for (std::size_t i = 0; i < whole_.changes.size(); ++i) {
      if (!selection_.changes[i] && !closure_.serves(i)) continue;
      Change& taken = part_.changes.emplace_back(whole_.changes[i]);
      taken.actions = renumbered(taken.actions);
    }
  }

  void take_rollout() {
    if (!whole_.rollout) return;
    std::set<std::string> working;
    for (const Action& action : part_.actions) working.insert(action.host);
    const auto is_out = [&](const std::string& host) { return !working.contains(host); };
    RolloutPlan rollout = *whole_.rollout;
    for (Wave& wave : rollout.waves) std::erase_if(wave.hosts, is_out);
    std::erase_if(rollout.waves, [](const Wave& wave) { return wave.hosts.empty(); });
    for (Budget& budget : rollout.budgets) std::erase_if(budget.hosts, is_out);
    std::erase_if(rollout.budgets, [](const Budget& budget) { return budget.hosts.empty(); });
    part_.rollout = std::move(rollout);
  }

  const Plan& whole_;
  const Selection& selection_;
  const Closure& closure_;
  std::map<ActionId, ActionId> ids_;
  Plan part_;
};

}  // namespace

Result<Plan> part_of(const Plan& whole, const std::vector<std::string>& targets) {
  Selector selector(whole);
  for (const std::string& target : targets) {
    if (const Status added = selector.add(target); !added) return fail(added.error());
  }
  const Selection selection = selector.take();
  Closure closure(whole, selection);
  if (const auto missing = closure.missing(); !missing.empty()) return fail(incomplete(whole, targets, missing));
  return Cutter(whole, selection, closure).cut();
}

}  // namespace firmform::plan
