// SPDX-License-Identifier: Apache-2.0
#include "engine/inventory/health.h"

#include <fmt/format.h>

#include <map>
#include <tuple>

#include "engine/base/digest.h"

namespace firmform::inventory {

std::vector<SettingChange> compare(const Settings& before, const Settings& after) {
  using Key = std::tuple<std::string, std::string, std::string>;
  const auto key_of = [](const Setting& setting) { return Key(setting.category, setting.uri, setting.name); };
  std::map<Key, SettingChange> pairs;
  for (const Setting& setting : before) pairs[key_of(setting)].before = setting;
  for (const Setting& setting : after) pairs[key_of(setting)].after = setting;
  std::vector<SettingChange> changes;
  for (auto& [key, pair] : pairs) {
    if (pair.before.value != pair.after.value) changes.push_back(std::move(pair));
  }
  return changes;
}

std::string fingerprint(const Settings& settings, const std::string& category) {
  std::string text;
  for (const Setting& setting : settings) {
    if (setting.category == category) text += fmt::format("{}\n{}\n{}\n", setting.uri, setting.name, setting.value);
  }
  return sha256_hex(text);
}

}  // namespace firmform::inventory
