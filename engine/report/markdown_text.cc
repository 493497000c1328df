// SPDX-License-Identifier: Apache-2.0
#include "engine/report/markdown_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"

namespace firmform::report {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// A character reference does not act as syntax, so what could is written as one. What Markdown leaves alone inside of
/// a word stays as it is: file names are full of it.
std::string escaped(std::string_view shown) {
  constexpr std::string_view kSyntax = "\\`*[]#|@!<>&~$^";
  std::string result;
  result.reserve(shown.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    const char before = i > 0 ? shown[i - 1] : ' ';
    const char after = i + 1 < shown.size() ? shown[i + 1] : ' ';
    const bool is_edge = c == '_' && !(is_alphanumeric(before) && is_alphanumeric(after));
    // "://" and "www." would become links.
    const bool is_link = (c == ':' && after == '/') || (c == '.' && (before == 'w' || before == 'W'));
    if (is_edge || is_link || kSyntax.find(c) != std::string_view::npos) {
      result += fmt::format("&#{};", static_cast<int>(c));
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace

std::string clipped(std::string_view text, std::size_t longest) {
  if (utf8_length(text) <= longest) return std::string(text);
  std::string result;
  for (std::size_t count = 1; count < longest; ++count) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(text), 1);
    result += text.substr(0, length);
    text.remove_prefix(length);
  }
  return result + "…";
}

std::string markdown_text(std::string_view text) {
  // Mentions and references are looked for after character references were resolved: a space without width keeps the
  // sign apart from the name.
  constexpr std::string_view kApart = "&#8203;";
  std::string result = escaped(printable(text));
  for (const std::string_view sign : {"&#64;", "&#35;", "&#33;", "&#38;", "&#126;", "&#36;"}) {
    for (std::size_t place = result.find(sign); place != std::string::npos; place = result.find(sign, place)) {
      place += sign.size();
      if (sign == "&#64;" || (place < result.size() && is_alphanumeric(result[place]))) result.insert(place, kApart);
    }
  }
  return result;
}

std::string markdown_code(std::string_view text, std::size_t longest) {
  if (text.empty()) return {};
  return "<code>" + escaped(clipped(printable(text), longest)) + "</code>";
}

std::string with_commas(std::size_t number) {
  std::string text = fmt::format("{}", number);
  for (std::size_t place = text.size(); place > 3;) {
    place -= 3;
    text.insert(place, ",");
  }
  return text;
}

}  // namespace firmform::report
