// SPDX-License-Identifier: Apache-2.0
// Ways through several versions, constraints between components, rounds of restarts, and states of power.
#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using plan::Action;
using plan::ActionType;
using plan::Condition;
using plan::Reason;

/// "flash Card 2.0.bin", "reset_host Card", "verify Card" … in order.
Texts steps(const Plan& plan) {
  Texts found;
  for (const Action& action : plan.actions) {
    std::string step(to_string(action.type));
    for (const std::string& component : action.components) step += " " + component;
    if (action.image) step += " " + action.image->name;
    found.push_back(step);
  }
  return found;
}

/// A fleet of one host; components whose name begins with "R" are active after a restart of the host.
struct Way {
  explicit Way(const std::vector<std::pair<std::string, std::string>>& installed) {
    std::vector<inventory::Component> components;
    for (const auto& [name, version] : installed) {
      components.push_back(component(name, name, version));
      components.back().reset_required = name.starts_with('R');
    }
    fleet.add(host("web-01", components));
  }
  manifest::FirmwareEntry& entry(const std::string& name, const std::string& version) {
    return fleet.entry(name, version, name + "-" + version + ".bin");
  }
  void via(manifest::FirmwareEntry& entry, const std::vector<std::string>& versions) {
    for (const std::string& version : versions) {
      manifest::ViaStep step{.version = fleet.text("via " + version)};
      step.version.value = version;
      step.image = manifest::Text{entry.component.value.name + "-" + version + ".bin", step.version.span};
      step.span = step.version.span;
      fleet.image(step.image->value);
      entry.via.push_back(step);
    }
  }
  [[nodiscard]] Plan plan() const { return plan_of(fleet); }
  SmallFleet fleet;
};

const Reason& last_reason(const Plan& plan, const std::string& address) {
  REQUIRE_FALSE(change_of(plan, address).reasons.empty());
  return change_of(plan, address).reasons.back();
}

bool has_reason(const Change& change, Code code) {
  return std::ranges::find(change.reasons, code, &Reason::code) != change.reasons.end();
}

}  // namespace

TEST_CASE("An upgrade goes through the versions on its way, each seen to be there before the next") {
  Way way({{"Card", "1.0"}});
  way.via(way.entry("Card", "4.0"), {"2.0", "3.0"});
  const Plan plan = way.plan();
  CHECK(steps(plan) == Texts{"flash Card Card-2.0.bin", "verify Card", "flash Card Card-3.0.bin", "verify Card",
                             "flash Card Card-4.0.bin", "verify Card"});
  CHECK(change_of(plan, "Card").path == Texts{"2.0", "3.0"});
  // A later step takes whatever the BMC calls the version that the one before brought.
  const auto& conditions = plan.actions[2].preconditions;
  const Condition wanted{.type = Condition::Type::wanted_version, .component = "Card", .value = "2.0"};
  CHECK(std::ranges::find(conditions, wanted) != conditions.end());
  CHECK(std::ranges::find(conditions, Condition::Type::installed_version, &Condition::type) == conditions.end());
}

TEST_CASE("A way that is begun goes on from where it is") {
  Way way({{"Card", "2.0"}});
  way.via(way.entry("Card", "4.0"), {"2.0", "3.0"});
  CHECK(change_of(way.plan(), "Card").path == Texts{"3.0"});
}

TEST_CASE("A downgrade takes the versions on the way in the other direction") {
  Way way({{"Card", "4.0"}});
  auto& entry = way.entry("Card", "1.0");
  way.via(entry, {"2.0", "3.0"});
  entry.allow_downgrade = true;
  CHECK(steps(way.plan()) == Texts{"flash Card Card-3.0.bin", "verify Card", "flash Card Card-2.0.bin", "verify Card",
                                   "flash Card Card-1.0.bin", "verify Card"});
}

TEST_CASE("Bounds of an image decide whether a version on the way is needed") {
  Way way({{"Card", "1.0"}});
  auto& entry = way.entry("Card", "4.0");
  way.via(entry, {"2.0", "3.0"});
  SECTION("the shortest way is taken") {
    entry.from.minimum = way.fleet.text("2.0");
    CHECK(change_of(way.plan(), "Card").path == Texts{"2.0"});
    CHECK(steps(way.plan()) ==
          Texts{"flash Card Card-2.0.bin", "verify Card", "flash Card Card-4.0.bin", "verify Card"});
  }
  SECTION("none is needed") {
    entry.from.minimum = way.fleet.text("1.0");
    CHECK(change_of(way.plan(), "Card").path.empty());
  }
  SECTION("there is no way") {
    entry.from.minimum = way.fleet.text("3.5");
    const Plan plan = way.plan();
    CHECK(changes(plan) == Texts{"blocked FF0361 Card"});
    CHECK(last_reason(plan, "Card").text.find("no image leads from \"1.0\" to \"4.0\"") != std::string::npos);
  }
}

TEST_CASE("A package says which version must be installed before it") {
  Way way({{"Card", "1.0"}});
  auto& entry = way.entry("Card", "4.0");
  catalog::CatalogImage image = *way.fleet.catalog.find("Card-4.0.bin");
  image.package = catalog::PackageMetadata{.minimum_version = "2.0"};
  way.fleet.catalog.add(image);
  CHECK(changes(way.plan()) == Texts{"blocked FF0361 Card"});
  way.via(entry, {"2.5"});
  CHECK(change_of(way.plan(), "Card").path == Texts{"2.5"});
}

TEST_CASE("A device that runs no version this old is not brought through it") {
  Way way({{"Card", "4.0"}});
  auto& entry = way.entry("Card", "3.0");
  way.via(entry, {"3.5"});
  entry.allow_downgrade = true;
  way.fleet.inventory.at("web-01").components.front().lowest_supported_version = "3.2";
  CHECK(changes(way.plan()) == Texts{"blocked FF0326 Card"});
}

TEST_CASE("A version on the way without an image is looked up in the catalog") {
  Way way({{"Card", "1.0"}});
  auto& entry = way.entry("Card", "3.0");
  entry.via.push_back({.version = way.fleet.text("2.0")});
  CHECK(changes(way.plan()) == Texts{"blocked FF0369 Card"});

  auto& card = way.fleet.inventory.at("web-01").components.front();
  card.targets = {"aaaa"};
  way.fleet.catalog.add({.name = "card2.fwpkg",
                         .path = "/images/card2.fwpkg",
                         .size = 1,
                         .sha256 = std::string(64, 'b'),
                         .package = catalog::PackageMetadata{.devices = {{"Card", "aaaa", "2.0"}}}});
  CHECK(steps(way.plan()).front() == "flash Card card2.fwpkg");
}

TEST_CASE("A requirement that only a restart fulfils takes a round of its own, and the plan says why") {
  Way way({{"Card", "1.0"}, {"Rom", "1.0"}});
  way.entry("Card", "2.0").requires_ = {way.fleet.text("Rom >= 2.0")};
  way.entry("Rom", "2.0");
  const Plan plan = way.plan();
  CHECK(steps(plan) ==
        Texts{"flash Rom Rom-2.0.bin", "reset_host Rom", "verify Rom", "flash Card Card-2.0.bin", "verify Card"});
  CHECK(plan.actions[1].because == Texts{"activates Rom"});
  // What the restart brought is seen before the next step begins.
  CHECK(plan.actions[3].needs == std::vector<plan::ActionId>{2});
}

TEST_CASE("A diamond of requirements shares what it can") {
  Way way({{"Base", "1.0"}, {"Left", "1.0"}, {"Right", "1.0"}, {"Top", "1.0"}});
  way.entry("Top", "2.0").requires_ = {way.fleet.text("Left >= 2.0"), way.fleet.text("Right >= 2.0")};
  way.entry("Left", "2.0").requires_ = {way.fleet.text("Base >= 2.0")};
  way.entry("Right", "2.0").requires_ = {way.fleet.text("Base >= 2.0")};
  way.entry("Base", "2.0");
  const Plan plan = way.plan();
  const Texts order = steps(plan);
  const auto place = [&](const std::string& step) { return std::ranges::find(order, step) - order.begin(); };
  CHECK(place("flash Base Base-2.0.bin") < place("flash Left Left-2.0.bin"));
  CHECK(place("flash Base Base-2.0.bin") < place("reset_host Right"));
  CHECK(place("reset_host Right") < place("flash Top Top-2.0.bin"));
  CHECK(place("flash Left Left-2.0.bin") < place("flash Top Top-2.0.bin"));
  CHECK(std::ranges::count(plan.actions, ActionType::reset_host, &Action::type) == 1);
}

TEST_CASE("Firmware that must change together shares one restart") {
  Way way({{"Ra", "1.0"}, {"Rb", "1.0"}});
  way.entry("Ra", "2.0").conflicts = {way.fleet.text("Rb < 2.0")};
  way.entry("Rb", "2.0").conflicts = {way.fleet.text("Ra < 2.0")};
  CHECK(steps(way.plan()) ==
        Texts{"flash Ra Ra-2.0.bin", "flash Rb Rb-2.0.bin", "reset_host Ra Rb", "verify Ra", "verify Rb"});
}

TEST_CASE("Firmware that must not share a restart does not") {
  Way way({{"Ra", "1.0"}, {"Rb", "1.0"}, {"Rc", "1.0"}});
  way.entry("Ra", "2.0").separate_restart = {way.fleet.text("Rb")};
  way.entry("Rb", "2.0");
  way.entry("Rc", "2.0");
  const Plan plan = way.plan();
  std::vector<const Action*> resets;
  for (const Action& action : plan.actions) {
    if (action.type == ActionType::reset_host) resets.push_back(&action);
  }
  REQUIRE(resets.size() == 2);
  CHECK(resets[0]->because.size() == 1);
  REQUIRE(resets[1]->because.size() == 2);
  CHECK(resets[1]->because[1] == "Ra and Rb must not share a restart");
}

TEST_CASE("Constraints of the baseline order upgrades and downgrades, each the right way round") {
  Way way({{"Bmc", "1.0"}, {"Card", "1.0"}});
  manifest::Constraint constraint{
      .when = way.fleet.text("Card >= 2.0"), .requires_ = {way.fleet.text("Bmc >= 2.0")}, .conflicts = {}, .span = {}};
  way.fleet.baseline->constraints = {constraint};
  SECTION("up: what is required first") {
    way.entry("Card", "2.0");
    way.entry("Bmc", "2.0");
    CHECK(steps(way.plan()).front() == "flash Bmc Bmc-2.0.bin");
  }
  SECTION("down: what requires it first") {
    for (auto& one : way.fleet.inventory.at("web-01").components) one.version = "2.0";
    way.entry("Bmc", "1.0").allow_downgrade = true;
    way.entry("Card", "1.0").allow_downgrade = true;
    CHECK(steps(way.plan()).front() == "flash Card Card-1.0.bin");
  }
  SECTION("what would break it is blocked, with the line that says so") {
    way.entry("Card", "2.0");
    const Plan plan = way.plan();
    CHECK(changes(plan) == Texts{"blocked FF0361 Card"});
    CHECK(last_reason(plan, "Card").text.find("while Card >= 2.0, also Bmc >= 2.0") != std::string::npos);
  }
  SECTION("it says nothing of hosts without the component") {
    way.fleet.baseline->constraints.front().requires_ = {way.fleet.text("Other >= 1.0")};
    way.entry("Card", "2.0");
    CHECK(changes(way.plan()) == Texts{"update Card"});
  }
}

TEST_CASE("Constraints that contradict each other are shown together, and nothing else is held up") {
  Way way({{"Ra", "1.0"}, {"Rb", "1.0"}, {"Free", "1.0"}});
  way.entry("Ra", "2.0").requires_ = {way.fleet.text("Rb >= 2.0")};
  way.entry("Rb", "2.0").requires_ = {way.fleet.text("Ra >= 2.0")};
  way.entry("Free", "2.0");
  const Parsed<Plan> planned = way.fleet.plan();
  REQUIRE(planned.value);
  CHECK(changes(*planned.value) == Texts{"update Free", "blocked FF0361 Ra", "blocked FF0361 Rb"});
  const auto diagnostics = planned.diagnostics.sorted();
  const auto found = std::ranges::find(diagnostics, Code::no_legal_path, &Diagnostic::code);
  REQUIRE(found != diagnostics.end());
  CHECK(found->primary->text == "Ra 2.0 requires Rb >= 2.0");
  REQUIRE(found->secondary.size() == 1);
  CHECK(found->secondary.front().text == "Rb 2.0 requires Ra >= 2.0");
  CHECK(found->subject.starts_with("web-01/"));
}

TEST_CASE("A requirement may stand on the way, too") {
  Way way({{"Card", "1.0"}, {"Base", "1.0"}});
  auto& entry = way.entry("Card", "3.0");
  way.via(entry, {"2.0"});
  entry.via.front().requires_ = {way.fleet.text("Base >= 2.0")};
  entry.conflicts = {way.fleet.text("Base < 2.0")};
  way.entry("Base", "2.0");
  CHECK(steps(way.plan()).front() == "flash Base Base-2.0.bin");
}

TEST_CASE("Drives that one request flashes together come to each version together") {
  SmallFleet fleet;
  auto& entry = fleet.entry("Drive", "3.0", "drive3.bin");
  entry.every = true;
  fleet.image("drive2.bin");
  entry.via.push_back({.version = fleet.text("2.0"), .image = fleet.text("drive2.bin")});
  fleet.add(host("web-01", {component("Drive.1", "Drive", "1.0"), component("Drive.2", "Drive", "2.0")}));
  const auto at_once = [](Recipe& recipe) { recipe.actions.front().request->body.object().set("Targets", "all"); };
  const Parsed<Plan> planned = fleet.plan(at_once);
  REQUIRE(planned.value);
  CHECK(steps(*planned.value) == Texts{"flash Drive.1 drive2.bin", "verify Drive.1", "flash Drive.1 Drive.2 drive3.bin",
                                       "verify Drive.1", "verify Drive.2"});
}

TEST_CASE("H32: a host that must stay on is held on after the flash, before anything else happens") {
  Way way({{"Card", "1.0"}, {"Rom", "1.0"}});
  way.entry("Rom", "2.0").power = {.state = "On", .hold = 10min};
  const Plan plan = way.plan();
  CHECK(steps(plan) == Texts{"flash Rom Rom-2.0.bin", "hold Rom", "reset_host Rom", "verify Rom"});
  const Condition on{.type = Condition::Type::power_state, .value = "On"};
  CHECK(std::ranges::find(plan.actions[0].preconditions, on) != plan.actions[0].preconditions.end());
  CHECK(plan.actions[1].expected == 10min);
  CHECK(plan.actions[1].postconditions == std::vector{on});
  CHECK_FALSE(plan.actions[1].request);
  way.fleet.inventory.at("web-01").system.power_state = "Off";
  CHECK(changes(way.plan()) == Texts{"blocked FF0368 Rom"});
}

TEST_CASE("The BMC's queue takes the first step of a way, and the plan says that more is to come") {
  OneHost host({component("Card", "Card", "1.0"), bios("U46 v1.80 (07/05/2023)")});
  auto& entry = host.fleet.entry("Card", "3.0", "card3.bin");
  entry.via.push_back({.version = host.fleet.text("2.0"), .image = host.fleet.text("card2.bin")});
  host.fleet.image("card2.bin");
  host.fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin").requires_ = {host.fleet.text("Card >= 3.0")};
  host.fleet.window(host.desired(), kNow + 10h, kNow + 14h);
  const Plan plan = plan_of(host.fleet);
  CHECK(change_of(plan, "Card").kind == ChangeKind::update);
  CHECK(change_of(plan, "Card").path == Texts{"2.0"});
  CHECK(has_reason(change_of(plan, "Card"), Code::path_continues));
  CHECK(change_of(plan, "SystemRomActive").kind == ChangeKind::pending);
  CHECK(change_of(plan, "SystemRomActive").actions.empty());
  CHECK(has_reason(change_of(plan, "SystemRomActive"), Code::path_continues));
  for (const Action& action : plan.actions) CHECK((!action.image || action.image->name == "card2.bin"));
}

TEST_CASE("What earlier runs took is what the plan expects") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  plan::Estimates estimates;
  for (const auto took : {30min, 31min, 32min}) {
    estimates.add({.provider = "fake",
                   .model = "ProLiant DL360 Gen10 Plus",
                   .component = "SystemBMC",
                   .type = ActionType::flash,
                   .took = took});
  }
  const SourceMap sources = fleet.lines.sources();
  plan::Inputs inputs = fleet.inputs(sources);
  inputs.estimates = &estimates;
  const Parsed<Plan> planned = plan::make_plan(inputs, fake_providers());
  REQUIRE(planned.value);
  CHECK(planned.value->actions.front().expected == 32min);
  CHECK(planned.value->actions.front().deadline == 64min);
  CHECK(planned.value->actions.back().expected == 1min);
}

TEST_CASE("Work of others is waited for where the manifest says so") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  auto snapshot = host("web-01", {bmc("2.46")});
  snapshot.tasks.push_back({"/redfish/v1/TaskService/Tasks/7", "Update", "Running", 12});
  fleet.add(snapshot);
  CHECK(changes(plan_of(fleet)) == Texts{"blocked FF0318 SystemBMC"});
  fleet.desired.policies.foreign_work = manifest::ForeignWork::wait;
  const Plan plan = plan_of(fleet);
  CHECK(changes(plan) == Texts{"update SystemBMC"});
  CHECK(has_reason(change_of(plan, "SystemBMC"), Code::foreign_work));
  CHECK(plan.foreign_work == manifest::ForeignWork::wait);
}

TEST_CASE("Settings that a flash may change are put back at the end, where the manifest says so") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  fleet.desired.config_guard = manifest::ConfigGuard{
      .categories = {{"bios", manifest::GuardAction::restore}, {"boot", manifest::GuardAction::fail}}, .span = {}};
  const Plan plan = plan_of(fleet);
  CHECK(steps(plan) == Texts{"flash SystemBMC ilo5.bin", "verify SystemBMC", "restore bios"});
  CHECK(plan.actions.back().needs == std::vector<plan::ActionId>{1});
  CHECK(plan.config_guard.size() == 2);
}

}  // namespace firmform::tests
