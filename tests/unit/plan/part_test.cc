// SPDX-License-Identifier: Apache-2.0
// Parts of a plan: what stands by itself, and what does not.
#include "engine/plan/part.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/plan/codec.h"
#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

constexpr const char* kOldRom = "U46 v1.80 (07/05/2023)";

/// BMC, ROM and two cards on each host; ROM and cards share a restart.
SmallFleet three_hosts() {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  fleet.entry("Card", "2.0", "card.bin").every = true;
  for (const char* name : {"web-01", "web-02", "web-03"}) {
    std::vector<inventory::Component> all = {bmc("2.46"), bios(kOldRom)};
    for (const char* address : {"Card.1", "Card.2"}) {
      all.push_back(component(address, "Card", "1.0"));
      all.back().reset_required = true;
    }
    fleet.add(host(name, all));
  }
  return fleet;
}

Plan part(const Plan& whole, const Texts& targets) {
  Result<Plan> part = plan::part_of(whole, targets);
  if (!part) FAIL(part.error().one_line());
  return *part;
}

Error refusal(const Plan& whole, const Texts& targets) {
  const Result<Plan> part = plan::part_of(whole, targets);
  REQUIRE_FALSE(part);
  return part.error();
}

/// Ids equal places, needs lie before and inside, and every listed action is one of the host.
void require_consistent(const Plan& plan) {
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    REQUIRE(plan.actions[i].id == i);
    for (const plan::ActionId need : plan.actions[i].needs) REQUIRE(need < i);
  }
  for (const Change& change : plan.changes) {
    REQUIRE(std::ranges::is_sorted(change.actions));
    for (const plan::ActionId id : change.actions) REQUIRE(plan.actions.at(id).host == change.host);
  }
  REQUIRE(plan.header.id == plan::compute_id(plan));
  REQUIRE(plan::from_json(plan::to_json(plan)));
}

Texts hosts_of(const Plan& plan) {
  Texts names;
  for (const plan::PlannedHost& host : plan.hosts) names.push_back(host.name);
  return names;
}

}  // namespace

TEST_CASE("A host is a part of a plan, with all of its changes and its own id") {
  const Plan whole = plan_of(three_hosts());
  const Plan one = part(whole, {"web-02"});
  require_consistent(one);
  CHECK(hosts_of(one) == Texts{"web-02"});
  CHECK(one.header.part_of == whole.header.id);
  CHECK(one.header.id != whole.header.id);
  CHECK(one.actions.size() * 3 == whole.actions.size());
  CHECK(one.changes.size() * 3 == whole.changes.size());
}

TEST_CASE("Several targets and globs make one part, and all of them the whole") {
  const Plan whole = plan_of(three_hosts());
  CHECK(hosts_of(part(whole, {"web-01", "web-03"})) == Texts{"web-01", "web-03"});
  const Plan all = part(whole, {"web-*"});
  CHECK(all.actions == whole.actions);
  CHECK(all.changes == whole.changes);
  CHECK(all.hosts == whole.hosts);
}

TEST_CASE("The same part is the same plan, so it is used once") {
  const Plan whole = plan_of(three_hosts());
  CHECK(part(whole, {"web-01", "web-02"}) == part(whole, {"web-02", "web-01"}));
}

TEST_CASE("The first change of a host stands by itself, by address or by name") {
  const Plan whole = plan_of(three_hosts());
  for (const char* target : {"web-01/SystemBMC", "web-01/iLO 5", "web-01/System?MC"}) {
    const Plan one = part(whole, {target});
    require_consistent(one);
    CHECK(actions(one) == Texts{"push ilo5.bin", "see that iLO 5 is 3.11"});
    CHECK(one.changes.size() == 1);
  }
}

TEST_CASE("A shared restart is not done for one of those that it activates") {
  const Plan whole = plan_of(three_hosts());
  const Error error = refusal(whole, {"web-01/SystemBMC", "web-01/SystemRomActive"});
  CHECK(error.code() == Code::target_incomplete);
  CHECK(error.message() ==
        "web-01/SystemBMC, web-01/SystemRomActive cannot be carried out without web-01/Card.1, web-01/Card.2");
  REQUIRE(error.help().size() == 1);
  CHECK(error.help().front() == "add -target 'web-01/Card.1' -target 'web-01/Card.2', or name whole hosts");
  const Plan all = part(whole, {"web-01/SystemBMC", "web-01/SystemRomActive", "web-01/Card.*"});
  CHECK(all.actions == part(whole, {"web-01"}).actions);
}

TEST_CASE("What comes before a change must be selected with it") {
  const Error error = refusal(plan_of(three_hosts()), {"web-01/Card.1"});
  CHECK(error.message() ==
        "web-01/Card.1 cannot be carried out without web-01/Card.2, web-01/SystemBMC, web-01/SystemRomActive");
}

TEST_CASE("A host that must come after another is no part without it") {
  SmallFleet fleet = three_hosts();
  fleet.desired.hosts.at("web-02").after = {fleet.text("web-01")};
  const Plan whole = plan_of(fleet);
  CHECK(refusal(whole, {"web-02"}).code() == Code::target_incomplete);
  CHECK(hosts_of(part(whole, {"web-01"})) == Texts{"web-01"});
  CHECK(hosts_of(part(whole, {"web-01", "web-02"})) == Texts{"web-01", "web-02"});
}

TEST_CASE("A target that selects nothing is an error with what was probably meant") {
  const Plan whole = plan_of(three_hosts());
  const Error host = refusal(whole, {"web-01", "wbe-01"});
  CHECK(host.code() == Code::unknown_host);
  CHECK(host.message() == "`wbe-01` matches none of the plan's 3 hosts");
  CHECK(host.help() == Texts{"did you mean `web-01`?"});
  const Error component = refusal(whole, {"web-01/SystemBCM"});
  CHECK(component.code() == Code::component_not_found);
  CHECK(component.help() == Texts{"did you mean `SystemBMC`?"});
  CHECK(refusal(whole, {""}).code() == Code::unknown_host);
  CHECK(refusal(whole, {"/"}).code() == Code::unknown_host);
  CHECK(refusal(whole, {"web-01/"}).code() == Code::component_not_found);
}

TEST_CASE("What a change needs in the BMC's repository and queue comes with it") {
  OneHost one({bmc("2.46"), bios(kOldRom)});
  one.fleet.entry("iLO 5", "3.11", "queued_ilo.fwpkg");
  one.fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "queued_rom.fwpkg");
  const Plan whole = plan_of(one.fleet);
  const Plan first = part(whole, {"web-01/SystemBMC"});
  require_consistent(first);
  CHECK(std::ranges::count(first.actions, plan::ActionType::store, &plan::Action::type) == 1);
  CHECK(first.actions.size() < whole.actions.size());
  const Texts shown = changes(first);
  CHECK(
      std::ranges::any_of(shown, [](const std::string& text) { return text.find("SystemBMC") != std::string::npos; }));
  CHECK(std::ranges::none_of(shown, [](const std::string& text) { return text.find("Rom") != std::string::npos; }));
}

TEST_CASE("Waves and budgets keep the hosts that are left") {
  Plan whole = plan_of(three_hosts());
  whole.rollout = plan::RolloutPlan{
      .waves = {{.name = "canary", .hosts = {"web-01"}}, {.name = "batch 1", .hosts = {"web-02", "web-03"}}},
      .budgets = {{.label = "rack", .value = "a", .limit = 1, .hosts = {"web-01", "web-02"}},
                  {.label = "rack", .value = "b", .limit = 1, .hosts = {"web-03"}}}};
  const Plan one = part(whole, {"web-02"});
  REQUIRE(one.rollout);
  REQUIRE(one.rollout->waves.size() == 1);
  CHECK(one.rollout->waves[0].name == "batch 1");
  CHECK(one.rollout->waves[0].hosts == Texts{"web-02"});
  REQUIRE(one.rollout->budgets.size() == 1);
  CHECK(one.rollout->budgets[0].hosts == Texts{"web-02"});
}

TEST_CASE("Settings are put back after a part of a host's flashes, too") {
  SmallFleet fleet = three_hosts();
  fleet.desired.config_guard = manifest::ConfigGuard{.categories = {{"bios", manifest::GuardAction::restore}}};
  const Plan whole = plan_of(fleet);
  const Plan one = part(whole, {"web-01/SystemBMC"});
  require_consistent(one);
  CHECK(actions(one) == Texts{"push ilo5.bin", "see that iLO 5 is 3.11", "put back settings that changed (bios)"});
  CHECK(one.actions[2].needs == std::vector<plan::ActionId>{1});
  CHECK(part(whole, {"web-*"}).actions == whole.actions);
}

TEST_CASE("A blocked change is a part without actions") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "2.40", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  const Plan one = part(plan_of(fleet), {"web-01/SystemBMC"});
  CHECK(one.actions.empty());
  CHECK(one.changes.size() == 1);
}

}  // namespace firmform::tests
