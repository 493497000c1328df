// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "engine/base/text.h"
#include "manifest_text.h"

using namespace firmform;
using namespace firmform::manifest;
using namespace firmform::tests;
using Codes = std::vector<Code>;

namespace {

Parsed<Manifest> load_text(const std::string& body) {
  SourceMap sources;
  return load({{"m.yaml", "firmform: v1\n" + body}}, sources);
}

}  // namespace

TEST_CASE("a whole manifest is read into typed values") {
  const auto parsed = load_text(R"(
credentials:
  a: {username: admin, password: {env: PW}}
  b: {username: root, password: {file: secret.txt}}
  c: {username: 42, password: {exec: [pass, show, ilo]}}
hosts:
  h1: {bmc: "https://h1", credentials: a, labels: {gpu: true, rack: 7}, tls: {ca_file: ca.pem}, after: [h2]}
  h2: {bmc: "https://h2", tls: {pin_sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}}
groups:
  g: {match: {labels: {gpu: true}, name: "h*"}, priority: 5, baseline: base}
defaults: {credentials: a}
catalog:
  - {directory: firmware/}
  - {url: "https://mirror/x/", ca_file: m.pem}
baselines:
  base:
    applies_to: {model: "ProLiant*"}
    firmware:
      - {component: iLO 5, version: 3.10, image: ilo.fwpkg, sha256: 0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef}
      - component: {device_class: abc, location: Slot 1}
        version: "1"
        version_scheme: dotted
        after: [iLO 5]
        every: true
        allow_downgrade: true
rollout: {max_failures: 0, max_in_flight: {hosts: 64, uploads: 8}}
policies: {downgrade: allow, insecure_tls: allow, tpm_override: allow, plain_http_image: allow, reboot: deny}
x-notes: {anything: [goes, here]}
)");
  REQUIRE(parsed.diagnostics.empty());
  const Manifest& manifest = parsed.value.value();
  CHECK(manifest.credentials.at("a").value.password == PasswordSource{PasswordSource::Kind::env, "PW", {}});
  CHECK(manifest.credentials.at("b").value.password == PasswordSource{PasswordSource::Kind::file, "secret.txt", {}});
  CHECK(manifest.credentials.at("c").value.password ==
        PasswordSource{PasswordSource::Kind::exec, "", {"pass", "show", "ilo"}});
  CHECK(manifest.credentials.at("c").value.username == "42");
  const Host& host = manifest.hosts.at("h1").value;
  CHECK(host.labels.at("gpu").value == "true");
  CHECK(host.labels.at("rack").value == "7");
  CHECK(host.settings.tls->value.ca_file == "ca.pem");
  CHECK(host.after.at(0).value == "h2");
  CHECK(manifest.groups.at("g").value.priority == 5);
  CHECK(manifest.catalog.at(1).ca_file->value == "m.pem");
  const Baseline& baseline = manifest.baselines.at("base").value;
  CHECK(baseline.applies_to_model->value == "ProLiant*");
  CHECK(baseline.firmware.at(0).version.value == "3.10");
  CHECK(baseline.firmware.at(0).sha256->value == "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
  CHECK(baseline.firmware.at(1).component.value.describe() == "device_class=abc location=Slot 1");
  CHECK(baseline.firmware.at(1).every);
  CHECK(manifest.rollout.max_failures->value == Share{});
  CHECK(manifest.rollout.max_hosts_in_flight == 64);
  CHECK(manifest.policies.reboot == RebootPolicy::deny);
  CHECK(manifest.policies.unsigned_image == Permission::deny);
  CHECK(manifest.policies.spans.contains("downgrade"));
}

TEST_CASE("all files of a directory form one configuration") {
  const Reading reading = read_files({
      {"a.yaml", "firmform: v1\ncredentials: {c: {username: u, password: {env: P}}}\ncatalog: [{directory: a}]\n"},
      {"b.yaml", "firmform: v1\nhosts: {h1: {bmc: https://h1}}\ncatalog: [{directory: b}]\npolicies: {reboot: deny}\n"},
      {"c.yaml",
       "firmform: v1\nhosts: {h2: {bmc: https://h2}}\ndefaults: {credentials: c, baseline: b}\n"
       "baselines: {b: {firmware: []}}\npolicies: {downgrade: allow}\n"},
  });
  CHECK(reading.codes().empty());
  REQUIRE(reading.result.value);
  CHECK(reading.result.value->hosts.size() == 2);
  CHECK(reading.result.value->catalog.size() == 2);
  CHECK(reading.result.value->policies.reboot == RebootPolicy::deny);
  CHECK(reading.result.value->policies.downgrade == Permission::allow);
}

TEST_CASE("a name defined in two files is shown in both") {
  const Reading reading = read_files({{"a.yaml", "firmform: v1\n" + kBasics + "hosts: {h: {bmc: https://a}}\n"},
                                      {"b.yaml", "firmform: v1\nhosts:\n  h: {bmc: https://b}\n"}});
  CHECK(reading.codes() == Codes{Code::defined_twice});
  const Diagnostic twice = reading.result.diagnostics.sorted().at(0);
  CHECK(reading.sources.describe(twice.primary->span) == "b.yaml:3:3");
  CHECK(reading.sources.describe(twice.secondary.at(0).span) == "a.yaml:5:9");
}

TEST_CASE("a malformed file costs no follow-up errors in the others") {
  const Reading reading = read_files({
      {"a.yaml", "firmform: v1\ncredentials: {c: {username: u\nbaselines: {}\n"},
      {"b.yaml",
       "firmform: v1\nhosts: {h: {bmc: https://h, credentials: c, baseline: b, after: [x]}}\n"
       "groups: {g: {match: {labels: {a: b}}}}\n"},
  });
  CHECK(reading.codes() == Codes{Code::yaml_syntax});
  CHECK_FALSE(reading.result.value);
}

TEST_CASE("a section that is wrong as a whole costs no dangling references") {
  CHECK(read_manifest("credentials: []\nhosts: {h: {bmc: https://h, credentials: c}}\nbaselines: {}\n"
                      "defaults: {baseline: b}\n")
            .codes() == Codes{Code::wrong_type, Code::unknown_reference});
  CHECK(read_manifest("credential: {c: {}}\nhosts: {h: {bmc: https://h, credentials: c}}\n").codes() ==
        Codes{Code::unknown_key});
}

TEST_CASE("an entry that is wrong in one place is still known by its name") {
  CHECK(read_manifest(kBasics + "hosts: {h: {bmc: nonsense}, i: {bmc: https://i, after: [h]}}\n").codes() ==
        Codes{Code::invalid_value});
  CHECK(read_manifest("credentials: {c: {usernam: u, password: {env: P}}}\n"
                      "hosts: {h: {bmc: https://h, credentials: c, baseline: b}}\nbaselines: {b: {firmware: [{}]}}\n")
            .codes() == Codes{Code::unknown_key, Code::missing_key, Code::missing_key});
}

TEST_CASE("a misspelt key is not reported as missing too, nor what would follow from it") {
  CHECK(read_manifest(kBasics + "hosts: {h: {bcm: https://h}}\n").codes() == Codes{Code::unknown_key});
  CHECK(read_manifest("hosts: {h: {bmc: https://h, credentails: x}}\n").codes() == Codes{Code::unknown_key});
}

TEST_CASE("a file without the header may be no manifest, and is read no further") {
  const Reading reading = read_files({{"compose.yaml", "services: {web: {image: nginx}}\n"}, {"empty.yaml", ""}});
  CHECK(reading.codes() == Codes{Code::header_missing, Code::header_missing});
  CHECK(read_files({{"m.yaml", "firmform: v2\nnew_things: 1\n"}}).codes() == Codes{Code::header_unsupported});
}

TEST_CASE("a root that is no map is one clear error") {
  CHECK(read_files({{"m.yaml", "- firmform: v1\n"}}).codes() == Codes{Code::wrong_type});
  CHECK(read_files({{"m.yaml", "firmform:v1\n"}}).codes() == Codes{Code::wrong_type});
}

TEST_CASE("a literal secret is refused and never shown") {
  const auto check = [](const std::string& body) {
    const Reading reading = read_manifest(body);
    INFO(reading.text());
    CHECK(reading.text().find("hunter2") == std::string::npos);
    return reading.codes();
  };
  const Codes literal{Code::literal_secret};
  const std::string host =
      "hosts: {h: {bmc: https://h, credentials: c, baseline: b}}\nbaselines: {b: {firmware: []}}\n";
  CHECK(check(host + "credentials: {c: {username: u, password: hunter2}}\n") == literal);
  CHECK(check(host + "credentials:\n  c:\n    username: u\n    password: \"hunter2 # x\"\n") == literal);
  CHECK(check(host + "credentials:\n  c:\n    username: u\n    password: |\n      hunter2\n") == literal);
  CHECK(check(host + "credentials:\n  c:\n    username: u\n    password:\n      hunter2\n") == literal);
  CHECK(check(host + "credentials:\n  c: {username: u, pasword: hunter2}\n") == Codes{Code::unknown_key});
  CHECK(check("credentials:\n  c: {username: u, password: hunter2]\n") == Codes{Code::yaml_syntax});
  CHECK(check("credentials:\n  c:\n    username: u\n    \"password\" : hunter2: x\n") == Codes{Code::yaml_syntax});
  CHECK(check(kBasics + "hosts: {h: {bmc: \"https://root:hunter2@h\"}}\n") == literal);
  CHECK(check(kBasics + "hosts: {h: {bmc: https://h}}\ncatalog: [{url: \"https://u:hunter2@mirror/\"}]\n") == literal);
}

TEST_CASE("values that only together make no sense are refused") {
  const std::string host = kBasics + "hosts: {h: {bmc: https://h}}\n";
  const auto codes = [&](const std::string& more) { return read_manifest(host + more).codes(); };
  CHECK(codes("maintenance_windows: {w: {start: 2026-12-06T02:00:00+01:00, end: 2026-12-06T01:30:00Z}}\n").empty());
  CHECK(codes("maintenance_windows: {w: {start: 2026-12-06T02:00:00Z, end: 2026-12-06T02:00:00+01:00}}\n") ==
        Codes{Code::invalid_value});
  CHECK(codes("maintenance_windows: {w: {schedule: '0 22 * * *', duration: 0s}}\n") == Codes{Code::invalid_value});
  CHECK(codes("maintenance_windows: {w: {schedule: '0 25 * * *', duration: 1h}}\n") == Codes{Code::invalid_value});
  CHECK(codes("install_sets: {s: {sequence: [{command: Wait, seconds: 5}]}}\n").empty());
  CHECK(codes("install_sets: {s: {sequence: [{command: ResetBmc, seconds: 5}]}}\n") == Codes{Code::unusable_setting});
  CHECK(codes("groups: {g: {match: {model: X}, credentials: ilo}}\n") == Codes{Code::unusable_setting});
  CHECK(codes("groups: {g: {match: {name: h}, tls: {verify: false, ca_file: x}}}\npolicies: {insecure_tls: allow}\n") ==
        Codes{Code::exclusive_keys});
  CHECK(codes("hypervisors:\n  a: {type: xenserver, url: https://a, credentials: ilo, hosts: {h: x}}\n"
              "  b: {type: xenserver, url: https://b, credentials: ilo, hosts: {h: x}}\n") ==
        Codes{Code::not_enforced, Code::defined_twice});
}

TEST_CASE("components of a baseline are listed once and come after others of it") {
  const auto codes = [&](const std::string& firmware) {
    return read_manifest(
               "credentials: {c: {username: u, password: {env: P}}}\n"
               "hosts: {h: {bmc: https://h, credentials: c, baseline: b}}\nbaselines:\n  b:\n    firmware:\n" +
               firmware)
        .codes();
  };
  CHECK(codes("      - {component: A, version: 1}\n      - {component: B, version: 1, after: [A]}\n").empty());
  CHECK(codes("      - {component: A, version: 1}\n      - {component: A, version: 2}\n") ==
        Codes{Code::duplicate_component});
  CHECK(codes("      - {component: A, version: 1}\n      - {component: {name: A, location: S}, version: 2}\n").empty());
  CHECK(codes("      - {component: A, version: 1}\n      - {component: B, version: 1, after: [a]}\n") ==
        Codes{Code::unknown_reference});
  CHECK(codes("      - {component: A, version: 1, after: [A]}\n") == Codes{Code::invalid_value});
}

TEST_CASE("the digest depends on names and texts, not on the order of files") {
  const SourceText a{"a", "xy"};
  const SourceText b{"b", "z"};
  CHECK(digest({a, b}) == digest({b, a}));
  CHECK(digest({a, b}) != digest({{"a", "x"}, {"b", "yz"}}));
  CHECK(digest({a}) != digest({{"b", "xy"}}));
  CHECK(digest({a}).size() == 64);
}

TEST_CASE("a directory is read by name, without the files of editors and of other kinds") {
  const auto directory = std::filesystem::temp_directory_path() / "firmform-load-test";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory / "sub.yaml");
  for (const char* name : {"b.yaml", "a.yml", "c.json", ".hidden.yaml", "#b.yaml", "b.yaml~", "firmform.lock"}) {
    std::ofstream(directory / name) << name;
  }
  const auto files = read_directory(directory);
  REQUIRE(files);
  REQUIRE(files->size() == 2);
  CHECK(files->at(0).name == "a.yml");
  CHECK(files->at(1).text == "b.yaml");
  std::filesystem::remove_all(directory);
  CHECK(read_directory(directory).error().code() == Code::manifest_unreadable);
  std::filesystem::create_directories(directory);
  CHECK(read_directory(directory).error().code() == Code::manifest_missing);
  std::filesystem::remove_all(directory);
}
