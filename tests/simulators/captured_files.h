// SPDX-License-Identifier: Apache-2.0
// The captured trees and DMTF registries that the build put into the program; see EmbedTrees.cmake.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace firmform::simulators {

/// Files below `folder` ("hpe-dl360-gen10plus-ilo5/redfish/"): names without the folder, and their bytes.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> captured_files(std::string_view folder);

}  // namespace firmform::simulators
