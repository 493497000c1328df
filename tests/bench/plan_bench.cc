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

#include "engine/plan/canonical.h"
#include "engine/plan/codec.h"
#include "engine/plan/constraints.h"
#include "engine/plan/diff.h"
#include "engine/plan/way.h"
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

/// Hosts whose ten components each go through `between` versions; distinct versions per host keep it from being the
/// same problem again. Half of the components need a restart, and each requires the one before it.
SmallFleet make_ways(int hosts, int between, bool is_distinct) {
  SmallFleet fleet;
  for (int i = 0; i < kComponents; ++i) {
    auto& entry =
        fleet.entry(fmt::format("Part {}", i), fmt::format("{}.0", between + 2), fmt::format("part{}.bin", i));
    for (int step = 0; step < between; ++step) {
      const manifest::Text version{fmt::format("{}.0", step + 2), entry.span};
      const std::string image = fmt::format("part{}-{}.bin", i, step);
      fleet.image(image);
      entry.via.push_back({.version = version, .image = manifest::Text{image, entry.span}, .span = entry.span});
    }
    if (i > 0) entry.requires_ = {{fmt::format("Part {} >= {}.0", i - 1, between + 2), entry.span}};
  }
  for (int host_number = 0; host_number < hosts; ++host_number) {
    std::vector<inventory::Component> components;
    for (int i = 0; i < kComponents; ++i) {
      const std::string version = is_distinct ? fmt::format("1.{}", host_number) : std::string("1.0");
      components.push_back(component(fmt::format("Part.{}", i), fmt::format("Part {}", i), version));
      components.back().reset_required = i % 2 == 0;
    }
    fleet.add(host(fmt::format("host-{:06}", host_number), components));
  }
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
double measure(const SmallFleet& fleet, int hosts, const std::string& what, double before) {
  const std::size_t input = peak_bytes();
  const Stopwatch planning;
  const Parsed<plan::Plan> planned = fleet.plan();
  const double cpu = planning.cpu();
  const double wall = planning.wall();
  const std::size_t output = peak_bytes() - input;

  const Stopwatch printing;
  const std::string text = report::plan_text(*planned.value, {});
  const double text_cpu = printing.cpu();

  const Stopwatch encoding;
  std::size_t file = 0;
  plan::write_canonical(*planned.value, true, [&](std::string_view bytes) { file += bytes.size(); });
  constexpr double kMegabyte = 1e6;
  fmt::print(
      "{:>6} hosts x {} components, {}: {:.3f} s wall, {:.3f} s cpu{}; {:>6.0f} bytes per host above "
      "the input; {} actions; text {:.3f} s cpu; file {:.1f} MB in {:.3f} s cpu\n",
      hosts, kComponents, what, wall, cpu, before > 0 ? fmt::format(" (x{:.2f})", cpu / before) : "",
      static_cast<double>(output) / hosts, planned.value->actions.size(), text_cpu,
      static_cast<double>(file) / kMegabyte, encoding.cpu());
  std::fflush(stdout);
  return cpu;
}

/// Processor seconds of finding the ways alone: versions on them, constraints, the solver; without the actions, whose
/// number is what a plan of such a fleet costs.
double measure_paths(const SmallFleet& fleet, int hosts, const std::string& what, double before) {
  const SourceMap sources = fleet.lines.sources();
  const plan::Inputs inputs = fleet.inputs(sources);
  const Providers providers = fake_providers();
  plan::Findings findings(sources);
  const plan::Scope scope{inputs, providers, findings};
  std::size_t steps = 0;
  const Stopwatch solving;
  for (const auto& [name, snapshot] : fleet.inventory) {
    plan::HostDraft host = plan::diff(scope, fleet.desired.hosts.at(name), snapshot);
    std::vector<std::size_t> places;
    for (plan::ChangeDraft& draft : host.changes) {
      draft.image = fleet.catalog.find(draft.entry->image->value);
      if (!plan::find_stops(scope, host, draft).empty()) continue;
      draft.needs_restart.assign(draft.stops.size() + 1, *draft.component->reset_required);
      places.push_back(places.size());
    }
    const auto answer = solve::solve(plan::problem_of(host, places).problem);
    for (const solve::Round& round : std::get<solve::Solution>(answer).rounds) steps += round.steps.size();
  }
  const double cpu = solving.cpu();
  fmt::print("{:>6} hosts x {} components, {}: {:.3f} s wall, {:.3f} s cpu{}; {} steps\n", hosts, kComponents, what,
             solving.wall(), cpu, before > 0 ? fmt::format(" (x{:.2f})", cpu / before) : "", steps);
  std::fflush(stdout);
  return cpu;
}

/// Runs one measurement in a process of its own; its result comes back through a pipe.
template <class Make, class Measure>
double measure_apart(const Make& make, const Measure& measure_one, int hosts, const std::string& what, double before) {
  int ends[2];
  if (::pipe(ends) != 0) return 0;
  const pid_t child = ::fork();
  if (child == 0) {
    const double seconds = measure_one(make(hosts), hosts, what, before);
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
  using namespace firmform::tests;
  for (const int changes : {0, 3, 10}) {
    const auto make = [&](int hosts) { return make_fleet(hosts, changes); };
    double before = 0;
    for (const int hosts : {1'250, 2'500, 5'000, 10'000}) {
      before = measure_apart(make, measure, hosts, fmt::format("{:>2} changes each", changes), before);
    }
  }
  for (const bool is_distinct : {false, true}) {
    const auto make = [&](int hosts) { return make_ways(hosts, 5, is_distinct); };
    const std::string of_what = fmt::format("5 versions on each way, {} hosts", is_distinct ? "distinct" : "equal");
    double before = 0;
    for (const int hosts : {1'250, 2'500, 5'000, 10'000}) {
      before = measure_apart(make, measure_paths, hosts, of_what + ", ways alone", before);
    }
    before = 0;
    // A host has 130 actions here, so a larger fleet says more of this machine's memory than of the planner.
    for (const int hosts : {625, 1'250, 2'500}) {
      before = measure_apart(make, measure, hosts, of_what + ", whole plans", before);
    }
  }
  return 0;
}
