// SPDX-License-Identifier: Apache-2.0
// How many columns of a terminal a text takes: host names, device names and messages may hold characters that take two
// columns, or none. By a table of our own, so that the answer is the same on every machine and in every locale.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace firmform::report {

/// Of UTF-8 without control characters; each malformed byte counts one.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The longest beginning that takes at most `columns`; characters without a width stay with the one before them.
[[nodiscard]] std::string_view first_columns(std::string_view text, std::size_t columns);

/// `text`, or its beginning with a mark that something was cut off; never more than `columns` wide.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t columns, bool unicode);

/// As fitted(), filled up with spaces to exactly `columns`.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns, bool unicode);

}  // namespace firmform::report
