// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using plan::Change;
using plan::ChangeKind;
using plan::Plan;

/// The one change of a plan for one host.
Change only_change(const SmallFleet& fleet) {
  const Parsed<Plan> planned = fleet.plan();
  REQUIRE(planned.value);
  REQUIRE(planned.value->changes.size() == 1);
  return planned.value->changes.front();
}

std::vector<Code> codes(const Change& change) {
  std::vector<Code> found;
  for (const plan::Reason& reason : change.reasons) found.push_back(reason.code);
  return found;
}

SmallFleet bmc_fleet(const std::string& installed, const std::string& wanted) {
  SmallFleet fleet;
  fleet.entry("iLO 5", wanted, "ilo5.bin");
  fleet.add(host("web-01", {bmc(installed)}));
  return fleet;
}

}  // namespace

TEST_CASE("A component at the wanted version is a no-op without actions") {
  const Parsed<Plan> planned = bmc_fleet("3.11 Feb 25 2025", "3.11").plan();
  REQUIRE(planned.value);
  CHECK(planned.value->changes.front().kind == ChangeKind::no_op);
  CHECK(planned.value->actions.empty());
  CHECK(planned.diagnostics.empty());
}

TEST_CASE("An older component is updated, and the change says from what to what and who asks") {
  const Change change = only_change(bmc_fleet("2.46 May 11 2021", "3.11"));
  CHECK(change.kind == ChangeKind::update);
  CHECK(change.from == "2.46 May 11 2021");
  CHECK(change.to == "3.11");
  CHECK(change.address == "SystemBMC");
  CHECK(change.name == "iLO 5");
  CHECK(change.origin == "fleet.yaml:1:1");
  CHECK(change.actions.size() == 2);
}

TEST_CASE("A downgrade is blocked unless the entry or the policy allows it by name") {
  SmallFleet fleet = bmc_fleet("3.12", "3.11");
  CHECK(codes(only_change(fleet)) == std::vector{Code::downgrade_denied});
  CHECK(only_change(fleet).actions.empty());

  SECTION("by the entry") {
    fleet.baseline->firmware.front().allow_downgrade = true;
    CHECK(only_change(fleet).kind == ChangeKind::downgrade);
  }
  SECTION("by the policy") {
    fleet.desired.policies.downgrade = manifest::Permission::allow;
    CHECK(only_change(fleet).kind == ChangeKind::downgrade);
  }
}

TEST_CASE("Versions that cannot be compared block the change") {
  SmallFleet fleet;
  fleet.entry("Drive", "HPG4", "drive.bin");
  fleet.add(host("web-01", {component("Drive.1", "Drive", "MK12")}));
  CHECK(codes(only_change(fleet)) == std::vector{Code::version_incomparable});
  fleet.baseline->firmware.front().allow_downgrade = true;
  CHECK(only_change(fleet).kind == ChangeKind::update);
}

TEST_CASE("A component whose version is not known is not flashed blindly") {
  SmallFleet fleet = bmc_fleet("3.10", "3.11");
  auto& version = fleet.inventory.at("web-01").components.front().version;
  for (const std::optional<std::string>& unknown :
       {std::optional<std::string>(), std::optional<std::string>("N/A"), std::optional<std::string>("Not Present")}) {
    version = unknown;
    CHECK(codes(only_change(fleet)) == std::vector{Code::version_incomparable});
  }
}

TEST_CASE("The declared scheme of an entry decides the comparison") {
  SmallFleet fleet = bmc_fleet("1.10", "1.9");
  fleet.baseline->firmware.front().version_scheme = fleet.text("dotted");
  CHECK(codes(only_change(fleet)) == std::vector{Code::downgrade_denied});
}

TEST_CASE("A wanted version that is staged already waits for a restart by a person") {
  SmallFleet fleet;
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  auto rom = bios("U46 v1.80 (07/05/2023)");
  rom.staged_version = "U46 v2.10 (08/10/2024)";
  fleet.add(host("web-01", {rom}));
  CHECK(codes(only_change(fleet)) == std::vector{Code::already_staged});
}

TEST_CASE("Another staged version is reported even where the installed one is right") {
  SmallFleet fleet;
  fleet.entry("System ROM", "U46 v1.80 (07/05/2023)", "u46.bin");
  auto rom = bios("U46 v1.80 (07/05/2023)");
  rom.staged_version = "U46 v2.10 (08/10/2024)";
  fleet.add(host("web-01", {rom}));
  const Change change = only_change(fleet);
  CHECK(change.kind == ChangeKind::no_op);
  CHECK(codes(change) == std::vector{Code::other_version_staged});

  SECTION("and no restart of ours may make it active") {
    fleet.entry("Card", "2.0", "card.bin");
    auto card = component("Card", "Card", "1.0");
    card.reset_required = true;
    fleet.inventory.at("web-01").components.push_back(card);
    const Parsed<Plan> planned = fleet.plan();
    REQUIRE(planned.value);
    CHECK(codes(planned.value->changes.front()) == std::vector{Code::other_version_staged});
    CHECK(planned.value->changes.front().kind == ChangeKind::blocked);
    CHECK(planned.value->actions.empty());
  }
}

TEST_CASE("Everything that forbids a change is said at once") {
  SmallFleet fleet = bmc_fleet("2.46", "2.10");
  fleet.desired.policies.downgrade = manifest::Permission::allow;
  auto& ilo = fleet.inventory.at("web-01").components.front();
  ilo.updateable = false;
  ilo.lowest_supported_version = "2.30";
  fleet.baseline->firmware.front().sha256 = fleet.text(std::string(64, 'b'));
  CHECK(codes(only_change(fleet)) ==
        std::vector{Code::not_updateable, Code::below_minimum_version, Code::image_digest_mismatch});
}

TEST_CASE("An entry that must change something needs an image that the catalog has") {
  SmallFleet fleet = bmc_fleet("2.46", "3.11");
  SECTION("none is named") {
    fleet.baseline->firmware.front().image.reset();
    CHECK(codes(only_change(fleet)) == std::vector{Code::image_missing});
  }
  SECTION("a near one is offered") {
    fleet.baseline->firmware.front().image->value = "ilo6.bin";
    const Change change = only_change(fleet);
    CHECK(codes(change) == std::vector{Code::image_not_in_catalog});
    CHECK(change.reasons.front().help.front() == "Did you mean \"ilo5.bin\"?");
  }
  SECTION("but one that is up to date needs none") {
    fleet.baseline->firmware.front().image.reset();
    fleet.inventory.at("web-01").components.front().version = "3.11";
    CHECK(only_change(fleet).kind == ChangeKind::no_op);
  }
}

TEST_CASE("The state of the BMC and the manifest's unkept promises block changes, not what is up to date") {
  SmallFleet fleet = bmc_fleet("2.46", "3.11");
  fleet.entry("System ROM", "U46 v1.80 (07/05/2023)", "u46.bin");
  auto& snapshot = fleet.inventory.at("web-01");
  snapshot.components.push_back(bios("U46 v1.80 (07/05/2023)"));
  const auto blocked_by = [&](Code code) {
    const Parsed<Plan> planned = fleet.plan();
    REQUIRE(planned.value);
    CHECK(codes(planned.value->changes[0]) == std::vector{code});
    CHECK(planned.value->changes[1].kind == ChangeKind::no_op);
    CHECK(planned.value->actions.empty());
  };
  SECTION("a task runs") {
    snapshot.tasks.push_back({"/redfish/v1/TaskService/Tasks/1", "Update", "Running", 40});
    blocked_by(Code::update_service_busy);
  }
  SECTION("the host is in POST") {
    snapshot.system.discovery_complete = false;
    blocked_by(Code::host_not_ready);
  }
  SECTION("the update service is disabled") {
    snapshot.update.service_enabled = false;
    blocked_by(Code::update_service_disabled);
  }
  SECTION("there is no update service") {
    snapshot.update.uri.clear();
    blocked_by(Code::no_update_service);
  }
  SECTION("the manifest asks for windows") {
    fleet.desired.hosts.at("web-01").reserved.push_back({"maintenance windows", fleet.lines.add("windows:")});
    blocked_by(Code::feature_not_enforced);
  }
  SECTION("TLS is not verified") {
    fleet.desired.hosts.at("web-01").tls.verify = false;
    blocked_by(Code::insecure_tls_denied);
  }
  SECTION("the recording is of a provider that is gone") {
    snapshot.provider = "other";
    blocked_by(Code::unsupported_generation);
  }
}

TEST_CASE("A change that needs a restart of the host obeys the policy") {
  SmallFleet fleet;
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  fleet.add(host("web-01", {bios("U46 v1.80 (07/05/2023)")}));
  CHECK(only_change(fleet).kind == ChangeKind::update);
  fleet.desired.policies.reboot = manifest::RebootPolicy::deny;
  CHECK(codes(only_change(fleet)) == std::vector{Code::reboot_denied});
  fleet.desired.policies.reboot = manifest::RebootPolicy::in_window;
  CHECK(codes(only_change(fleet)) == std::vector{Code::reboot_denied});
}

TEST_CASE("What a provider finds impossible is blocked with its reason") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "unfit.bin");
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  auto snapshot = host("web-01", {bmc("2.46"), bios("U46 v1.80 (07/05/2023)")});
  snapshot.system.power_state = "Off";
  fleet.add(snapshot);
  const Parsed<Plan> planned = fleet.plan();
  REQUIRE(planned.value);
  CHECK(codes(planned.value->changes[0]) == std::vector{Code::image_not_applicable});
  CHECK(codes(planned.value->changes[1]) == std::vector{Code::host_is_off});
}

TEST_CASE("A host that could not be read is planned for nothing, and says why") {
  SmallFleet fleet = bmc_fleet("2.46", "3.11");
  fleet.add(unreachable("web-02"));
  const Parsed<Plan> planned = fleet.plan();
  REQUIRE(planned.value);
  CHECK(planned.value->changes.size() == 1);
  const plan::PlannedHost* dead = planned.value->host("web-02");
  REQUIRE(dead != nullptr);
  CHECK(dead->status == "unreachable");
  REQUIRE(dead->problems.size() == 1);
  CHECK(dead->problems.front().code == Code::host_unreachable);
  CHECK(dead->problems.front().text ==
        "web-02: host could not be read: no connection to https://web-02.example within 10s (FF0403)");
}

TEST_CASE("Two entries that want different versions of one component block it with both lines") {
  SmallFleet fleet = bmc_fleet("2.46", "3.11");
  fleet.entry("iLO*", "3.10", "other.bin");
  const Parsed<Plan> planned = fleet.plan();
  REQUIRE(planned.value);
  CHECK(codes(planned.value->changes.front()) == std::vector{Code::entries_disagree});
  const auto diagnostics = planned.diagnostics.sorted();
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics.front().primary->span.line == 3);
  CHECK(diagnostics.front().secondary.front().span.line == 1);

  SECTION("while the same version is one change") {
    fleet.baseline->firmware.back().version.value = "3.11";
    CHECK(only_change(fleet).kind == ChangeKind::update);
  }
}

TEST_CASE("A reason names host, component, rule, place and what to do") {
  const Change change = only_change(bmc_fleet("3.12", "3.11"));
  CHECK(change.reasons.front().text ==
        "web-01/SystemBMC: downgrade is denied: installed \"3.12\" is newer than the wanted \"3.11\" (fleet.yaml:1:1)");
  CHECK_FALSE(change.reasons.front().help.empty());
}

TEST_CASE("A problem that many hosts share is one diagnostic") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  for (int i = 0; i < 42; ++i) fleet.add(host(fmt::format("web-{:02}", i), {bmc("3.12")}));
  for (int i = 0; i < 10; ++i) fleet.add(unreachable(fmt::format("zoo-{:02}", i)));
  const auto diagnostics = fleet.plan().diagnostics.sorted();
  REQUIRE(diagnostics.size() == 2);
  CHECK(diagnostics[0].message == "installed \"3.12\" is newer than the wanted \"3.11\" (and 41 more hosts)");
  CHECK(diagnostics[0].subject == "web-00/SystemBMC");
  CHECK(diagnostics[1].code == Code::host_unreachable);
  CHECK(diagnostics[1].notes.back() ==
        "the same on 9 more hosts: zoo-01, zoo-02, zoo-03, zoo-04, zoo-05, zoo-06, zoo-07, zoo-08, …");
}

}  // namespace firmform::tests
