// SPDX-License-Identifier: Apache-2.0
// What a run says of hosts whose BMC does the work by itself later.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "engine/json/value.h"
#include "engine/report/event_stream.h"
#include "tests/support/golden.h"
#include "tests/support/json_schema.h"

namespace firmform::tests {
namespace {

/// Stands still.
class StoppedClock final : public Clock {
 public:
  [[nodiscard]] UtcTime now() const override { return UtcTime(std::chrono::seconds(1'795'233'600)); }
  [[nodiscard]] SteadyTime steady_now() const override { return {}; }
  Task<void> sleep(Duration) override { co_return; }
};

plan::Action queue_entry() {
  plan::Action action;
  action.host = "web-01";
  action.type = plan::ActionType::create;
  action.components = {"queue:firmform 0badcafe a.bin"};
  action.summary = "put a.bin into the queue";
  return action;
}

/// A run of one host whose work is in its queue at the end.
void run(apply::View& view) {
  plan::Plan plan;
  plan.actions = {queue_entry()};
  view.run_started(plan, "r1", false);
  view.host_started("web-01");
  view.action_started(plan.actions.front());
  view.action_succeeded(plan.actions.front(), "done");
  view.host_finished("web-01", {.result = apply::HostResult::scheduled, .error = std::nullopt});
  apply::Summary summary{.run_id = "r1"};
  summary.hosts["web-01"].result = apply::HostResult::scheduled;
  view.run_finished(summary);
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("The lines of a run say which hosts are scheduled, and where to look later") {
  const StoppedClock clock;
  std::string text;
  run(*report::make_line_view([&](std::string_view part) { text += part; }, clock));
  CHECK(has(text, "web-01: scheduled\n"));
  CHECK(has(text, "0 hosts done, 1 scheduled."));
  CHECK(has(text, "`firmform plan` shows what waits"));
}

TEST_CASE("The live display keeps a line about a scheduled host") {
  const StoppedClock clock;
  std::string text;
  run(*report::make_live_view([&](std::string_view part) { text += part; }, clock, {}));
  CHECK(has(text, "scheduled web-01: the BMC does it by itself\n"));
}

TEST_CASE("The events of a scheduled run conform to their schema") {
  const StoppedClock clock;
  std::vector<json::Value> events;
  report::EventStream stream([&](std::string_view line) { events.push_back(*json::parse(line)); }, clock, "0.1.0");
  run(*report::make_json_view(stream));
  const auto schema =
      json::parse(read_text(std::filesystem::path(FIRMFORM_SOURCE_DIR) / "schemas" / "event.v1.schema.json"));
  REQUIRE(schema);
  for (const json::Value& event : events) {
    INFO(json::dump(event));
    CHECK(JsonSchema(*schema).violation(event).empty());
  }
  CHECK(events[3]["hook"]["resource"].text("resource_type") == "queue_entry");
  CHECK(events[3]["hook"].text("action") == "create");
  CHECK(events[5].text("result") == "scheduled");
  CHECK(events.back()["changes"]["scheduled"].as_int() == 1);
}

namespace {

/// A rollout that pauses after its first wave.
void run_rollout(apply::View& view) {
  plan::Plan plan;
  plan.actions = {queue_entry()};
  const plan::Wave canary{.name = "canary", .hosts = {"web-01"}};
  view.run_started(plan, "r1", false);
  view.wave_started(canary, 0, 2);
  view.host_finished("web-01",
                     {.result = apply::HostResult::done, .error = std::nullopt, .notes = {"bmc /NTP is off"}});
  view.wave_finished(canary, "canary: 0/1 failed = 0.0 %: go on");
  view.run_waits("soak after canary", UtcTime(std::chrono::seconds(1'795'233'600)));
  view.run_waits("the rollout pauses after canary, until a person goes on", std::nullopt);
  apply::Summary summary{.run_id = "r1"};
  summary.hosts["web-01"].result = apply::HostResult::done;
  const Error paused(Code::rollout_paused, "web-02 was not started: the rollout pauses after canary");
  summary.hosts["web-02"] = {.result = apply::HostResult::held, .error = paused};
  view.host_finished("web-02", summary.hosts["web-02"]);
  view.run_finished(summary);
}

}  // namespace

TEST_CASE("The lines of a rollout show its waves, decisions and waits, and how to go on") {
  const StoppedClock clock;
  std::string text;
  run_rollout(*report::make_line_view([&](std::string_view part) { text += part; }, clock));
  CHECK(has(text, "Wave 1 of 2: canary, 1 host\n"));
  CHECK(has(text, "web-01: note: bmc /NTP is off\n"));
  CHECK(has(text, "canary: 0/1 failed = 0.0 %: go on\n"));
  CHECK(has(text, "Waiting: soak after canary until 2026-11-21T04:00:00Z\n"));
  CHECK(has(text, "1 host done, 1 held."));
  CHECK(has(text, "`firmform rollout continue` goes on"));
  CHECK_FALSE(has(text, "web-02: held"));
}

TEST_CASE("The live display of a rollout keeps its waves and decisions") {
  const StoppedClock clock;
  std::string text;
  run_rollout(*report::make_live_view([&](std::string_view part) { text += part; }, clock, {}));
  CHECK(has(text, "Wave 1 of 2: canary, 1 host\n"));
  CHECK(has(text, "canary: 0/1 failed = 0.0 %: go on\n"));
}

TEST_CASE("The events of a rollout conform to their schema") {
  const StoppedClock clock;
  std::vector<json::Value> events;
  report::EventStream stream([&](std::string_view line) { events.push_back(*json::parse(line)); }, clock, "0.1.0");
  run_rollout(*report::make_json_view(stream));
  const auto schema =
      json::parse(read_text(std::filesystem::path(FIRMFORM_SOURCE_DIR) / "schemas" / "event.v1.schema.json"));
  REQUIRE(schema);
  std::vector<std::string> types;
  for (const json::Value& event : events) {
    INFO(json::dump(event));
    CHECK(JsonSchema(*schema).violation(event).empty());
    types.emplace_back(event.text("type"));
  }
  CHECK(types == std::vector<std::string>{"version", "run_start", "wave_start", "host_complete", "wave_complete",
                                          "run_wait", "run_wait", "host_errored", "change_summary"});
  CHECK(events[4]["wave"].text("decision") == "canary: 0/1 failed = 0.0 %: go on");
  CHECK(events[6]["until"].is_null());
  CHECK(events.back()["exit"].text("name") == "paused");
}

}  // namespace firmform::tests
