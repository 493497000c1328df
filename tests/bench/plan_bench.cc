// SPDX-License-Identifier: Apache-2.0
// Pure planning: time and memory by the size of the fleet, in one process per shape so that memory is its own.
// Prints what it measured and how it grows; asserts nothing.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <ctime>
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

/// Wall and processor time; on a busy machine only the latter tells.
class Stopwatch {
 public:
  [[nodiscard]] double wall() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  [[nodiscard]] double cpu() const {
    return static_cast<double>(std::clock() - cpu_start_) / static_cast<double>(CLOCKS_PER_SEC);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::clock_t cpu_start_ = std::clock();
};

std::size_t peak_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

/// Processor seconds of planning.
double measure(int hosts, int changes, double before) {
  const SmallFleet fleet = make_fleet(hosts, changes);
  const std::size_t input = peak_bytes();
  const Stopwatch planning;
  const Parsed<plan::Plan> planned = fleet.plan();
  const double cpu = planning.cpu();
  const double wall = planning.wall();
  const std::size_t output = peak_bytes() - input;

  const Stopwatch printing;
  const std::string text = report::plan_text(*planned.value, {});
  fmt::print(
      "{:>6} hosts x {} components, {:>2} changes each: {:.3f} s wall, {:.3f} s cpu{}; {:>6.0f} bytes per host above "
      "the input; {} actions; text {:.3f} s cpu\n",
      hosts, kComponents, changes, wall, cpu, before > 0 ? fmt::format(" (x{:.2f})", cpu / before) : "",
      static_cast<double>(output) / hosts, planned.value->actions.size(), printing.cpu());
  std::fflush(stdout);
  return cpu;
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
