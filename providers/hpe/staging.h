// SPDX-License-Identifier: Apache-2.0
// What an iLO keeps beside its firmware: repository, installation queue, maintenance windows, install sets, and the
// agent in the operating system (ilo.md 4, 8, 9, 10, 11.4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/inventory/snapshot.h"
#include "providers/redfish/client.h"
#include "providers/redfish/read.h"

namespace firmform::hpe {

/// The parts of the tree beyond the standard, as received. Absent: not offered, or not to be read.
struct Extras {
  std::optional<redfish::Collection> repository;
  std::optional<redfish::Collection> queue;
  std::optional<redfish::Collection> windows;
  std::optional<redfish::Collection> install_sets;
  std::optional<redfish::Collection> invalid_images;
  json::Value agent;    ///< null: no agent ever announced itself
  json::Value session;  ///< our own; null: it does not show
  std::vector<std::string> warnings;
};

/// Follows the links of the UpdateService and the system; independent reads run at once. A part that cannot be read is
/// a warning; fails when the iLO cannot be talked to.
Task<Result<Extras>> fetch_extras(redfish::Client& client, const redfish::Resources& resources);

/// One entry of the queue. Pure.
[[nodiscard]] inventory::QueueEntry queue_entry(const json::Value& item,
                                                const std::optional<inventory::Repository>& repository = std::nullopt);

/// Absent when the iLO links to none of it. Pure.
[[nodiscard]] std::optional<inventory::Staging> staging(const redfish::Resources& resources, const Extras& extras);

}  // namespace firmform::hpe
