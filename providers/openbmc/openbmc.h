// SPDX-License-Identifier: Apache-2.0
// OpenBMC (bmcweb): its service root names no vendor, its inventory Ids are hashes of the version or random.
#pragma once

#include <string>

#include "providers/redfish/quirks.h"

namespace firmform::openbmc {

[[nodiscard]] const redfish::Dialect& dialect();

/// "bmc", "bios", or what the description or the Id says without its random part.
[[nodiscard]] std::string purpose_of(const inventory::Component& component);

}  // namespace firmform::openbmc
