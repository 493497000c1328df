// SPDX-License-Identifier: Apache-2.0
// A fleet in memory for tests of the planner: hosts like an HPE rack server, a baseline, a catalog, and a
// manifest text that its spans point into.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan/make_plan.h"
#include "tests/support/fake_provider.h"

namespace firmform::tests {

inline inventory::Component component(const std::string& address, const std::string& name, const std::string& version) {
  return {.address = address,
          .uri = "/redfish/v1/UpdateService/FirmwareInventory/" + address,
          .id = address,
          .name = name,
          .version = version,
          .updateable = true,
          .state = "Enabled"};
}

inline inventory::Component bmc(const std::string& version) {
  inventory::Component made = component("SystemBMC", "iLO 5", version);
  made.device_class = "2f317b9d-c9e3-4d76-bff6-b9d0d085a952";
  made.is_bmc = true;
  return made;
}

inline inventory::Component bios(const std::string& version) {
  inventory::Component made = component("SystemRomActive", "System ROM", version);
  made.location = "System Board";
  made.is_bios = true;
  return made;
}

inline inventory::HostSnapshot host(const std::string& name, std::vector<inventory::Component> components) {
  inventory::HostSnapshot snapshot;
  snapshot.name = name;
  snapshot.bmc = "https://" + name + ".example";
  snapshot.provider = "fake";
  snapshot.vendor = "HPE";
  snapshot.system.model = "ProLiant DL360 Gen10 Plus";
  snapshot.system.serial = "SN-" + name;
  snapshot.system.power_state = "On";
  snapshot.update.uri = "/redfish/v1/UpdateService";
  snapshot.components = std::move(components);
  std::ranges::sort(snapshot.components, {}, &inventory::Component::address);
  return snapshot;
}

inline inventory::HostSnapshot unreachable(const std::string& name) {
  inventory::HostSnapshot snapshot;
  snapshot.name = name;
  snapshot.status = inventory::HostStatus::unreachable;
  snapshot.error = Error(Code::connect_timeout, "no connection to https://" + name + ".example within 10s");
  return snapshot;
}

/// A SourceMap whose lines are added as they are needed; each span is a whole line.
class Lines {
 public:
  SourceSpan add(const std::string& line) {
    text_ += line + "\n";
    return {.file = 0, .line = ++count_, .column = 1, .length = static_cast<std::uint32_t>(line.size())};
  }
  [[nodiscard]] SourceMap sources() const {
    SourceMap map;
    map.add("fleet.yaml", text_);
    return map;
  }

 private:
  std::string text_;
  std::uint32_t count_ = 0;
};

class SmallFleet {
 public:
  SmallFleet() {
    desired.digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    desired.directory = "/etc/firmform";
  }

  manifest::Text text(const std::string& value) { return {value, lines.add(value)}; }

  /// An entry of the one baseline, with the image "NAME.bin" in the catalog. The reference is good until the
  /// next entry.
  manifest::FirmwareEntry& entry(const std::string& name, const std::string& version, const std::string& image) {
    manifest::FirmwareEntry made;
    made.span = lines.add(fmt::format("- component: {}, version: {}", name, version));
    made.component = {{.name = name}, made.span};
    made.version = {version, made.span};
    if (!image.empty()) {
      made.image = manifest::Text{image, made.span};
      catalog.add(
          {.name = image, .path = "/images/" + image, .url = {}, .size = 33'554'432, .sha256 = std::string(64, 'a')});
    }
    baseline->firmware.push_back(made);
    return baseline->firmware.back();
  }

  /// A host that gets the baseline.
  manifest::DesiredHost& add(inventory::HostSnapshot snapshot) {
    manifest::DesiredHost made;
    made.name = snapshot.name;
    made.bmc = "https://" + snapshot.name + ".example";
    made.span = lines.add(snapshot.name + ":");
    made.credentials_name = "ilo";
    made.credentials = {"admin", {manifest::PasswordSource::Kind::env, "ILO_PASSWORD", {}}};
    made.baselines = {{.name = "web", .baseline = baseline, .span = made.span, .assigned_by = "group web"}};
    inventory[snapshot.name] = std::move(snapshot);
    return desired.hosts[made.name] = made;
  }

  [[nodiscard]] Parsed<plan::Plan> plan(FakeProvider::Spoil spoil = {}) const {
    const SourceMap sources = lines.sources();
    return plan::make_plan({.desired = desired,
                            .inventory = inventory,
                            .catalog = catalog,
                            .sources = sources,
                            .now = UtcTime(std::chrono::seconds(1'795'233'600)),
                            .tool_version = "0.1.0"},
                           fake_providers(std::move(spoil)));
  }

  Lines lines;
  std::shared_ptr<manifest::Baseline> baseline = std::make_shared<manifest::Baseline>();
  manifest::Desired desired;
  inventory::Inventory inventory;
  catalog::Catalog catalog;
};

}  // namespace firmform::tests
