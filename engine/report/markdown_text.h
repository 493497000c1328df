// SPDX-License-Identifier: Apache-2.0
// Text of devices and people inside of Markdown: it must not format, link, mention anybody or end a table's cell.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace firmform::report {

/// For sentences, in one line. Mentions and references to issues stay readable and do not work.
[[nodiscard]] std::string markdown_text(std::string_view text);

/// For names and versions, in one line: as code, of at most `longest` characters; empty for an empty text.
[[nodiscard]] std::string markdown_code(std::string_view text, std::size_t longest = 120);

/// "1,234"
[[nodiscard]] std::string with_commas(std::size_t number);

/// At most `longest` characters, with "…" in place of what is cut off; never cuts a character in two.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t longest);

}  // namespace firmform::report
