// SPDX-License-Identifier: Apache-2.0
// What a manifest may not do without a policy that allows it, and mix-ups that could hit the wrong machine.
#pragma once

#include "engine/manifest/desired.h"

namespace firmform::manifest {

/// Unverified TLS, plain http, and BMC addresses that two hosts share.
[[nodiscard]] Diagnostics check_safety(const Manifest& manifest, const Desired& desired);

/// `a`, `b` and 7 more; for notes on problems that many hosts share.
[[nodiscard]] std::string some_of(const std::vector<std::string>& names);

}  // namespace firmform::manifest
