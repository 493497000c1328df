// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/held.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/time_text.h"
#include "engine/plan/resource.h"
#include "engine/plan/windows.h"

namespace firmform::plan {
namespace {

/// Of an opening that never ends: nobody applies a plan that old.
constexpr Duration kLongestOpening = std::chrono::hours(24 * 366);

bool is_held_by_engine(const HostDraft& host) {
  if (host.desired->window) return !is_kept_by_bmc(host);
  return !host.desired->freezes.empty();
}

Duration length_of(const HostChain& chain) {
  Duration length{0};
  for (const Action& action : chain.actions) length += action.expected;
  return length;
}

std::string name_of(const HostDraft& host) {
  return host.desired->window ? host.desired->window->name : "between freeze periods";
}

/// Never before it opens; and one that is open is not made to wait for the next second.
UtcTime whole_seconds(UtcTime start, UtcTime now) {
  if (start <= now) return std::chrono::floor<std::chrono::seconds>(now);
  return std::chrono::ceil<std::chrono::seconds>(start);
}

HeldWindow window_in(const HostDraft& host, const schedule::Occurrence& opening, UtcTime now, Duration expected) {
  const UtcTime end = std::min(opening.end, opening.start + kLongestOpening);
  return {.name = name_of(host),
          .start = whole_seconds(opening.start, now),
          .end = end,
          .latest_start = std::chrono::floor<std::chrono::seconds>(end - with_reserve(expected)),
          .expected = expected};
}

/// Each write is late when what comes after it would not end in the window with reserve.
void guard(const HeldWindow& window, HostChain& chain) {
  Duration done{0};
  for (Action& action : chain.actions) {
    if (action.request) {
      action.preconditions.push_back({.type = Condition::Type::not_before, .value = to_rfc3339(window.start)});
      action.preconditions.push_back(
          {.type = Condition::Type::not_later, .value = to_rfc3339(window.latest_start + done)});
    }
    done += action.expected;
  }
}

void block_work(const Scope& scope, HostDraft& host, const Finding& finding) {
  for (ChangeDraft& draft : host.changes) {
    if (draft.is_wanted()) block(scope, draft, finding);
  }
}

/// A freeze period without which the host could begin earlier, and its name.
struct Delay {
  std::string name;
  schedule::Frozen frozen;
};

std::optional<Delay> delay_of(const Scope& scope, const HostDraft& host, Duration least) {
  const auto unfrozen = next_unfrozen_opening(scope, host, least);
  if (!unfrozen || !*unfrozen || (*unfrozen)->start >= host.held->start) return std::nullopt;
  const auto periods = schedule::periods_of(host.desired->freezes);
  const UtcTime before = host.held->start - std::chrono::milliseconds(1);
  // Where none is on when the work could begin, one that comes soon leaves it too little time.
  for (const UtcTime time : {std::max(scope.inputs.now, (*unfrozen)->start), before}) {
    const auto frozen = schedule::frozen_at(periods, time);
    if (!frozen || !*frozen) continue;
    const auto is_it = [&](const manifest::FreezeChoice& choice) { return choice.period.get() == (*frozen)->period; };
    return Delay{std::ranges::find_if(host.desired->freezes, is_it)->name, **frozen};
  }
  return std::nullopt;
}

void tell_why(const Scope& scope, HostDraft& host, const Delay& delay) {
  const std::string& reason = delay.frozen.period->reason;
  const Finding finding{.code = Code::window_not_open,
                        .what = fmt::format("the freeze period {} lasts until {}{}{}", delay.name,
                                            to_rfc3339(delay.frozen.end), reason.empty() ? "" : ": ", reason),
                        .span = delay.frozen.period->span,
                        .label = "nothing may be started then",
                        .group = delay.name};
  for (ChangeDraft& draft : host.changes) {
    if (draft.is_wanted() && !draft.is_means) warn(scope, draft, finding);
  }
}

void tell_when(const Scope& scope, const HostDraft& host) {
  const HeldWindow& window = *host.held;
  Finding finding{
      .code = Code::window_not_open,
      .what = fmt::format("{} opens at {}; the work is expected to take {} and must begin by {}", window.name,
                          to_rfc3339(window.start), to_text(window.expected), to_rfc3339(window.latest_start)),
      .group = window.name};
  if (host.desired->window) {
    finding.span = host.desired->window->span;
    finding.label = "the window is given here";
  }
  scope.findings.add(Severity::warning, {host.name(), {}, {}}, finding);
}

}  // namespace

void hold_in_window(const Scope& scope, HostDraft& host, HostChain& chain) {
  if (chain.actions.empty() || !is_held_by_engine(host)) return;
  const Duration expected = length_of(chain);
  const Duration least = std::max(with_reserve(expected), Duration(1));
  const auto opening = next_opening(scope, host, least);
  if (!opening || !*opening) {
    Finding finding = does_not_fit(scope, host, least);
    if (!opening) finding = {.code = opening.error().code(), .what = opening.error().message()};
    block_work(scope, host, finding);
    return drop_blocked(host, chain);
  }
  host.held = window_in(host, **opening, scope.inputs.now, expected);
  guard(*host.held, chain);
  if (host.held->start <= scope.inputs.now) return;
  tell_when(scope, host);
  if (const auto delay = delay_of(scope, host, least)) tell_why(scope, host, *delay);
}

void drop_blocked(const HostDraft& host, HostChain& chain) {
  if (has_work(host)) return;
  chain.actions.clear();
  for (std::vector<ActionId>& ids : chain.of_change) ids.clear();
}

}  // namespace firmform::plan
