// SPDX-License-Identifier: Apache-2.0
#include "engine/notify/event.h"

#include <catch2/catch.hpp>

#include <set>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "tests/support/golden.h"
#include "tests/support/json_schema.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using notify::Event;
using notify::EventKind;

const notify::Stamp kStamp{.id = "0123456789abcdef0123456789abcdef", .tool_version = "0.1.0"};

/// A plan and its drift, with all that a report refers to.
struct Found {
  explicit Found(const SmallFleet& fleet)
      : plan(*fleet.plan().value), drift(plan::drift_of(plan, fleet.desired.policies)) {}

  [[nodiscard]] report::FleetReport report(std::string verb, UtcTime at = kNow) const {
    return {.verb = std::move(verb),
            .plan = plan,
            .drift = drift,
            .diagnostics = diagnostics,
            .sources = sources,
            .exit = drift.exit(),
            .at = at};
  }

  plan::Plan plan;
  plan::Drift drift;
  Diagnostics diagnostics;
  SourceMap sources;
};

SmallFleet fleet_of(std::size_t hosts, const std::string& installed = "2.46") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  for (std::size_t i = 0; i < hosts; ++i) fleet.add(host(fmt::format("web-{:03}", i), {bmc(installed)}));
  return fleet;
}

/// The body, which fits the published schema and the size that receivers may rely on.
json::Value checked(const Event& event) {
  static const JsonSchema schema(
      *json::parse(read_text(std::string(FIRMFORM_SOURCE_DIR) + "/schemas/notification.v1.schema.json")));
  CHECK(event.body.size() <= 64U * 1024U);
  const auto body = json::parse(event.body);
  REQUIRE(body);
  CHECK(schema.violation(*body).empty());
  CHECK(body->text("event") == to_string(event.kind));
  CHECK(body->text("id") == event.id);
  CHECK(body->text("at") == to_rfc3339(event.at));
  return *body;
}

notify::RunFacts run_facts() {
  return notify::facts_of("apply", *fleet_of(2).plan().value, "20261121-aa");
}

apply::Summary summary_of(std::map<std::string, apply::HostOutcome> hosts) {
  return {.run_id = "20261121-aa", .hosts = std::move(hosts), .elapsed = std::chrono::seconds(95)};
}

}  // namespace

TEST_CASE("An event's kind is a word and back") {
  for (const char* word : {"drift", "changes", "started", "waits", "succeeded", "failed"}) {
    CHECK(to_string(notify::parse_event_kind(word).value()) == word);
  }
  CHECK_FALSE(notify::parse_event_kind("Drift"));
}

TEST_CASE("No two events have the same id") {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(notify::make_event_id());
  CHECK(ids.size() == 1000);
  CHECK(ids.begin()->size() == 32);
}

TEST_CASE("A drift event says what differs, where, and with which exit code") {
  SmallFleet fleet = fleet_of(2);
  fleet.add(host("web-900", {bmc("3.11")}));
  const Found found(fleet);
  const json::Value body = checked(notify::drift_event(found.report("drift"), kStamp));
  CHECK(body.text("summary") == "2 of 3 hosts not as wanted: 2 older");
  CHECK(*body["exit"]["code"].as_int() == 15);
  CHECK(*body["hosts"]["in_line"].as_int() == 1);
  CHECK(*body["classes"]["older"].as_int() == 2);
  REQUIRE(body["drift"].items().size() == 2);
  CHECK(body["drift"].items()[0].text("host") == "web-000");
  CHECK(body["drift"].items()[0].text("installed") == "2.46");
  CHECK(body["drift"].items()[0].text("wanted") == "3.11");
  CHECK(*body["omitted"].as_int() == 0);
  CHECK(body.text("manifest_digest") == fleet.desired.digest);
}

TEST_CASE("The digest of a drift changes with the drift and with nothing else") {
  const Found found(fleet_of(2));
  const auto digest_at = [](const Found& what, UtcTime at) {
    return std::string(checked(notify::drift_event(what.report("drift", at), kStamp)).text("digest"));
  };
  const std::string digest = digest_at(found, kNow);
  CHECK(digest == digest_at(found, kNow + std::chrono::hours(24)));
  CHECK(digest != digest_at(Found(fleet_of(3)), kNow));
  CHECK(digest != digest_at(Found(fleet_of(2, "2.47")), kNow));
}

TEST_CASE("What policy ignores is in no event") {
  SmallFleet fleet = fleet_of(1);
  fleet.add(unreachable("web-901"));
  fleet.desired.policies.drift["older"] = manifest::DriftPolicy::ignore;
  const json::Value body = checked(notify::drift_event(Found(fleet).report("drift"), kStamp));
  CHECK(body["classes"].find("older") == nullptr);
  CHECK(*body["classes"]["unreachable"].as_int() == 1);
  CHECK(body["drift"].items().size() == 1);
}

TEST_CASE("An event of a huge fleet stays small and says how much it leaves out") {
  const Found found(fleet_of(400));
  const json::Value drift = checked(notify::drift_event(found.report("drift"), kStamp));
  CHECK(drift["drift"].items().size() == 50);
  CHECK(*drift["omitted"].as_int() == 350);
  const json::Value changes = checked(notify::changes_event(found.report("plan"), kStamp));
  CHECK(changes["changes"].items().size() == 50);
  CHECK(*changes["omitted"].as_int() == 350);
}

TEST_CASE("Texts of a BMC are printable and short in an event") {
  SmallFleet fleet = fleet_of(0);
  std::string version = "2.46\x1b[31m";
  for (int i = 0; i < 2000; ++i) version += "ü";
  fleet.add(host("web-000", {bmc(version)}));
  const Event event = notify::drift_event(Found(fleet).report("drift"), kStamp);
  const json::Value body = checked(event);
  const std::string installed(body["drift"].items()[0].text("installed"));
  CHECK(installed.size() <= 256);
  CHECK(installed.ends_with("ü…"));
  CHECK(event.body.find("\\u001b") == std::string::npos);
  CHECK(event.body.find('\x1b') == std::string::npos);
}

TEST_CASE("A changes event names the plan and counts what it would do") {
  const Found found(fleet_of(2));
  const json::Value body = checked(notify::changes_event(found.report("plan"), kStamp));
  CHECK(body.text("event") == "changes");
  CHECK(body["plan"].text("id") == found.plan.header.id);
  CHECK(*body["counts"]["update"].as_int() == 2);
  CHECK(*body["hosts"]["to_change"].as_int() == 2);
  CHECK(body["changes"].items()[0].text("action") == "update");
}

TEST_CASE("A run's beginning and its waits carry run and plan") {
  const notify::RunFacts run = run_facts();
  const json::Value started = checked(notify::started_event(run, false, kNow, kStamp));
  CHECK(started["run"].text("id") == "20261121-aa");
  CHECK(started["run"].text("plan_id") == run.plan_id);
  CHECK(*started["run"]["hosts"].as_int() == 2);
  CHECK_FALSE(*started["resumed"].as_bool());
  const json::Value soak = checked(notify::waits_event(run, "soak after canary", kNow, kNow, kStamp));
  CHECK(soak.text("until") == "2026-11-21T04:00:00Z");
  CHECK(soak.text("severity") == "info");
  const json::Value person = checked(notify::waits_event(run, "paused after canary", std::nullopt, kNow, kStamp));
  CHECK(person["until"].is_null());
  CHECK(person.text("severity") == "warning");
}

TEST_CASE("A run's end is succeeded, waits or failed, as its exit code says") {
  const notify::RunFacts run = run_facts();
  using apply::HostResult;
  const auto finished = [&](apply::HostOutcome outcome) {
    return notify::finished_event(run, summary_of({{"web-000", {}}, {"web-001", std::move(outcome)}}), kNow, kStamp);
  };
  CHECK(finished({}).kind == EventKind::succeeded);
  CHECK(finished({.result = HostResult::scheduled}).kind == EventKind::succeeded);
  CHECK(finished({.result = HostResult::held, .error = Error(Code::rollout_paused, "waits for a person")}).kind ==
        EventKind::waits);
  const Event failed = finished({.result = HostResult::moved, .error = Error(Code::host_moved, "it moved")});
  CHECK(failed.kind == EventKind::failed);
  const json::Value body = checked(failed);
  CHECK(body.text("severity") == "error");
  CHECK(body.text("summary") == "run 20261121-aa: 1 done, 1 moved");
  CHECK(*body["exit"]["code"].as_int() == 9);
  CHECK(*body["elapsed_seconds"].as_int() == 95);
  REQUIRE(body["failures"].items().size() == 1);
  CHECK(body["failures"].items()[0].text("host") == "web-001");
  CHECK(body["failures"].items()[0].text("code") == "FF0603");
  CHECK(*body["results"]["done"].as_int() == 1);
}

}  // namespace firmform::tests
