// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/simulate/resources.h"

namespace firmform::simulate {
namespace {

using namespace std::chrono_literals;
using plan::ActionType;
using plan::Condition;

constexpr Duration kBeforeRestart = 2s;  // from the reply to the moment that nothing answers any more

bool is_of_resource(const Condition& condition) {
  return condition.type == Condition::Type::resource_present || condition.type == Condition::Type::resource_absent;
}

bool is_queue_entry(const Condition& condition) {
  return condition.type == Condition::Type::resource_present &&
         condition.component.starts_with(inventory::kQueuePrefix);
}

/// A restart that is asked for takes all of the time; one that ends an update, its last third.
Period restart_of(const plan::Action& action, UtcTime begun, UtcTime ends) {
  const bool is_reset = action.type == ActionType::reset_host || action.type == ActionType::reset_bmc;
  const Duration before = is_reset ? std::min(kBeforeRestart, (ends - begun) / 2) : (ends - begun) * 2 / 3;
  return {begun + before, ends};
}

bool is_within(const std::vector<Period>& periods, UtcTime now) {
  return std::ranges::any_of(periods, [&](const Period& period) { return period.contains(now); });
}

}  // namespace

Machine::Machine(inventory::HostSnapshot snapshot, WindowId window_id)
    : snapshot_(std::move(snapshot)), window_id_(std::move(window_id)) {}

void Machine::appoint(const Appointed& work) {
  due_.emplace(work.at, Due{.versions = {{work.component, work.version, false}}, .is_appointed = true});
}

bool Machine::answers(UtcTime now) const {
  return !is_within(outages_, now);
}

bool Machine::is_busy(UtcTime now) {
  return (work_ && work_->contains(now)) || is_within(posts_, now);
}

inventory::HostSnapshot Machine::seen(UtcTime now) {
  advance(now);
  inventory::HostSnapshot seen = snapshot_;
  seen.captured_at = now;
  if (seen.staging) seen.staging->clock = now;
  if (work_ && work_->contains(now)) {
    seen.tasks.push_back({.uri = "/simulated/tasks/1", .name = work_name_, .state = "Running", .percent = {}});
  }
  if (is_within(posts_, now)) {
    seen.system.discovery_complete = false;
    seen.system.boot_progress = "in POST";
  }
  return seen;
}

inventory::Health Machine::health(UtcTime now) const {
  const bool is_sick = sick_from_ && *sick_from_ <= now;
  inventory::Health health{.system = is_sick ? "Critical" : "OK", .bmc = "OK", .post = "OSRunning", .sensors = {}};
  if (is_sick) health.sensors["Fan 3"] = "Critical";
  health.log_entries = is_sick ? 1 : 0;
  return health;
}

std::vector<Machine::Restart> Machine::begin(const plan::Action& action, const Meaning& meaning, Deed deed) {
  deeds_[action.id] = deed;
  work_ = Period{deed.begun, deed.ends};
  work_name_ = action.summary;
  std::vector<Restart> restarts;
  const bool is_queued = action.type == ActionType::create || action.type == ActionType::invoke;
  const UtcTime restarts_until = is_queued ? deed.ends + meaning.afterwards_takes : deed.ends;
  const bool happens = !is_queued || meaning.afterwards_takes > 0ms;
  if (action.restarts != plan::Restarts::nothing && happens && !deed.fails) {
    const Period period = restart_of(action, is_queued ? deed.ends : deed.begun, restarts_until);
    (action.restarts == plan::Restarts::bmc ? outages_ : posts_).push_back(period);
    restarts.push_back({action.restarts, period});
  }
  if (deed.fails || deed.changes_nothing) return restarts;

  Due due{.versions = meaning.at_end, .is_post = action.type == ActionType::reset_host};
  std::ranges::copy_if(action.postconditions, std::back_inserter(due.resources), is_of_resource);
  std::vector<std::string> entries;
  for (const Condition& condition : due.resources) {
    if (is_queue_entry(condition)) entries.push_back(condition.component);
  }
  due_.emplace(deed.ends, std::move(due));
  if (!meaning.afterwards.empty()) {
    due_.emplace(deed.ends + meaning.afterwards_takes,
                 Due{.versions = meaning.afterwards, .queue_entries = std::move(entries)});
  }
  return restarts;
}

const Deed* Machine::deed(plan::ActionId action) const {
  const auto found = deeds_.find(action);
  return found == deeds_.end() ? nullptr : &found->second;
}

inventory::HostSnapshot Machine::at_rest(UtcTime now) {
  for (const auto& [action, deed] : deeds_) now = std::max(now, deed.ends);
  advance(now);
  return snapshot_;
}

void Machine::advance(UtcTime now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const UtcTime at = due_.begin()->first;
    const Due due = std::move(due_.begin()->second);
    due_.erase(due_.begin());
    apply(due, at);
  }
}

void Machine::apply(const Due& due, UtcTime at) {
  for (const VersionEffect& effect : due.versions) set_version(effect);
  if (!snapshot_.staging) return;
  inventory::Staging& staging = *snapshot_.staging;
  for (const Condition& condition : due.resources) {
    if (condition.type == Condition::Type::resource_absent) {
      remove(staging, condition.component);
      continue;
    }
    std::string window;
    if (condition.component.starts_with(inventory::kWindowPrefix)) {
      window = window_id_(snapshot_, std::string_view(condition.component).substr(inventory::kWindowPrefix.size()));
    }
    if (!put(staging, condition.component, condition.value, std::move(window))) {
      puzzles_.push_back(fmt::format("{}: {}", condition.component, condition.value));
    }
  }
  for (inventory::QueueEntry& entry : staging.queue) {
    if (is_over(entry, due, at)) entry.state = inventory::QueueState::complete;
  }
}

bool Machine::is_over(const inventory::QueueEntry& entry, const Due& due, UtcTime at) const {
  if (inventory::blocks_queue(entry)) return false;
  if (std::ranges::count(due.queue_entries, address_of(entry)) > 0) return true;
  if (entry.window_id.empty()) return due.is_post;
  const auto& windows = snapshot_.staging->windows;
  const auto window = std::ranges::find(windows, entry.window_id, &inventory::Window::id);
  return due.is_appointed && window != windows.end() && window->start && *window->start <= at;
}

void Machine::set_version(const VersionEffect& effect) {
  for (inventory::Component& component : snapshot_.components) {
    if (component.address != effect.component) continue;
    if (effect.staged) {
      component.staged_version = effect.version;
    } else {
      component.version = effect.version;
      component.staged_version.reset();
    }
  }
}

}  // namespace firmform::simulate
