// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <algorithm>

#include "providers/hpe/facts.h"
#include "providers/hpe/preflight.h"
#include "tests/unit/providers/hpe_host.h"

namespace firmform {
namespace {

using inventory::HostSnapshot;

bool refuses(const HostSnapshot& host, Code code) {
  return std::ranges::count(hpe::preflight(host), code, &plan::Reason::code) > 0;
}

TEST_CASE("a host at rest whose account may configure the iLO can be changed") {
  HostSnapshot host = tests::ilo_host();
  CHECK(hpe::preflight(host).empty());
  host.vendor_facts["hpe.privileges"] = "LoginPriv iLOConfigPriv";
  CHECK(hpe::preflight(host).empty());
}

TEST_CASE("what keeps a host from being changed is told before anything is sent") {
  HostSnapshot weak = tests::ilo_host();
  weak.vendor_facts["hpe.privileges"] = "LoginPriv";
  CHECK(refuses(weak, Code::privilege_missing));
  HostSnapshot flashing = tests::ilo_host();
  flashing.update.state = "Updating";
  flashing.update.flash_percent = 14;
  CHECK(refuses(flashing, Code::update_service_busy));
  CHECK(hpe::preflight(flashing).at(0).text == "its update engine is Updating (14 %)");
  HostSnapshot booting = tests::ilo_host();  // for firmware alone, which is the planner's to refuse
  booting.system.discovery_complete = false;
  CHECK(hpe::preflight(booting).empty());
  HostSnapshot old = tests::ilo_host();
  old.vendor_facts["hpe.generation"] = "iLO 4";
  CHECK(refuses(old, Code::unsupported_generation));
}

const RecoveryWay& way(const std::vector<RecoveryWay>& ways, std::string_view name) {
  return *std::ranges::find(ways, name, &RecoveryWay::name);
}

HostSnapshot broken() {
  HostSnapshot host = tests::ilo_host();
  host.incidents = {{.component = "SystemRomActive", .text = "invalid"}};
  return host;
}

TEST_CASE("a host that hangs in POST is switched off before a retry") {
  HostSnapshot host = broken();
  host.system.discovery_complete = false;
  const auto ways = hpe::recovery(host);
  CHECK_FALSE(way(ways, "retry").available);
  CHECK(way(ways, "retry").why_not.find("-type ForceOff") != std::string::npos);
}

TEST_CASE("a host without incidents needs no way out") {
  CHECK(hpe::recovery(tests::ilo_host()).empty());
}

TEST_CASE("the ways out are a retry, the recovery set, and the redundant ROM by hand") {
  const auto ways = hpe::recovery(broken());
  REQUIRE(ways.size() == 3);
  CHECK(way(ways, "retry").available);
  CHECK(way(ways, "recovery-set").available);
  CHECK(way(ways, "recovery-set").invoke->set.name == "System Recovery Set");
  CHECK_FALSE(way(ways, "redundant-rom").available);
  CHECK(way(ways, "redundant-rom").text.find("U46 v1.80") != std::string::npos);
}

TEST_CASE("the recovery set is offered only where it could run") {
  const auto why_not = [](const HostSnapshot& host) {
    const auto ways = hpe::recovery(host);
    CHECK_FALSE(way(ways, "recovery-set").available);
    CHECK_FALSE(way(ways, "recovery-set").invoke.has_value());
    return way(ways, "recovery-set").why_not;
  };
  HostSnapshot without = broken();
  without.staging->install_sets.clear();
  CHECK(why_not(without) == "the iLO has no recovery set");
  HostSnapshot unstored = broken();
  unstored.staging->repository->images.clear();
  CHECK(why_not(unstored) == "its file ilo5_271.bin is not in the repository");
  HostSnapshot blocked = broken();
  blocked.staging->queue = {{.step = {.name = "other"}, .state = inventory::QueueState::exception}};
  CHECK(why_not(blocked) == "\"other\" (Exception) stands before it in the installation queue");
  HostSnapshot twice = broken();
  twice.staging->queue = {{.step = {.name = "iLO 5"}, .state = inventory::QueueState::complete}};
  CHECK(why_not(twice) == "an entry \"iLO 5\" is in the installation queue already");
  HostSnapshot flashing = broken();
  flashing.update.state = "Writing";
  CHECK(why_not(flashing) == "its update engine is Writing");
  CHECK_FALSE(way(hpe::recovery(flashing), "retry").available);
  HostSnapshot hanging = broken();
  hanging.system.discovery_complete = false;
  CHECK_FALSE(way(hpe::recovery(hanging), "retry").available);
  CHECK(way(hpe::recovery(hanging), "retry").why_not.find("ForceOff") != std::string::npos);
}

TEST_CASE("the iLO's own version is read in the spellings of all generations") {
  const auto firmware = [](const char* generation, const char* version) {
    HostSnapshot host;
    host.vendor_facts["hpe.generation"] = generation;
    host.manager.firmware_version = version;
    return hpe::firmware_of(host);
  };
  const auto old = firmware("iLO 5", "iLO 5 v2.55");
  CHECK(old.generation == 5);
  CHECK(old.major == 2);
  CHECK(old.minor == 55);
  const auto ilo7 = firmware("iLO 7", "1.14.00 May 28 2025");
  CHECK(ilo7.major == 1);
  CHECK(ilo7.minor == 14);
  CHECK_FALSE(hpe::takes_targets(old));
  CHECK(hpe::takes_targets(firmware("iLO 5", "iLO 5 v2.98")));
  CHECK_FALSE(hpe::takes_targets(firmware("iLO 6", "iLO 6 v1.11")));
  CHECK(hpe::takes_targets(ilo7));
}

}  // namespace
}  // namespace firmform
