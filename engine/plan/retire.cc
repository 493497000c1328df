// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/retire.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "engine/base/digest.h"
#include "engine/catalog/versions.h"
#include "engine/plan/select.h"
#include "engine/plan/version_images.h"
#include "engine/version/version.h"

namespace firmform::plan {
namespace {

using catalog::Catalog;
using catalog::CatalogImage;
using inventory::Component;
using inventory::HostSnapshot;
using manifest::Text;

/// Everything that selectors and packages look at, versions excluded.
std::string shape_of(const HostSnapshot& host) {
  std::string text = host.system.model;
  for (const Component& component : host.components) {
    text += fmt::format("\n{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}", component.address, component.name, component.id,
                        component.description, component.device_class, fmt::join(component.targets, ","),
                        component.location, component.software_id, inventory::to_string(component.slot));
  }
  return sha256_hex(text);
}

class Uses {
 public:
  Uses(const manifest::Manifest& declared, const manifest::Desired& desired, const inventory::Inventory& inventory,
       const Catalog& catalog)
      : declared_(declared), inventory_(inventory), catalog_(catalog), images_(desired, catalog) {}

  std::vector<ImageUse> find() {
    add_declared();
    for (const auto& [name, host] : inventory_) {
      if (host.status == inventory::HostStatus::ok) add_host(host);
    }
    std::vector<ImageUse> all;
    for (const CatalogImage* image : catalog_.images()) {
      const std::set<std::string>& reasons = reasons_[image];
      all.push_back({image, {reasons.begin(), reasons.end()}});
    }
    return all;
  }

 private:
  void add(const CatalogImage* image, std::string reason) {
    if (image != nullptr) reasons_[image].insert(std::move(reason));
  }
  void add(const std::optional<Text>& name, const std::string& reason) {
    if (name) add(catalog_.find(name->value), reason);
  }

  void add_declared() {
    for (const auto& [name, baseline] : declared_.baselines) {
      const std::string reason = fmt::format("baseline {}", name);
      for (const manifest::FirmwareEntry& entry : baseline.value.firmware) {
        add(entry.image, reason);
        for (const manifest::ViaStep& step : entry.via) add(step.image, reason);
        add_found_by_version(entry, reason);
      }
    }
    for (const auto& [name, set] : declared_.install_sets) {
      for (const manifest::InstallSetStep& step : set.value.steps) add(step.file, fmt::format("install set {}", name));
    }
    for (const auto& [name, repository] : declared_.repositories) {
      for (const Text& file : repository.value.present) {
        add(catalog_.find(file.value), fmt::format("repository {}", name));
      }
    }
  }

  /// Versions on the way that name no file get the catalog's package.
  void add_found_by_version(const manifest::FirmwareEntry& entry, const std::string& reason) {
    for (const manifest::ViaStep& step : entry.via) {
      if (step.image) continue;
      for (const auto& [name, host] : inventory_) {
        for (const Component* component : matching(entry.component.value, host)) {
          add(catalog::find_version(catalog_, *component, step.version.value), reason);
        }
      }
    }
  }

  void add_host(const HostSnapshot& host) {
    const std::string shape = shape_of(host);
    for (const Component& component : host.components) {
      const bool is_active = component.slot == inventory::Slot::active && component.kind == inventory::Kind::firmware;
      if (is_active && component.version && !version::is_unknown(*component.version))
        add_way_back(host, shape, component);
    }
    if (!host.staging) return;
    for (const inventory::InstallSet& set : host.staging->install_sets) {
      for (const inventory::Step& step : set.steps)
        add_kept(host, step, set.is_recovery ? "recovery set" : "install set");
    }
    for (const inventory::QueueEntry& entry : host.staging->queue) {
      if (entry.state != inventory::QueueState::complete) add_kept(host, entry.step, "queue");
    }
  }

  void add_kept(const HostSnapshot& host, const inventory::Step& step, std::string_view what) {
    if (!step.file.empty()) add(catalog_.find(step.file), fmt::format("{} of {}", what, host.name));
  }

  void add_way_back(const HostSnapshot& host, const std::string& shape, const Component& component) {
    for (const CatalogImage* image : images_of(host, shape, component)) {
      add(image, fmt::format("way back of {}/{}", host.name, component.address));
    }
  }

  /// Fleets are uniform: hosts of one shape get one answer.
  const std::vector<const CatalogImage*>& images_of(const HostSnapshot& host, const std::string& shape,
                                                    const Component& component) {
    const auto [place, is_new] = answers_.try_emplace({shape, component.address, *component.version});
    if (!is_new) return place->second;
    for (const VersionImage& found : images_.find(host, component, *component.version)) {
      place->second.push_back(found.image);
    }
    return place->second;
  }

  using Question = std::tuple<std::string, std::string, std::string>;  // shape, address, version

  const manifest::Manifest& declared_;
  const inventory::Inventory& inventory_;
  const Catalog& catalog_;
  VersionImages images_;
  std::map<const CatalogImage*, std::set<std::string>> reasons_;
  std::map<Question, std::vector<const CatalogImage*>> answers_;
};

}  // namespace

std::vector<ImageUse> uses_of(const manifest::Manifest& declared, const manifest::Desired& desired,
                              const inventory::Inventory& inventory, const Catalog& catalog) {
  return Uses(declared, desired, inventory, catalog).find();
}

}  // namespace firmform::plan
