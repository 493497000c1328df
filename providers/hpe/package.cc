// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/package.h"

#include <algorithm>
#include <string_view>

#include "engine/base/text.h"
#include "engine/version/version.h"

namespace firmform::hpe {
namespace {

bool has_target(const inventory::Component& component, std::string_view guid) {
  const auto is_it = [&](const std::string& target) { return equals_ignoring_case(target, guid); };
  return std::ranges::any_of(component.targets, is_it);
}

/// A drive behind a controller: "Slot=12:Port=2I:Box=1:Bay=1".
bool is_behind_controller(const inventory::Component& component) {
  return component.location.find("Slot=") != std::string::npos && component.location.find(':') != std::string::npos;
}

}  // namespace

PackageType type_of(const catalog::PackageMetadata& package, const inventory::Component& component) {
  if (package.updatable_by_uefi && package.updatable_by_agent) return PackageType::d;
  if (package.updatable_by_uefi && package.updatable_by_bmc) {
    const bool by_ilo = component.updateable.value_or(is_behind_controller(component));
    return by_ilo ? PackageType::b : PackageType::c;
  }
  if (package.direct_flash) return package.reset_required ? PackageType::b : PackageType::a;
  return package.uefi_flashable ? PackageType::c : PackageType::d;
}

bool applies_to(const catalog::PackageMetadata& package, const inventory::Component& component) {
  const bool same_class = component.device_class.empty() || package.device_class.empty() ||
                          equals_ignoring_case(component.device_class, package.device_class);
  const auto is_ours = [&](const catalog::PackageDevice& device) { return has_target(component, device.target); };
  return same_class && std::ranges::any_of(package.devices, is_ours);
}

std::string version_for(const catalog::PackageMetadata& package, const inventory::Component& component) {
  const auto is_ours = [&](const catalog::PackageDevice& device) { return has_target(component, device.target); };
  const auto found = std::ranges::find_if(package.devices, is_ours);
  return found == package.devices.end() ? std::string() : found->version;
}

bool same_version(std::string_view in_package, std::string_view wanted) {
  const std::string_view without_date = in_package.substr(0, in_package.find('_'));
  for (const std::string_view spelling : {in_package, without_date}) {
    if (version::satisfies(wanted, spelling) || version::satisfies(spelling, wanted)) return true;
    if (version::compare(spelling, wanted) == version::Ordering::equal) return true;
  }
  return false;
}

}  // namespace firmform::hpe
