// SPDX-License-Identifier: Apache-2.0
// Hazards seen in other tools, each against simulated BMCs that behave as badly.
#include <catch2/catch.hpp>

#include <algorithm>

#include "providers/redfish/follow.h"
#include "tests/support/fake_transport.h"
#include "tests/unit/providers/lab.h"

namespace firmform {
namespace {

using tests::Ending;
using tests::Lab;
using namespace std::chrono_literals;

json::Value faults(const std::string& text) {
  return *json::parse(text);
}

Recipe planned(Lab& lab, const std::string& component, bool pulled = false) {
  auto answer = lab.plan(component, pulled ? lab.image_url(component) : lab.image_file(component));
  if (const auto* refused = std::get_if<Impossible>(&answer)) throw std::runtime_error(refused->reason.text);
  return std::get<Recipe>(std::move(answer));
}

std::string bios_address(const inventory::HostSnapshot& host) {
  return std::ranges::find_if(host.components, &inventory::Component::is_bios)->address;
}

bool runs_wanted(Lab& lab, const Recipe& recipe) {
  const inventory::HostSnapshot host = lab.read();
  return std::ranges::none_of(recipe.verify.postconditions, [&](const plan::Condition& condition) {
    return plan::check(condition, host).has_value();
  });
}

TEST_CASE("H20: a task that says New while it is worked on is waited for") {
  for (const std::string model : {"redfish", "openbmc", "ilo6"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"task_state","state":"New"}])"));
    const Ending ending = lab.carry_out(planned(lab, "bmc"));
    INFO(ending.text);
    CHECK(ending.done);
  }
}

TEST_CASE("H22: a task that is over before anybody looks is no failure") {
  for (const std::string model : {"ilo5", "ilo6", "idrac9", "xcc", "openbmc", "redfish"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"quick_tasks"}])"));
    const Ending ending = lab.carry_out(planned(lab, "bmc"));
    INFO(ending.text);
    CHECK(ending.done);
    CHECK(lab.bmc().running_version("bmc") == lab.next_version("bmc"));
  }
}

TEST_CASE("H23: a BIOS whose task is done before the restart runs only after it") {
  for (const std::string model : {"ilo5", "xcc", "redfish", "idrac9"}) {
    INFO(model);
    Lab lab(model);
    const Recipe recipe = planned(lab, "bios");
    REQUIRE(recipe.needs_host_reset);
    const auto reset = std::get<plan::Action>(lab.provider().plan_host_reset(lab.read(), recipe.verify.components));
    for (const plan::Action& action : recipe.actions) REQUIRE(lab.carry_out(action).done);
    CHECK_FALSE(runs_wanted(lab, recipe));
    REQUIRE(lab.perform(reset).has_value());
    lab.wait(30min);
    CHECK(runs_wanted(lab, recipe));
  }
}

TEST_CASE("H24: a BMC that answers every other request after its restart is not back yet") {
  for (const std::string model : {"redfish", "ilo6"}) {
    INFO(model);
    Lab calm(model);
    const UtcTime began_calm = calm.now();
    REQUIRE(calm.carry_out(planned(calm, "bmc").actions.at(0)).done);
    const Duration usual = calm.now() - began_calm;
    Lab lab(model, faults(R"([{"fault":"unstable_after_restart","seconds":240}])"));
    const UtcTime began = lab.now();
    const Ending ending = lab.carry_out(planned(lab, "bmc").actions.at(0));
    INFO(ending.text);
    CHECK(ending.done);
    CHECK(lab.now() - began >= usual + 3min);
  }
}

TEST_CASE("H25: a version that is only staged is not installed") {
  Lab lab("xcc");
  const Recipe recipe = planned(lab, "bios");
  REQUIRE(lab.carry_out(recipe.actions.at(0)).done);
  const inventory::HostSnapshot host = lab.read();
  const inventory::Component* component = host.find(bios_address(host));
  CHECK(component->staged_version == lab.next_version("bios"));
  CHECK(component->version != lab.next_version("bios"));
  CHECK_FALSE(runs_wanted(lab, recipe));
}

TEST_CASE("H26: a task that is Completed after seconds with a Warning has done nothing") {
  for (const std::string model : {"redfish", "ilo6", "idrac9"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"blocked_updates"}])"));
    const Ending ending = lab.carry_out(planned(lab, "bmc"));
    INFO(ending.text);
    CHECK_FALSE(ending.done);
    CHECK(lab.bmc().flashes() == 0);
  }
}

TEST_CASE("H27: actions carry no conditions that a BMC might refuse") {
  boost::asio::io_context io;
  tests::VirtualClock clock;
  tests::FakeTransport transport;
  const std::string target = "/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate";
  transport.on(http::Method::get, "/redfish/v1/",
               tests::reply(200, R"({"@odata.id":"/redfish/v1/","RedfishVersion":"1.20.0"})"));
  transport.on(http::Method::post, target, tests::reply(202, "{}", tests::header("ETag", "\"1\"")));
  redfish::Client client(transport, clock, std::make_shared<http::Endpoint>(http::Endpoint{"https://bmc.example", {}}),
                         {"admin", Secret("secret")}, {.use_session = false});
  REQUIRE(tests::run(io, clock, client.connect()).has_value());
  plan::Action action;
  action.request = plan::PlannedRequest{.target = target, .body = json::Object{{"ImageURI", "https://fw.example/x"}}};
  const Providers providers = all_providers();
  for (const auto& provider : providers.all()) {
    INFO(provider->name());
    REQUIRE(tests::run(io, clock, provider->perform(client, action)).has_value());
    const http::Request& sent = transport.requests().back();
    for (const char* header : {"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}) {
      CHECK_FALSE(sent.headers.find(header).has_value());
    }
  }
}

TEST_CASE("H29: what restarts host or BMC says so, and nothing else does") {
  for (const std::string model : {"ilo5", "ilo6", "ilo7", "idrac9", "xcc", "redfish"}) {
    for (const bool pulled : {false, true}) {
      INFO(model << (pulled ? " pulled" : " pushed"));
      Lab lab(model);
      const Recipe recipe = planned(lab, "bios", pulled);
      CHECK(recipe.needs_host_reset);
      for (const plan::Action& action : recipe.actions) {
        CHECK(action.restarts == plan::Restarts::nothing);
        REQUIRE(lab.carry_out(action).done);
      }
      lab.wait(10min);
      CHECK(lab.bmc().host_boots() == 0);
    }
  }
}

// --- health and settings ---

/// Carries out the requests that put settings back.
void put_back(Lab& lab, const inventory::Settings& wanted, const std::vector<std::string>& categories) {
  for (plan::PlannedRequest& request : lab.provider().plan_settings(wanted, lab.settings(categories))) {
    plan::Action action;
    action.type = plan::ActionType::restore;
    action.request = std::move(request);
    const auto accepted = lab.perform(action);
    if (!accepted) throw std::runtime_error(accepted.error().one_line());
  }
}

const std::vector<std::string> kOfBmc{"bmc", "network"};
const std::vector<std::string> kOfHost{"bios", "boot"};

TEST_CASE("H34: settings of the BMC that a flash resets are found, and put back") {
  for (const std::string model : {"ilo5", "idrac9", "xcc", "openbmc", "redfish"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"settings_reset"}])"));
    const inventory::Settings before = lab.settings(kOfBmc);
    REQUIRE(before.size() > 10);
    CHECK(lab.settings(kOfBmc) == before);
    REQUIRE(lab.carry_out(planned(lab, "bmc")).done);
    const auto changes = inventory::compare(before, lab.settings(kOfBmc));
    CHECK(changes.size() > 4);
    put_back(lab, before, kOfBmc);
    for (const inventory::SettingChange& change : inventory::compare(before, lab.settings(kOfBmc))) {
      INFO(change.before.name << " " << change.before.value << " " << change.after.value);
      CHECK_FALSE(change.before.writable);
    }
  }
}

TEST_CASE("H34: settings of the BIOS that a flash resets come back with the next restart") {
  for (const std::string model : {"ilo6", "idrac9", "xcc", "redfish"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"settings_reset","after":"bios"}])"));
    const inventory::Settings before = lab.settings(kOfHost);
    REQUIRE(lab.carry_out(planned(lab, "bios")).done);
    CHECK(inventory::compare(before, lab.settings(kOfHost)).size() > 1);
    const auto reset = std::get<plan::Action>(lab.provider().plan_host_reset(lab.read(), {bios_address(lab.read())}));
    put_back(lab, before, kOfHost);
    REQUIRE(lab.perform(reset).has_value());
    lab.wait(30min);
    for (const inventory::SettingChange& change : inventory::compare(before, lab.settings(kOfHost))) {
      INFO(change.before.name << " " << change.before.value << " " << change.after.value);
      CHECK_FALSE(change.before.writable);
    }
  }
}

TEST_CASE("a flash without faults changes no setting") {
  for (const std::string model : {"ilo5", "idrac9", "xcc", "redfish"}) {
    INFO(model);
    Lab lab(model);
    const std::vector<std::string> all{"bios", "boot", "bmc", "network"};
    const inventory::Settings before = lab.settings(all);
    REQUIRE(lab.carry_out(planned(lab, "bmc")).done);
    const Ending ending = lab.carry_out(planned(lab, "bios"));
    INFO(ending.text);
    REQUIRE(ending.done);
    for (const inventory::SettingChange& change : inventory::compare(before, lab.settings(all))) {
      INFO(change.before.name << change.after.name);
      CHECK(change.before == change.after);
    }
  }
}

TEST_CASE("health is read on every simulated BMC, before and after a flash that does harm") {
  for (const std::string model : {"ilo5", "ilo5-old", "ilo6", "ilo7", "idrac9", "xcc", "openbmc", "redfish"}) {
    INFO(model);
    Lab lab(model, faults(R"([{"fault":"illness","after":"bmc","system":"Critical","bmc":"Warning","sensor":"*Fan*",
                               "sensor_health":"Critical","log_entries":2}])"));
    const auto before = lab.health(lab.now());
    REQUIRE(before.has_value());
    CHECK(before->system != "Critical");
    CHECK(before->log_entries == 0);
    const UtcTime began = lab.now();
    REQUIRE(lab.carry_out(planned(lab, "bmc")).done);
    const auto after = lab.health(began);
    REQUIRE(after.has_value());
    CHECK(after->system == "Critical");
    CHECK(after->bmc == "Warning");
    CHECK(after->log_entries == 2);
    CHECK(after->post == before->post);
    // The captured OpenBMC has no fans.
    CHECK((after->sensors.size() > before->sensors.size()) == (model != "openbmc"));
  }
}

TEST_CASE("health needs few requests, and what a BMC does not have is no failure") {
  Lab lab("ilo7");
  const std::size_t before = lab.client().requests_sent();
  REQUIRE(lab.health(std::nullopt).has_value());
  CHECK(lab.client().requests_sent() - before <= 8);
  Lab poor("redfish", faults(R"([{"fault":"not_found","path":"/redfish/v1/Chassis*","times":0}])"));
  const auto health = poor.health(std::nullopt);
  REQUIRE(health.has_value());
  CHECK(health->system == "Warning");
}

TEST_CASE("a BMC that refuses to tell its health is a failure") {
  Lab lab("redfish", faults(R"([{"fault":"status","status":403,"path":"*/Thermal","times":0}])"));
  CHECK_FALSE(lab.health(std::nullopt).has_value());
  Lab mute("redfish", faults(R"([{"fault":"status","status":403,"path":"*/Entries","times":0}])"));
  CHECK(mute.health(std::nullopt).has_value());
  CHECK_FALSE(mute.health(UtcTime{}).has_value());
}

}  // namespace
}  // namespace firmform
