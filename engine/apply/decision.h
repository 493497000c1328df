// SPDX-License-Identifier: Apache-2.0
// Whether a rollout goes on: counts of hosts against the limits of the plan, with the numbers in words. Pure.
#pragma once

#include <optional>
#include <string>

#include "engine/apply/view.h"
#include "engine/plan/plan.h"

namespace firmform::apply {

/// How hosts of a wave, or of the whole run, ended. Failures and unreachables are different things.
struct Tally {
  int hosts = 0;
  int done = 0;    ///< also by the BMC in a window ahead
  int failed = 0;  ///< something was sent to them, and they are not as they should be
  int sick = 0;    ///< of these: less healthy than before
  int unreachable = 0;

  /// `touched`: something was sent to it, now or by an earlier process.
  void count(const HostOutcome& outcome, bool touched);
};

/// Why no further host of the wave may begin, as far as limits go; absent when none is passed. Without limits nothing
/// keeps the rollout, except a host that its health gate found to be sick: after one no further wave begins.
struct Overrun {
  Code code;
  std::string text;  ///< "batch 2: 2 of 5 hosts failed, 1 may"
};
[[nodiscard]] std::optional<Overrun> overrun(const plan::Plan& plan, const plan::Wave& wave, const Tally& of_wave,
                                             const Tally& of_run);

/// At the end of a wave. A wave without a host that is done stops the rollout.
struct Decision {
  std::optional<Overrun> stop;
  std::string text;  ///< "batch 2: 1/5 failed = 20.0 % > 10 %: stop"
};
[[nodiscard]] Decision decide(const plan::Plan& plan, const plan::Wave& wave, const Tally& of_wave,
                              const Tally& of_run);

}  // namespace firmform::apply
