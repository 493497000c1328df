// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/naming.h"
#include "engine/plan/resource.h"
#include "engine/plan/windows.h"

namespace firmform::plan {
namespace {

using inventory::QueueEntry;
using inventory::QueueState;
using inventory::Staging;
using inventory::Updater;

constexpr std::string_view kRestart = "ResetServer";

bool is_open(const QueueEntry& entry) {
  return entry.state == QueueState::pending || entry.state == QueueState::in_progress;
}

bool is_finished(const QueueEntry& entry) {
  return entry.state == QueueState::complete || entry.state == QueueState::canceled;
}

const inventory::Window* window_of(const Staging& staging, const QueueEntry& entry) {
  if (entry.window_id.empty()) return nullptr;
  const auto found = std::ranges::find(staging.windows, entry.window_id, &inventory::Window::id);
  return found == staging.windows.end() ? nullptr : &*found;
}

/// Who would work on it: as the entry says, or else its image.
std::vector<Updater> updaters_of(const Staging& staging, const QueueEntry& entry) {
  if (!entry.step.updatable_by.empty() || !staging.repository) return entry.step.updatable_by;
  const inventory::StoredImage* image = staging.repository->find(entry.step.file);
  return image == nullptr ? std::vector<Updater>() : image->updatable_by;
}

bool waits_for_agent(const Staging& staging, const QueueEntry& entry) {
  return entry.state == QueueState::pending && updaters_of(staging, entry) == std::vector{Updater::agent} &&
         !staging.agent.installs_by_itself();
}

std::string shown_state(const QueueEntry& entry) {
  if (!entry.is_bound) return "it has no image";
  std::string text(inventory::to_string(entry.state));
  if (!entry.result.empty()) text += fmt::format(": {}", printable(entry.result));
  return text;
}

std::string shown(const QueueEntry& entry) {
  return fmt::format("\"{}\" ({})", printable(entry.step.name), shown_state(entry));
}

/// "it waits in the BMC's queue since 2026-11-21T04:00:00Z, for the window … that opens …"
std::string waiting_text(const Staging& staging, const QueueEntry& entry) {
  std::string text = entry.state == QueueState::in_progress ? "the BMC works on it" : "it waits in the BMC's queue";
  if (!entry.created.empty()) text += fmt::format(" (since {})", printable(entry.created));
  text += fmt::format(" as \"{}\"", printable(entry.step.name));
  if (const inventory::Window* window = window_of(staging, entry)) {
    text += fmt::format(", window {}", printable(window->name));
    if (window->start) text += fmt::format(" opens {}", to_rfc3339(*window->start));
  }
  if (waits_for_agent(staging, entry)) {
    text += "; no agent runs in the operating system that would install it by itself";
  }
  return text;
}

/// Pending, in a window that is over or about to be removed.
bool lost_its_window(const Scope& scope, const HostDraft& host, const QueueEntry& entry) {
  if (entry.state != QueueState::pending) return false;
  const inventory::Window* window = window_of(*host.staging(), entry);
  if (window == nullptr) return false;
  return is_declared_absent(scope, *window) || (window->end && *window->end <= bmc_clock(scope, host));
}

Standing judge(const Scope& scope, const HostDraft& host, const ChangeDraft& draft, const QueueEntry& entry) {
  const Staging& staging = *host.staging();
  const bool restarted = entry.step.command == kRestart && entry.state == QueueState::complete;
  if (restarted) return {};
  if (lost_its_window(scope, host, entry)) {
    return {Standing::Kind::failed, fmt::format("\"{}\" did not start in its window", printable(entry.step.name)),
            &entry, std::nullopt};
  }
  if (is_open(entry) && !inventory::blocks_queue(entry)) {
    return {Standing::Kind::waiting, waiting_text(staging, entry), &entry, appointment_of(staging, entry)};
  }
  const QueueEntry* restart = queued_restart(*host.snapshot);
  if (entry.state == QueueState::complete && draft.lacks_restart && restart != nullptr) {
    return {
        Standing::Kind::waiting,
        fmt::format("it is installed, and active after the restart of the host; {}", waiting_text(staging, *restart)),
        &entry, appointment_of(staging, *restart)};
  }
  if (entry.state == QueueState::complete) {
    return {
        Standing::Kind::failed,
        fmt::format("\"{}\" is complete, and the installed version is still the old one", printable(entry.step.name)),
        &entry, std::nullopt};
  }
  return {Standing::Kind::failed, fmt::format("{} did not install it", shown(entry)), &entry, std::nullopt};
}

bool needs_queue(const ChangeDraft& draft) {
  return draft.is_wanted() && !draft.queue_names.empty();
}

/// Place of the planned removal of `entry`.
std::size_t remove_entry(const Scope& scope, HostDraft& host, const QueueEntry& entry, std::string why) {
  const std::string address = inventory::address_of(entry);
  if (const auto known = host.place_of(address)) return *known;
  ChangeDraft draft = begin_resource(scope, host,
                                     {.type = ResourceType::queue_entry,
                                      .kind = ChangeKind::delete_,
                                      .phase = Phase::clear_queue,
                                      .address = address,
                                      .name = entry.step.name});
  draft.change.details.push_back(std::move(why));
  plan_write(scope, host, draft, Dequeue{entry});
  return add_change(host, std::move(draft));
}

void need(ChangeDraft& draft, std::size_t place) {
  if (std::ranges::find(draft.needs, place) == draft.needs.end()) draft.needs.push_back(place);
}

/// Our own entries: whatever blocks goes, and so does what has the name of an entry that is planned.
void clear_own(const Scope& scope, HostDraft& host) {
  for (const QueueEntry& entry : host.staging()->queue) {
    if (!is_ours(entry)) continue;
    const auto has_name = [&](const ChangeDraft& draft) {
      return needs_queue(draft) && std::ranges::find(draft.queue_names, entry.step.name) != draft.queue_names.end();
    };
    const bool is_in_the_way = std::ranges::any_of(host.changes, has_name);
    if (!is_in_the_way && !inventory::blocks_queue(entry)) continue;
    const std::size_t place = remove_entry(scope, host, entry, shown_state(entry));
    for (ChangeDraft& draft : host.changes) {
      if (needs_queue(draft)) need(draft, place);
    }
  }
}

Finding blocked_by(const QueueEntry& entry) {
  return {.code = Code::queue_blocked,
          .what = fmt::format("{} was not put there by firmform, and nothing behind it runs", shown(entry)),
          .group = entry.step.name};
}

Finding no_agent(const QueueEntry& entry) {
  return {
      .code = Code::agent_missing,
      .what = fmt::format("{} is ahead in the queue, waits for an agent in the operating system, and none runs that "
                          "installs by itself",
                          shown(entry)),
      .group = entry.step.name};
}

void clear_foreign(const Scope& scope, HostDraft& host) {
  const bool may_remove = scope.inputs.desired.policies.clear_foreign_queue == manifest::Permission::allow;
  for (const QueueEntry& entry : host.staging()->queue) {
    if (is_ours(entry)) continue;
    const bool blocks = inventory::blocks_queue(entry);
    if (!blocks && !waits_for_agent(*host.staging(), entry)) continue;
    std::optional<std::size_t> removal;
    if (blocks && may_remove) removal = remove_entry(scope, host, entry, shown_state(entry));
    for (ChangeDraft& draft : host.changes) {
      if (!needs_queue(draft)) continue;
      if (removal) {
        need(draft, *removal);
      } else {
        block(scope, draft, blocks ? blocked_by(entry) : no_agent(entry));
      }
    }
  }
}

bool restarts_host(const HostDraft& host, const ChangeDraft& draft) {
  return draft.is_wanted() && draft.restarts_host && (host.is_restarted() || draft.is_scheduled());
}

bool runs_with_restart(const Staging& staging, const QueueEntry& entry) {
  const std::vector<Updater> updaters = updaters_of(staging, entry);
  return entry.state == QueueState::pending && std::ranges::find(updaters, Updater::uefi) != updaters.end();
}

}  // namespace

std::vector<std::string> queue_names_of(const std::vector<Action>& actions) {
  std::vector<std::string> names;
  for (const Action& action : actions) {
    if (action.type != ActionType::create) continue;
    for (const Condition& condition : action.postconditions) {
      if (condition.type != Condition::Type::resource_present) continue;
      if (!condition.component.starts_with(inventory::kQueuePrefix)) continue;
      names.push_back(condition.component.substr(inventory::kQueuePrefix.size()));
    }
  }
  return names;
}

void guard_queue(const Scope& scope, std::optional<UtcTime> latest, std::vector<Action>& actions) {
  std::vector<Condition> guards = {{.type = Condition::Type::queue_unblocked}};
  if (latest) {
    guards.push_back({.type = Condition::Type::not_later, .value = to_rfc3339(*latest)});
    const auto skew = std::chrono::duration_cast<std::chrono::seconds>(scope.inputs.desired.policies.max_clock_skew);
    guards.push_back({.type = Condition::Type::clock_agrees, .value = std::to_string(skew.count())});
  }
  for (Action& action : actions) {
    if (queue_names_of({action}).empty()) continue;
    for (const Condition& guard : guards) {
      const bool is_known = std::ranges::find(action.preconditions, guard) != action.preconditions.end();
      if (!is_known) action.preconditions.push_back(guard);
    }
  }
}

Standing standing_of(const Scope& scope, const HostDraft& host, const ChangeDraft& draft) {
  Standing worst;
  if (host.staging() == nullptr) return worst;
  const QueueEntry* last = nullptr;
  for (const std::string& name : draft.queue_names) {
    last = host.staging()->find_queue_entry(name);
    if (last == nullptr) continue;
    Standing standing = judge(scope, host, draft, *last);
    if (standing.kind > worst.kind) worst = std::move(standing);
  }
  // The last entry is the one that installs; without it the others are in vain.
  if (last == nullptr && worst.kind == Standing::Kind::waiting) {
    return {Standing::Kind::failed, "the BMC's queue holds only a part of the work", worst.entry, std::nullopt};
  }
  return worst;
}

std::optional<Appointment> appointment_of(const Staging& staging, const QueueEntry& entry) {
  const inventory::Window* window = window_of(staging, entry);
  if (window == nullptr) return std::nullopt;
  return Appointment{.window = window->name,
                     .id = window->id,
                     .start = window->start.value_or(UtcTime{}),
                     .end = window->end.value_or(UtcTime{})};
}

const QueueEntry* queued_restart(const inventory::HostSnapshot& snapshot) {
  if (!snapshot.staging) return nullptr;
  const auto is_meant = [](const QueueEntry& entry) {
    return is_ours(entry) && is_open(entry) && entry.step.command == kRestart;
  };
  // The last one: everything that is queued now comes before it.
  const auto reversed = std::views::reverse(snapshot.staging->queue);
  const auto found = std::ranges::find_if(reversed, is_meant);
  return found == reversed.end() ? nullptr : &*found;
}

void clear_queue(const Scope& scope, HostDraft& host) {
  if (host.staging() == nullptr) return;
  clear_own(scope, host);
  clear_foreign(scope, host);
}

void heed_others(const Scope& scope, HostDraft& host) {
  if (host.staging() == nullptr) return;
  for (const QueueEntry& entry : host.staging()->queue) {
    if (is_ours(entry) || !is_open(entry) || inventory::blocks_queue(entry)) continue;
    const bool with_restart = runs_with_restart(*host.staging(), entry);
    for (ChangeDraft& draft : host.changes) {
      Finding finding{.code = Code::foreign_queue_entry, .group = entry.step.name};
      if (with_restart && restarts_host(host, draft)) {
        finding.what =
            fmt::format("the restart that it needs also runs {}, which others put into the queue", shown(entry));
      } else if (needs_queue(draft)) {
        finding.what = fmt::format("{}, which others put into the queue, runs before it", shown(entry));
      } else {
        continue;
      }
      warn(scope, draft, finding);
    }
  }
}

bool is_being_removed(const HostDraft& host, const QueueEntry& entry) {
  const auto place = host.place_of(inventory::address_of(entry));
  return place && host.changes[*place].change.kind == ChangeKind::delete_;
}

void heed_leftovers(const Scope& scope, const HostDraft& host) {
  // What a blocked change would put into the queue is not known.
  if (host.staging() == nullptr || host.is_held()) return;
  for (const QueueEntry& entry : host.staging()->queue) {
    const bool installs = entry.step.command == "ApplyUpdate";
    const auto asks_for_it = [&](const ChangeDraft& draft) {
      return std::ranges::find(draft.queue_names, entry.step.name) != draft.queue_names.end();
    };
    if (!is_ours(entry) || !is_open(entry) || !installs || is_being_removed(host, entry)) continue;
    if (std::ranges::any_of(host.changes, asks_for_it)) continue;
    scope.findings.add(
        Severity::warning, {host.name(), inventory::address_of(entry), {}},
        {.code = Code::queue_leftover,
         .what = fmt::format("{} is in the queue by an earlier plan or verb of firmform, and the manifest "
                             "does not ask for it",
                             shown(entry)),
         .help = {fmt::format("`firmform queue delete {} \"{}\"` removes it.", host.name(),
                              printable(entry.step.name))},
         .group = entry.step.name});
  }
}

void tidy_queue(const Scope& scope, HostDraft& host) {
  if (host.staging() == nullptr) return;
  for (const QueueEntry& entry : host.staging()->queue) {
    const auto waits = [&](const ChangeDraft& draft) {
      return draft.change.kind != ChangeKind::no_op &&
             std::ranges::find(draft.queue_names, entry.step.name) != draft.queue_names.end();
    };
    if (!is_ours(entry) || !is_finished(entry) || std::ranges::any_of(host.changes, waits)) continue;
    remove_entry(scope, host, entry, shown_state(entry));
  }
}

}  // namespace firmform::plan
