// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/reset_action.h"

#include <catch2/catch.hpp>

using namespace firmform;

namespace {

const Providers& providers() {
  static const Providers all = all_providers();
  return all;
}

inventory::HostSnapshot host() {
  inventory::HostSnapshot host;
  host.name = "web-01";
  host.system.power_state = "On";
  host.system.reset_target = "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset";
  host.system.reset_types = {"On", "ForceOff", "GracefulShutdown", "ForceRestart", "GracefulRestart"};
  host.manager.reset_target = "/redfish/v1/Managers/1/Actions/Manager.Reset";
  host.manager.reset_types = {"ForceRestart", "GracefulRestart"};
  return host;
}

const Provider& standard() {
  return *providers().all().back();
}

}  // namespace

TEST_CASE("Without a type the provider chooses the restart of the host") {
  const auto action = cli::host_reset_action(host(), standard(), {});
  REQUIRE(action);
  CHECK(action->type == plan::ActionType::reset_host);
  CHECK(action->request->body["ResetType"] == "GracefulRestart");
  CHECK(action->completion == plan::Completion::host_ready);
}

TEST_CASE("Switching off waits for no POST") {
  const auto action = cli::host_reset_action(host(), standard(), "ForceOff");
  REQUIRE(action);
  CHECK(action->completion == plan::Completion::immediate);
  REQUIRE(action->postconditions.size() == 1);
  CHECK(action->postconditions.front().value == "Off");
}

TEST_CASE("A host that is off can be switched on, though not restarted") {
  inventory::HostSnapshot off = host();
  off.system.power_state = "Off";
  CHECK_FALSE(cli::host_reset_action(off, standard(), {}));
  CHECK(cli::host_reset_action(off, standard(), "On"));
}

TEST_CASE("A type that is not offered is refused with those that are") {
  const auto wrong = cli::host_reset_action(host(), standard(), "GracefulRestar");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code() == Code::reset_not_offered);
  REQUIRE(wrong.error().help().size() == 2);
  CHECK(wrong.error().help()[0] == "it offers: On, ForceOff, GracefulShutdown, ForceRestart, GracefulRestart");
  CHECK(wrong.error().help()[1] == "did you mean `GracefulRestart`?");
}

TEST_CASE("The BMC restarts gracefully where it offers that") {
  const auto action = cli::bmc_reset_action(host(), {});
  REQUIRE(action);
  CHECK(action->request->target == "/redfish/v1/Managers/1/Actions/Manager.Reset");
  CHECK(action->request->body["ResetType"] == "GracefulRestart");
  CHECK(action->completion == plan::Completion::bmc_back);
  CHECK_FALSE(cli::bmc_reset_action(host(), "ForceOff"));
}
