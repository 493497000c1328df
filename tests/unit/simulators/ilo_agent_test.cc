// SPDX-License-Identifier: Apache-2.0
// ilo.md 11.4
#include "tests/unit/simulators/ilo_parts.h"

namespace firmform::simulators {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string kOfAgent = R"({"Name":"nic","Command":"ApplyUpdate","Filename":"nic.rpm"})";

struct AgentBench : PartsBench {
  explicit AgentBench(const std::string& mode, const std::string& model = "ilo6")
      : PartsBench(model), agent(owner, queue, with_mode(mode)) {}
  static IloAgentSettings with_mode(const std::string& mode) {
    IloAgentSettings settings;
    settings.mode = mode;
    return settings;
  }
  IloAgent agent;
};

TEST_CASE("the iLO shows the agent's mode, state and interval") {
  AgentBench bench("AutoDeploy", "ilo5");
  const json::Value shown = bench.agent.resource("/redfish/v1/systems/1/hpsut");
  CHECK(shown.text("@odata.id") == "/redfish/v1/systems/1/hpsut");
  CHECK(shown.text("@odata.type") == "#SUT.v2_5_6.SUT");
  CHECK(shown.text("Mode") == "AutoDeploy");
  CHECK(shown.text("ServiceState") == "Running");
  CHECK(shown["PollingIntervalInMinutes"].as_int() == 5);
  const json::Value settings = bench.agent.settings_resource("/redfish/v1/systems/1/hpsut/settings");
  CHECK(settings["EnableiLOQueuedUpdates"].as_bool() == true);
  CHECK(settings["RebootAllowed"].as_bool() == false);
  CHECK(settings["RebootOptions"]["DelaySeconds"].as_int() == 60);
}

TEST_CASE("an agent that was never installed is not shown and does nothing") {
  AgentBench bench("AutoDeploy");
  IloAgentSettings none;
  none.installed = false;
  bench.agent.set(none);
  const std::string id = bench.add(kOfAgent);
  bench.owner.pass(minutes(60));
  CHECK(bench.state(id) == "Pending");
  CHECK(bench.agent.resource("/redfish/v1/systems/1/hpsut").is_null());
  CHECK(bench.agent.settings_resource("/redfish/v1/systems/1/hpsut/settings").is_null());
}

TEST_CASE("an agent in AutoDeploy or AutoDeployReboot takes its entries when it polls") {
  const std::string mode = GENERATE("AutoDeploy", "AutoDeployReboot");
  AgentBench bench(mode);
  const std::string id = bench.add(kOfAgent);
  bench.owner.pass(minutes(4));
  CHECK(bench.state(id) == "Pending");
  bench.owner.pass(minutes(1));
  REQUIRE(bench.state(id) == "InProgress");
  CHECK(bench.owner.begun.front().updater == "RuntimeAgent");
  bench.owner.end_install();
  CHECK(bench.state(id) == "Complete");
}

TEST_CASE("an agent in OnDemand or AutoStage leaves the queue alone") {
  const std::string mode = GENERATE("OnDemand", "AutoStage");
  AgentBench bench(mode);
  const std::string id = bench.add(kOfAgent);
  bench.owner.pass(minutes(120));
  CHECK(bench.state(id) == "Pending");
}

TEST_CASE("an agent that is stopped, told to leave the queue alone or without its system does nothing") {
  AgentBench bench("AutoDeploy");
  IloAgentSettings settings = bench.agent.settings();
  SECTION("stopped") {
    settings.running = false;
  }
  SECTION("queued updates disabled") {
    settings.queued_updates = false;
  }
  SECTION("the system does not run") {
    bench.owner.system_up = false;
  }
  SECTION("the server is off") {
    bench.owner.on = false;
  }
  bench.agent.set(settings);
  const std::string id = bench.add(kOfAgent);
  bench.owner.pass(minutes(60));
  CHECK(bench.state(id) == "Pending");
}

TEST_CASE("an agent goes on with its next entry at once and leaves those of others") {
  AgentBench bench("AutoDeploy");
  bench.add(kOfAgent);
  const std::string second = bench.add(R"({"Name":"nic2","Command":"ApplyUpdate","Filename":"nic.rpm"})");
  const std::string third = bench.add(R"({"Name":"sps","Command":"ApplyUpdate","Filename":"sps.fwpkg"})");
  bench.owner.pass(minutes(5));
  bench.owner.end_install();
  CHECK(bench.state(second) == "InProgress");
  bench.owner.end_install();
  bench.owner.pass(minutes(60));
  CHECK(bench.state(third) == "Pending");
  CHECK(bench.owner.server_resets == 0);
}

TEST_CASE("AutoDeployReboot reboots once, a minute after everything is installed") {
  AgentBench bench("AutoDeployReboot");
  bench.add(kOfAgent);
  bench.add(R"({"Name":"nic2","Command":"ApplyUpdate","Filename":"nic.rpm"})");
  bench.owner.pass(minutes(5));
  bench.owner.end_install();
  bench.owner.end_install();
  bench.owner.pass(seconds(59));
  CHECK(bench.owner.server_resets == 0);
  bench.owner.pass(seconds(2));
  CHECK(bench.owner.server_resets == 1);
  bench.owner.pass(minutes(60));
  CHECK(bench.owner.server_resets == 1);
}

TEST_CASE("AutoDeployReboot does not reboot for what takes no reboot or failed") {
  AgentBench bench("AutoDeployReboot");
  bench.owner.stored["nic.rpm"].activates = "Immediately";
  bench.add(kOfAgent);
  bench.owner.pass(minutes(5));
  SECTION("no reboot needed") {
    bench.owner.end_install();
  }
  SECTION("failed") {
    bench.owner.stored["nic.rpm"].activates = "AfterReboot";
    bench.owner.end_install(Message{"iLO", "UpdateFailed", {"7"}});
  }
  bench.owner.pass(minutes(60));
  CHECK(bench.owner.server_resets == 0);
}

TEST_CASE("an agent carries out resets and waits that are its own") {
  AgentBench bench("AutoDeploy");
  const std::string pause =
      bench.add(R"({"Name":"pause","Command":"Wait","WaitTimeSeconds":30,"UpdatableBy":["RuntimeAgent"]})");
  const std::string reset = bench.add(R"({"Name":"reboot","Command":"ResetServer","UpdatableBy":["RuntimeAgent"]})");
  bench.owner.pass(minutes(5));
  CHECK(bench.state(pause) == "InProgress");
  bench.owner.pass(seconds(31));
  CHECK(bench.state(pause) == "Complete");
  bench.owner.pass(minutes(5));
  CHECK(bench.state(reset) == "Complete");
  CHECK(bench.owner.server_resets == 1);
}

TEST_CASE("the agent polls again after the iLO has restarted") {
  AgentBench bench("AutoDeploy");
  const std::string id = bench.add(kOfAgent);
  bench.restart_ilo();
  bench.agent.ilo_restarted();
  bench.owner.pass(minutes(6));
  CHECK(bench.state(id) == "InProgress");
}

TEST_CASE("a reboot that is due survives a restart of the iLO") {
  AgentBench bench("AutoDeployReboot");
  bench.add(kOfAgent);
  bench.owner.pass(minutes(5));
  bench.owner.end_install();
  bench.restart_ilo();
  bench.agent.ilo_restarted();
  bench.owner.pass(minutes(2));
  CHECK(bench.owner.server_resets == 1);
}

}  // namespace
}  // namespace firmform::simulators
