// SPDX-License-Identifier: Apache-2.0
// What a plan for a host is bound to: fact by fact, that the fingerprint moves with it.
#include <catch2/catch.hpp>

#include <functional>

#include "engine/inventory/snapshot.h"

namespace firmform::inventory {
namespace {

HostSnapshot server() {
  HostSnapshot host;
  host.vendor = "HPE";
  host.system = {.model = "ProLiant DL360 Gen10 Plus", .serial = "SN1", .uuid = "u-1", .power_state = "On"};
  host.update.uri = "/redfish/v1/UpdateService";
  host.update.downgrade_policy = "AllowDowngrade";
  host.components = {{.address = "SystemBMC", .name = "iLO 5", .version = "2.46", .updateable = true}};
  host.staging = Staging();
  host.staging->repository = Repository{.uri = "/r", .images = {{.file = "a.fwpkg", .size = 10}}};
  host.staging->queue = {{.step = {.name = "one", .file = "a.fwpkg"}}};
  host.staging->windows = {{.id = "w", .name = "night", .start = UtcTime{}, .end = UtcTime{}}};
  host.staging->install_sets = {{.name = "golden", .steps = {{.name = "s", .file = "a.fwpkg"}}}};
  return host;
}

}  // namespace

TEST_CASE("A plan is bound to machine, versions, staged firmware, queue, windows, sets and policy of the host") {
  using Change = std::function<void(HostSnapshot&)>;
  const std::vector<std::pair<const char*, Change>> all = {
      {"serial number", [](HostSnapshot& host) { host.system.serial = "SN2"; }},
      {"UUID", [](HostSnapshot& host) { host.system.uuid = "u-2"; }},
      {"power state", [](HostSnapshot& host) { host.system.power_state = "Off"; }},
      {"installed version", [](HostSnapshot& host) { host.components[0].version = "2.47"; }},
      {"staged version", [](HostSnapshot& host) { host.components[0].staged_version = "3.11"; }},
      {"updateable", [](HostSnapshot& host) { host.components[0].updateable = false; }},
      {"a component more", [](HostSnapshot& host) { host.components.push_back({.address = "Card"}); }},
      {"a running task", [](HostSnapshot& host) { host.tasks.push_back({.uri = "/t/1", .state = "Running"}); }},
      {"downgrade policy", [](HostSnapshot& host) { host.update.downgrade_policy = "NoDowngrade"; }},
      {"a stored image", [](HostSnapshot& host) { host.staging->repository->images[0].size = 11; }},
      {"a queue entry", [](HostSnapshot& host) { host.staging->queue.push_back({.step = {.name = "two"}}); }},
      {"the order of the queue",
       [](HostSnapshot& host) {
         host.staging->queue.insert(host.staging->queue.begin(), QueueEntry{.step = {.name = "two"}});
       }},
      {"the state of an entry", [](HostSnapshot& host) { host.staging->queue[0].state = QueueState::exception; }},
      {"a window", [](HostSnapshot& host) { host.staging->windows[0].end = UtcTime(std::chrono::hours(1)); }},
      {"an install set", [](HostSnapshot& host) { host.staging->install_sets[0].steps.clear(); }},
      {"the recovery set", [](HostSnapshot& host) { host.staging->install_sets[0].is_recovery = true; }},
      {"broken firmware", [](HostSnapshot& host) { host.incidents.push_back({"SystemBMC", "cut off"}); }},
      {"a fact of the vendor", [](HostSnapshot& host) { host.vendor_facts["hpe.external_manager"] = "OneView"; }},
  };
  const std::string bound = fingerprint(server());
  for (const auto& [what, change] : all) {
    INFO(what);
    HostSnapshot host = server();
    change(host);
    CHECK(fingerprint(host) != bound);
  }
}

TEST_CASE("What moves by itself does not unbind a plan") {
  using Change = std::function<void(HostSnapshot&)>;
  const std::vector<std::pair<const char*, Change>> all = {
      {"when it was read", [](HostSnapshot& host) { host.captured_at = UtcTime(std::chrono::hours(1)); }},
      {"the BMC's clock", [](HostSnapshot& host) { host.manager.date_time = "2026-11-21T04:00:00Z"; }},
      {"an entry that is over",
       [](HostSnapshot& host) {
         host.staging->queue.push_back({.step = {.name = "done"}, .state = QueueState::complete});
       }},
      {"who we are", [](HostSnapshot& host) { host.vendor_facts["hpe.privileges"] = "LoginPriv"; }},
      {"a warning", [](HostSnapshot& host) { host.warnings.emplace_back("slow"); }},
  };
  const std::string bound = fingerprint(server());
  for (const auto& [what, change] : all) {
    INFO(what);
    HostSnapshot host = server();
    change(host);
    CHECK(fingerprint(host) == bound);
  }
}

}  // namespace firmform::inventory
