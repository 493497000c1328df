// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/naming.h"
#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using inventory::QueueState;

const std::string kName = plan::queue_entry_name("queued-card.bin", std::string(64, 'a'), {"Card"});

/// A card that the boot firmware installs from the queue.
OneHost host_with_card() {
  OneHost host({bmc("3.11"), component("Card", "Card", "1.0")});
  host.fleet.inventory.at("web-01").components.front().reset_required = true;
  host.fleet.entry("Card", "2.0", "queued-card.bin");
  return host;
}

void put(OneHost& host, const std::string& name, QueueState state, const std::string& window = {}) {
  host.staging().queue.push_back({.step = by_bmc(name, "x.bin"), .state = state, .window_id = window});
}

const Change& card(const Plan& plan) {
  return change_of(plan, "Card");
}

}  // namespace

TEST_CASE("Firmware through the queue is stored, queued, activated by a restart, seen, and cleaned up after") {
  CHECK(actions(plan_of(host_with_card().fleet)) == Texts{"store repository:queued-card.bin", "create queue:" + kName,
                                                          "restart the server", "see that Card is 2.0",
                                                          "remove queue:" + kName});
}

TEST_CASE("Work in a window that the BMC has in its queue is pending, and nothing is sent") {
  OneHost host = host_with_card();
  host.fleet.window(host.desired(), kNow + 10h, kNow + 14h);
  const std::string window = "saturday-night 2026-11-21T14:00Z";
  host.staging().windows = {{.id = "w", .name = window, .start = kNow + 10h, .end = kNow + 14h}};
  put(host, kName, QueueState::pending, "w");
  put(host, plan::command_entry_name("ResetServer", "x"), QueueState::pending, "w");
  host.staging().queue.back().step.command = "ResetServer";
  const Plan plan = plan_of(host.fleet);
  CHECK(changes(plan) == Texts{"pending Card"});
  CHECK(plan.actions.empty());
  CHECK(card(plan).reasons.front().code == Code::work_pending);
  CHECK(card(plan).reasons.front().text.find("opens 2026-11-21T14:00:00Z") != std::string::npos);
  CHECK(card(plan).scheduled->window == window);
  CHECK(host.fleet.plan().diagnostics.empty());

  SECTION("also while the BMC is busy with it") {
    host.staging().queue.front().state = QueueState::in_progress;
    host.fleet.inventory.at("web-01").tasks.push_back({"/t/1", "Update", "Running", {}});
    CHECK(changes(plan_of(host.fleet)) == Texts{"pending Card"});
  }
  SECTION("and installed firmware waits for the restart that is queued") {
    host.staging().queue.front().state = QueueState::complete;
    CHECK(changes(plan_of(host.fleet)) == Texts{"pending Card"});
  }
  SECTION("a restart that got lost is put behind it") {
    host.staging().queue.pop_back();
    const Texts found = changes(plan_of(host.fleet));
    REQUIRE(found.size() == 2);
    CHECK(found.back().ends_with("ResetServer"));
  }
  SECTION("but not when its window passed it by") {
    host.staging().clock = host.fleet.inventory.at("web-01").captured_at = host.fleet.now = kNow + 20h;
    auto& declared = const_cast<manifest::Window&>(*host.desired().window->window);
    declared.start = kNow + 30h;
    declared.end = kNow + 34h;
    CHECK(card(plan_of(host.fleet)).kind == ChangeKind::update);
  }
}

TEST_CASE("Our entry that failed or did not take is removed and made anew, with its result") {
  for (const QueueState state :
       {QueueState::exception, QueueState::expired, QueueState::canceled, QueueState::complete}) {
    OneHost host = host_with_card();
    put(host, kName, state);
    host.staging().queue.front().result = "FlashFailed";
    const Plan plan = plan_of(host.fleet);
    CHECK(actions(plan).front() == "remove queue:" + kName);
    CHECK(std::ranges::count(actions(plan), "create queue:" + kName) == 1);
    CHECK(card(plan).reasons.front().code == Code::queue_entry_failed);
  }
}

TEST_CASE("A part of the work in the queue is no work: all of it is made anew") {
  OneHost host = host_with_card();
  host.fleet.window(host.desired(), kNow + 10h, kNow + 14h);
  const auto restart_first = [](Recipe& recipe) {
    plan::Action restart = recipe.actions.back();
    restart.postconditions = {{.type = plan::Condition::Type::resource_present,
                               .component = "queue:firmform 0badcafe ResetServer",
                               .value = "firmform 0badcafe ResetServer|ResetServer||"}};
    restart.components = {"queue:firmform 0badcafe ResetServer"};
    restart.summary = "restart first";
    recipe.needs_host_reset = false;
    recipe.actions.insert(recipe.actions.end() - 1, restart);
  };
  put(host, "firmform 0badcafe ResetServer", QueueState::pending);
  host.staging().queue.front().step.command = "ResetServer";
  const Plan part = *host.fleet.plan(restart_first).value;
  CHECK(actions(part).front() == "remove queue:firmform 0badcafe ResetServer");
  CHECK(card(part).reasons.front().code == Code::queue_entry_failed);
  put(host, kName, QueueState::pending);
  CHECK(changes(*host.fleet.plan(restart_first).value) == Texts{"pending Card"});
  host.staging().queue.front().state = QueueState::complete;
  CHECK(changes(*host.fleet.plan(restart_first).value) == Texts{"pending Card"});
}

TEST_CASE("An entry of ours that waits only for the restart gets the restart") {
  OneHost host = host_with_card();
  put(host, kName, QueueState::pending);
  CHECK(actions(plan_of(host.fleet)) == Texts{"restart the server", "see that Card is 2.0", "remove queue:" + kName});
}

TEST_CASE("H14: a foreign entry that blocks the queue is removed only where the manifest allows it") {
  OneHost host = host_with_card();
  put(host, "theirs", QueueState::exception);
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0340 Card"});
  host.fleet.desired.policies.clear_foreign_queue = manifest::Permission::allow;
  CHECK(actions(plan_of(host.fleet)).front() == "remove queue:theirs");
}

TEST_CASE("H15: nothing is put behind work for an agent that does not run") {
  OneHost host = host_with_card();
  put(host, "theirs", QueueState::pending);
  host.staging().queue.front().step.updatable_by = {inventory::Updater::agent};
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0341 Card"});
  host.staging().agent = {.service_state = "Running", .mode = "AutoDeploy", .version = "2.9"};
  CHECK(card(plan_of(host.fleet)).kind == ChangeKind::update);
}

TEST_CASE("H28: open entries of others stay, and the plan says that they run first or with the restart") {
  OneHost host = host_with_card();
  put(host, "theirs", QueueState::pending);
  host.staging().queue.front().step.updatable_by = {inventory::Updater::uefi};
  host.fleet.desired.policies.clear_foreign_queue = manifest::Permission::allow;
  const Plan plan = plan_of(host.fleet);
  CHECK(std::ranges::count(actions(plan), "remove queue:theirs") == 0);
  REQUIRE_FALSE(card(plan).reasons.empty());
  CHECK(card(plan).reasons.front().code == Code::foreign_queue_entry);
  CHECK(card(plan).reasons.front().text.find("restart that it needs also runs \"theirs\"") != std::string::npos);
}

TEST_CASE("Our finished entries go with other work, and not by themselves") {
  OneHost host;
  put(host, "firmform 0badcafe old.bin", QueueState::complete);
  CHECK(actions(plan_of(host.fleet)).empty());
  host.fleet.image("a.bin");
  host.fleet.repository(host.desired(), {"a.bin"});
  CHECK(actions(plan_of(host.fleet)) == Texts{"remove queue:firmform 0badcafe old.bin", "store repository:a.bin"});
}

TEST_CASE("Work of ours that the manifest does not ask for any more is pointed out, and left in the queue") {
  OneHost host;
  put(host, "firmform 0badcafe old.bin", QueueState::pending);
  CHECK(actions(plan_of(host.fleet)).empty());
  const std::vector<Diagnostic> found = host.fleet.plan().diagnostics.sorted();
  REQUIRE(found.size() == 1);
  CHECK(found.front().code == Code::queue_leftover);
  CHECK(found.front().severity == Severity::warning);
}

TEST_CASE("Our entry that blocks the queue is removed even where nothing else is to do") {
  OneHost host;
  put(host, "firmform 0badcafe old.bin", QueueState::expired);
  CHECK(actions(plan_of(host.fleet)) == Texts{"remove queue:firmform 0badcafe old.bin"});
}

TEST_CASE("A host whose flash was cut off is not restarted, except to try again") {
  OneHost host({bmc("3.11"), bios("U46 v1.80 (07/05/2023)")});
  host.fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  host.fleet.inventory.at("web-01").incidents = {{"SystemBMC", "the flash of the iLO was cut off."}};
  const Plan plan = plan_of(host.fleet);
  CHECK(changes(plan) == Texts{"blocked FF0348 SystemRomActive"});
  CHECK(change_of(plan, "SystemRomActive").reasons.front().help ==
        Texts{"retry: flashes the same image again", "recovery-set: not available: there is none"});
  host.fleet.inventory.at("web-01").incidents.front().component = "SystemRomActive";
  const Plan retry = plan_of(host.fleet);
  CHECK(change_of(retry, "SystemRomActive").kind == ChangeKind::update);
  CHECK(change_of(retry, "SystemRomActive").reasons.front().code == Code::update_interrupted);
}

}  // namespace firmform::tests
