// SPDX-License-Identifier: Apache-2.0
// Paths, rollout, freeze periods, guard and signing: as written, and as hosts get them.
#include <catch2/catch.hpp>

#include "engine/base/time_text.h"
#include "engine/manifest/images.h"
#include "manifest_text.h"

using namespace firmform;
using namespace firmform::manifest;
using namespace firmform::tests;
using namespace std::chrono_literals;
using Codes = std::vector<Code>;
using Names = std::vector<std::string>;

namespace {

Names values_of(const std::vector<Text>& texts) {
  Names values;
  for (const Text& text : texts) values.push_back(text.value);
  return values;
}

/// The codes of a manifest with so many hosts `h1`, … and `more`.
Codes codes_of(int hosts, const std::string& more) {
  std::string text = kBasics + "hosts:\n";
  for (int i = 1; i <= hosts; ++i) {
    text += "  h" + std::to_string(i) + ": {bmc: https://h" + std::to_string(i) + ", labels: {rack: a}}\n";
  }
  return read_manifest(text + more).codes();
}

Names freezes_of(const DesiredHost& host) {
  Names names;
  for (const FreezeChoice& choice : host.freezes) names.push_back(choice.name);
  return names;
}

}  // namespace

TEST_CASE("ways through versions, bounds, power and constraints are read into typed values") {
  const Reading reading = read_manifest(R"(
credentials: {c: {username: u, password: {env: P}}}
baselines:
  b:
    firmware:
      - component: iLO 5
        version: 3.12
        image: ilo5_312.bin
        via: [2.30, {version: 2.99, image: ilo5_299.bin, sha256: AA23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, from: {minimum: 2.30}, requires: ["System ROM >= 1.60"]}]
        from: {minimum: 2.99, maximum: 3.11}
        conflicts: ["System ROM < 1.60"]
        separate_restart: [System ROM]
        power: {state: Off, hold: 6m}
      - {component: System ROM, version: 2.36}
    constraints:
      - {when: "iLO 5 >= 3.00", requires: ["System ROM >= 2.00"], conflicts: ["System ROM = 2.10"]}
defaults: {credentials: c, baseline: b}
hosts: {h: {bmc: https://h}}
)");
  INFO(reading.text());
  REQUIRE(reading.codes().empty());
  const Baseline& baseline = *reading.host("h").baselines.front().baseline;
  const FirmwareEntry& entry = baseline.firmware.front();
  REQUIRE(entry.via.size() == 2);
  CHECK(entry.via[0].version.value == "2.30");
  CHECK_FALSE(entry.via[0].image);
  CHECK(entry.via[1].version.value == "2.99");
  CHECK(entry.via[1].image->value == "ilo5_299.bin");
  CHECK(entry.via[1].sha256->value.starts_with("aa23"));
  CHECK(entry.via[1].from.minimum->value == "2.30");
  CHECK_FALSE(entry.via[1].from.maximum);
  CHECK(values_of(entry.via[1].requires_) == Names{"System ROM >= 1.60"});
  CHECK(entry.from.maximum->value == "3.11");
  CHECK(values_of(entry.conflicts) == Names{"System ROM < 1.60"});
  CHECK(values_of(entry.separate_restart) == Names{"System ROM"});
  CHECK(entry.power.state == "Off");
  CHECK(entry.power.hold == 6min);
  CHECK(baseline.firmware[1].power.state.empty());
  REQUIRE(baseline.constraints.size() == 1);
  CHECK(baseline.constraints[0].when.value == "iLO 5 >= 3.00");
  CHECK(values_of(baseline.constraints[0].requires_) == Names{"System ROM >= 2.00"});
  CHECK(values_of(baseline.constraints[0].conflicts) == Names{"System ROM = 2.10"});
  CHECK(images_of(*reading.result.value) == Names{"ilo5_299.bin", "ilo5_312.bin"});
}

TEST_CASE("versions of a way that cannot be compared are left to the planner") {
  const auto codes = [](const std::string& entry) {
    return read_manifest(
               "credentials: {c: {username: u, password: {env: P}}}\nbaselines: {b: {firmware: [{component: X, " +
               entry + "}]}}\ndefaults: {credentials: c, baseline: b}\nhosts: {h: {bmc: https://h}}\n")
        .codes();
  };
  CHECK(codes("version: 3, from: {minimum: alpha, maximum: beta}").empty());
  CHECK(codes("version: 3, from: {minimum: 2, maximum: 2}").empty());
  CHECK(codes("version: 3, from: {minimum: '10', maximum: '9'}") == Codes{Code::unreachable_version});
  CHECK(codes("version: 3, version_scheme: opaque, from: {minimum: '10', maximum: '9'}").empty());
  CHECK(codes("version: 3.0, version_scheme: dotted, via: ['3']") == Codes{Code::unreachable_version});
  CHECK(codes("version: 3, via: ['1', '2', '1']") == Codes{Code::unreachable_version});
}

TEST_CASE("an image of a version on the way must not come over plain http either") {
  const std::string text = R"(
credentials: {c: {username: u, password: {env: P}}}
baselines: {b: {firmware: [{component: X, version: 3, via: [{version: 2, image: "http://m/x.bin"}]}]}}
defaults: {credentials: c, baseline: b}
hosts: {h: {bmc: https://h}}
)";
  CHECK(read_manifest(text).codes() == Codes{Code::plain_http_source});
}

TEST_CASE("a rollout is read into typed values and enforced") {
  const Reading reading = read_manifest(kBasics + R"(
hosts: {h: {bmc: https://h, labels: {rack: a}}}
rollout:
  seed: 42
  canary: {hosts: 2, cover: [model, lineage]}
  batches: [1, "10%"]
  soak: 15m
  health: {sensors: false, max_log_entries: 3}
  pause_after: [canary, batch 1]
  max_failures: 2
  max_unreachable: "10%"
  max_in_flight: {hosts: 4, uploads: 2, per_label: {rack: 1, model: "50%"}}
)");
  INFO(reading.text());
  REQUIRE(reading.codes().empty());
  const Rollout& rollout = reading.result.value->rollout;
  CHECK(rollout.seed == 42);
  CHECK(rollout.canary->hosts == 2);
  CHECK(values_of(rollout.canary->cover) == Names{"model", "lineage"});
  REQUIRE(rollout.batches.size() == 2);
  CHECK(rollout.batches[0].value == Share{1, false});
  CHECK(rollout.batches[1].value == Share{10, true});
  CHECK(rollout.soak == 15min);
  CHECK(rollout.health == HealthGate{.bmc = true, .sensors = false, .post = true, .max_log_entries = 3});
  CHECK(values_of(rollout.pause_after) == Names{"canary", "batch 1"});
  CHECK(rollout.max_failures->value == Share{2, false});
  CHECK(rollout.max_unreachable->value == Share{10, true});
  CHECK(rollout.max_hosts_in_flight == 4);
  CHECK(rollout.max_uploads_in_flight == 2);
  REQUIRE(rollout.per_label.size() == 2);
  CHECK(rollout.per_label[0].first.value == "rack");
  CHECK(rollout.per_label[1].second == Share{50, true});
  CHECK(reading.host("h").reserved.empty());
}

TEST_CASE("no failure may be tolerated, and no share of them") {
  CHECK(codes_of(1, "rollout: {max_failures: 0, max_unreachable: '0%'}\n").empty());
  CHECK(codes_of(1, "rollout: {max_failures: '101%'}\n") == Codes{Code::invalid_value});
}

TEST_CASE("a limit that admits nothing is refused where it is written") {
  CHECK(codes_of(1, "rollout: {max_in_flight: {hosts: 0}}\n") == Codes{Code::impossible_limit});
  CHECK(codes_of(1, "rollout: {max_in_flight: {uploads: 0}}\n") == Codes{Code::impossible_limit});
  CHECK(codes_of(1, "rollout: {max_in_flight: {per_label: {rack: 0}}}\n") == Codes{Code::impossible_limit});
  CHECK(codes_of(1, "rollout: {max_in_flight: {per_label: {rack: '0%'}}}\n") == Codes{Code::impossible_limit});
  CHECK(codes_of(1, "rollout: {max_in_flight: {per_label: {rack: '1%'}}}\n").empty());
  CHECK(codes_of(1, "rollout: {max_in_flight: {per_label: {feed: 1}}}\n") == Codes{Code::unknown_label});
}

TEST_CASE("a pause is after a wave that there can be") {
  const auto pause = [](int hosts, const std::string& rollout) {
    return codes_of(hosts, "rollout: {" + rollout + "}\n");
  };
  const Codes refused{Code::unusable_setting};
  CHECK(pause(3, "pause_after: [canary]") == refused);
  CHECK(pause(3, "pause_after: [every]") == refused);
  CHECK(pause(3, "pause_after: [batch 1]") == refused);
  CHECK(pause(3, "canary: {hosts: 1}, pause_after: [canary, batch 1, every]").empty());
  CHECK(pause(3, "canary: {hosts: 1}, pause_after: [batch 2]") == refused);
  CHECK(pause(3, "batches: [1], pause_after: [batch 3]").empty());
  CHECK(pause(3, "batches: [1], pause_after: [batch 4]") == refused);
  CHECK(pause(30, "batches: ['50%'], pause_after: [batch 2]").empty());
  CHECK(pause(30, "batches: ['50%'], pause_after: [batch 3]") == refused);
  // 10% of 11 hosts round up to 2, of 10 hosts to 1: fewer hosts make more batches.
  CHECK(pause(11, "batches: ['10%'], pause_after: [batch 10]").empty());
  CHECK(pause(11, "batches: ['10%'], pause_after: [batch 11]") == refused);
}

TEST_CASE("a freeze period is for all hosts, or for those with its labels and name") {
  const Reading reading = read_manifest(kBasics + R"(
freeze_periods:
  all: {start: 2026-12-20T00:00:00Z, end: 2027-01-05T00:00:00Z, reason: Year end}
  web: {schedule: "0 8 * * MON", duration: 2h, time_zone: Europe/Paris, match: {labels: {cluster: web}}}
  both: {recurrence: FREQ=MONTHLY, first: 2026-11-30T00:00, duration: 1d, match: {labels: {cluster: web}, name: "*-1"}}
hosts:
  web-1: {bmc: https://a, labels: {cluster: web}}
  web-2: {bmc: https://b, labels: {cluster: web}}
  db-1: {bmc: https://c}
)");
  INFO(reading.text());
  REQUIRE(reading.codes().empty());
  CHECK(freezes_of(reading.host("web-1")) == Names{"all", "both", "web"});
  CHECK(freezes_of(reading.host("web-2")) == Names{"all", "web"});
  CHECK(freezes_of(reading.host("db-1")) == Names{"all"});
  const FreezePeriod& all = *reading.host("db-1").freezes.front().period;
  CHECK(all.reason == "Year end");
  CHECK(all.when.start == parse_rfc3339("2026-12-20T00:00:00Z"));
  CHECK(reading.host("web-1").freezes.front().period == reading.host("db-1").freezes.front().period);
  CHECK(reading.host("web-1").freezes[1].period->when.recurrence == "FREQ=MONTHLY");
  CHECK(reading.host("web-1").freezes[2].period->when.duration == 2h);
}

TEST_CASE("windows recur by rules, and say who holds them") {
  const Reading reading = read_manifest(kBasics + R"(
maintenance_windows:
  patch-night: {recurrence: "FREQ=MONTHLY;BYDAY=2SA", first: 2026-11-14T22:00, duration: 4h, time_zone: Europe/Paris, held_by: engine}
  weekly: {schedule: "0 22 * * SAT", duration: 4h, held_by: bmc}
  plain: {schedule: "0 22 * * SUN", duration: 4h}
hosts:
  a: {bmc: https://a, maintenance_window: patch-night}
  b: {bmc: https://b, maintenance_window: weekly}
  c: {bmc: https://c, maintenance_window: plain}
)");
  INFO(reading.text());
  REQUIRE(reading.codes().empty());
  const Window& window = *reading.host("a").window->window;
  CHECK(window.recurrence == "FREQ=MONTHLY;BYDAY=2SA");
  CHECK(window.first == "2026-11-14T22:00");
  CHECK(window.schedule.empty());
  CHECK(window.held_by == HeldBy::engine);
  CHECK(reading.host("b").window->window->held_by == HeldBy::bmc);
  CHECK(reading.host("c").window->window->held_by == HeldBy::automatic);
}

TEST_CASE("guard, signing and policies on drift and foreign work are read into typed values") {
  const Reading reading = read_manifest(kBasics + R"(
hosts: {h: {bmc: https://h}}
config_guard: {x-note: mine, bios: restore, boot: fail, network: report, bmc: ignore}
plan_signing: {keys: [a.pem, b.pem], required: true, two_keys_for: [one_way]}
policies: {foreign_work: adopt, drift: {older: fail, foreign: ignore, x-mine: whatever}}
)");
  INFO(reading.text());
  REQUIRE(reading.codes().empty());
  const Desired& desired = *reading.result.value;
  CHECK(desired.config_guard->categories == std::map<std::string, GuardAction>{{"bios", GuardAction::restore},
                                                                               {"boot", GuardAction::fail},
                                                                               {"network", GuardAction::report},
                                                                               {"bmc", GuardAction::ignore}});
  CHECK(values_of(desired.plan_signing->keys) == Names{"a.pem", "b.pem"});
  CHECK(desired.plan_signing->required);
  CHECK(values_of(desired.plan_signing->two_keys_for) == Names{"one_way"});
  CHECK(desired.policies.foreign_work == ForeignWork::adopt);
  CHECK(desired.policies.drift ==
        std::map<std::string, DriftPolicy>{{"older", DriftPolicy::fail}, {"foreign", DriftPolicy::ignore}});
  CHECK_FALSE(read_manifest(kBasics + "hosts: {h: {bmc: https://h}}\n").result.value->config_guard);
}

TEST_CASE("two signatures need two keys") {
  CHECK(codes_of(1, "plan_signing: {keys: [a.pem], required: true}\n").empty());
  CHECK(codes_of(1, "plan_signing: {keys: [a.pem], two_keys_for: [downgrade]}\n") == Codes{Code::unusable_setting});
  CHECK(codes_of(1, "plan_signing: {keys: [a.pem, a.pem], two_keys_for: [downgrade]}\n") == Codes{Code::listed_twice});
  CHECK(codes_of(1, "plan_signing: {keys: []}\n") == Codes{Code::invalid_value});
}
