// SPDX-License-Identifier: Apache-2.0
#include "engine/inventory/snapshot.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

namespace firmform::inventory {
namespace {

HostSnapshot server() {
  HostSnapshot snapshot;
  snapshot.name = "web-01";
  snapshot.system.serial = "CZ1";
  snapshot.components = {{.address = "a", .version = "1.0", .updateable = true}, {.address = "b"}};
  return snapshot;
}

std::string after(const std::function<void(HostSnapshot&)>& change) {
  HostSnapshot snapshot = server();
  change(snapshot);
  return fingerprint(snapshot);
}

}  // namespace

TEST_CASE("A component is found by its address") {
  const HostSnapshot snapshot = server();
  REQUIRE(snapshot.find("b") != nullptr);
  CHECK(snapshot.find("b")->address == "b");
  CHECK(snapshot.find("c") == nullptr);
}

TEST_CASE("The fingerprint moves with identity, versions and work on the BMC") {
  const std::string before = fingerprint(server());
  CHECK(after([](HostSnapshot& s) { s.system.serial = "CZ2"; }) != before);
  CHECK(after([](HostSnapshot& s) { s.components[0].version = "1.1"; }) != before);
  CHECK(after([](HostSnapshot& s) { s.components[1].version = ""; }) != before);
  CHECK(after([](HostSnapshot& s) { s.components[0].staged_version = "1.1"; }) != before);
  CHECK(after([](HostSnapshot& s) { s.components.pop_back(); }) != before);
  CHECK(after([](HostSnapshot& s) { s.update.state = "Updating"; }) != before);
  CHECK(after([](HostSnapshot& s) { s.tasks.push_back({"/t/1", "Update", "Running", {}}); }) != before);
  CHECK(after([](HostSnapshot& s) { s.vendor_facts["hpe.external_manager"] = "OneView"; }) != before);
}

TEST_CASE("The fingerprint stays while only the clock, the order or a percentage moves") {
  const std::string before = fingerprint(server());
  CHECK(after([](HostSnapshot& s) { s.captured_at += Duration(1); }) == before);
  CHECK(after([](HostSnapshot& s) { std::ranges::reverse(s.components); }) == before);
  CHECK(after([](HostSnapshot& s) { s.manager.date_time = "2026-01-01T00:00:00Z"; }) == before);
  CHECK(after([](HostSnapshot& s) { s.update.state = "Complete"; }) == before);
  CHECK(after([](HostSnapshot& s) { s.update.flash_percent = 100; }) == before);
}

TEST_CASE("Work on a BMC is seen wherever it shows") {
  const auto is_busy_after = [](const std::function<void(HostSnapshot&)>& change) {
    HostSnapshot snapshot = server();
    change(snapshot);
    return is_busy(snapshot);
  };
  CHECK_FALSE(is_busy(server()));
  CHECK_FALSE(is_busy_after([](HostSnapshot& s) { s.update.state = "Idle"; }));
  CHECK(is_busy_after([](HostSnapshot& s) { s.tasks.push_back({"/t/1", "Update", "New", {}}); }));
  CHECK(is_busy_after([](HostSnapshot& s) { s.update.push_targets_busy = true; }));
  CHECK(is_busy_after([](HostSnapshot& s) { s.update.state = "Backingup"; }));
  CHECK(is_busy_after([](HostSnapshot& s) { s.components[0].state = "Updating"; }));
}

}  // namespace firmform::inventory
