// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/support/small_fleet.h"

namespace firmform::tests {

using plan::check;
using Type = plan::Condition::Type;

TEST_CASE("A condition holds or says why not") {
  inventory::HostSnapshot server = host("web-01", {bmc("3.11 Feb 25 2025")});
  server.system.uuid = "4C4C4544-0042";

  SECTION("the machine is recognised by serial or UUID, in either case") {
    CHECK_FALSE(check({.type = Type::same_system, .value = "SN-web-01"}, server));
    CHECK_FALSE(check({.type = Type::same_system, .value = "4c4c4544-0042"}, server));
    CHECK(check({.type = Type::same_system, .value = "SN-web-02"}, server) ==
          "this is another machine: the plan was made for SN-web-02, and the BMC shows SN-web-01");
  }
  SECTION("an installed version is compared byte by byte, a wanted one by its scheme") {
    CHECK_FALSE(
        check({.type = Type::installed_version, .component = "SystemBMC", .value = "3.11 Feb 25 2025"}, server));
    CHECK(check({.type = Type::installed_version, .component = "SystemBMC", .value = "3.11"}, server));
    CHECK_FALSE(check({.type = Type::wanted_version, .component = "SystemBMC", .value = "3.11"}, server));
    CHECK(check({.type = Type::wanted_version, .component = "SystemBMC", .value = "3.12"}, server) ==
          "SystemBMC has \"3.11 Feb 25 2025\", wanted is \"3.12\"");
    CHECK(check({.type = Type::wanted_version, .component = "Ghost", .value = "3.12"}, server) ==
          "Ghost is not in the inventory");
  }
  SECTION("a component without a version is only as it was") {
    server.components.front().version.reset();
    CHECK_FALSE(check({.type = Type::installed_version, .component = "SystemBMC", .value = ""}, server));
    CHECK(check({.type = Type::wanted_version, .component = "SystemBMC", .value = "3.11"}, server));
  }
  SECTION("work on the BMC is seen in tasks, in the vendor's state and in components") {
    const plan::Condition idle{.type = Type::update_service_idle};
    for (const char* rest : {"", "Idle", "Complete", "Error"}) {
      server.update.state = rest;
      CHECK_FALSE(check(idle, server));
    }
    for (const char* work : {"Uploading", "Updating", "SomethingNew"}) {
      server.update.state = work;
      CHECK(check(idle, server));
    }
    server.update.state = "Idle";
    server.components.front().state = "Updating";
    CHECK(check(idle, server));
    server.components.front().state = "Enabled";
    server.tasks.push_back({"/redfish/v1/TaskService/Tasks/1", "Update", "New", {}});
    CHECK(check(idle, server) == "a task runs on the BMC: Update (/redfish/v1/TaskService/Tasks/1, New)");
  }
  SECTION("power and readiness are facts of the system") {
    CHECK_FALSE(check({.type = Type::power_state, .value = "on"}, server));
    CHECK(check({.type = Type::power_state, .value = "Off"}, server));
    CHECK_FALSE(check({.type = Type::host_ready}, server));
    server.system.discovery_complete = false;
    CHECK(check({.type = Type::host_ready}, server));
  }
  SECTION("resources are compared by their content") {
    const plan::Condition there{.type = Type::resource_present, .component = "repository:a.bin", .value = "7 bytes"};
    const plan::Condition gone{.type = Type::resource_absent, .component = "repository:a.bin"};
    CHECK(check(there, server) == "the BMC shows no repository, queue, windows or install sets");
    server.staging = empty_staging();
    CHECK(check(there, server) == "repository:a.bin is not on the BMC");
    CHECK_FALSE(check(gone, server));
    server.staging->repository->images = {{.file = "a.bin", .size = 7}};
    CHECK_FALSE(check(there, server));
    CHECK(check(gone, server) == "repository:a.bin is on the BMC");
    server.staging->repository->images.front().size = 8;
    CHECK(check(there, server) == "repository:a.bin is \"8 bytes\", wanted is \"7 bytes\"");
  }
  SECTION("a queue is unblocked when every entry in it can end") {
    const plan::Condition unblocked{.type = Type::queue_unblocked};
    CHECK_FALSE(check(unblocked, server));
    server.staging = empty_staging();
    server.staging->queue = {{.step = {.name = "theirs"}}};
    CHECK_FALSE(check(unblocked, server));
    server.staging->queue.front().is_bound = false;
    CHECK(check(unblocked, server) == "\"theirs\" (Pending) blocks the installation queue");
  }
  SECTION("a BMC's clock agrees within the given seconds, ahead or behind") {
    const plan::Condition agrees{.type = Type::clock_agrees, .value = "120"};
    server.captured_at = kNow;
    CHECK_FALSE(check(agrees, server));
    server.staging = empty_staging();
    for (const int seconds : {-120, 0, 120}) {
      server.staging->clock = kNow + std::chrono::seconds(seconds);
      CHECK_FALSE(check(agrees, server));
    }
    for (const int seconds : {-121, 121}) {
      server.staging->clock = kNow + std::chrono::seconds(seconds);
      CHECK(check(agrees, server));
    }
  }
  SECTION("nothing holds for a host that could not be read") {
    CHECK(check({.type = Type::host_ready}, unreachable("web-01")));
  }
}

}  // namespace firmform::tests
