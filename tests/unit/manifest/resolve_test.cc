// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "manifest_text.h"

using namespace firmform;
using namespace firmform::manifest;
using namespace firmform::tests;
using Codes = std::vector<Code>;

namespace {

std::vector<std::string> baselines_of(const DesiredHost& host) {
  std::vector<std::string> names;
  for (const BaselineChoice& choice : host.baselines) names.push_back(choice.name);
  return names;
}

std::vector<std::string> features_of(const DesiredHost& host) {
  std::vector<std::string> features;
  for (const Reserved& reserved : host.reserved) features.push_back(reserved.feature);
  return features;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a host wins over its groups, a group over the defaults, a higher priority over a lower one") {
  const Reading reading = read_manifest(R"(
credentials:
  c: {username: c, password: {env: P}}
  d: {username: d, password: {env: P}}
baselines: {a: {firmware: []}, b: {firmware: []}, e: {firmware: []}}
defaults: {credentials: c, baseline: a, tls: {ca_file: default.pem}}
groups:
  low: {match: {labels: {x: y}}, baseline: b, credentials: d}
  high: {match: {name: "h?"}, priority: 1, baseline: e}
hosts:
  h1: {bmc: https://h1/, labels: {x: y}, baseline: b}
  h2: {bmc: https://h2, labels: {x: y}}
  h3: {bmc: https://h3}
  other: {bmc: https://h4, labels: {x: y}, tls: {ca_file: own.pem}}
  plain: {bmc: https://h5}
)");
  INFO(reading.text());
  REQUIRE(reading.result.value);
  CHECK(reading.codes().empty());
  CHECK(baselines_of(reading.host("h1")) == Names{"b"});
  CHECK(reading.host("h1").baselines[0].assigned_by == "host h1");
  CHECK(reading.host("h1").bmc == "https://h1");
  CHECK(baselines_of(reading.host("h2")) == Names{"e"});
  CHECK(reading.host("h2").baselines[0].assigned_by == "group high");
  CHECK(reading.host("h2").credentials_name == "d");
  CHECK(reading.host("h2").credentials.username == "d");
  CHECK(baselines_of(reading.host("h3")) == Names{"e"});
  CHECK(reading.host("h3").credentials_name == "c");
  CHECK(baselines_of(reading.host("other")) == Names{"b"});
  CHECK(reading.host("other").tls.ca_file == "own.pem");
  CHECK(baselines_of(reading.host("plain")) == Names{"a"});
  CHECK(reading.host("plain").baselines[0].assigned_by == "defaults");
  CHECK(reading.host("plain").tls.ca_file == "default.pem");
  CHECK(reading.host("h1").baselines[0].baseline == reading.host("other").baselines[0].baseline);
}

TEST_CASE("a group that selects by model stays a condition") {
  const Reading reading = read_manifest(kBasics + R"(
groups:
  gen11: {match: {model: "*Gen11"}, baseline: c}
  some: {match: {model: "*Gen10", labels: {x: y}}, baseline: c}
hosts:
  h1: {bmc: https://h1}
  h2: {bmc: https://h2, baseline: c}
  h3: {bmc: https://h3, labels: {x: y}}
)");
  REQUIRE(reading.result.value);
  const DesiredHost& host = reading.host("h1");
  REQUIRE(baselines_of(host) == Names{"c", "b"});
  CHECK(host.baselines[0].model == "*Gen11");
  CHECK(host.baselines[0].precedence > host.baselines[1].precedence);
  CHECK_FALSE(host.baselines[1].model);
  CHECK(baselines_of(reading.host("h2")) == Names{"c"});
  CHECK(baselines_of(reading.host("h3")) == Names{"c", "c", "b"});
}

TEST_CASE("groups of equal priority that disagree are one error, however many hosts they share") {
  const std::string groups =
      "groups:\n  g1: {match: {name: 'h*'}, baseline: b}\n  g2: {match: {labels: {x: y}}, baseline: c}\n";
  const std::string hosts =
      "hosts:\n  h1: {bmc: https://h1, labels: {x: y}}\n  h2: {bmc: https://h2, labels: {x: y}}\n";
  const Reading reading = read_manifest(kBasics + groups + hosts);
  CHECK(reading.codes() == Codes{Code::group_conflict});
  const Diagnostic conflict = reading.result.diagnostics.sorted().at(0);
  CHECK(conflict.message == "groups `g1` and `g2` have equal priority and disagree on `baseline`");
  CHECK(reading.sources.describe(conflict.primary->span) == "m.yaml:7:43");
  CHECK(reading.sources.describe(conflict.secondary.at(0).span) == "m.yaml:6:39");
  CHECK(conflict.notes == Names{"concerns `h1` and 1 more host"});

  const std::string agreeing =
      "groups:\n  g1: {match: {name: 'h*'}, baseline: c}\n  g2: {match: {labels: {x: y}}, baseline: c}\n";
  CHECK(read_manifest(kBasics + agreeing + hosts).codes().empty());
  CHECK(baselines_of(read_manifest(kBasics + agreeing + hosts).host("h1")) == Names{"c"});
  const std::string decided = groups + "  g3: {match: {name: h1}, priority: 1, baseline: b}\n";
  CHECK(read_manifest(kBasics + decided + "hosts:\n  h1: {bmc: https://h1, labels: {x: y}}\n").codes().empty());
  CHECK(read_manifest(kBasics + groups + "hosts:\n  h1: {bmc: https://h1, labels: {x: y}, baseline: b}\n")
            .codes()
            .empty());
}

TEST_CASE("groups disagree on credentials and TLS settings too") {
  CHECK(read_manifest("credentials: {c: {username: u, password: {env: P}}, d: {username: u, password: {env: P}}}\n"
                      "baselines: {b: {firmware: []}}\ndefaults: {baseline: b}\n"
                      "groups:\n  g1: {match: {name: h}, credentials: c, tls: {ca_file: a}}\n"
                      "  g2: {match: {name: h}, credentials: d, tls: {ca_file: b}}\nhosts: {h: {bmc: https://h}}\n")
            .codes() == Codes{Code::group_conflict, Code::group_conflict});
}

TEST_CASE("names that are not defined are reported, with the one that was meant") {
  const Reading reading = read_manifest(kBasics + R"(
groups: {g: {match: {name: web-01}, baseline: bb}}
hosts:
  web-01: {bmc: https://h1, credentials: ill, after: [web-2]}
  web-02: {bmc: https://h2, maintenance_window: nights, install_sets: [gold]}
hypervisors: {x: {type: xenserver, url: https://x, credentials: xen, hosts: {web-03: y}}}
)");
  const Codes codes = reading.codes();
  CHECK(std::ranges::count(codes, Code::unknown_reference) == 7);
  const Diagnostic first = reading.result.diagnostics.sorted().at(0);
  CHECK(first.help == Names{"did you mean `b`?"});
  CHECK(first.secondary.at(0).text == "`b` is defined here");
}

TEST_CASE("a group that matches no host is an error, with what was meant") {
  const auto problem = [](const std::string& match) {
    const Reading reading = read_manifest(kBasics + "groups: {g: {match: " + match + "}}\n" +
                                          "hosts: {web-01: {bmc: https://h1, labels: {cluster: web, rack: a}},\n"
                                          "        db-01: {bmc: https://h2, labels: {cluster: db}}}\n");
    REQUIRE(reading.codes() == Codes{Code::group_matches_nothing});
    const Diagnostic diagnostic = reading.result.diagnostics.sorted().at(0);
    return diagnostic.primary->text + (diagnostic.help.empty() ? "" : "; " + diagnostic.help.at(0));
  };
  CHECK(problem("{labels: {cluster: wbe}}") == "no host has `cluster: wbe`; did you mean `web`?");
  CHECK(problem("{labels: {clutser: web}}") == "no host has a label `clutser`; did you mean `cluster`?");
  CHECK(problem("{labels: {cluster: db, rack: a}}") == "no host meets all of this");
  CHECK(problem("{name: wbe-01}") == "no host name matches `wbe-01`; did you mean `web-01`?");
  CHECK(problem("{name: 'mail-*'}") == "no host name matches `mail-*`");
  CHECK(problem("{name: 'db-*', labels: {cluster: web}}") == "no host meets all of this");
  CHECK(problem("{name: 'db-*', labels: {cluster: web}, model: X}") == "no host meets all of this");
  CHECK(read_manifest(kBasics + "groups: {g: {match: {model: Nothing}}}\nhosts: {h: {bmc: https://h}}\n")
            .codes()
            .empty());
}

TEST_CASE("hosts without credentials are an error, hosts without a baseline a warning") {
  const Reading reading = read_manifest("hosts: {h1: {bmc: https://h1}, h2: {bmc: https://h2}}\n");
  CHECK(reading.codes() == Codes{Code::credentials_missing, Code::baseline_missing});
  const auto items = reading.result.diagnostics.sorted();
  CHECK(items.at(0).notes == Names{"concerns `h1`, `h2`"});
  CHECK(items.at(1).severity == Severity::warning);
  CHECK(reading.result.diagnostics.exit() == Exit::manifest_invalid);

  const Reading only_warning = read_manifest(
      "credentials: {c: {username: u, password: {env: P}}}\nhosts: {h1: {bmc: https://h1, credentials: c}}\n");
  CHECK(only_warning.codes() == Codes{Code::baseline_missing});
  CHECK(only_warning.result.value);
  CHECK(only_warning.result.diagnostics.exit() == Exit::ok);
}

TEST_CASE("a host whose BMC shall store something needs no baseline") {
  const Reading reading = read_manifest(
      "credentials: {c: {username: u, password: {env: P}}}\n"
      "repositories: {r: {present: [a.bin]}}\n"
      "hosts: {h1: {bmc: https://h1, credentials: c, repository: r}}\n");
  CHECK(reading.codes().empty());
}

TEST_CASE("two hosts with one BMC are an error, however the address is written") {
  const auto codes = [](const std::string& a, const std::string& b) {
    return read_manifest(kBasics + "hosts: {h1: {bmc: \"" + a + "\"}, h2: {bmc: \"" + b + "\"}}\n").codes();
  };
  CHECK(codes("https://bmc-1", "https://BMC-1:443/") == Codes{Code::duplicate_bmc});
  CHECK(codes("https://[fe80::A]", "https://[fe80::a]") == Codes{Code::duplicate_bmc});
  CHECK(codes("https://bmc-1", "https://bmc-1:8443").empty());
}

TEST_CASE("an unverified connection needs a policy that allows it") {
  const std::string off = "hosts: {h1: {bmc: https://h1, tls: {verify: false}}}\n";
  const Reading denied = read_manifest(kBasics + off);
  CHECK(denied.codes() == Codes{Code::insecure_tls_setting});
  CHECK(denied.result.diagnostics.exit() == Exit::denied);
  CHECK(read_manifest(kBasics + off + "policies: {insecure_tls: allow}\n").codes().empty());
  CHECK(read_manifest(kBasics + "hosts: {h1: {bmc: http://h1}}\n").codes() == Codes{Code::insecure_tls_setting});
  const Reading shared = read_manifest(kBasics +
                                       "groups: {g: {match: {name: 'h*'}, tls: {verify: false}}}\n"
                                       "hosts: {h1: {bmc: https://h1}, h2: {bmc: https://h2}}\n");
  CHECK(shared.codes() == Codes{Code::insecure_tls_setting});
  CHECK(shared.result.diagnostics.sorted().at(0).notes == Names{"concerns `h1`, `h2`"});
}

TEST_CASE("images over plain http need a policy that allows them") {
  const std::string host = "hosts: {h1: {bmc: https://h1}}\n";
  const std::string source = "catalog: [{url: http://mirror/}]\n";
  CHECK(read_manifest(kBasics + host + source).codes() == Codes{Code::plain_http_source});
  CHECK(read_manifest(kBasics + host + source + "policies: {plain_http_image: allow}\n").codes().empty());
  CHECK(read_manifest(host +
                      "credentials: {c: {username: u, password: {env: P}}}\ndefaults: {credentials: c, baseline: b}\n"
                      "baselines: {b: {firmware: [{component: A, version: 1, image: http://x/a.bin}]}}\n")
            .codes() == Codes{Code::plain_http_source});
}

TEST_CASE("what is declared and not enforced marks the hosts that depend on it") {
  const Reading reading = read_manifest(kBasics + R"(
maintenance_windows: {night: {schedule: "0 22 * * *", duration: 4h}}
install_sets: {golden: {sequence: [{file: a.bin}]}}
hosts:
  free: {bmc: https://h0, maintenance_window: night, install_sets: [golden]}
  guest: {bmc: https://h3}
hypervisors: {x: {type: xenserver, url: https://x, credentials: ilo, hosts: {guest: g}}}
policies: {unsigned_image: deny, reboot: in_window}
)");
  INFO(reading.text());
  REQUIRE(reading.result.value);
  CHECK(features_of(reading.host("free")).empty());
  CHECK(features_of(reading.host("guest")) == Names{"hypervisors"});
  CHECK(reading.codes() == Codes{Code::not_enforced});
}

TEST_CASE("the result does not depend on the order in which things are written") {
  const std::string a = "hosts: {h1: {bmc: https://h1, labels: {x: y}}, h2: {bmc: https://h2}}\n";
  const std::string b = "hosts: {h2: {bmc: https://h2}, h1: {bmc: https://h1, labels: {x: y}}}\n";
  const std::string g1 =
      "groups: {a: {match: {name: 'h*'}, baseline: b}, z: {match: {labels: {x: y}}, baseline: c, priority: 1}}\n";
  const std::string g2 =
      "groups: {z: {match: {labels: {x: y}}, baseline: c, priority: 1}, a: {match: {name: 'h*'}, baseline: b}}\n";
  const Reading one = read_manifest(kBasics + a + g1);
  const Reading two = read_manifest(g2 + b + kBasics);
  for (const char* name : {"h1", "h2"}) CHECK(baselines_of(one.host(name)) == baselines_of(two.host(name)));
}

TEST_CASE("a manifest without hosts is a warning") {
  CHECK(read_manifest("policies: {reboot: allow}\n").codes() == Codes{Code::no_hosts});
  CHECK(read_manifest("hosts: {}\n").result.value.has_value());
}
