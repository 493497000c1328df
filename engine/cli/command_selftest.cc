// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/cli/simulation_verbs.h"
#include "engine/json/value.h"
#include "engine/simulate/selftest.h"

namespace firmform::cli {
namespace {

json::Value tally_json(const simulate::Tally& tally) {
  return json::Object{{"runs", static_cast<std::int64_t>(tally.runs)},
                      {"hosts", static_cast<std::int64_t>(tally.hosts)},
                      {"actions", static_cast<std::int64_t>(tally.actions)},
                      {"flashes", static_cast<std::int64_t>(tally.flashes)},
                      {"host_restarts", static_cast<std::int64_t>(tally.restarts)},
                      {"crashes", static_cast<std::int64_t>(tally.crashes)},
                      {"faults", static_cast<std::int64_t>(tally.faults)}};
}

json::Value json_of(const simulate::SelftestResult& result, int seed) {
  json::Object object{{"format_version", "1.0"}, {"seed", seed}, {"tally", tally_json(result.tally)}};
  object.append("passed", !result.counterexample);
  if (const auto& found = result.counterexample) {
    object.append("counterexample", json::Object{{"seed", found->found_with},
                                                 {"broken", found->broken},
                                                 {"manifest", simulate::manifest_of(found->scenario)},
                                                 {"setting", simulate::describe(found->scenario)}});
  }
  return object;
}

Exit report_counterexample(const simulate::Counterexample& found, Context& context) {
  context.out.print(fmt::format("The smallest fleet that was found, with its manifest:\n\n{}\n{}\n",
                                simulate::manifest_of(found.scenario), simulate::describe(found.scenario)));
  return context.report(
      Error(Code::selftest_failed, found.broken)
          .with_note(fmt::format("`firmform selftest -runs 1 -seed {}` finds it again", found.found_with)));
}

Exit run_selftest(const Arguments& arguments, Context& context) {
  const auto runs = arguments.integer("runs", 200, 1, 10'000'000);
  if (!runs) return context.report(runs.error());
  const auto seed = arguments.integer("seed", 1, 0, 1'000'000'000);
  if (!seed) return context.report(seed.error());
  const auto progress = [&](std::size_t done) {
    if (context.err.is_tty) context.err.print(fmt::format("\r{} of {} fleets", done, *runs));
  };
  const auto result =
      simulate::selftest(static_cast<std::uint64_t>(*seed), static_cast<std::size_t>(*runs), all_providers(), progress);
  if (context.err.is_tty) context.err.print("\r\033[K");
  if (arguments.has("json")) {
    context.out.print(json::dump_pretty(json_of(result, *seed)));
    return result.counterexample ? info(Code::selftest_failed).exit : Exit::ok;
  }
  if (result.counterexample) return report_counterexample(*result.counterexample, context);
  const simulate::Tally& tally = result.tally;
  context.out.print(fmt::format(
      "All promises were kept in {}, from seed {}: {}, {}, {}, {} of hosts; {} struck, and the program was killed and "
      "resumed up to {}.\n",
      counted(tally.runs, "random fleet"), *seed, counted(tally.hosts, "host"), counted(tally.actions, "action"),
      counted(tally.flashes, "flash", "flashes"), counted(tally.restarts, "restart"), counted(tally.faults, "fault"),
      counted(tally.crashes, "time")));
  return Exit::ok;
}

}  // namespace

Verb selftest_verb() {
  return {
      "selftest",
      "Check the promises of this program on random fleets",
      "Makes random fleets with labels, constraints, windows, rollouts and budgets, plans for them and runs the plans "
      "on modelled BMCs, with faults, and with the program killed in the middle and resumed. Checks at every "
      "instant: budgets, waves, windows, the order of actions, one write at a time per BMC, each flash sent once, "
      "an intent in the journal before each write; and that a second plan is empty when all went well. What breaks "
      "a promise is made as small as it can be, and shown.",
      {},
      {{"runs", "N", "Fleets to try (default 200)."},
       {"seed", "N", "Seed of the first one (default 1)."},
       {"json", "", "Machine-readable output on standard output."}},
      run_selftest,
      {}};
}

}  // namespace firmform::cli
