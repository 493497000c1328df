// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/drift.h"

#include <catch2/catch.hpp>

#include "engine/report/drift_report.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using plan::Drift;
using plan::DriftClass;

/// One host with an iLO of `installed`, where 3.11 is wanted.
SmallFleet one_host(const std::string& installed) {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc(installed)}));
  return fleet;
}

Drift drift_of(const SmallFleet& fleet, const std::vector<DriftClass>& only = {}) {
  return plan::drift_of(*fleet.plan().value, fleet.desired.policies, only);
}

DriftClass only_class(const SmallFleet& fleet) {
  const Drift drift = drift_of(fleet);
  REQUIRE(drift.counts.size() == 1);
  return drift.counts.begin()->first;
}

}  // namespace

TEST_CASE("Each way to differ has its class") {
  CHECK(only_class(one_host("2.46")) == DriftClass::older);
  CHECK(only_class(one_host("3.40")) == DriftClass::newer);
  CHECK(only_class(one_host("3.11 Feb 25 2025")) == DriftClass::format_only);
  CHECK(only_class(one_host("N/A")) == DriftClass::unknown);
  CHECK(only_class(one_host("build seven")) == DriftClass::unknown);
  CHECK(drift_of(one_host("3.11")).counts.empty());
}

TEST_CASE("What waits for a restart is told apart by who wants it") {
  SmallFleet fleet = one_host("2.46");
  inventory::Component& component = fleet.inventory.at("web-01").components.front();
  component.staged_version = "3.11";
  CHECK(only_class(fleet) == DriftClass::pending_restart);
  component.staged_version = "2.90";
  CHECK(only_class(fleet) == DriftClass::staged);
  component.version = "3.11";
  CHECK(only_class(fleet) == DriftClass::staged);
}

TEST_CASE("What the host does not have, and hosts that cannot be read, are drift") {
  SmallFleet fleet;
  fleet.entry("iLO 6", "1.60", "ilo6.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  CHECK(only_class(fleet) == DriftClass::unmatched);
  SmallFleet dead;
  dead.entry("iLO 5", "3.11", "ilo5.bin");
  dead.add(unreachable("web-02"));
  CHECK(only_class(dead) == DriftClass::unreachable);
  CHECK(drift_of(dead).exit() == Exit::hosts_unreachable);
}

TEST_CASE("A missing image does not hide which way a version drifted") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "");
  fleet.add(host("web-01", {bmc("2.46")}));
  CHECK(only_class(fleet) == DriftClass::older);
}

TEST_CASE("H13: a change that was made by hand shows as drift") {
  SmallFleet fleet = one_host("3.11");
  CHECK(drift_of(fleet).exit() == Exit::ok);
  fleet.inventory.at("web-01").components.front().version = "2.98";
  CHECK(drift_of(fleet).exit() == Exit::drift);
}

TEST_CASE("Each class has its own policy") {
  SmallFleet fleet = one_host("2.46");
  CHECK(drift_of(fleet).exit() == Exit::drift);
  fleet.desired.policies.drift["older"] = manifest::DriftPolicy::report;
  Drift drift = drift_of(fleet);
  CHECK(drift.exit() == Exit::ok);
  CHECK(drift.entries.size() == 1);
  fleet.desired.policies.drift["older"] = manifest::DriftPolicy::ignore;
  drift = drift_of(fleet);
  CHECK(drift.entries.empty());
  CHECK(drift.counts.at(DriftClass::older) == 1);
  CHECK(drift.hosts_in_line == 1);
}

TEST_CASE("Only the classes that were asked for count") {
  SmallFleet fleet = one_host("2.46");
  fleet.add(unreachable("web-02"));
  CHECK(drift_of(fleet, {DriftClass::older}).exit() == Exit::drift);
  CHECK(drift_of(fleet, {DriftClass::unreachable}).exit() == Exit::hosts_unreachable);
  CHECK(drift_of(fleet, {DriftClass::newer}).exit() == Exit::ok);
}

TEST_CASE("Every class can be written in a manifest and read back") {
  for (const DriftClass drift : plan::drift_classes()) {
    CHECK(plan::parse_drift_class(to_string(drift)) == drift);
    CHECK_FALSE(plan::meaning_of(drift).empty());
  }
  CHECK_FALSE(plan::parse_drift_class("old"));
}

TEST_CASE("Equal drift of many hosts is one line, and the totals come last") {
  SmallFleet fleet = one_host("2.46");
  fleet.add(host("web-02", {bmc("2.46")}));
  fleet.add(host("web-03", {bmc("3.11")}));
  const std::string text = report::drift_text(drift_of(fleet), {.width = 100, .color = false});
  CHECK(text.find("2 like web-01") != std::string::npos);
  CHECK(text.ends_with("\nDrift: 2 older; 1 of 3 hosts in line.\n"));
  CHECK(report::drift_text(drift_of(one_host("3.11")), {}) == "Drift: none; 1 of 1 host in line.\n");
}

}  // namespace firmform::tests
