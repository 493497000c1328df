// SPDX-License-Identifier: Apache-2.0
// The order of actions: within a host, between hosts, and orders that cannot be.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using plan::Action;
using plan::ActionType;
using plan::ChangeKind;
using plan::Plan;

Plan plan_of(const SmallFleet& fleet) {
  Parsed<Plan> planned = fleet.plan();
  REQUIRE(planned.value);
  return *planned.value;
}

/// "flash SystemBMC", "reset_host A B" … in order.
std::vector<std::string> steps(const Plan& plan) {
  std::vector<std::string> found;
  for (const Action& action : plan.actions) {
    std::string step(to_string(action.type));
    for (const std::string& component : action.components) step += " " + component;
    found.push_back(step);
  }
  return found;
}

using Steps = std::vector<std::string>;
using Ids = std::vector<plan::ActionId>;

/// ROM, two cards and the BMC, all old; the cards need a restart as the ROM does.
SmallFleet full_fleet() {
  SmallFleet fleet;
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  fleet.entry("Agent", "2.0", "agent.bin");
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46"), bios("U46 v1.80 (07/05/2023)"), component("Agent", "Agent", "1.0")}));
  return fleet;
}

}  // namespace

TEST_CASE("The BMC comes first, then the manifest's order, then one restart for all and their verifies") {
  const Plan plan = plan_of(full_fleet());
  CHECK(steps(plan) == Steps{"flash SystemBMC", "verify SystemBMC", "flash SystemRomActive", "flash Agent",
                             "verify Agent", "reset_host SystemRomActive", "verify SystemRomActive"});
  for (std::size_t i = 1; i < plan.actions.size(); ++i) {
    CHECK(plan.actions[i].needs == Ids{static_cast<plan::ActionId>(i - 1)});
  }
}

TEST_CASE("Verifies after the shared restart need it and not each other") {
  SmallFleet fleet;
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  fleet.entry("Card", "2.0", "card.bin").every = true;
  std::vector<inventory::Component> all = {bios("U46 v1.80 (07/05/2023)")};
  for (const char* address : {"Card.1", "Card.2"}) {
    all.push_back(component(address, "Card", "1.0"));
    all.back().reset_required = true;
  }
  fleet.add(host("web-01", all));
  const Plan plan = plan_of(fleet);
  CHECK(steps(plan) == Steps{"flash SystemRomActive", "flash Card.1", "flash Card.2",
                             "reset_host Card.1 Card.2 SystemRomActive", "verify SystemRomActive", "verify Card.1",
                             "verify Card.2"});
  for (const std::size_t verify : {4U, 5U, 6U}) CHECK(plan.actions[verify].needs == Ids{3});
  CHECK(std::ranges::count(plan.actions, ActionType::reset_host, &Action::type) == 1);
  // Each change knows its actions, the shared restart included.
  CHECK(plan.changes[0].actions == Ids{1, 3, 5});
}

TEST_CASE("`after` overrides the preferred order") {
  SmallFleet fleet = full_fleet();
  fleet.baseline->firmware[0].after = {fleet.text("Agent")};
  fleet.baseline->firmware[2].after = {fleet.text("System ROM")};
  // The BMC's firmware is active at once, so what it comes after is made active before.
  CHECK(steps(plan_of(fleet)) == Steps{"flash Agent", "verify Agent", "flash SystemRomActive",
                                       "reset_host SystemRomActive", "verify SystemRomActive", "flash SystemBMC",
                                       "verify SystemBMC"});
}

TEST_CASE("What comes after something else may share its restart") {
  SmallFleet fleet;
  fleet.entry("Card", "2.0", "card.bin").after = {fleet.text("System ROM")};
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  auto card = component("Card", "Card", "1.0");
  card.reset_required = true;
  fleet.add(host("web-01", {card, bios("U46 v1.80 (07/05/2023)")}));
  CHECK(steps(plan_of(fleet)) == Steps{"flash SystemRomActive", "flash Card", "reset_host Card SystemRomActive",
                                       "verify SystemRomActive", "verify Card"});
}

TEST_CASE("What must come after a blocked change is blocked too") {
  SmallFleet fleet = full_fleet();
  fleet.baseline->firmware[1].after = {fleet.text("iLO 5")};
  for (auto& component : fleet.inventory.at("web-01").components) {
    if (component.is_bmc) component.updateable = false;
  }
  const Plan plan = plan_of(fleet);
  CHECK(plan.changes[0].address == "Agent");
  CHECK(plan.changes[0].kind == ChangeKind::blocked);
  CHECK(plan.changes[0].reasons.front().code == Code::predecessor_blocked);
  CHECK(steps(plan) == Steps{"flash SystemRomActive", "reset_host SystemRomActive", "verify SystemRomActive"});
}

TEST_CASE("A required version may come from the same plan") {
  SmallFleet fleet = full_fleet();
  SECTION("from one that is active at once, which then comes first") {
    fleet.baseline->firmware[0].requires_ = {fleet.text("Agent >= 2.0")};
    CHECK(steps(plan_of(fleet))[2] == "flash Agent");
  }
  SECTION("from one that is active after a restart, which then comes between") {
    fleet.baseline->firmware[1].requires_ = {fleet.text("System ROM >= U46 v2.00")};
    CHECK(steps(plan_of(fleet)) == Steps{"flash SystemBMC", "verify SystemBMC", "flash SystemRomActive",
                                         "reset_host SystemRomActive", "verify SystemRomActive", "flash Agent",
                                         "verify Agent"});
  }
  SECTION("nor from nowhere") {
    fleet.baseline->firmware[1].requires_ = {fleet.text("Other >= 1")};
    CHECK(plan_of(fleet).changes[0].reasons.front().code == Code::requirement_not_met);
  }
  SECTION("and one that is met is no more than that") {
    fleet.baseline->firmware[1].requires_ = {fleet.text("System ROM >= U46 v1.60")};
    CHECK(plan_of(fleet).changes[0].kind == ChangeKind::update);
  }
}

TEST_CASE("Every write is bound to the machine that was planned for") {
  const Plan plan = plan_of(full_fleet());
  for (const Action& action : plan.actions) {
    const plan::Condition same{.type = plan::Condition::Type::same_system, .value = "SN-web-01"};
    CHECK((std::ranges::count(action.preconditions, same) == 1) == action.request.has_value());
  }
}

TEST_CASE("Equal writes of one entry are sent once") {
  SmallFleet fleet;
  fleet.entry("Drive", "2.0", "drive.bin").every = true;
  fleet.add(host("web-01", {component("Drive.1", "Drive", "1.0"), component("Drive.2", "Drive", "1.1")}));
  // A BMC whose push names no target flashes all drives that the image fits.
  const auto untargeted = [](Recipe& recipe) { recipe.actions.front().request->body = json::Value(); };
  const Parsed<Plan> planned = fleet.plan(untargeted);
  REQUIRE(planned.value);
  CHECK(steps(*planned.value) == Steps{"flash Drive.1 Drive.2", "verify Drive.1", "verify Drive.2"});
  CHECK(planned.value->actions.front().preconditions.size() == 4);
  CHECK(planned.value->changes[1].actions == Ids{0, 2});
}

TEST_CASE("A host that comes after another starts when that one is verified") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  for (const char* name : {"a", "b", "c"}) fleet.add(host(name, {bmc("2.46")}));
  fleet.desired.hosts.at("a").after = {fleet.text("b")};
  SECTION("directly") {
    const Plan plan = plan_of(fleet);
    CHECK(plan.actions[0].host == "b");
    CHECK(plan.actions[2].host == "a");
    CHECK(plan.actions[2].needs == Ids{1});
    CHECK(plan.actions[4].needs.empty());
  }
  SECTION("through one that has nothing to do itself") {
    fleet.inventory.at("b").components.front().version = "3.11";
    fleet.desired.hosts.at("b").after = {fleet.text("c")};
    const Plan plan = plan_of(fleet);
    CHECK(plan.actions[0].host == "c");
    CHECK(plan.actions[2].needs == Ids{1});
  }
  SECTION("never, while that one cannot be done") {
    fleet.inventory.at("b") = unreachable("b");
    const Plan plan = plan_of(fleet);
    CHECK(plan.changes[0].kind == ChangeKind::blocked);
    CHECK(plan.changes[0].reasons.front().code == Code::predecessor_blocked);
    CHECK(plan.changes[1].kind == ChangeKind::update);
  }
  SECTION("never, while that one is left out") {
    fleet.inventory.erase("b");
    CHECK(plan_of(fleet).changes[0].reasons.front().code == Code::predecessor_blocked);
  }
}

TEST_CASE("Hosts that wait for each other are an error with the lines of the shortest cycle") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  for (const char* name : {"a", "b", "c"}) fleet.add(host(name, {bmc("3.11")}));
  fleet.desired.hosts.at("a").after = {fleet.text("b")};
  fleet.desired.hosts.at("b").after = {fleet.text("c"), fleet.text("a")};
  fleet.desired.hosts.at("c").after = {fleet.text("a")};
  const Parsed<Plan> planned = fleet.plan();
  CHECK_FALSE(planned.value);
  const auto diagnostics = planned.diagnostics.sorted();
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics.front().code == Code::order_cycle);
  CHECK(diagnostics.front().message == "hosts wait for each other: a → b → a");
  CHECK(diagnostics.front().primary->text == "b after a");
  CHECK(diagnostics.front().secondary.front().text == "a after b");
}

TEST_CASE("Entries that wait for each other are an error even where nothing is to do") {
  SmallFleet fleet = full_fleet();
  fleet.baseline->firmware[0].after = {fleet.text("Agent")};
  fleet.baseline->firmware[1].after = {fleet.text("System ROM")};
  fleet.inventory.clear();
  const Parsed<Plan> planned = fleet.plan();
  CHECK_FALSE(planned.value);
  CHECK(planned.diagnostics.sorted().front().code == Code::order_cycle);
}

TEST_CASE("A cycle that only a requirement closes leaves no legal way") {
  SmallFleet fleet = full_fleet();
  fleet.baseline->firmware[0].requires_ = {fleet.text("Agent >= 2.0")};
  fleet.baseline->firmware[1].after = {fleet.text("System ROM")};
  const Plan plan = plan_of(fleet);
  CHECK(steps(plan) == Steps{"flash SystemBMC", "verify SystemBMC"});
  const plan::Change& agent = plan.changes[0];
  CHECK(agent.kind == ChangeKind::blocked);
  CHECK(agent.reasons.back().code == Code::no_legal_path);
  CHECK(agent.reasons.back().text.find("Agent comes after System ROM") != std::string::npos);
  CHECK(agent.reasons.back().text.find("requires Agent >= 2.0") != std::string::npos);
}

TEST_CASE("A recipe that breaks the provider's contract never gets into a plan") {
  const auto refused = [](const FakeProvider::Spoil& spoil) {
    const Parsed<Plan> planned = full_fleet().plan(spoil);
    REQUIRE(planned.value);
    CHECK(planned.value->actions.empty());
    const plan::Reason& reason = planned.value->changes.front().reasons.front();
    CHECK(reason.code == Code::internal_error);
    CHECK(reason.text.find("provider fake") != std::string::npos);
  };
  SECTION("another host") {
    refused([](Recipe& recipe) { recipe.actions.front().host = "web-02"; });
  }
  SECTION("no verify at the end") {
    refused([](Recipe& recipe) { recipe.verify.type = ActionType::flash; });
  }
  SECTION("a deadline before the expected end") {
    refused([](Recipe& recipe) { recipe.actions.front().deadline = Duration(1); });
  }
  SECTION("no time at all") {
    refused([](Recipe& recipe) { recipe.verify.expected = recipe.verify.deadline = Duration(0); });
  }
  SECTION("a write without a request") {
    refused([](Recipe& recipe) { recipe.actions.front().request.reset(); });
  }
  SECTION("no write") {
    refused([](Recipe& recipe) { recipe.actions.clear(); });
  }
  SECTION("a condition on a component that is not there") {
    refused([](Recipe& recipe) { recipe.verify.postconditions.front().component = "Ghost"; });
  }
  SECTION("a password in the request") {
    refused([](Recipe& recipe) { recipe.actions.front().request->body.object().set("Password", "hunter2"); });
  }
  SECTION("a restart of the host of its own") {
    refused([](Recipe& recipe) { recipe.actions.front().type = ActionType::reset_host; });
  }
}

}  // namespace firmform::tests
