// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "engine/manifest/layout.h"
#include "engine/manifest/problem.h"
#include "engine/manifest/yaml_check.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {
namespace {

/// Where two trees differ in meaning, by its place in the first one; empty when they do not.
std::optional<SourceSpan> difference(const YamlNode& a, const YamlNode& b) {
  const bool same = a.kind == b.kind && a.text == b.text && a.quoted == b.quoted && a.items.size() == b.items.size() &&
                    a.entries.size() == b.entries.size();
  if (!same) return a.span;
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (const auto place = difference(a.items[i], b.items[i])) return place;
  }
  for (std::size_t i = 0; i < a.entries.size(); ++i) {
    if (a.entries[i].key != b.entries[i].key) return a.entries[i].key_span;
    if (const auto place = difference(a.entries[i].value, b.entries[i].value)) return place;
  }
  return std::nullopt;
}

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

bool is_white_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Whether both hold the same characters in the same order, white space aside: nothing can be lost then.
bool same_characters(std::string_view a, std::string_view b) {
  auto right = b.begin();
  for (const char c : a) {
    if (is_white_space(c)) continue;
    right = std::find_if_not(right, b.end(), is_white_space);
    if (right == b.end() || *right != c) return false;
    ++right;
  }
  return std::all_of(right, b.end(), is_white_space);
}

std::optional<SourceSpan> explicit_key(const SourceMap& sources, FileId file) {
  LineScanner scanner(sources.text(file));
  while (const auto line = scanner.next()) {
    if (line->explicit_key) return span_at(sources, file, line->offset + line->indent);
  }
  return std::nullopt;
}

/// The place at which `formatted` would no longer mean the same.
std::optional<SourceSpan> damage(const YamlNode& original, const SourceMap& sources, FileId file,
                                 const std::string& formatted) {
  const SourceSpan start{file, 1, 1, 1};
  if (!same_characters(without_byte_order_mark(sources.text(file)), formatted)) return start;
  SourceMap scratch;
  const Parsed<YamlNode> again = parse_yaml(scratch, scratch.add(sources.name(file), formatted));
  if (!again.value || again.diagnostics.has_errors()) return start;
  if (const auto place = difference(original, *again.value)) return place;
  return Layout::apply(formatted) == formatted ? std::nullopt : std::optional(start);
}

}  // namespace

Parsed<std::string> format(const SourceMap& sources, FileId file) {
  Parsed<YamlNode> tree = parse_yaml(sources, file);
  Parsed<std::string> result;
  const bool malformed = !tree.value || tree.diagnostics.has_errors();
  result.diagnostics = std::move(tree.diagnostics);
  if (malformed) return result;

  std::string formatted = Layout::apply(sources.text(file));
  std::optional<SourceSpan> place = explicit_key(sources, file);
  if (!place) place = damage(*tree.value, sources, file, formatted);
  if (place) {
    result.diagnostics.add(problem(Code::format_refused, fmt::format("{} was left as it is", sources.name(file)),
                                   *place, "cannot be formatted without a change of meaning"));
    return result;
  }
  result.value = std::move(formatted);
  return result;
}

}  // namespace firmform::manifest
