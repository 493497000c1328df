// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/package.h"

#include <string_view>

#include "engine/version/version.h"

namespace firmform::hpe {
namespace {

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

bool same_version(std::string_view in_package, std::string_view wanted) {
  const std::string_view without_date = in_package.substr(0, in_package.find('_'));
  for (const std::string_view spelling : {in_package, without_date}) {
    if (version::satisfies(wanted, spelling) || version::satisfies(spelling, wanted)) return true;
    if (version::compare(spelling, wanted) == version::Ordering::equal) return true;
  }
  return false;
}

}  // namespace firmform::hpe
