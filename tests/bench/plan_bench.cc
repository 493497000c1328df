// SPDX-License-Identifier: Apache-2.0
// Pure planning: time and memory by the size of the fleet, in one process per shape so that memory is its own.
// Prints what it measured and how it grows; asserts nothing.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "engine/plan/codec.h"
#include "engine/report/plan_text.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

constexpr int kComponents = 10;

/// Hosts with ten components each, of which the first `changes` differ from a baseline with ten entries.
SmallFleet make_fleet(int hosts, int changes) {
  SmallFleet fleet;
  for (int i = 0; i < kComponents; ++i) fleet.entry(fmt::format("Part {}", i), "2.10", fmt::format("part{}.bin", i));
  std::vector<inventory::Component> components;
  for (int i = 0; i < kComponents; ++i) {
    components.push_back(component(fmt::format("Part.{}", i), fmt::format("Part {}", i), i < changes ? "2.9" : "2.10"));
  }
  components[0].is_bmc = true;
  components[1].is_bios = true;
  for (int i = 0; i < hosts; ++i) fleet.add(host(fmt::format("host-{:06}", i), components));
  return fleet;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::size_t peak_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

/// Seconds of planning.
double measure(int hosts, int changes, double before) {
  const SmallFleet fleet = make_fleet(hosts, changes);
  const std::size_t input = peak_bytes();
  const auto start = std::chrono::steady_clock::now();
  const Parsed<plan::Plan> planned = fleet.plan();
  const double planning = seconds_since(start);
  const std::size_t output = peak_bytes() - input;

  const auto text_start = std::chrono::steady_clock::now();
  const std::string text = report::plan_text(*planned.value, {});
  const double printing = seconds_since(text_start);
  fmt::print(
      "{:>6} hosts x {} components, {:>2} changes each: plan {:.3f} s{}, {:>6.0f} bytes per host above the input, "
      "{} actions; text {:.3f} s\n",
      hosts, kComponents, changes, planning, before > 0 ? fmt::format(" (x{:.2f})", planning / before) : "",
      static_cast<double>(output) / hosts, planned.value->actions.size(), printing);
  std::fflush(stdout);
  return planning;
}

/// Runs one measurement in a process of its own; its result comes back through a pipe.
double measure_apart(int hosts, int changes, double before) {
  int ends[2];
  if (::pipe(ends) != 0) return 0;
  const pid_t child = ::fork();
  if (child == 0) {
    const double seconds = measure(hosts, changes, before);
    const bool sent = ::write(ends[1], &seconds, sizeof seconds) == sizeof seconds;
    ::_exit(sent ? 0 : 1);
  }
  ::close(ends[1]);
  double seconds = 0;
  if (::read(ends[0], &seconds, sizeof seconds) != sizeof seconds) seconds = 0;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return seconds;
}

}  // namespace
}  // namespace firmform::tests

int main() {
  for (const int changes : {0, 3, 10}) {
    double before = 0;
    for (const int hosts : {1'250, 2'500, 5'000, 10'000}) {
      before = firmform::tests::measure_apart(hosts, changes, before);
    }
  }
  return 0;
}
