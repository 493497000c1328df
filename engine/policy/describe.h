// SPDX-License-Identifier: Apache-2.0
// Rules and their numbers in words. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "engine/manifest/manifest.h"

namespace firmform::policy {

/// "update or downgrade of `System ROM*` that restarts the host, on hosts `web-*`"
[[nodiscard]] std::string describe(const manifest::PolicyRule& rule);

/// "44 of 48 hosts = 92 % > 25 %", or "12 of 48 hosts > 10"; with as many decimals as it takes to see that it is more.
[[nodiscard]] std::string excess(std::int64_t hosts, std::int64_t all, const manifest::Share& limit);

}  // namespace firmform::policy
