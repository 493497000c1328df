// SPDX-License-Identifier: Apache-2.0
// Times and durations as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.h"

namespace firmform {

/// RFC 3339 in UTC with seconds: "2026-11-21T02:00:00Z".
[[nodiscard]] std::string to_rfc3339(UtcTime time);
/// Accepts any RFC 3339 offset; empty when malformed.
[[nodiscard]] std::optional<UtcTime> parse_rfc3339(std::string_view text);
/// "4h", "15m", "1h30m", "10s", "250ms"; empty when malformed, negative or above ten years.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
/// "1h30m", "2m10s", "45s", "0s": two most significant units.
[[nodiscard]] std::string to_text(Duration duration);

}  // namespace firmform
