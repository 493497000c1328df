// SPDX-License-Identifier: Apache-2.0
// Health and settings of every captured tree, however much of it was captured.
#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>

#include "engine/inventory/tree_transport.h"
#include "providers/provider.h"
#include "tests/conformance/providers/tree_copy.h"
#include "tests/support/virtual_clock.h"

namespace firmform {
namespace {

using tests::Mockup;
using tests::mockups;
using tests::TreeCopy;

/// A captured tree as a BMC, and a client on it.
struct Bmc {
  explicit Bmc(const std::filesystem::path& tree) : transport(tree) {
    const Status connected = tests::run(io, clock, client.connect());
    if (!connected) throw std::runtime_error(connected.error().one_line());
    provider = &providers.choose(client.facts());
  }
  Result<inventory::Health> health() { return tests::run(io, clock, provider->read_health(client, UtcTime{})); }
  Result<inventory::Settings> settings(std::vector<std::string> categories) {
    return tests::run(io, clock, provider->read_settings(client, std::move(categories)));
  }

  boost::asio::io_context io;
  tests::VirtualClock clock;
  inventory::TreeTransport transport;
  Providers providers = all_providers();
  redfish::Client client{transport,
                         clock,
                         std::make_shared<http::Endpoint>(http::Endpoint{"https://bmc.example", {}}),
                         {"admin", Secret("secret")}};
  const Provider* provider = nullptr;
};

const std::vector<std::string> kAll{"bios", "boot", "bmc", "network"};

TEST_CASE("the health of every captured machine is read with few requests") {
  for (const Mockup& mockup : mockups()) {
    INFO(mockup.folder);
    Bmc bmc(tests::mockup_path(mockup.folder));
    const std::size_t before = bmc.client.requests_sent();
    const auto health = bmc.health();
    REQUIRE(health.has_value());
    CHECK_FALSE(health->system.empty());
    CHECK(bmc.client.requests_sent() - before <= 20);
  }
}

TEST_CASE("a fan that fails in a captured machine is seen") {
  const TreeCopy copy("lenovo-sr670v2-xcc");
  const std::string uri = "/redfish/v1/Chassis/1/Thermal";
  json::Value fans = tests::resource(copy.root(), uri)["Fans"];
  fans.array().at(3).object().set("Status", json::Object{{"Health", "Critical"}, {"State", "Enabled"}});
  const std::string name(fans.items().at(3).text("Name"));
  copy.set(uri, "Fans", fans);
  CHECK(Bmc(copy.root()).health()->sensors == std::map<std::string, std::string>{{name, "Critical"}});
}

TEST_CASE("newer chassis are read by their subsystems, whose parts are looked at only when one is not well") {
  const TreeCopy copy("openbmc-2.15");
  const std::string chassis = "/redfish/v1/Chassis/chassis";
  copy.remove(chassis + "/Thermal");
  copy.set(chassis, "ThermalSubsystem", json::Object{{"@odata.id", chassis + "/ThermalSubsystem"}});
  const json::Value fan = *json::parse(R"({"@odata.id":"/redfish/v1/Chassis/chassis/ThermalSubsystem/Fans/fan0",
      "Id":"fan0","Name":"Fan 0","Status":{"Health":"Warning","State":"Enabled"}})");
  copy.write(chassis + "/ThermalSubsystem/Fans",
             json::Object{{"@odata.id", chassis + "/ThermalSubsystem/Fans"},
                          {"Members", json::Array{json::Object{{"@odata.id", fan["@odata.id"]}}}}});
  copy.write(std::string(fan.text("@odata.id")), fan);
  const auto with_rollup = [&](const char* rollup) {
    copy.write(chassis + "/ThermalSubsystem",
               json::Object{{"@odata.id", chassis + "/ThermalSubsystem"},
                            {"Status", json::Object{{"HealthRollup", rollup}}},
                            {"Fans", json::Object{{"@odata.id", chassis + "/ThermalSubsystem/Fans"}}}});
    return Bmc(copy.root()).health()->sensors;
  };
  CHECK(with_rollup("OK").empty());
  CHECK(with_rollup("Warning") == std::map<std::string, std::string>{{"Fan 0", "Warning"}});
}

TEST_CASE("settings of every captured machine are read, sorted, each once, and need no change against themselves") {
  for (const Mockup& mockup : mockups()) {
    INFO(mockup.folder);
    Bmc bmc(tests::mockup_path(mockup.folder));
    const auto settings = bmc.settings(kAll);
    REQUIRE(settings.has_value());
    CHECK(settings->size() >= 10);
    std::set<std::tuple<std::string, std::string, std::string>> places;
    for (const inventory::Setting& setting : *settings) {
      places.emplace(setting.category, setting.uri, setting.name);
      CHECK(json::parse(setting.value).has_value());
    }
    CHECK(places.size() == settings->size());
    CHECK(std::ranges::is_sorted(*settings, {}, [](const inventory::Setting& setting) {
      return std::tie(setting.category, setting.uri, setting.name);
    }));
    CHECK(bmc.provider->plan_settings(*settings, *settings).empty());
  }
}

TEST_CASE("only the categories that were asked for are read") {
  Bmc bmc(tests::mockup_path("dell-r750-idrac9"));
  const auto boot = bmc.settings({"boot"});
  REQUIRE(boot.has_value());
  for (const inventory::Setting& setting : *boot) CHECK(setting.category == "boot");
  CHECK(bmc.settings({})->empty());
  CHECK(bmc.settings({"weather"})->empty());
}

TEST_CASE("a machine without BIOS resource or network has no such settings, and that is no failure") {
  const TreeCopy copy("dmtf-public-rackmount1");
  copy.remove("/redfish/v1/Systems/437XR1138R2/Bios");
  copy.remove("/redfish/v1/Managers/BMC/NetworkProtocol");
  copy.remove("/redfish/v1/Managers/BMC/EthernetInterfaces");
  const auto settings = Bmc(copy.root()).settings(kAll);
  REQUIRE(settings.has_value());
  CHECK(settings->empty());
}

}  // namespace
}  // namespace firmform
