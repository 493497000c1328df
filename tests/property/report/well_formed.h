// SPDX-License-Identifier: Apache-2.0
// Checks of form, each with the one rule that a reader would stop at.
#pragma once

#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/text.h"

namespace firmform::tests {

inline bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

/// Names with labels of all samples.
inline std::set<std::string> names_of_series(const std::string& exposition) {
  std::set<std::string> names;
  for (const std::string& line : lines_of(exposition)) {
    if (!line.starts_with('#')) names.insert(line.substr(0, line.rfind(' ')));
  }
  return names;
}

/// A strict reader of the XML that has elements, attributes in double quotes, text and references.
class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : text_(text) {}

  /// Empty when the text is well-formed.
  std::string problem() {
    if (!is_utf8(text_)) return "no UTF-8";
    if (const std::string bad = bad_character(); !bad.empty()) return bad;
    skip_declaration();
    while (problem_.empty() && place_ < text_.size()) step();
    if (problem_.empty() && !open_.empty()) return "not closed: " + open_.back();
    return problem_;
  }

 private:
  [[nodiscard]] std::string bad_character() const {
    for (const char c : text_) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') return fmt::format("control character {}", byte);
    }
    for (const std::string_view none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
      if (text_.find(none) != std::string_view::npos) return "U+FFFE or U+FFFF";
    }
    return {};
  }

  void skip_declaration() {
    if (text_.starts_with("<?xml ")) place_ = text_.find("?>") + 2;
  }

  void step() {
    if (text_[place_] == '<') {
      tag();
      return;
    }
    const std::size_t end = std::min(text_.find('<', place_), text_.size());
    const std::string_view run = text_.substr(place_, end - place_);
    if (run.find("]]>") != std::string_view::npos) problem_ = "]]> in text";
    references(run);
    place_ = end;
  }

  void tag() {
    const std::size_t end = text_.find('>', place_);
    if (end == std::string_view::npos) {
      problem_ = "a tag without an end";
      return;
    }
    std::string_view inside = text_.substr(place_ + 1, end - place_ - 1);
    place_ = end + 1;
    if (inside.starts_with('/')) {
      inside.remove_prefix(1);
      if (open_.empty() || open_.back() != inside) {
        problem_ = fmt::format("closes {}", inside);
      } else {
        open_.pop_back();
      }
      return;
    }
    const bool is_empty = inside.ends_with('/');
    if (is_empty) inside.remove_suffix(1);
    const std::string_view name = inside.substr(0, inside.find(' '));
    attributes(inside.substr(name.size()));
    if (!is_empty) open_.emplace_back(name);
  }

  void attributes(std::string_view text) {
    std::set<std::string_view> names;
    while (!trim(text).empty()) {
      text = trim(text);
      const std::size_t sign = text.find("=\"");
      const std::size_t end = sign == std::string_view::npos ? sign : text.find('"', sign + 2);
      if (end == std::string_view::npos) {
        problem_ = fmt::format("attribute: {}", text);
        return;
      }
      if (!names.insert(text.substr(0, sign)).second) problem_ = "an attribute twice";
      const std::string_view value = text.substr(sign + 2, end - sign - 2);
      if (value.find('<') != std::string_view::npos) problem_ = "< in an attribute";
      references(value);
      text.remove_prefix(end + 1);
    }
  }

  void references(std::string_view text) {
    for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
      bool known = false;
      for (const std::string_view reference : {"&amp;", "&lt;", "&gt;", "&quot;"}) {
        known = known || text.substr(at).starts_with(reference);
      }
      if (!known) problem_ = "an unknown reference";
    }
  }

  std::string_view text_;
  std::size_t place_ = 0;
  std::vector<std::string> open_;
  std::string problem_;
};

inline std::string xml_problem(std::string_view text) {
  return XmlReader(text).problem();
}

}  // namespace firmform::tests
