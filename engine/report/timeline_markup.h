// SPDX-License-Identifier: Apache-2.0
// Text inside of XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace firmform::report {

/// `text` for content and attribute values; line ends stay, other control characters do not.
[[nodiscard]] inline std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= ' ' || c == '\n') result += c;
    }
  }
  return result;
}

}  // namespace firmform::report
