// SPDX-License-Identifier: Apache-2.0
// Addresses of components: stable and unique on their host, whatever the firmware versions and the order of
// discovery. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/inventory/snapshot.h"
#include "providers/redfish/read.h"

namespace firmform::redfish {

/// Each run of characters that no address may hold becomes one '-'; none at the ends.
[[nodiscard]] std::string slug(std::string_view text);

/// What the address of one component is made of, all of it slugged already.
struct Naming {
  std::string base;    ///< from what never changes; must not be empty
  std::string detail;  ///< told apart by it when several have the same base
  std::string suffix;  ///< of components that are not active: "@backup"
};

/// Sets `address` of each component from its naming. Components that `detail` does not tell apart either get
/// "#2", "#3" … in the order of their numeric Ids.
void assign_addresses(std::vector<inventory::Component>& components, std::vector<Naming> namings);

/// "@backup" and the like; empty for active components.
[[nodiscard]] std::string slot_suffix(inventory::Slot slot);
/// Address of software begin with it, so that they never meet those of firmware.
inline constexpr std::string_view kSoftwarePrefix = "software:";

/// The active component that `staged` waits to replace gets its version.
void stage(inventory::Component& active, const inventory::Component& staged);

/// Addresses from Id; slots from Id, State, Active and Staged; roles from RelatedItem and Id.
void identify_by_id(std::vector<inventory::Component>& components, const Resources& resources);

/// What a component of a standard service is.
[[nodiscard]] Role standard_role(const inventory::Component& component);

}  // namespace firmform::redfish
