// SPDX-License-Identifier: Apache-2.0
// Target GUIDs in words. They are not arbitrary: platform, ROM family, PCI ids and drive models are written into them
// (reference: UpdateService facts of HPE iLO, "GUID decoding").
#pragma once

#include <string>
#include <string_view>

namespace firmform::catalog {

/// "iLO 6", "ROM family U46", "platform 225", "PCI 15b3:1017 15b3:0116", "drive MK000480GWSSC"; the GUID itself when it
/// says nothing.
[[nodiscard]] std::string describe_target(std::string_view guid);

/// "U46"; empty when the GUID is not that of a ROM family.
[[nodiscard]] std::string rom_family_of(std::string_view guid);

/// "iLO 6"; empty when the GUID is not that of an iLO.
[[nodiscard]] std::string_view ilo_generation_of(std::string_view guid);

/// "System ROM"; the GUID itself for a class that is not known.
[[nodiscard]] std::string describe_device_class(std::string_view guid);

}  // namespace firmform::catalog
