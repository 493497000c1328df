// SPDX-License-Identifier: Apache-2.0
// The images that a desired state names.
#pragma once

#include <string>
#include <vector>

#include "engine/manifest/desired.h"

namespace firmform::manifest {

/// File names and URLs of all images that hosts need: of the firmware entries of every baseline that they may get, of
/// their install sets and of their repositories. Sorted, each once.
[[nodiscard]] std::vector<std::string> images_of(const Desired& desired);

}  // namespace firmform::manifest
