// SPDX-License-Identifier: Apache-2.0
// YAML bytes to a tree of our own, in which every scalar is text with its place. No type is guessed here:
// `3.10`, `no` and `1e3` stay what was written until the schema says otherwise.
//
// Aliases are expanded and merge keys (`<<`) merged while reading, both within the limits below, so that
// a bomb of aliases ends as a diagnostic. What came through an alias keeps the place of its anchor.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"

namespace firmform::manifest {

struct YamlLimits {
  std::size_t max_bytes = 16U << 20U;           ///< of a file
  std::size_t max_scalar_bytes = 1U << 20U;     ///< of one text
  std::size_t max_expanded_bytes = 64U << 20U;  ///< of all texts, after aliases
  std::size_t max_nodes = 2'000'000;            ///< after aliases
  std::size_t max_alias_nodes = 1'000'000;      ///< of these, copies for anchors and aliases
  std::size_t max_depth = 64;
};

enum class YamlKind { null, scalar, sequence, map };

struct YamlEntry;

struct YamlNode {
  YamlKind kind = YamlKind::null;
  std::string text;                ///< of a scalar; of a null, as written ("", "~", "null")
  bool quoted = false;             ///< or a block scalar: never a number or boolean
  SourceSpan span;                 ///< of the value; of the key, where nothing is written
  std::vector<YamlEntry> entries;  ///< of a map, in order; no key twice
  std::vector<YamlNode> items;     ///< of a sequence
  bool valid = true;               ///< false when a check found something wrong in it, or below it

  /// Value of `key` in a map; null when absent.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlEntry {
  std::string key;
  SourceSpan key_span;
  YamlNode value;
};

/// "a map", "a list", "a text", "nothing": for messages.
[[nodiscard]] std::string_view describe(YamlKind kind);

/// What becomes of tags (`!vault`): a manifest has none, and in files of others they may be passed over.
enum class YamlTags { refused, ignored };

/// Reads one file. Without a value when it is malformed or beyond the limits; duplicate keys are reported
/// and their first value is kept. An empty file is a null node. Time and memory are linear in its size.
[[nodiscard]] Parsed<YamlNode> parse_yaml(const SourceMap& sources, FileId file, const YamlLimits& limits = {},
                                          YamlTags tags = YamlTags::refused);

}  // namespace firmform::manifest
