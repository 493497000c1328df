// SPDX-License-Identifier: Apache-2.0
// Fuzz targets check properties in every build type, so not with assert().
#pragma once

#include <cstdlib>

namespace firmform::fuzz {

/// Stops the fuzzer at the input that breaks a property.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace firmform::fuzz
