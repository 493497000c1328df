// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/run_spans.h"

#include <catch2/catch.hpp>

#include "spans_of_test.h"

using namespace firmform;
using namespace firmform::telemetry;
using apply::HostOutcome;
using apply::HostResult;
using tests::text_of;

namespace {

plan::Plan plan_of_two() {
  plan::Plan plan;
  plan.hosts = {{.name = "web-01", .bmc = "https://a"}, {.name = "web-02", .bmc = "https://b"}};
  plan.actions = {{.id = 0, .host = "web-01", .type = plan::ActionType::flash, .summary = "push x"},
                  {.id = 1, .host = "web-02", .type = plan::ActionType::flash, .summary = "push x"}};
  return plan;
}

HostOutcome failed() {
  return {.result = HostResult::failed, .error = Error(Code::connection_refused, "connection refused"), .notes = {}};
}

}  // namespace

TEST_CASE("a run is a tree of waves, hosts and actions") {
  tests::TracedWork work;
  RunSpans view(work.tracer);
  const plan::Plan plan = plan_of_two();
  const plan::Wave wave{.name = "canary", .hosts = {"web-01"}};
  view.run_started(plan, "run-1", false);
  view.checks_started(2);
  view.host_checked(1, 2);
  view.host_checked(2, 2);
  view.wave_started(wave, 0, 1);
  view.run_waits("soak", std::nullopt);
  view.host_started("web-01");
  view.action_started(plan.actions[0]);
  const auto during = work.tracer.scope("https://a");
  view.action_succeeded(plan.actions[0], "3.11");
  view.host_finished("web-01", {});
  view.wave_finished(wave, "0/1 failed");
  view.run_finished({});
  const auto spans = work.by_name();
  REQUIRE(spans.size() == 5);
  const Span& run = spans.at("run");
  CHECK(text_of(run, "firmform.run.id") == "run-1");
  CHECK(run.events.size() == 1);
  CHECK(spans.at("checks").parent == run.id);
  CHECK(spans.at("wave").parent == run.id);
  CHECK(text_of(spans.at("wave"), "firmform.wave.decision") == "0/1 failed");
  CHECK(spans.at("host").parent == spans.at("wave").id);
  CHECK(spans.at("action").parent == spans.at("host").id);
  CHECK(during == spans.at("action").id);
  CHECK(text_of(spans.at("action"), "firmform.action.type") == "flash");
  CHECK(spans.at("host").status == SpanStatus::unset);
  CHECK_FALSE(work.tracer.scope("https://a"));
}

TEST_CASE("what fails is an error from the action up to the host") {
  tests::TracedWork work;
  RunSpans view(work.tracer);
  const plan::Plan plan = plan_of_two();
  view.run_started(plan, "run-1", true);
  view.host_started("web-01");
  view.action_started(plan.actions[0]);
  view.host_finished("web-01", failed());
  apply::Summary summary;
  summary.hosts["web-01"] = failed();
  view.run_finished(summary);
  const auto spans = work.by_name();
  for (const char* name : {"action", "host", "run"}) CHECK(spans.at(name).status == SpanStatus::error);
  CHECK(spans.at("host").status_message.find("connection refused") != std::string::npos);
  CHECK(text_of(spans.at("host"), "firmform.host.result") == "failed");
  CHECK(text_of(spans.at("host"), "error.type").starts_with("FF04"));
}

TEST_CASE("a host that was never begun has a span all the same") {
  tests::TracedWork work;
  RunSpans view(work.tracer);
  view.run_started(plan_of_two(), "run-1", false);
  view.host_finished("web-02", {.result = HostResult::held, .error = std::nullopt, .notes = {"paused"}});
  view.run_finished({});
  const auto spans = work.by_name();
  CHECK(text_of(spans.at("host"), "firmform.host.result") == "held");
  CHECK(spans.at("host").events.size() == 1);
}
