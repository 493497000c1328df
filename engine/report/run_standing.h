// SPDX-License-Identifier: Apache-2.0
// Where a run stands, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "engine/apply/standing.h"
#include "engine/journal/journal.h"
#include "engine/json/value.h"
#include "engine/report/style.h"

namespace firmform::report {

/// A run and how it stands.
struct RunStanding {
  journal::Run run;
  apply::Standing standing;
  std::string holder;  ///< the process that carries it out now; empty: none
};

/// One line for each run, in the order given, and how to go on with those that are not finished.
[[nodiscard]] std::string runs_text(const std::vector<RunStanding>& runs, const Style& style);
/// One run with its waves and the hosts that are not simply done.
[[nodiscard]] std::string standing_text(const RunStanding& run, const Style& style);
[[nodiscard]] json::Value standing_json(const RunStanding& run);

/// "runs", "paused", "interrupted", "finished (ok)".
[[nodiscard]] std::string state_of(const RunStanding& run);

}  // namespace firmform::report
