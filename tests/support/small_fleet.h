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

inline constexpr UtcTime kNow{std::chrono::seconds(1'795'233'600)};  ///< 2026-11-21T04:00:00Z, a Saturday

/// What the BMC of a new server keeps: room for images, and nothing else.
inline inventory::Staging empty_staging() {
  constexpr std::uint64_t kMebi = 1U << 20U;
  inventory::Staging staging;
  staging.repository = inventory::Repository{
      .uri = "/redfish/v1/Repository", .total_bytes = 1024 * kMebi, .free_bytes = 512 * kMebi, .images = {}};
  staging.queue_uri = "/redfish/v1/Queue";
  staging.windows_uri = "/redfish/v1/Windows";
  staging.install_sets_uri = "/redfish/v1/InstallSets";
  staging.limits = {.windows = 8, .install_sets = 8, .stored_name = 127, .queued_name = 64, .name = 64};
  staging.clock = kNow;
  return staging;
}

/// A host whose BMC keeps images, a queue, windows and install sets.
inline inventory::HostSnapshot staging_host(const std::string& name, std::vector<inventory::Component> components) {
  inventory::HostSnapshot snapshot = host(name, std::move(components));
  snapshot.captured_at = kNow;
  snapshot.staging = empty_staging();
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

  void image(const std::string& name, std::uintmax_t size = 33'554'432) {
    catalog.add({.name = name, .path = "/images/" + name, .url = {}, .size = size, .sha256 = std::string(64, 'a')});
  }

  /// A window of the manifest that is open once, for the host.
  manifest::Window& window(manifest::DesiredHost& host, UtcTime start, UtcTime end) {
    auto made = std::make_shared<manifest::Window>();
    made->start = start;
    made->end = end;
    made->span = lines.add("saturday-night: …");
    host.window = manifest::WindowChoice{.name = "saturday-night", .window = made, .span = made->span};
    return *made;
  }

  /// A set of the manifest, whose steps are files, or commands where there is no dot.
  manifest::InstallSet& install_set(manifest::DesiredHost& host, const std::string& name,
                                    const std::vector<std::string>& steps) {
    auto made = std::make_shared<manifest::InstallSet>();
    made->span = lines.add(name + ":");
    for (const std::string& step : steps) {
      manifest::InstallSetStep& added = made->steps.emplace_back();
      added.span = lines.add("- " + step);
      if (step.find('.') == std::string::npos) {
        added.command = step;
      } else {
        added.file = manifest::Text{step, added.span};
      }
    }
    host.install_sets.push_back({.name = name, .set = made, .span = made->span});
    return *made;
  }

  manifest::Repository& repository(manifest::DesiredHost& host, const std::vector<std::string>& present) {
    auto made = std::make_shared<manifest::Repository>();
    for (const std::string& name : present) made->present.push_back(text(name));
    host.repository = manifest::RepositoryChoice{.name = "images", .repository = made, .span = lines.add("images:")};
    return *made;
  }

  [[nodiscard]] plan::Inputs inputs(const SourceMap& sources) const {
    return {.desired = desired,
            .inventory = inventory,
            .catalog = catalog,
            .sources = sources,
            .now = now,
            .tool_version = "0.1.0"};
  }

  [[nodiscard]] Parsed<plan::Plan> plan(FakeProvider::Spoil spoil = {}) const {
    const SourceMap sources = lines.sources();
    return plan::make_plan(inputs(sources), fake_providers(std::move(spoil)));
  }

  Lines lines;
  std::shared_ptr<manifest::Baseline> baseline = std::make_shared<manifest::Baseline>();
  manifest::Desired desired;
  inventory::Inventory inventory;
  catalog::Catalog catalog;
  UtcTime now = kNow;
};

}  // namespace firmform::tests
