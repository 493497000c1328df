// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/view.h"

#include <algorithm>

namespace firmform::apply {

std::string_view to_string(HostResult result) {
  switch (result) {
    case HostResult::done:
      return "done";
    case HostResult::scheduled:
      return "scheduled";
    case HostResult::failed:
      return "failed";
    case HostResult::unreachable:
      return "unreachable";
    case HostResult::moved:
      return "moved";
    case HostResult::unknown:
      return "unknown";
    case HostResult::deferred:
      return "deferred";
    case HostResult::held:
      return "held";
    case HostResult::skipped:
      return "skipped";
    case HostResult::detached:
      return "detached";
  }
  return "unknown";
}

void View::checks_started(std::size_t) {}

void View::host_checked(std::size_t, std::size_t) {}

void View::wave_started(const plan::Wave&, std::size_t, std::size_t) {}

void View::wave_finished(const plan::Wave&, const std::string&) {}

void View::run_waits(const std::string&, std::optional<UtcTime>) {}

std::size_t Summary::count(HostResult result) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(hosts, [&](const auto& entry) { return entry.second.result == result; }));
}

Exit Summary::exit() const {
  Exit exit = Exit::ok;
  for (const auto& [name, outcome] : hosts) {
    if (outcome.error) exit = worst(exit, info(outcome.error->code()).exit);
  }
  return exit;
}

}  // namespace firmform::apply
