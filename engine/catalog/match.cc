// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/match.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/catalog/target.h"

namespace firmform::catalog {
namespace {

using inventory::Component;

bool has_target(const Component& component, std::string_view guid) {
  const auto is_it = [&](const std::string& target) { return equals_ignoring_case(target, guid); };
  return !guid.empty() && std::ranges::any_of(component.targets, is_it);
}

const PackageDevice* device_for(const PackageMetadata& package, const Component& component) {
  const auto is_it = [&](const PackageDevice& device) { return has_target(component, device.target); };
  const auto found = std::ranges::find_if(package.devices, is_it);
  return found == package.devices.end() ? nullptr : &*found;
}

std::set<std::string> rom_families(const PackageMetadata& package) {
  std::set<std::string> families;
  for (const PackageDevice& device : package.devices) families.insert(rom_family_of(device.target));
  families.erase(std::string());
  return families;
}

std::set<std::string> rom_families(const Component& component) {
  std::set<std::string> families;
  for (const std::string& target : component.targets) families.insert(rom_family_of(target));
  families.erase(std::string());
  return families;
}

bool share(const std::set<std::string>& one, const std::set<std::string>& other) {
  return std::ranges::any_of(one, [&](const std::string& member) { return other.contains(member); });
}

/// Each description once, in order.
std::string in_words(const std::vector<std::string>& targets) {
  std::vector<std::string> words;
  for (const std::string& target : targets) {
    std::string word = describe_target(target);
    if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string made_for(const PackageMetadata& package) {
  std::vector<std::string> targets;
  for (const PackageDevice& device : package.devices) targets.push_back(device.target);
  return in_words(targets);
}

bool is_active(const Component& component) {
  return component.kind == inventory::Kind::firmware && component.slot == inventory::Slot::active;
}

/// The components whose device class is the package's: what somebody who picked the wrong file had in mind.
std::vector<const Component*> of_its_class(const PackageMetadata& package, const inventory::HostSnapshot& host) {
  std::vector<const Component*> components;
  for (const Component& component : host.components) {
    const bool same =
        !package.device_class.empty() && equals_ignoring_case(component.device_class, package.device_class);
    if (is_active(component) && same) components.push_back(&component);
  }
  return components;
}

std::string generation_of(const PackageMetadata& package) {
  for (const PackageDevice& device : package.devices) {
    if (const auto ilo = ilo_generation_of(device.target); !ilo.empty()) return std::string(ilo);
  }
  return {};
}

/// "is made for iLO 6, and this is an iLO 5"; empty when the image is not an iLO's or the generation is right.
std::string wrong_generation(const CatalogImage& image, const inventory::HostSnapshot& host) {
  const std::string made = generation_of(*image.package);
  for (const Component& component : host.components) {
    for (const std::string& target : component.targets) {
      const std::string_view found = ilo_generation_of(target);
      if (!made.empty() && !found.empty() && made != found) {
        return fmt::format("{} is made for {}, and {} has an {}", image.name, made, host.name, found);
      }
    }
  }
  return {};
}

}  // namespace

Fit fit_of(const PackageMetadata& package, const Component& component) {
  const bool same_class = component.device_class.empty() || package.device_class.empty() ||
                          equals_ignoring_case(component.device_class, package.device_class);
  if (!same_class) return Fit::other_class;
  if (device_for(package, component) == nullptr) return Fit::other_target;
  const std::set<std::string> made_for_families = rom_families(package);
  const std::set<std::string> families = rom_families(component);
  const bool known = !made_for_families.empty() && !families.empty();
  return known && !share(made_for_families, families) ? Fit::other_rom_family : Fit::fits;
}

bool applies_to(const PackageMetadata& package, const Component& component) {
  return fit_of(package, component) == Fit::fits;
}

std::string version_for(const PackageMetadata& package, const Component& component) {
  const PackageDevice* device = device_for(package, component);
  return device == nullptr ? std::string() : device->version;
}

std::vector<const Component*> applicable(const CatalogImage& image, const inventory::HostSnapshot& host) {
  std::vector<const Component*> components;
  if (!image.package) return components;
  for (const Component& component : host.components) {
    if (is_active(component) && applies_to(*image.package, component)) components.push_back(&component);
  }
  return components;
}

std::vector<std::string> why_not_applicable(const CatalogImage& image, const inventory::HostSnapshot& host) {
  if (!image.package) {
    return {fmt::format("{} says nothing of the devices that it is for; the manifest's entry decides", image.name)};
  }
  if (!applicable(image, host).empty()) return {};
  const PackageMetadata& package = *image.package;
  std::vector<std::string> reasons;
  if (std::string wrong = wrong_generation(image, host); !wrong.empty()) reasons.push_back(std::move(wrong));
  for (const Component* component : of_its_class(package, host)) {
    reasons.push_back(fmt::format("{} is made for {}, and {} is {}", image.name, made_for(package),
                                  printable(component->name), in_words(component->targets)));
  }
  if (reasons.empty()) {
    const std::string device_class =
        package.device_class.empty() ? std::string("no device class") : describe_device_class(package.device_class);
    reasons.push_back(fmt::format("{} is made for {} ({}), and {} shows no such device", image.name, made_for(package),
                                  device_class, host.name));
  }
  return reasons;
}

std::vector<Rivalry> rivalries(const std::vector<const CatalogImage*>& images, const inventory::HostSnapshot& host) {
  std::map<std::string, Rivalry> by_address;
  for (const CatalogImage* image : images) {
    for (const Component* component : applicable(*image, host)) {
      Rivalry& rivalry = by_address[component->address];
      rivalry.component = component;
      rivalry.images.push_back(image);
    }
  }
  std::vector<Rivalry> found;
  for (auto& [address, rivalry] : by_address) {
    if (rivalry.images.size() < 2) continue;
    std::ranges::sort(rivalry.images, {}, &CatalogImage::name);
    found.push_back(std::move(rivalry));
  }
  return found;
}

}  // namespace firmform::catalog
