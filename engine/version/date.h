// SPDX-License-Identifier: Apache-2.0
// Dates that vendors put behind a version: "(08/10/2024)", "Feb 25 2025", "_02-21-2025", "2023-07-05".
// Private to engine/version and its tests.
#pragma once

#include <optional>
#include <string_view>

namespace firmform::version {

struct DatedText {
  std::string_view text;    ///< without the date and what separated it; empty when the date is all there is
  std::optional<int> date;  ///< year * 10000 + month * 100 + day
};

/// Splits a trailing date off. A day that no calendar has is no date, and the text stays whole.
[[nodiscard]] DatedText split_date(std::string_view text);

}  // namespace firmform::version
