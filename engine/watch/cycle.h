// SPDX-License-Identifier: Apache-2.0
// What one look at the fleet found and did, as values; what metrics, status and lines of text are made from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/plan/drift.h"
#include "engine/watch/flap_guard.h"
#include "engine/watch/scheduler.h"

namespace firmform::watch {

enum class CycleResult {
  in_line,      ///< nothing differs
  drifted,      ///< something differs, and nothing of it may be done now
  applied,      ///< something was done, and all of it went well
  incomplete,   ///< something was done, and not all of it went well
  paused,       ///< an unfinished run waits for a person
  busy,         ///< another process has the lock
  denied,       ///< a policy speaks against the plan
  interrupted,  ///< the watch was told to end
  failed,       ///< it is not known how the fleet stands: no manifest, no journal, no plan
};

/// In the order above.
[[nodiscard]] const std::vector<CycleResult>& cycle_results();
[[nodiscard]] std::string_view to_string(CycleResult result);  ///< "in_line", "drifted", …
/// Whether the cycle came to its end, whatever it found.
[[nodiscard]] bool succeeded(CycleResult result);

/// How the fleet stands to the manifest.
struct Picture {
  std::size_t hosts = 0;
  std::size_t hosts_in_line = 0;
  std::map<std::string, std::size_t> hosts_by_status;  ///< "ok", "unreachable", …
  std::map<plan::DriftClass, std::size_t> drift;       ///< of each class, without what policy ignores
  std::size_t actions = 0;                             ///< that would be left to do
};

struct Cycle {
  std::uint64_t number = 0;  ///< from 1
  Cause cause = Cause::start;
  UtcTime began{};
  Duration took{0};
  CycleResult result = CycleResult::failed;
  std::string revision;  ///< of the manifest; empty when there is none
  bool manifest_valid = false;
  std::optional<Picture> picture;  ///< after what was applied; absent when the fleet was not read
  std::vector<Flap> flaps;
  std::string run_id;                           ///< of the run that it made or took up; empty: none
  std::map<std::string, std::size_t> outcomes;  ///< hosts of that run by result: "done", "deferred", …
  std::vector<std::string> notes;               ///< one line each, with a code where there is one
};

}  // namespace firmform::watch
