// SPDX-License-Identifier: Apache-2.0
// Going back to what was there before a run.
#include "engine/plan/rollback.h"

#include <catch2/catch.hpp>

#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

constexpr const char* kOldRom = "U46 v1.80 (07/05/2023)";
constexpr const char* kNewRom = "U46 v2.10 (08/10/2024)";

/// A fleet before a run, the run's plan, and the fleet as the run left it.
struct History {
  History() {
    fleet.entry("iLO 5", "3.11", "ilo5_311.bin");
    fleet.entry("System ROM", kNewRom, "u46_210.bin");
    for (const char* name : {"web-01", "web-02"}) fleet.add(host(name, {bmc("2.46"), bios(kOldRom)}));
    run = plan_of(fleet);
    for (const plan::Action& action : run.actions) sent.insert(action.id);
    for (auto& [name, snapshot] : fleet.inventory) {
      component(name, "SystemBMC").version = "3.11 Feb 25 2025";
      component(name, "SystemRomActive").version = kNewRom;
    }
    auto older = std::make_shared<manifest::Baseline>();
    for (const auto& [what, version, image] :
         {std::tuple("iLO 5", "2.46", "ilo5_246.bin"), std::tuple("System ROM", "v1.80 (07/05/2023)", "u46_180.bin")}) {
      manifest::FirmwareEntry& entry = older->firmware.emplace_back();
      entry.component.value.name = what;
      entry.version = fleet.text(version);
      entry.image = fleet.text(image);
      fleet.image(image);
    }
    fleet.desired.baselines["older"] = older;
  }

  inventory::Component& component(const std::string& host, const std::string& address) {
    auto& all = fleet.inventory.at(host).components;
    return *std::ranges::find(all, address, &inventory::Component::address);
  }
  [[nodiscard]] plan::Undoing undoing() const { return plan::find_undos(run, sent, fleet.inventory); }
  [[nodiscard]] manifest::Desired before(plan::Undoing& undoing) const {
    return plan::desired_before(fleet.desired, fleet.catalog, fleet.inventory, undoing);
  }
  [[nodiscard]] Parsed<Plan> plan_back() const {
    plan::Undoing all = undoing();
    const manifest::Desired desired = before(all);
    const SourceMap sources = fleet.lines.sources();
    return plan::make_plan({.desired = desired,
                            .inventory = fleet.inventory,
                            .catalog = fleet.catalog,
                            .sources = sources,
                            .now = kNow,
                            .tool_version = "0.1.0"},
                           fake_providers());
  }

  SmallFleet fleet;
  Plan run;
  std::set<plan::ActionId> sent;
};

Texts addresses(const std::vector<plan::Undo>& undos) {
  Texts all;
  for (const plan::Undo& undo : undos) all.push_back(undo.host + "/" + undo.address + " to " + undo.before);
  return all;
}

}  // namespace

TEST_CASE("What a run changed goes back to exactly what was there before") {
  const History history;
  const plan::Undoing undoing = history.undoing();
  CHECK(addresses(undoing.undos) ==
        Texts{"web-01/SystemBMC to 2.46", "web-01/SystemRomActive to U46 v1.80 (07/05/2023)",
              "web-02/SystemBMC to 2.46", "web-02/SystemRomActive to U46 v1.80 (07/05/2023)"});
  CHECK(undoing.refused.empty());
  CHECK(undoing.settled.empty());
}

TEST_CASE("H31: a rollback permits going down for exactly what it brings back") {
  const History history;
  const Parsed<Plan> planned = history.plan_back();
  REQUIRE(planned.value);
  CHECK_FALSE(planned.diagnostics.has_errors());
  REQUIRE(planned.value->changes.size() == 4);
  for (const Change& change : planned.value->changes) {
    CHECK(change.kind == ChangeKind::downgrade);
    CHECK_FALSE(change.actions.empty());
  }
  CHECK(change_of(*planned.value, "SystemBMC").to == "2.46");
  // The manifest itself permits nothing.
  CHECK(history.fleet.desired.policies.downgrade == manifest::Permission::deny);
}

TEST_CASE("What was not begun with by the run is not its to undo") {
  History history;
  history.sent.clear();
  CHECK(history.undoing().undos.empty());
  for (const plan::Action& action : history.run.actions) {
    if (action.host == "web-02") history.sent.insert(action.id);
  }
  CHECK(history.undoing().undos.size() == 2);
}

TEST_CASE("What is not any more at the version of the run is left alone, with a word") {
  History history;
  history.component("web-01", "SystemBMC").version = "3.12 Jun 01 2025";
  history.component("web-02", "SystemBMC").version = "2.46";
  std::erase_if(history.fleet.inventory.at("web-02").components,
                [](const inventory::Component& component) { return component.is_bios; });
  const plan::Undoing undoing = history.undoing();
  CHECK(addresses(undoing.undos) == Texts{"web-01/SystemRomActive to U46 v1.80 (07/05/2023)"});
  CHECK(undoing.settled == Texts{"web-01/SystemBMC is at \"3.12 Jun 01 2025\" by now, which the run did not install",
                                 "web-02/SystemBMC is at \"2.46\", as it was before",
                                 "web-02/SystemRomActive is not there any more"});
}

TEST_CASE("A second rollback finds nothing to do") {
  History history;
  for (auto& [name, snapshot] : history.fleet.inventory) {
    history.component(name, "SystemBMC").version = "2.46";
    history.component(name, "SystemRomActive").version = kOldRom;
  }
  const plan::Undoing undoing = history.undoing();
  CHECK(undoing.undos.empty());
  CHECK(undoing.refused.empty());
}

TEST_CASE("A run that ended on the way is undone from where it ended") {
  History history;
  for (Change& change : history.run.changes) {
    if (change.address == "SystemBMC") change.path = {"2.78", "3.11"};
  }
  history.component("web-01", "SystemBMC").version = "2.78";
  CHECK(history.undoing().undos.front().installed == "2.78");
}

TEST_CASE("A version without an image is refused by itself") {
  History history;
  auto older = std::make_shared<manifest::Baseline>(*history.fleet.desired.baselines.at("older"));
  older->firmware.pop_back();
  history.fleet.desired.baselines["older"] = older;
  plan::Undoing undoing = history.undoing();
  const manifest::Desired desired = history.before(undoing);
  CHECK(addresses(undoing.undos) == Texts{"web-01/SystemBMC to 2.46", "web-02/SystemBMC to 2.46"});
  REQUIRE(undoing.refused.size() == 2);
  CHECK(undoing.refused[0].error.code() == Code::image_missing);
  CHECK(desired.hosts.at("web-01").baselines.front().baseline->firmware.size() == 1);
}

TEST_CASE("A host that cannot be read, is another machine, or is not in the manifest is refused as a whole") {
  History history;
  history.fleet.inventory["web-01"] = unreachable("web-01");
  history.fleet.inventory.at("web-02").system.serial = "SN-other";
  const plan::Undoing undoing = history.undoing();
  CHECK(undoing.undos.empty());
  REQUIRE(undoing.refused.size() == 2);
  CHECK(undoing.refused[0].error.code() == Code::connect_timeout);
  CHECK(undoing.refused[1].error.code() == Code::host_moved);

  History gone;
  gone.fleet.desired.hosts.erase("web-01");
  plan::Undoing rest = gone.undoing();
  const manifest::Desired desired = gone.before(rest);
  CHECK(rest.undos.size() == 2);
  CHECK(rest.refused.size() == 2);
  CHECK(desired.hosts.size() == 1);
}

TEST_CASE("A BMC that takes no older firmware blocks its part of a rollback") {
  History history;
  history.component("web-01", "SystemBMC").lowest_supported_version = "3.00";
  const Parsed<Plan> planned = history.plan_back();
  REQUIRE(planned.value);
  const auto blocked = [](const Change& change) { return change.kind == ChangeKind::blocked; };
  CHECK(std::ranges::count_if(planned.value->changes, blocked) == 1);
  CHECK(change_of(*planned.value, "SystemBMC").reasons.front().code == Code::below_minimum_version);
}

TEST_CASE("What a version needs while it is installed is kept on the way back") {
  History history;
  history.fleet.baseline->firmware[1].requires_ = {history.fleet.text("iLO 5 >= 3.00")};
  plan::Undoing undoing = history.undoing();
  const manifest::Desired desired = history.before(undoing);
  const auto& constraints = desired.hosts.at("web-01").baselines.front().baseline->constraints;
  REQUIRE(constraints.size() == 1);
  CHECK(constraints[0].when.value == std::string("SystemRomActive = ") + kNewRom);
  REQUIRE(constraints[0].requires_.size() == 1);
  CHECK(constraints[0].requires_[0].value == "iLO 5 >= 3.00");
}

TEST_CASE("What came first goes back last where the one needs the other") {
  History history;
  std::erase_if(history.fleet.inventory, [](const auto& entry) { return entry.first == "web-02"; });
  history.fleet.baseline->firmware[1].requires_ = {history.fleet.text("iLO 5 >= 3.00")};
  const Parsed<Plan> planned = history.plan_back();
  REQUIRE(planned.value);
  CHECK_FALSE(planned.diagnostics.has_errors());
  const Texts order = actions(*planned.value);
  const auto place = [&](const std::string& summary) { return std::ranges::find(order, summary) - order.begin(); };
  CHECK(place("push u46_180.bin") < place("restart the server"));
  CHECK(place("restart the server") < place("push ilo5_246.bin"));
  CHECK(place("push ilo5_246.bin") < std::ssize(order));
}

TEST_CASE("A rollback wants nothing else of its hosts") {
  History history;
  auto& desired = history.fleet.desired.hosts.at("web-01");
  history.fleet.install_set(desired, "golden", {"set.bin"});
  history.fleet.repository(desired, {"spare.bin"});
  plan::Undoing undoing = history.undoing();
  const manifest::Desired before = history.before(undoing);
  CHECK(before.hosts.at("web-01").install_sets.empty());
  CHECK_FALSE(before.hosts.at("web-01").repository);
  CHECK(before.hosts.at("web-01").baselines.size() == 1);
}

TEST_CASE("The images that a rollback may need are asked for by name and by version") {
  const History history;
  const plan::Undoing undoing = history.undoing();
  CHECK(plan::declared_images_of(undoing.undos, history.fleet.desired, history.fleet.inventory) ==
        Texts{"ilo5_246.bin", "u46_180.bin"});
  CHECK(plan::versions_to_restore(undoing.undos, history.fleet.inventory).size() == 4);
}

}  // namespace firmform::tests
