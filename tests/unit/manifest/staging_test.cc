// SPDX-License-Identifier: Apache-2.0
// Windows, install sets, repositories and the image server: as written, and as hosts get them.
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

const std::string kStaging = kBasics + R"(
maintenance_windows:
  night: {schedule: "0 22 * * SAT", duration: 4h, time_zone: Europe/Paris}
  cutover: {start: 2026-12-05T22:00:00+01:00, end: 2026-12-06T02:00:00+01:00}
  Christmas 2020: {absent: true}
install_sets:
  golden:
    description: Everything
    sequence: [{file: ilo.bin, updatable_by: [Bmc]}, {command: Wait, seconds: 60}, {file: tool.rpm}, {command: ResetServer}]
  rescue: {recovery: true, sequence: [{file: ilo.bin}]}
  Old set: {absent: true}
repositories:
  common: {present: [ilo.bin, rom.bin], absent: ["*.exe"], prune: true}
  nothing: {prune: true}
)";

Names set_names(const DesiredHost& host) {
  Names names;
  for (const InstallSetChoice& choice : host.install_sets) names.push_back(choice.name);
  return names;
}

/// The codes of a manifest with one host and `more`.
Codes codes_of(const std::string& more) {
  return read_manifest(kBasics + "hosts: {h: {bmc: https://h}}\n" + more).codes();
}

}  // namespace

TEST_CASE("windows, install sets and repositories are read into typed values") {
  const Reading reading = read_manifest(kStaging + R"(
hosts:
  h: {bmc: https://h, maintenance_window: night, install_sets: [golden, Old set, rescue], repository: common, delivery: push}
  i: {bmc: https://i, maintenance_window: cutover, delivery: pull}
)");
  INFO(reading.text());
  REQUIRE(reading.codes().empty());
  const DesiredHost& host = reading.host("h");
  CHECK(host.window->name == "night");
  CHECK(host.window->window->schedule == "0 22 * * SAT");
  CHECK(host.window->window->duration == 4h);
  CHECK(host.window->window->time_zone == "Europe/Paris");
  CHECK(reading.sources.line(0, host.window->span.line).find("maintenance_window: night") != std::string::npos);
  CHECK(set_names(host) == Names{"golden", "Old set", "rescue"});
  const InstallSet& golden = *host.install_sets[0].set;
  CHECK(golden.description == "Everything");
  REQUIRE(golden.steps.size() == 4);
  CHECK(golden.steps[0].file->value == "ilo.bin");
  CHECK(golden.steps[0].command == "ApplyUpdate");
  CHECK(golden.steps[0].updatable_by == Names{"Bmc"});
  CHECK_FALSE(golden.steps[1].file);
  CHECK(golden.steps[1].command == "Wait");
  CHECK(golden.steps[1].wait_seconds == 60);
  CHECK(golden.steps[2].updatable_by.empty());
  CHECK(golden.steps[3].command == "ResetServer");
  CHECK_FALSE(golden.absent);
  CHECK(host.install_sets[1].set->absent);
  CHECK(host.install_sets[2].set->recovery);
  const Repository& repository = *host.repository->repository;
  CHECK(repository.present.at(1).value == "rom.bin");
  CHECK(repository.absent.at(0).value == "*.exe");
  CHECK(repository.prune);
  CHECK(host.delivery == Delivery::push);
  CHECK(reading.host("i").window->window->start == parse_rfc3339("2026-12-05T21:00:00Z"));
  CHECK(reading.host("i").window->window->end == parse_rfc3339("2026-12-06T01:00:00Z"));
  CHECK(reading.host("i").delivery == Delivery::pull);
  CHECK_FALSE(reading.host("i").repository);
  REQUIRE(reading.result.value->absent_windows.size() == 1);
  CHECK(reading.result.value->absent_windows[0].value == "Christmas 2020");
}

TEST_CASE("the highest layer gives the window, the whole list of sets, the repository and the delivery") {
  std::string text = kStaging;
  const std::string defaults = "defaults: {credentials: ilo, baseline: b";
  text.insert(text.find(defaults) + defaults.size(),
              ", maintenance_window: night, install_sets: [golden], repository: common");
  const Reading reading = read_manifest(text + R"(
groups:
  web: {match: {name: "web-*"}, install_sets: [rescue], repository: nothing, delivery: push}
  late: {match: {name: "web-*"}, priority: 1, maintenance_window: cutover}
hosts:
  web-01: {bmc: https://h1}
  web-02: {bmc: https://h2, install_sets: [], delivery: auto}
  db-01: {bmc: https://h3}
)");
  INFO(reading.text());
  REQUIRE(reading.codes().empty());
  CHECK(reading.host("web-01").window->name == "cutover");
  CHECK(set_names(reading.host("web-01")) == Names{"rescue"});
  CHECK(reading.host("web-01").repository->name == "nothing");
  CHECK(reading.host("web-01").delivery == Delivery::push);
  CHECK(set_names(reading.host("web-02")).empty());
  CHECK(reading.host("web-02").delivery == Delivery::automatic);
  CHECK(reading.host("db-01").window->name == "night");
  CHECK(set_names(reading.host("db-01")) == Names{"golden"});
  CHECK(reading.host("db-01").repository->name == "common");
  CHECK(reading.host("db-01").window->window != nullptr);
  CHECK(reading.host("web-01").repository->repository == reading.host("web-02").repository->repository);
}

TEST_CASE("groups of equal priority must agree on what is staged") {
  const auto conflicts = [](const std::string& a, const std::string& b) {
    const Reading reading = read_manifest(kStaging + "groups:\n  a: {match: {name: h}, " + a +
                                          "}\n  b: {match: {name: h}, " + b + "}\nhosts: {h: {bmc: https://h}}\n");
    INFO(reading.text());
    return reading.codes();
  };
  const Codes conflict{Code::group_conflict};
  CHECK(conflicts("maintenance_window: night", "maintenance_window: cutover") == conflict);
  CHECK(conflicts("install_sets: [golden, rescue]", "install_sets: [rescue, golden]") == conflict);
  CHECK(conflicts("repository: common", "repository: nothing") == conflict);
  CHECK(conflicts("delivery: push", "delivery: auto") == conflict);
  CHECK(conflicts("delivery: push, install_sets: [golden]", "delivery: push, install_sets: [golden]").empty());
}

TEST_CASE("what is staged cannot depend on the model") {
  const auto codes = [](const std::string& setting) {
    return read_manifest(kStaging + "groups: {g: {match: {model: X}, " + setting + "}}\nhosts: {h: {bmc: https://h}}\n")
        .codes();
  };
  for (const char* setting :
       {"maintenance_window: night", "install_sets: [golden]", "repository: common", "delivery: pull"}) {
    CAPTURE(setting);
    CHECK(codes(setting) == Codes{Code::unusable_setting});
  }
}

TEST_CASE("names of windows, sets and repositories must be defined") {
  const Reading reading = read_manifest(
      kStaging + "hosts: {h: {bmc: https://h, maintenance_window: nigth, install_sets: [gold], repository: commn}}\n");
  CHECK(reading.codes() == Codes(3, Code::unknown_reference));
  CHECK(reading.result.diagnostics.sorted().at(0).help == Names{"did you mean `night`?"});
}

TEST_CASE("the image server is read with its defaults") {
  const Reading plain = read_manifest(kBasics + "hosts: {h: {bmc: https://h}}\nimage_server: {ports: 8443}\n");
  REQUIRE(plain.result.value);
  const ImageServer& first = plain.result.value->image_server.value();
  CHECK(first.first_port == 8443);
  CHECK(first.last_port == 8443);
  CHECK(first.tls);
  CHECK_FALSE(first.bytes_per_second);
  CHECK(first.max_connections == 64);

  const Reading full = read_manifest(kBasics + R"(
hosts: {h: {bmc: https://h}}
image_server: {address: 10.0.0.7, ports: 7000-7010, tls: false, bandwidth: 50MB/s, connections: 3}
policies: {plain_http_image: allow}
)");
  INFO(full.text());
  REQUIRE(full.result.value);
  const ImageServer& second = full.result.value->image_server.value();
  CHECK(second.address->value == "10.0.0.7");
  CHECK(second.first_port == 7000);
  CHECK(second.last_port == 7010);
  CHECK_FALSE(second.tls);
  CHECK(second.bytes_per_second == 50'000'000);
  CHECK(second.max_connections == 3);
  CHECK_FALSE(read_manifest(kBasics).result.value->image_server);
}

TEST_CASE("an image server over plain http needs the policy for it") {
  CHECK(codes_of("image_server: {tls: false}\n") == Codes{Code::plain_http_source});
  CHECK(codes_of("image_server: {tls: false}\npolicies: {plain_http_image: allow}\n").empty());
  CHECK(codes_of("image_server: {tls: true, certificate: a, key: b}\n").empty());
  CHECK(codes_of("image_server: {ports: 7010-7000}\n") == Codes{Code::invalid_value});
}

TEST_CASE("policies on queue, recovery set and clocks are read") {
  const Reading reading = read_manifest(
      kBasics +
      "hosts: {h: {bmc: https://h}}\n"
      "policies: {recovery_set: allow, clear_foreign_queue: allow, max_clock_skew: 30s, reboot: in_window}\n");
  REQUIRE(reading.codes().empty());
  const Policies& policies = reading.result.value->policies;
  CHECK(policies.recovery_set == Permission::allow);
  CHECK(policies.clear_foreign_queue == Permission::allow);
  CHECK(policies.max_clock_skew == 30s);
  CHECK(policies.reboot == RebootPolicy::in_window);
  CHECK(read_manifest(kBasics).result.value->policies.max_clock_skew == 2min);
  CHECK(codes_of("policies: {max_clock_skew: 2h}\n") == Codes{Code::invalid_value});
}

TEST_CASE("a window must open, close before it opens again, and lie in a zone that is known") {
  const auto window = [](const std::string& text) { return codes_of("maintenance_windows: {w: {" + text + "}}\n"); };
  const Codes wrong{Code::invalid_value};
  CHECK(window("schedule: '0 22 * * *', duration: 24h").empty());
  CHECK(window("schedule: '0 22 * * *', duration: 1d1m") == Codes{Code::windows_overlap});
  CHECK(window("schedule: '*/5 * * * *', duration: 6m") == Codes{Code::windows_overlap});
  CHECK(window("schedule: '0 22 * * SAT,SUN', duration: 1d").empty());
  CHECK(window("schedule: '0 22 * * SAT', duration: 7d").empty());
  CHECK(window("schedule: '0 0 31 6,9 *', duration: 1h") == Codes{Code::window_never_opens});
  CHECK(window("schedule: '0 0 31 6,9 MON', duration: 1h").empty());
  CHECK(window("schedule: '0 0 29 2 *', duration: 1h").empty());
  CHECK(window("schedule: '0 22 * * *', duration: 1h, time_zone: Mars/Olympus") == wrong);
  CHECK(window("schedule: '0 22 * * *', duration: 1h, time_zone: europe/paris") == wrong);
  CHECK(window("absent: false") == wrong);
}

TEST_CASE("a host can use neither an absent window nor more sets than a BMC holds") {
  const auto codes = [](const std::string& settings, const std::string& more = {}) {
    return read_manifest(kStaging + more + "hosts: {h: {bmc: https://h, " + settings + "}}\n").codes();
  };
  CHECK(codes("maintenance_window: Christmas 2020") == Codes{Code::unusable_setting});
  CHECK(codes("install_sets: [rescue, golden, rescue]") == Codes{Code::listed_twice, Code::more_than_held});
  CHECK(codes("install_sets: [golden], repository: common").empty());
}

TEST_CASE("a recovery set holds only what the BMC installs by itself") {
  const auto set = [](const std::string& step) {
    return codes_of("install_sets: {s: {recovery: true, sequence: [" + step + "]}}\n");
  };
  CHECK(set("{file: a.bin, updatable_by: [Bmc]}, {command: ResetServer}").empty());
  CHECK(set("{file: a.bin, updatable_by: [Bmc, Uefi]}") == Codes{Code::unusable_setting});
  CHECK(set("{file: a.bin, updatable_by: [RuntimeAgent]}") == Codes{Code::unusable_setting});
}

TEST_CASE("a file cannot be both needed and absent") {
  const auto codes = [](const std::string& absent) {
    return read_manifest(kBasics + "install_sets: {s: {sequence: [{file: ilo.bin}]}}\nrepositories: {r: {absent: ['" +
                         absent +
                         "'], present: [rom.bin]}}\nhosts: {h: {bmc: https://h, install_sets: [s], repository: r}, " +
                         "i: {bmc: https://i, install_sets: [s], repository: r}}\n")
        .codes();
  };
  CHECK(codes("ilo*") == Codes{Code::wanted_both_ways});
  CHECK(codes("rom.bin") == Codes{Code::wanted_both_ways});
  CHECK(codes("ILO.bin").empty());
}

TEST_CASE("the images of a manifest are those of baselines, sets and repositories that hosts use") {
  const Reading reading = read_manifest(R"(
credentials: {c: {username: u, password: {env: P}}}
baselines:
  a: {firmware: [{component: A, version: 1, image: z.bin}, {component: B, version: 1}]}
  m: {firmware: [{component: A, version: 1, image: model.bin}]}
  unused: {firmware: [{component: A, version: 1, image: unused.bin}]}
install_sets:
  s: {sequence: [{file: s.bin}, {command: ResetServer}, {file: z.bin}]}
  unused: {sequence: [{file: unused.bin}]}
repositories: {r: {present: [r.bin], absent: [gone.bin]}}
groups: {g: {match: {model: X}, baseline: m}}
defaults: {credentials: c, baseline: a}
hosts: {h: {bmc: https://h, install_sets: [s]}, i: {bmc: https://i, repository: r}}
)");
  INFO(reading.text());
  REQUIRE(reading.result.value);
  CHECK(images_of(*reading.result.value) == Names{"model.bin", "r.bin", "s.bin", "z.bin"});
}
