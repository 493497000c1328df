// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/json_tree.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/json/value.h"
#include "engine/manifest/problem.h"
#include "engine/manifest/yaml_cursor.h"

namespace firmform::manifest {
namespace {

/// Walks through a text that is known to be the JSON of a value, and notes where its parts stand.
class Walk {
 public:
  Walk(FileId file, std::string_view text) : text_(text), cursor_(file, text), at_(cursor_.start()) {}

  YamlNode node(const json::Value& value) {
    skip_blanks();
    YamlNode result;
    if (value.is_object()) {
      map(value, result);
    } else if (value.is_array()) {
      list(value, result);
    } else {
      const std::size_t start = at_;
      pass_scalar();
      result.kind = value.is_null() ? YamlKind::null : YamlKind::scalar;
      result.span = cursor_.at(start, utf8_length(text_.substr(start, at_ - start)));
      result.quoted = value.is_string();
      result.text = result.quoted ? *value.as_string() : std::string(text_.substr(start, at_ - start));
    }
    return result;
  }

 private:
  void map(const json::Value& value, YamlNode& result) {
    result.kind = YamlKind::map;
    result.span = cursor_.at(at_++, 1);
    for (const json::Member& member : value.members()) {
      skip_to_item();
      const std::size_t start = at_;
      pass_scalar();
      const SourceSpan place = cursor_.at(start, utf8_length(text_.substr(start, at_ - start)));
      skip_blanks();
      ++at_;  // the colon
      result.entries.push_back({member.key, place, node(member.value)});
    }
    skip_blanks();
    ++at_;
  }

  void list(const json::Value& value, YamlNode& result) {
    result.kind = YamlKind::sequence;
    result.span = cursor_.at(at_++, 1);
    for (const json::Value& item : value.items()) {
      skip_to_item();
      result.items.push_back(node(item));
    }
    skip_blanks();
    ++at_;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  void skip_to_item() { at_ = std::min(text_.find_first_not_of(" \t\r\n,", at_), text_.size()); }

  void pass_scalar() {
    if (at_ < text_.size() && text_[at_] == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\') ++at_;
      }
      ++at_;
    } else {
      at_ = text_.find_first_of(" \t\r\n,]}", at_);
    }
    at_ = std::min(at_, text_.size());
  }

  std::string_view text_;
  YamlCursor cursor_;
  std::size_t at_;
};

}  // namespace

Parsed<YamlNode> parse_json(const SourceMap& sources, FileId file) {
  Parsed<YamlNode> result;
  const auto value = json::parse(sources.text(file));
  if (value) {
    result.value = Walk(file, sources.text(file)).node(*value);
  } else {
    result.diagnostics.add(problem(Code::inventory_malformed, "the text is no JSON: " + value.error().message(),
                                   {file, 1, 1, 1}, "begins here"));
  }
  return result;
}

}  // namespace firmform::manifest
