// SPDX-License-Identifier: Apache-2.0
// What an iLO says beyond the standard: its inventory keys, POST state, discovery and update engine. Pure.
#pragma once

#include <string_view>

#include "providers/redfish/quirks.h"
#include "providers/redfish/read.h"

namespace firmform::hpe {

[[nodiscard]] const redfish::Dialect& dialect();

/// Keys of HostSnapshot::vendor_facts.
inline constexpr std::string_view kGeneration = "hpe.generation";             ///< "iLO 5"
inline constexpr std::string_view kExternalManager = "hpe.external_manager";  ///< absent: none

/// "iLO 4" cannot be changed by this program.
[[nodiscard]] bool is_ilo4(const inventory::HostSnapshot& host);

/// Oem.Hpe of a resource; on an iLO 4 it is Oem.Hp.
[[nodiscard]] const json::Value& oem(const json::Value& resource);

}  // namespace firmform::hpe
