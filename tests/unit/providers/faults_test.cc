// SPDX-License-Identifier: Apache-2.0
// What a provider makes of BMCs that fail, lie or fall silent.
#include <catch2/catch.hpp>

#include "tests/unit/providers/lab.h"

namespace firmform {
namespace {

using tests::Ending;
using tests::Lab;
using namespace std::chrono_literals;

json::Value faults(const char* text) {
  return *json::parse(text);
}

Recipe planned(Lab& lab, const std::string& component) {
  return std::get<Recipe>(lab.plan(component, lab.image_file(component)));
}

TEST_CASE("a BMC that takes an image and changes nothing did not take it") {
  for (const std::string model : {"ilo5", "redfish"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"did_not_take"}])"));
    const Ending ending = lab.carry_out(planned(lab, "bmc"));
    CHECK_FALSE(ending.done);
    CHECK(lab.bmc().flashes() == 1);
  }
}

TEST_CASE("a flash that breaks off is reported in the words of the BMC") {
  for (const std::string model : {"ilo5", "ilo7", "idrac9", "openbmc", "redfish"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"flash_fails"}])"));
    const Ending ending = lab.carry_out(planned(lab, "bmc"));
    INFO(ending.text);
    CHECK_FALSE(ending.done);
    CHECK(ending.text.starts_with("failed: "));
    CHECK(ending.text.size() > std::string("failed: ").size());
  }
}

TEST_CASE("H21: tasks that vanish do not stop a change: the inventory decides") {
  for (const std::string model : {"redfish", "openbmc", "idrac9"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"lose_tasks"}])"));
    const Ending ending = lab.carry_out(planned(lab, "bmc"));
    INFO(ending.text);
    CHECK(ending.done);
  }
}

TEST_CASE("an iLO that renumbers its inventory in each boot keeps its addresses") {
  Lab lab("ilo6", faults(R"([{"fault":"reassign_ids"}])"));
  const Ending ending = lab.carry_out(planned(lab, "bios"));
  INFO(ending.text);
  CHECK(ending.done);
  CHECK(lab.bmc().host_boots() == 1);
}

TEST_CASE("an upload whose answer is lost is found on the BMC, and not sent again") {
  for (const std::string model : {"ilo5", "ilo6", "openbmc", "redfish"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"drop","method":"POST","path":"*pload*","when":"after"},
                              {"fault":"drop","method":"POST","path":"*update","when":"after"}])"));
    const plan::Action action = planned(lab, "bmc").actions.at(0);
    const auto accepted = lab.perform(action);
    REQUIRE_FALSE(accepted.has_value());
    CHECK(accepted.error().code() == Code::connection_lost);
    lab.wait(5s);
    CHECK(lab.probe(action)->evidence == Evidence::running);
    lab.wait(20min);
    CHECK(lab.bmc().flashes() == 1);
  }
}

TEST_CASE("an upload that never arrived is known not to have started") {
  for (const std::string model : {"ilo5", "openbmc", "redfish", "xcc"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"drop","method":"POST","path":"*pload*"},
                              {"fault":"drop","method":"POST","path":"*update"}])"));
    const plan::Action action = planned(lab, "bmc").actions.at(0);
    CHECK_FALSE(lab.perform(action).has_value());
    CHECK(lab.probe(action)->evidence == Evidence::not_started);
    CHECK(lab.bmc().flashes() == 0);
  }
}

TEST_CASE("an iLO that has no session to give refuses the upload before anything is sent") {
  Lab lab("ilo5", faults(R"([{"fault":"session_limit","sessions":0}])"));
  const auto accepted = lab.perform(planned(lab, "bmc").actions.at(0));
  REQUIRE_FALSE(accepted.has_value());
  CHECK(accepted.error().code() == Code::bmc_refused_update);
  CHECK(lab.writes_to("uploadFile") == 0);
}

TEST_CASE("an inventory that cannot be read is a failure and not an empty inventory") {
  CHECK_THROWS(Lab("redfish", faults(R"([{"fault":"html","path":"*FirmwareInventory*","times":0}])")));
}

TEST_CASE("the service can do without its tasks and its software inventory") {
  Lab lab("ilo6", faults(R"([{"fault":"html","path":"*TaskService*","times":0},
                            {"fault":"html","path":"*SoftwareInventory*","times":0}])"));
  const auto host = lab.read();
  CHECK(host.components.size() == 34);
  CHECK(host.warnings.size() == 2);
}

}  // namespace
}  // namespace firmform
