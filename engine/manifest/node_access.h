// SPDX-License-Identifier: Apache-2.0
// Reads typed values out of a validated tree. What is absent or wrong (and reported) reads as absent.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/manifest/manifest.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// The value of `key`, if it is there and right.
[[nodiscard]] const YamlNode* valid(const YamlNode& map, std::string_view key);
[[nodiscard]] std::optional<Text> text(const YamlNode& map, std::string_view key);
[[nodiscard]] std::optional<std::string> plain_text(const YamlNode& map, std::string_view key);
[[nodiscard]] std::string text_or_empty(const YamlNode& map, std::string_view key);
[[nodiscard]] bool flag(const YamlNode& map, std::string_view key, bool otherwise = false);
/// The value of `absent`; reports `absent: false`, which would say nothing.
[[nodiscard]] bool absent_flag(const YamlNode& map, Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::int64_t> number(const YamlNode& map, std::string_view key);
/// The right ones among the items of a list of texts.
[[nodiscard]] std::vector<Text> texts(const YamlNode& map, std::string_view key);
/// The right ones among the entries of a map of texts.
[[nodiscard]] std::map<std::string, Text> text_map(const YamlNode& map, std::string_view key);

}  // namespace firmform::manifest
