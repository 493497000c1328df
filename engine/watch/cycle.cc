// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/cycle.h"

namespace firmform::watch {

const std::vector<CycleResult>& cycle_results() {
  static const std::vector<CycleResult> results = {
      CycleResult::in_line,    CycleResult::drifted,     CycleResult::applied,
      CycleResult::incomplete, CycleResult::paused,      CycleResult::busy,
      CycleResult::denied,     CycleResult::interrupted, CycleResult::failed};
  return results;
}

std::string_view to_string(CycleResult result) {
  switch (result) {
    case CycleResult::in_line:
      return "in_line";
    case CycleResult::drifted:
      return "drifted";
    case CycleResult::applied:
      return "applied";
    case CycleResult::incomplete:
      return "incomplete";
    case CycleResult::paused:
      return "paused";
    case CycleResult::busy:
      return "busy";
    case CycleResult::denied:
      return "denied";
    case CycleResult::interrupted:
      return "interrupted";
    case CycleResult::failed:
      return "failed";
  }
  return "failed";
}

bool succeeded(CycleResult result) {
  return result != CycleResult::failed;
}

}  // namespace firmform::watch
