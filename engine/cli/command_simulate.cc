// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/cli/plan_output.h"
#include "engine/cli/simulation_verbs.h"
#include "engine/cli/snapshot_reading.h"
#include "engine/cli/version.h"
#include "engine/plan/codec.h"
#include "engine/plan/make_plan.h"
#include "engine/report/timeline_report.h"
#include "engine/simulate/simulate.h"

namespace firmform::cli {
namespace {

/// A plan, and what it is tried on.
struct Rehearsed {
  plan::Plan plan;
  inventory::Inventory inventory;
  bool guessed = false;  ///< the inventory is told from the plan alone
};

OrExit<Rehearsed> from_file(const std::string& file, const Arguments& arguments, Context& context) {
  auto plan = plan::read_file(file);
  if (!plan) return leave(context.report(plan.error().with_context(file)));
  const auto directory = arguments.value("from-snapshot");
  if (!directory) {
    inventory::Inventory inventory = simulate::inventory_of(*plan);
    return Rehearsed{std::move(*plan), std::move(inventory), true};
  }
  std::vector<std::string> hosts;
  for (const plan::PlannedHost& host : plan->hosts) hosts.push_back(host.name);
  auto inventory = read_snapshot(*directory, hosts);
  if (!inventory) return leave(context.report(inventory.error()));
  return Rehearsed{std::move(*plan), std::move(*inventory)};
}

OrExit<Rehearsed> fresh(UtcTime at, const Arguments& arguments, Context& context) {
  auto ground = open_ground(arguments, context);
  if (!ground) return leave(ground.error());
  auto planned = plan::make_plan({.desired = ground->desired,
                                  .inventory = ground->inventory,
                                  .catalog = ground->catalog,
                                  .sources = *ground->project.sources,
                                  .now = at,
                                  .tool_version = std::string(kVersion),
                                  .estimates = &ground->estimates},
                                 all_providers());
  Diagnostics diagnostics = std::move(ground->diagnostics);
  diagnostics.append(planned.diagnostics.errors());
  context.report(diagnostics, *ground->project.sources);
  if (!planned.value) return leave(worst(Exit::error, diagnostics.exit()));
  return Rehearsed{std::move(*planned.value), std::move(ground->inventory)};
}

Result<simulate::Options> options_of(const Arguments& arguments, UtcTime at, bool guessed) {
  const auto seed = arguments.integer("seed", 1, 0, 1'000'000'000);
  if (!seed) return fail(seed.error());
  const auto parallelism = arguments.integer("parallelism", 10, 1, 100'000);
  if (!parallelism) return fail(parallelism.error());
  const auto faults = simulate::parse_faults(arguments.value("faults").value_or("0"));
  if (!faults) return fail(faults.error());
  return simulate::Options{.start = at,
                           .seed = static_cast<std::uint64_t>(*seed),
                           .faults = *faults,
                           .parallelism = *parallelism,
                           .guessed_inventory = guessed,
                           .crashes = {}};
}

void print(const simulate::Timeline& timeline, const std::string& format, Context& context) {
  if (format == "json") {
    context.out.print(json::dump_pretty(report::timeline_json(timeline)));
  } else if (format == "svg") {
    context.out.print(report::timeline_svg(timeline));
  } else if (format == "html") {
    context.out.print(report::timeline_html(timeline));
  } else {
    context.out.print(report::timeline_text(timeline, report_style(context)));
  }
}

Exit run_simulate(const Arguments& arguments, Context& context) {
  constexpr std::array<std::string_view, 4> kFormats = {"text", "json", "svg", "html"};
  const std::string format = arguments.has("json") ? "json" : arguments.value("format").value_or("text");
  if (std::ranges::find(kFormats, format) == kFormats.end()) {
    return context.report(
        Error(Code::usage, fmt::format("no format `{}`", format)).with_help("use text, json, svg or html"));
  }
  const auto at = time_option(arguments, "at", whole_second(), context);
  if (!at) return at.error();
  auto options = options_of(arguments, *at, false);
  if (!options) return context.report(options.error());
  const auto rehearsed = arguments.positionals().empty()
                             ? fresh(*at, arguments, context)
                             : from_file(arguments.positionals().front(), arguments, context);
  if (!rehearsed) return rehearsed.error();
  options->guessed_inventory = rehearsed->guessed;
  const auto outcome = simulate::simulate(rehearsed->plan, rehearsed->inventory, all_providers(), *options);
  if (!outcome) return context.report(outcome.error());
  print(outcome->timeline, format, context);
  if (outcome->timeline.violations.empty()) return outcome->summary.exit();
  const simulate::Violation& first = outcome->timeline.violations.front();
  return context.report(Error(Code::selftest_failed, fmt::format("{}: {}", first.host, first.text))
                            .with_note(fmt::format("seed {}", outcome->timeline.seed)));
}

}  // namespace

Verb simulate_verb() {
  return {"simulate",
          "Try a plan on modelled BMCs, in no time",
          "Carries out a saved plan, or a fresh one, with the real engine on BMCs that exist only in memory, and shows "
          "what would happen when: uploads, flashes, restarts, waits, waves, windows. Nothing is sent to any host. "
          "Gates that wait for a person are passed at once. A saved plan is tried on hosts as it describes them, or "
          "on a recorded inventory.",
          {{"FILE", "a plan file", false}},
          {{"seed", "N", "Seed of faults and of how long things take (default 1)."},
           {"faults", "RATE",
            "Share of what goes wrong, 0.02 or 2%, or KIND=RATE,…: lost-request, lost-reply, "
            "failed-flash, wrong-version, unreachable, dead, slow, unhealthy."},
           {"at", "TIME", "Begin then instead of now (RFC 3339)."},
           {"format", "FORMAT", "text (default), json, svg or html."},
           {"json", "", "The same as -format json."},
           {"parallelism", "N", "Hosts at work at a time (default 10)."},
           {"target", "HOST", "Only this host; a name or a glob. May be given several times.", true},
           {"from-snapshot", "DIR", "Read a recorded inventory instead of the BMCs."},
           {"read-parallelism", "N", "Hosts read at a time (default 512)."}},
          run_simulate,
          {}};
}

}  // namespace firmform::cli
