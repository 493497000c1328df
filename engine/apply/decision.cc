// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/decision.h"

#include <fmt/format.h>

#include "engine/base/text.h"

namespace firmform::apply {
namespace {

double percent_of(int part, int whole) {
  constexpr double kHundred = 100.0;
  return whole == 0 ? 0.0 : kHundred * part / whole;
}

/// "2/5 failed = 40.0 %", and against a limit "2/5 failed = 40.0 % > 20.0 % (1 of 5 may)".
std::string ratio(int part, int whole, std::string_view what, std::optional<int> limit) {
  std::string text = fmt::format("{}/{} {} = {:.1f} %", part, whole, what, percent_of(part, whole));
  if (limit) {
    text += fmt::format(" {} {:.1f} % ({} of {} may)", part > *limit ? ">" : "<=", percent_of(*limit, whole), *limit,
                        whole);
  }
  return text;
}

bool passes(int count, std::optional<int> limit) {
  return limit && count > *limit;
}

std::optional<int> most_unreachable(const plan::Plan& plan) {
  return plan.rollout ? plan.rollout->max_unreachable : std::nullopt;
}

std::string hosts(int count) {
  return counted(static_cast<std::size_t>(count), "host");
}

Code none_done_code(const Tally& tally) {
  if (tally.failed > 0) return Code::skipped_after_failure;
  return tally.unreachable > 0 ? Code::too_many_unreachable : Code::window_missed;
}

}  // namespace

void Tally::count(const HostOutcome& outcome, bool touched) {
  const bool went_wrong = outcome.result == HostResult::failed || outcome.result == HostResult::unknown;
  if (outcome.result == HostResult::done || outcome.result == HostResult::scheduled) ++done;
  if (went_wrong && touched) ++failed;
  if (outcome.error && outcome.error->code() == Code::health_worse) ++sick;
  if (outcome.result == HostResult::unreachable) ++unreachable;
}

std::optional<Overrun> overrun(const plan::Plan& plan, const plan::Wave& wave, const Tally& of_wave,
                               const Tally& of_run) {
  if (passes(of_wave.failed, wave.max_failures)) {
    return Overrun{Code::skipped_after_failure, fmt::format("{} of {} {} failed, {} may", of_wave.failed, wave.name,
                                                            hosts(of_wave.failed), *wave.max_failures)};
  }
  if (passes(of_run.failed, plan.max_failures)) {
    return Overrun{Code::skipped_after_failure,
                   fmt::format("{} failed, and the manifest allows {}", hosts(of_run.failed), *plan.max_failures)};
  }
  if (passes(of_run.unreachable, most_unreachable(plan))) {
    return Overrun{Code::too_many_unreachable, fmt::format("{} cannot be reached, and the manifest allows {}",
                                                           hosts(of_run.unreachable), *most_unreachable(plan))};
  }
  return std::nullopt;
}

Decision decide(const plan::Plan& plan, const plan::Wave& wave, const Tally& of_wave, const Tally& of_run) {
  Decision decision;
  decision.stop = overrun(plan, wave, of_wave, of_run);
  std::string text = ratio(of_wave.failed, of_wave.hosts, "failed", wave.max_failures);
  if (plan.max_failures) {
    text += fmt::format("; in all {} failed, {} may", of_run.failed, *plan.max_failures);
  }
  if (of_wave.unreachable > 0 || passes(of_run.unreachable, most_unreachable(plan))) {
    text += fmt::format("; {} unreachable", of_wave.unreachable);
    if (const auto limit = most_unreachable(plan))
      text += fmt::format(", in all {}, {} may", of_run.unreachable, *limit);
  }
  const bool unlimited = !wave.max_failures && !plan.max_failures;
  if (!decision.stop && unlimited && of_wave.sick > 0) {
    decision.stop =
        Overrun{Code::health_worse, fmt::format("{} of {} less healthy than before", hosts(of_wave.sick), wave.name)};
    text += fmt::format("; {} less healthy than before", of_wave.sick);
  }
  // What nobody came through says nothing about those that follow.
  if (!decision.stop && of_wave.hosts > 0 && of_wave.done == 0) {
    decision.stop = Overrun{none_done_code(of_wave), fmt::format("no host of {} was brought to its end", wave.name)};
    text += "; none is done";
  }
  decision.text = fmt::format("{}: {}: {}", wave.name, text, decision.stop ? "stop" : "go on");
  return decision;
}

}  // namespace firmform::apply
