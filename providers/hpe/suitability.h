// SPDX-License-Identifier: Apache-2.0
// Whether an image may go onto a component of an iLO's host, and who would install it (ilo.md 3.3, 7.2, 11). Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "providers/hpe/package.h"
#include "providers/provider.h"
#include "providers/redfish/quirks.h"

namespace firmform::hpe {

/// Why this change cannot be: the host, the component, the image, its package, the TPM.
[[nodiscard]] std::optional<Impossible> refuse_change(const ChangeRequest& request);
/// What a person should know of it.
[[nodiscard]] std::vector<plan::Reason> warnings_about(const ChangeRequest& request);

/// What kind of package it is; raw images and packages that nobody could look into are the iLO's to flash.
[[nodiscard]] PackageType type_of(const ChangeRequest& request);
/// The iLO cannot flash it at once: UEFI or an agent must, or it has an appointment.
[[nodiscard]] bool needs_queue(const ChangeRequest& request);
/// Who works on its queue entry.
[[nodiscard]] std::vector<inventory::Updater> updaters_of(const ChangeRequest& request);

[[nodiscard]] redfish::Role role_of(const ChangeRequest& request);
[[nodiscard]] bool needs_tpm_override(const ChangeRequest& request);
/// Other devices on the host would take the same image: URI of the one that is meant; empty when there is no other, or
/// when the firmware cannot be told.
[[nodiscard]] std::vector<std::string> targets_among_equals(const ChangeRequest& request);
/// Active components that the package would change beside the one that is meant, and that nobody means with it.
[[nodiscard]] std::vector<const inventory::Component*> others_reached(const ChangeRequest& request);
/// The refusal of an image that would reach `others`; `by_pull` when a pull could name what is meant.
[[nodiscard]] Impossible reaches_others(std::string_view image, const std::vector<const inventory::Component*>& others,
                                        bool by_pull);
/// Becomes active only by an AC power cycle.
[[nodiscard]] bool is_programmable_logic(const inventory::Component& component);

/// An HPE package (.fwpkg), by its format or its name.
[[nodiscard]] bool is_package(const catalog::CatalogImage& image);
/// SimpleUpdate flashes it: a .bin of the iLO, or a .signed.flash of the System ROM.
[[nodiscard]] bool simple_update_flashes(const ChangeRequest& request);

}  // namespace firmform::hpe
