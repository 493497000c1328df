// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/direct.h"

#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;

class Terminal {
 public:
  Plan ask(std::vector<ResourceWrite> writes, std::optional<plan::Action> reset = {}) {
    const SourceMap sources = host.fleet.lines.sources();
    std::vector<plan::DirectRequest> requests;
    requests.push_back({.desired = &host.desired(),
                        .snapshot = &host.fleet.inventory.at("web-01"),
                        .writes = std::move(writes),
                        .reset = std::move(reset)});
    Parsed<Plan> planned = plan::make_direct_plan(host.fleet.inputs(sources), fake_providers(), requests);
    REQUIRE(planned.value);
    return *planned.value;
  }

  const catalog::CatalogImage& image(const std::string& name) {
    host.fleet.image(name);
    return *host.fleet.catalog.find(name);
  }

  OneHost host;
};

inventory::QueueEntry entry(const std::string& name, const std::string& file,
                            inventory::QueueState state = inventory::QueueState::pending) {
  return {.step = by_bmc(name, file), .state = state};
}

plan::Action reset_of(const inventory::HostSnapshot& host) {
  return std::get<plan::Action>(FakeProvider().plan_host_reset(host, {}));
}

}  // namespace

TEST_CASE("What a person asks for is done in the order in which it was asked") {
  Terminal terminal;
  const catalog::CatalogImage& a = terminal.image("a.bin");
  terminal.host.store("old.bin");
  const Plan plan = terminal.ask({StoreImage{a}, Enqueue{entry("flash a", "a.bin")},
                                  RemoveImage{terminal.host.staging().repository->images.front()}});
  CHECK(actions(plan) == Texts{"store repository:a.bin", "create queue:flash a", "remove repository:old.bin"});
  CHECK(plan.actions[1].needs == std::vector<plan::ActionId>{0});
}

TEST_CASE("A check of the firmware is an invocation, on a BMC that keeps nothing as well") {
  Terminal terminal;
  const Plan plan = terminal.ask({CheckIntegrity{}});
  CHECK(changes(plan) == Texts{"invoke integrity"});
  CHECK(actions(plan) == Texts{"check the firmware"});
  terminal.host.fleet.inventory.at("web-01").staging.reset();
  CHECK(changes(terminal.ask({CheckIntegrity{}})) == Texts{"invoke integrity"});
}

TEST_CASE("An image that is there already is not sent again") {
  Terminal terminal;
  const catalog::CatalogImage& a = terminal.image("a.bin");
  terminal.host.store("a.bin");
  CHECK(terminal.ask({StoreImage{a}}).actions.empty());
}

TEST_CASE("The engine's own rules hold for a person, too") {
  Terminal terminal;
  inventory::Staging& staging = terminal.host.staging();
  SECTION("a full repository") {
    staging.repository->free_bytes = 1;
    CHECK(changes(terminal.ask({StoreImage{terminal.image("a.bin")}})) == Texts{"blocked FF0337 repository:a.bin"});
  }
  SECTION("a locked image, unless what locks it goes first") {
    terminal.host.store("a.bin", kMebi, true);
    staging.queue = {entry("theirs", "a.bin")};
    const inventory::StoredImage image = staging.repository->images.front();
    CHECK(changes(terminal.ask({RemoveImage{image}})) == Texts{"blocked FF0338 repository:a.bin"});
    CHECK(actions(terminal.ask({Dequeue{staging.queue.front()}, RemoveImage{image}})) ==
          Texts{"remove queue:theirs", "remove repository:a.bin"});
  }
  SECTION("too many windows") {
    for (int i = 0; i < 8; ++i) staging.windows.push_back({.name = std::to_string(i)});
    CHECK(changes(terminal.ask({CreateWindow{{.name = "ninth"}}})) == Texts{"blocked FF0342 window:ninth"});
  }
  SECTION("too many sets") {
    for (int i = 0; i < 8; ++i) staging.install_sets.push_back({.name = std::to_string(i)});
    CHECK(changes(terminal.ask({CreateInstallSet{{.name = "ninth"}}})) == Texts{"blocked FF0346 install-set:ninth"});
  }
  SECTION("the recovery set") {
    const inventory::InstallSet set{.name = "System Recovery Set", .is_recovery = true};
    CHECK(changes(terminal.ask({RemoveInstallSet{set}})) == Texts{"blocked FF0353 install-set:System Recovery Set"});
  }
  SECTION("an entry that the BMC works on") {
    CHECK(changes(terminal.ask({Dequeue{entry("busy", "a.bin", inventory::QueueState::in_progress)}})) ==
          Texts{"blocked FF0318 queue:busy"});
  }
  SECTION("an entry without its image") {
    CHECK(changes(terminal.ask({Enqueue{entry("flash", "gone.bin")}})) == Texts{"blocked FF0308 queue:flash"});
  }
  SECTION("a blocked queue") {
    terminal.host.store("a.bin");
    staging.queue = {entry("theirs", "a.bin", inventory::QueueState::exception)};
    CHECK(changes(terminal.ask({Enqueue{entry("flash", "a.bin")}})) == Texts{"blocked FF0340 queue:flash"});
    CHECK(actions(terminal.ask({Dequeue{staging.queue.front()}, Enqueue{entry("flash", "a.bin")}})).size() == 2);
  }
  SECTION("a BMC that keeps nothing") {
    terminal.host.fleet.inventory.at("web-01").staging.reset();
    CHECK(changes(terminal.ask({CreateWindow{{.name = "w"}}})) == Texts{"blocked FF0347 staging"});
  }
  SECTION("a host that could not be read") {
    terminal.host.fleet.inventory.at("web-01").status = inventory::HostStatus::unreachable;
    CHECK(terminal.ask({CreateWindow{{.name = "w"}}}).hosts.front().problems.size() == 1);
  }
}

TEST_CASE("An invoked set appends its steps, under names that must be free") {
  Terminal terminal;
  const inventory::InstallSet set{.name = "golden", .steps = {by_bmc("a", "a.bin")}};
  const Plan plan = terminal.ask({InvokeInstallSet{.set = set}});
  CHECK(plan.changes.front().kind == ChangeKind::invoke);
  CHECK_FALSE(plan.changes.front().scheduled);

  terminal.host.staging().queue = {entry("a", "a.bin")};
  CHECK(changes(terminal.ask({InvokeInstallSet{.set = set}})) == Texts{"blocked FF0340 install-set:golden"});
  const Plan cleared = terminal.ask({InvokeInstallSet{.set = set, .clear_queue = true}});
  CHECK(cleared.changes.front().kind == ChangeKind::invoke);
  CHECK(cleared.changes.front().reasons.front().code == Code::foreign_queue_entry);
}

TEST_CASE("Work for a window that is made by the same request is scheduled in it") {
  Terminal terminal;
  terminal.host.store("a.bin");
  inventory::QueueEntry later = entry("flash", "a.bin");
  later.window_id = "id of tonight";
  const Plan plan =
      terminal.ask({CreateWindow{{.name = "tonight", .start = kNow + 10h, .end = kNow + 12h}}, Enqueue{later}});
  const Change& queued = change_of(plan, "queue:flash");
  REQUIRE(queued.scheduled);
  CHECK(queued.scheduled->window == "tonight");
  CHECK(queued.scheduled->start == kNow + 10h);
}

TEST_CASE("A restart that is asked for is a change of its own, and obeys the policy") {
  Terminal terminal;
  const plan::Action reset = reset_of(terminal.host.fleet.inventory.at("web-01"));
  const Plan plan = terminal.ask({}, reset);
  CHECK(changes(plan) == Texts{"invoke restart:host"});
  CHECK(actions(plan) == Texts{"restart the server"});
  terminal.host.fleet.desired.policies.reboot = manifest::RebootPolicy::deny;
  CHECK(changes(terminal.ask({}, reset)) == Texts{"blocked FF0315 restart:host"});
}

}  // namespace firmform::tests
