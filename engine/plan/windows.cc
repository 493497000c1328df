// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/naming.h"
#include "engine/plan/queue.h"
#include "engine/plan/resource.h"
#include "engine/schedule/opening.h"

namespace firmform::plan {
namespace {

using inventory::QueueEntry;
using inventory::Window;
using schedule::Occurrence;

/// Of a host without a window, freeze periods are all that leaves it no time.
Finding about_window(const HostDraft& host, Code code, std::string what) {
  Finding finding{.code = code, .what = std::move(what)};
  if (host.desired->window) {
    finding.span = host.desired->window->span;
    finding.label = "the window is given here";
    finding.group = host.desired->window->name;
  } else if (!host.desired->freezes.empty()) {
    finding.span = host.desired->freezes.front().period->span;
    finding.label = "nothing may be started then";
    finding.group = host.desired->freezes.front().name;
  }
  return finding;
}

const manifest::Window* window_of(const HostDraft& host) {
  return host.desired->window ? host.desired->window->window.get() : nullptr;
}

Result<std::optional<Occurrence>> look_up(const Scope& scope, Memory::OpeningKey key) {
  const auto known = scope.memory->openings.find(key);
  if (known != scope.memory->openings.end()) return known->second;
  auto opening = schedule::next_opening(key.window, key.freezes, scope.inputs.now, key.least);
  return scope.memory->openings.emplace(std::move(key), std::move(opening)).first->second;
}

Appointment appointment_in(const HostDraft& host, const Occurrence& occurrence) {
  Appointment appointment{.window = window_name(host.desired->window->name, occurrence.start),
                          .id = {},
                          .start = occurrence.start,
                          .end = occurrence.end};
  if (const Window* known = host.staging()->find_window(appointment.window)) {
    appointment.id = known->id;
  } else if (host.provider != nullptr) {
    appointment.id = host.provider->window_id(*host.snapshot, appointment.window);
  }
  return appointment;
}

std::optional<Finding> clock_gate(const Scope& scope, const HostDraft& host) {
  const Duration allowed = scope.inputs.desired.policies.max_clock_skew;
  const Condition agrees{.type = Condition::Type::clock_agrees,
                         .value = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(allowed).count())};
  const auto why = check(agrees, *host.snapshot);
  if (!why) return std::nullopt;
  return about_window(host, Code::clock_skew, fmt::format("{}, and {} is allowed", *why, to_text(allowed)));
}

std::size_t count(const HostDraft& host, ChangeKind kind) {
  const auto is_meant = [&](const ChangeDraft& draft) {
    return draft.change.resource == ResourceType::window && draft.change.kind == kind;
  };
  return static_cast<std::size_t>(std::ranges::count_if(host.changes, is_meant));
}

std::vector<const QueueEntry*> entries_in(const HostDraft& host, const Window& window) {
  std::vector<const QueueEntry*> entries;
  for (const QueueEntry& entry : host.staging()->queue) {
    if (!window.id.empty() && entry.window_id == window.id && !is_being_removed(host, entry)) entries.push_back(&entry);
  }
  return entries;
}

ChangeDraft begin_removal(const Scope& scope, const HostDraft& host, const Window& window, const SourceSpan& span) {
  ChangeDraft draft = begin_resource(scope, host,
                                     {.type = ResourceType::window,
                                      .kind = ChangeKind::delete_,
                                      .phase = Phase::remove_window,
                                      .address = inventory::address_of(window),
                                      .name = window.name,
                                      .span = span});
  if (window.end) draft.change.details.push_back(fmt::format("closes {}", to_rfc3339(*window.end)));
  return draft;
}

void remove_absent(const Scope& scope, HostDraft& host, const Window& window, const SourceSpan& span) {
  ChangeDraft draft = begin_removal(scope, host, window, span);
  const auto entries = entries_in(host, window);
  const auto is_foreign = [](const QueueEntry* entry) {
    return !is_ours(*entry) && entry->state == inventory::QueueState::pending;
  };
  const auto foreign = std::ranges::find_if(entries, is_foreign);
  if (foreign != entries.end()) {
    block(scope, draft,
          {.code = Code::foreign_queue_entry,
           .what = fmt::format("\"{}\", which others put into the queue, waits for this window and would be canceled",
                               printable((*foreign)->step.name)),
           .span = span,
           .label = "declared absent here"});
  } else {
    plan_write(scope, host, draft, RemoveWindow{window});
  }
  add_change(host, std::move(draft));
}

}  // namespace

bool keeps_windows(const HostDraft& host) {
  return host.staging() != nullptr && !host.staging()->windows_uri.empty();
}

bool is_kept_by_bmc(const HostDraft& host) {
  return host.desired->window && host.desired->window->window->held_by != manifest::HeldBy::engine &&
         keeps_windows(host);
}

Result<std::optional<Occurrence>> next_opening(const Scope& scope, const HostDraft& host, Duration least) {
  return look_up(scope, {window_of(host), schedule::periods_of(host.desired->freezes), least});
}

Result<std::optional<Occurrence>> next_unfrozen_opening(const Scope& scope, const HostDraft& host, Duration least) {
  return look_up(scope, {window_of(host), {}, least});
}

Finding does_not_fit(const Scope& scope, const HostDraft& host, Duration least) {
  const auto unfrozen = next_unfrozen_opening(scope, host, least);
  if (unfrozen && *unfrozen) {
    return about_window(host, Code::window_frozen,
                        fmt::format("freeze periods leave no time that is {} long, which the work is expected to take "
                                    "with reserve",
                                    to_text(least)));
  }
  const auto next = look_up(scope, {window_of(host), {}, Duration(1)});
  if (!next || !*next) return about_window(host, Code::no_window_ahead, "the window does not open again");
  return about_window(
      host, Code::window_too_short,
      fmt::format("the work is expected to take {} with reserve, and the window from {} to {} is {} long",
                  to_text(least), to_rfc3339((*next)->start), to_rfc3339((*next)->end),
                  to_text(std::chrono::duration_cast<Duration>((*next)->end - (*next)->start))));
}

UtcTime bmc_clock(const Scope& scope, const HostDraft& host) {
  return host.staging() != nullptr ? host.staging()->clock.value_or(scope.inputs.now) : scope.inputs.now;
}

bool is_declared_absent(const Scope& scope, const Window& window) {
  const auto& absent = scope.inputs.desired.absent_windows;
  return std::ranges::any_of(absent, [&](const manifest::Text& name) { return is_occurrence_of(window, name.value); });
}

void choose_window(const Scope& scope, HostDraft& host) {
  if (!is_kept_by_bmc(host)) return;
  if (auto finding = clock_gate(scope, host)) host.firmware_gates.push_back(std::move(*finding));
  if (auto finding = appoint(scope, host, Duration::zero())) {
    host.firmware_gates.push_back(std::move(*finding));
    // Good enough to learn by which names the work would go into the queue, where it may be already.
    host.appointment = appointment_in(host, {.start = scope.inputs.now, .end = scope.inputs.now});
  }
}

std::optional<Finding> appoint(const Scope& scope, HostDraft& host, Duration work) {
  const Duration least = std::max(with_reserve(work), Duration(1));
  const auto fitting = next_opening(scope, host, least);
  if (!fitting) return about_window(host, fitting.error().code(), fitting.error().message());
  if (!*fitting) return does_not_fit(scope, host, least);
  Appointment appointment = appointment_in(host, **fitting);
  if (appointment.id.empty()) {
    return about_window(host, Code::feature_not_offered, "the BMC does not let know by which Id it keeps a window");
  }
  host.appointment = std::move(appointment);
  host.latest = host.appointment->end - least;
  return std::nullopt;
}

void add_window(const Scope& scope, HostDraft& host) {
  if (std::ranges::none_of(host.changes, &ChangeDraft::is_scheduled)) return;
  const Appointment& appointment = *host.appointment;
  Window wanted{.name = appointment.window,
                .description = std::string(kOwnDescription),
                .start = appointment.start,
                .end = appointment.end};
  const Window* known = host.staging()->find_window(wanted.name);
  if (known != nullptr && known->start == wanted.start && known->end == wanted.end) return;

  ChangeDraft draft = begin_resource(scope, host,
                                     {.type = ResourceType::window,
                                      .kind = known == nullptr ? ChangeKind::create : ChangeKind::update,
                                      .phase = Phase::window,
                                      .address = inventory::address_of(wanted),
                                      .name = wanted.name,
                                      .span = host.desired->window->span});
  draft.is_means = true;
  draft.change.to = inventory::content_of(wanted);
  draft.change.details.push_back(
      fmt::format("opens {}, closes {}", to_rfc3339(appointment.start), to_rfc3339(appointment.end)));
  if (known == nullptr) {
    plan_write(scope, host, draft, CreateWindow{wanted});
  } else {
    plan_write(scope, host, draft, ChangeWindow{*known, wanted});
  }
  const std::size_t place = add_change(host, std::move(draft));
  for (ChangeDraft& other : host.changes) {
    if (other.is_scheduled()) other.needs.push_back(place);
  }
}

void remove_absent_windows(const Scope& scope, HostDraft& host) {
  if (host.staging() == nullptr) return;
  for (const manifest::Text& name : scope.inputs.desired.absent_windows) {
    for (const Window& window : host.staging()->windows) {
      if (is_occurrence_of(window, name.value)) remove_absent(scope, host, window, name.span);
    }
  }
}

void tidy_windows(const Scope& scope, HostDraft& host) {
  if (host.staging() == nullptr) return;
  for (const Window& window : host.staging()->windows) {
    const bool is_over = window.end && *window.end <= bmc_clock(scope, host);
    if (!is_ours(window) || !is_over || !entries_in(host, window).empty()) continue;
    if (host.place_of(inventory::address_of(window))) continue;
    ChangeDraft draft = begin_removal(scope, host, window, {});
    plan_write(scope, host, draft, RemoveWindow{window});
    add_change(host, std::move(draft));
  }
}

void check_window_limit(const Scope& scope, HostDraft& host) {
  if (host.staging() == nullptr || host.staging()->limits.windows == 0) return;
  const std::size_t limit = host.staging()->limits.windows;
  const std::size_t there = host.staging()->windows.size();
  const std::size_t removed = count(host, ChangeKind::delete_);
  if (there - removed + count(host, ChangeKind::create) <= limit) return;
  for (ChangeDraft& draft : host.changes) {
    if (draft.change.resource != ResourceType::window || draft.change.kind != ChangeKind::create) continue;
    block(scope, draft,
          {.code = Code::too_many_windows,
           .what = fmt::format("it keeps {} of at most {}, and this plan removes {}", there, limit, removed),
           .span = draft.span,
           .label = "needs a window"});
  }
}

}  // namespace firmform::plan
