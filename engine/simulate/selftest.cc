// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/selftest.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "engine/manifest/load.h"
#include "engine/plan/codec.h"
#include "engine/plan/make_plan.h"
#include "engine/simulate/promises.h"
#include "engine/simulate/simulate.h"

namespace firmform::simulate {
namespace {

constexpr UtcTime kStart{std::chrono::seconds(1'795'233'600)};  // 2026-11-21T04:00:00Z, a Saturday
constexpr std::size_t kMostCuts = 400;

using Broken = std::optional<std::string>;

/// One scenario on its way through the program.
class Trial {
 public:
  Trial(const Scenario& scenario, const Providers& providers)
      : scenario_(scenario), providers_(providers), catalog_(catalog_of(scenario)) {}

  Broken run(Tally* tally) {
    auto desired = manifest::load_desired({{"selftest.yaml", manifest_of(scenario_)}}, sources_);
    if (!desired.value) {
      return fmt::format("its manifest is refused:\n{}", render(desired.diagnostics, sources_, {.color = false}));
    }
    desired_ = std::move(*desired.value);
    const inventory::Inventory before = inventory_of(scenario_);
    const auto plan = plan_for(before, kStart);
    if (!plan) return "there is no plan for it";
    if (auto broken = depends_on_order(*plan, before)) return broken;
    const auto outcome = simulate(*plan, before, providers_,
                                  {.start = kStart,
                                   .seed = scenario_.seed,
                                   .faults = scenario_.faults,
                                   .parallelism = 64,
                                   .crashes = scenario_.crashes});
    if (!outcome) return outcome.error().one_line();
    if (tally != nullptr) add(*tally, *plan, outcome->timeline);
    if (auto broken = first_broken(*plan, outcome->timeline, outcome->events)) return broken;
    if (auto broken = broken_requirement(*plan, outcome->timeline)) return broken;
    return broken_end(*outcome);
  }

 private:
  [[nodiscard]] std::optional<plan::Plan> plan_for(const inventory::Inventory& inventory, UtcTime now) const {
    auto planned = plan::make_plan({.desired = desired_,
                                    .inventory = inventory,
                                    .catalog = catalog_,
                                    .sources = sources_,
                                    .now = std::chrono::floor<std::chrono::seconds>(now),
                                    .tool_version = "selftest"},
                                   providers_);
    return std::move(planned.value);
  }

  [[nodiscard]] Broken depends_on_order(const plan::Plan& plan, inventory::Inventory inventory) const {
    for (auto& [host, snapshot] : inventory) std::ranges::reverse(snapshot.components);
    const auto again = plan_for(inventory, kStart);
    if (again && json::dump(plan::to_json(*again)) == json::dump(plan::to_json(plan))) return std::nullopt;
    return "planning again, with the components in another order, gives another plan";
  }

  /// The last step of a part begins after that of the part that it comes after, and after a part that it requires by
  /// version has been seen with that.
  [[nodiscard]] Broken broken_requirement(const plan::Plan& plan, const Timeline& timeline) const {
    for (std::size_t part = 0; part < kParts; ++part) {
      const ScenarioEntry& entry = scenario_.entries[part];
      if (!entry.wanted || !entry.requires_part || !scenario_.entries[*entry.requires_part].wanted) continue;
      for (const Lane& lane : timeline.lanes) {
        if (entry.by_version && has_already(lane.host, *entry.requires_part)) continue;
        const auto begun = last_flash(plan, lane, kPartNames[part]);
        const std::string_view required = kPartNames[*entry.requires_part];
        const auto ready = entry.by_version ? last_verify(plan, lane, required) : last_flash(plan, lane, required);
        if (begun && ready && *begun < *ready) {
          return fmt::format("{}: {} was flashed before {}, which must be first, was done", lane.host, kPartNames[part],
                             required);
        }
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] bool has_already(const std::string& name, std::size_t part) const {
    const auto host = std::ranges::find(scenario_.hosts, name, &ScenarioHost::name);
    return host->installed[part] >= scenario_.entries[part].version;
  }

  static bool concerns(const plan::Plan& plan, const Span& span, std::string_view part) {
    return std::ranges::count(plan.actions[span.action].components, part) > 0;
  }

  static std::optional<UtcTime> last_flash(const plan::Plan& plan, const Lane& lane, std::string_view part) {
    std::optional<UtcTime> start;
    for (const Span& span : lane.spans) {
      if (span.kind == SpanKind::flash && concerns(plan, span, part)) start = span.start;
    }
    return start;
  }

  static std::optional<UtcTime> last_verify(const plan::Plan& plan, const Lane& lane, std::string_view part) {
    std::optional<UtcTime> end;
    for (const Span& span : lane.spans) {
      if (span.kind == SpanKind::verify && concerns(plan, span, part)) end = span.end;
    }
    return end;
  }

  /// Without faults all goes well, crashes or not. When all went well, nothing is left to do.
  [[nodiscard]] Broken broken_end(const Outcome& outcome) const {
    const Timeline& timeline = outcome.timeline;
    const auto bad = std::ranges::find_if(timeline.lanes, [](const Lane& lane) {
      return lane.result != apply::HostResult::done && lane.result != apply::HostResult::scheduled;
    });
    if (bad != timeline.lanes.end()) {
      if (scenario_.faults.any() || waits_in_vain(*bad)) return std::nullopt;
      return fmt::format("{} is {} although nothing went wrong: {}", bad->host, to_string(bad->result), bad->error);
    }
    if (scenario_.faults.any()) return std::nullopt;
    const auto second = plan_for(outcome.inventory, timeline.end);
    if (!second) return "there is no second plan";
    const auto left =
        std::ranges::find_if(second->actions, [](const plan::Action& action) { return !!action.request; });
    if (left == second->actions.end()) return std::nullopt;
    return fmt::format("all went well, and the second plan still wants: {}: {}", left->host, left->summary);
  }

  /// Budgets and windows may leave no time for the last hosts of a window, and hosts that do not answer none for those
  /// that come after them.
  [[nodiscard]] bool waits_in_vain(const Lane& lane) const {
    const bool has_window = scenario_.window || scenario_.freeze;
    const bool lost_host = std::ranges::any_of(scenario_.hosts, [](const ScenarioHost& host) { return !host.answers; });
    return (lane.result == apply::HostResult::deferred && has_window) ||
           ((lane.result == apply::HostResult::skipped || lane.result == apply::HostResult::held) &&
            (has_window || (scenario_.chain && lost_host)));
  }

  void add(Tally& tally, const plan::Plan& plan, const Timeline& timeline) const {
    ++tally.runs;
    tally.hosts += plan.hosts.size();
    tally.actions += plan.actions.size();
    tally.flashes += timeline.flashes();
    tally.restarts += timeline.host_restarts();
    tally.crashes += scenario_.crashes.size();
    for (const auto& [kind, count] : timeline.faults_met) tally.faults += count;
  }

  const Scenario& scenario_;
  const Providers& providers_;
  catalog::Catalog catalog_;
  SourceMap sources_;
  manifest::Desired desired_;
};

/// Takes away what the fault does not need, one thing after the other.
Counterexample shrunk(Counterexample found, const Providers& providers) {
  std::size_t cuts = 0;
  bool goes_on = true;
  while (goes_on && cuts < kMostCuts) {
    goes_on = false;
    for (Scenario& less : simpler(found.scenario)) {
      if (++cuts > kMostCuts) break;
      if (auto broken = broken_promise(less, providers)) {
        found.scenario = std::move(less);
        found.broken = std::move(*broken);
        goes_on = true;
        break;
      }
    }
  }
  return found;
}

}  // namespace

Broken broken_promise(const Scenario& scenario, const Providers& providers, Tally* tally) {
  return Trial(scenario, providers).run(tally);
}

SelftestResult selftest(std::uint64_t seed, std::size_t runs, const Providers& providers,
                        const std::function<void(std::size_t done)>& progress) {
  SelftestResult result;
  for (std::size_t i = 0; i < runs; ++i) {
    const Scenario scenario = random_scenario(seed + i);
    if (auto broken = broken_promise(scenario, providers, &result.tally)) {
      result.counterexample = shrunk({scenario, std::move(*broken), seed + i}, providers);
      return result;
    }
    if (progress) progress(i + 1);
  }
  return result;
}

}  // namespace firmform::simulate
