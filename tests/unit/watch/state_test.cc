// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/state.h"

#include <catch2/catch.hpp>

#include "tests/support/golden.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using watch::Cause;
using watch::Cycle;
using watch::CycleResult;
using watch::Picture;
using watch::State;

const UtcTime kStart = UtcTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 2h);

State begun() {
  State state;
  state.tool_version = "1.2.3";
  state.started = kStart;
  state.interval = 15min;
  state.jitter = 1min;
  state.revision = "1a2b3c4d5e6f";
  return state;
}

Picture some_drift() {
  Picture picture;
  picture.hosts = 3;
  picture.hosts_in_line = 1;
  picture.hosts_by_status = {{"ok", 2}, {"unreachable", 1}};
  picture.drift = {{plan::DriftClass::older, 2}, {plan::DriftClass::unreachable, 1}};
  picture.actions = 4;
  return picture;
}

Cycle cycle(CycleResult result, std::optional<Picture> picture = some_drift()) {
  Cycle made;
  made.number = 7;
  made.cause = Cause::interval;
  made.began = kStart + 1h;
  made.took = 12'500ms;
  made.result = result;
  made.revision = "1a2b3c4d5e6f";
  made.manifest_valid = result != CycleResult::failed;
  made.picture = std::move(picture);
  return made;
}

Cycle with_run(CycleResult result, std::map<std::string, std::size_t> outcomes) {
  Cycle made = cycle(result);
  made.run_id = "20261121-030000-ab12";
  made.outcomes = std::move(outcomes);
  return made;
}

Picture all_in_line() {
  Picture picture;
  picture.hosts = 3;
  picture.hosts_in_line = 3;
  picture.hosts_by_status = {{"ok", 3}};
  return picture;
}

}  // namespace

TEST_CASE("Each result of a cycle has its line, which says when the fleet is looked at next") {
  const UtcTime next = kStart + 1h + 15min;
  Cycle failed = cycle(CycleResult::failed, std::nullopt);
  failed.revision.clear();
  failed.notes = {"FF0203: baselines.yaml:3:5: unknown key `versoin`\x1b[2J"};
  Cycle flapping = cycle(CycleResult::drifted);
  flapping.flaps.push_back({"web-01", "1", "iLO 5", "3.12", 3, next});
  std::string lines;
  for (const Cycle& each :
       {cycle(CycleResult::in_line, all_in_line()), cycle(CycleResult::drifted), flapping,
        with_run(CycleResult::applied, {{"done", 2}}), with_run(CycleResult::incomplete, {{"done", 1}, {"failed", 1}}),
        with_run(CycleResult::drifted, {{"deferred", 2}}), with_run(CycleResult::paused, {}), cycle(CycleResult::busy),
        cycle(CycleResult::denied), with_run(CycleResult::interrupted, {{"detached", 1}}), failed}) {
    lines += watch::cycle_line(each, next) + "\n";
  }
  lines += watch::cycle_line(cycle(CycleResult::interrupted, std::nullopt), std::nullopt) + "\n";
  CHECK(lines == golden("golden/watch/lines.txt", lines));
}

TEST_CASE("A watch is ready when its last cycle came to its end with a valid manifest, whatever it found") {
  State state = begun();
  CHECK(watch::not_ready(state));
  watch::record(state, cycle(CycleResult::drifted), kStart);
  CHECK_FALSE(watch::not_ready(state));
  watch::record(state, cycle(CycleResult::failed, std::nullopt), kStart);
  CHECK(watch::not_ready(state) == "the manifest is not valid");
  Cycle no_journal = cycle(CycleResult::failed, std::nullopt);
  no_journal.manifest_valid = true;
  watch::record(state, no_journal, kStart);
  CHECK(watch::not_ready(state) == "the last look at the fleet did not come to its end");
}

TEST_CASE("A cycle that failed leaves the picture and the time of the last success as they were") {
  State state = begun();
  watch::record(state, cycle(CycleResult::drifted), kStart + 1h);
  watch::record(state, cycle(CycleResult::failed, std::nullopt), kStart + 2h);
  CHECK(state.last_success == kStart + 1h);
  REQUIRE(state.picture);
  CHECK(state.picture->hosts == 3);
}

TEST_CASE("The metrics of a watch") {
  State state = begun();
  CHECK(watch::metrics_text(state).find("firmform_watch_last_success") == std::string::npos);
  watch::record(state, cycle(CycleResult::in_line, all_in_line()), kStart + 30min);
  watch::record(state, with_run(CycleResult::incomplete, {{"done", 1}, {"failed", 1}}), kStart + 1h);
  state.next = kStart + 2h;
  state.fleet_metrics = "# HELP other A metric of the fleet.\n# TYPE other gauge\nother 1\n";
  const std::string text = watch::metrics_text(state);
  CHECK(text == golden("golden/watch/metrics.txt", text));
}

TEST_CASE("The status of a watch") {
  State state = begun();
  state.apply = true;
  state.revision_problem = "`git fetch --quiet` failed: no route";
  Cycle last = with_run(CycleResult::drifted, {{"deferred", 2}});
  last.flaps.push_back({"web-01", "1", "iLO 5", "3.12", 3, kStart + 24h});
  last.notes = {"FF0817: web-01/iLO 5 was set to 3.12 3 times"};
  watch::record(state, last, kStart + 1h);
  const std::string text = json::dump_pretty(watch::status_json(state));
  CHECK(text == golden("golden/watch/status.json", text));
}

}  // namespace firmform::tests
