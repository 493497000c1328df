// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/guard.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "engine/json/value.h"

namespace firmform::apply {
namespace {

using inventory::Health;
using inventory::Setting;
using inventory::SettingChange;
using inventory::Settings;
using manifest::GuardAction;

constexpr std::size_t kMostSettings = 20'000;
constexpr std::size_t kLongestValue = 1024;
constexpr std::size_t kShownValue = 80;
constexpr std::size_t kShownChanges = 20;

/// Redfish Health; what a BMC does not say counts as good.
int rank(const std::string& health) {
  if (equals_ignoring_case(health, "Critical")) return 2;
  return equals_ignoring_case(health, "Warning") ? 1 : 0;
}

std::string shown(const std::string& health) {
  return health.empty() ? "unknown" : printable(health);
}

void compare_health(std::vector<std::string>& found, std::string_view what, const std::string& before,
                    const std::string& after) {
  if (rank(after) <= rank(before)) return;
  found.push_back(fmt::format("{} is {}, and was {}", what, shown(after), before.empty() ? "OK" : shown(before)));
}

std::string shortened(const std::string& value) {
  const std::string text = printable(value);
  return text.size() <= kShownValue ? text : text.substr(0, kShownValue) + "…";
}

std::string sentence(const SettingChange& change) {
  const Setting& known = change.before.value.empty() ? change.after : change.before;
  const std::string_view uri = known.uri.ends_with('/') ? std::string_view(known.uri).substr(0, known.uri.size() - 1)
                                                        : std::string_view(known.uri);
  const std::string name = fmt::format("{} {}{}", known.category, uri, known.name);
  if (change.before.value.empty()) return fmt::format("{} is new: {}", printable(name), shortened(change.after.value));
  if (change.after.value.empty()) {
    return fmt::format("{} is gone; it was {}", printable(name), shortened(change.before.value));
  }
  return fmt::format("{} is {}, and was {}", printable(name), shortened(change.after.value),
                     shortened(change.before.value));
}

/// New firmware brings attributes and drops others.
bool comes_with_firmware(const SettingChange& change) {
  return change.before.value.empty() || (change.after.value.empty() && change.before.category == "bios");
}

void cut(std::vector<std::string>& sentences) {
  if (sentences.size() <= kShownChanges) return;
  const std::size_t more = sentences.size() - kShownChanges;
  sentences.resize(kShownChanges);
  sentences.push_back(fmt::format("and {} more", counted(more, "setting")));
}

json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  return value ? std::move(*value) : json::Value();
}

}  // namespace

Settings bounded(Settings settings) {
  if (settings.size() > kMostSettings) settings.resize(kMostSettings);
  for (Setting& setting : settings) {
    if (setting.value.size() <= kLongestValue) continue;
    setting.value = fmt::format("\"sha256:{}\"", sha256_hex(setting.value));
    setting.writable = false;
  }
  return settings;
}

std::string to_json_text(const Settings& settings) {
  json::Array items;
  items.reserve(settings.size());
  for (const Setting& setting : settings) {
    items.emplace_back(json::Array{setting.category, setting.uri, setting.name, setting.value, setting.writable});
  }
  return json::dump(items);
}

Settings settings_of(const std::string& text) {
  constexpr std::size_t kFields = 5;
  Settings settings;
  const json::Value parsed_text = parsed(text);
  for (const json::Value& item : parsed_text.items()) {
    const json::Array& fields = item.items();
    if (fields.size() != kFields) continue;
    const auto field = [&](std::size_t index) {
      return fields[index].as_string() == nullptr ? std::string() : *fields[index].as_string();
    };
    settings.push_back({.category = field(0),
                        .uri = field(1),
                        .name = field(2),
                        .value = field(3),
                        .writable = fields[4].as_bool().value_or(false)});
  }
  return settings;
}

std::string to_json_text(const HealthBefore& before) {
  json::Object sensors;
  for (const auto& [name, health] : before.health.sensors) sensors.append(name, health);
  return json::dump(json::Object{{"system", before.health.system},
                                 {"bmc", before.health.bmc},
                                 {"post", before.health.post},
                                 {"sensors", std::move(sensors)},
                                 {"clock_skew_ms", std::int64_t{before.clock_skew.count()}}});
}

HealthBefore health_of(const std::string& text) {
  const json::Value value = parsed(text);
  HealthBefore before;
  before.health.system = value.text("system");
  before.health.bmc = value.text("bmc");
  before.health.post = value.text("post");
  for (const json::Member& member : value["sensors"].members()) {
    if (const std::string* health = member.value.as_string()) before.health.sensors[member.key] = *health;
  }
  before.clock_skew = Duration(value["clock_skew_ms"].as_int().value_or(0));
  return before;
}

std::vector<std::string> worse(const manifest::HealthGate& gate, const Health& before, const Health& after) {
  std::vector<std::string> found;
  if (gate.bmc) {
    compare_health(found, "the system's health", before.system, after.system);
    compare_health(found, "the BMC's health", before.bmc, after.bmc);
  }
  if (gate.post && !before.post.empty() && after.post != before.post) {
    found.push_back(fmt::format("POST is at {}, and was at {}", shown(after.post), shown(before.post)));
  }
  if (gate.sensors) {
    for (const auto& [name, health] : after.sensors) {
      const auto known = before.sensors.find(name);
      compare_health(found, fmt::format("sensor {}", printable(name)),
                     known == before.sensors.end() ? "OK" : known->second, health);
    }
  }
  if (gate.max_log_entries && after.log_entries > *gate.max_log_entries) {
    found.push_back(fmt::format("the event logs have {} since the change began, and {} may be",
                                counted(static_cast<std::size_t>(after.log_entries), "new warning"),
                                *gate.max_log_entries));
  }
  return found;
}

std::vector<std::string> guarded_categories(const plan::Plan& plan) {
  std::vector<std::string> categories;
  for (const auto& [category, action] : plan.config_guard) {
    if (action != GuardAction::ignore) categories.push_back(category);
  }
  return categories;
}

Differences differences(const std::map<std::string, GuardAction>& guard, const Settings& before,
                        const Settings& after) {
  Differences result;
  for (const SettingChange& change : inventory::compare(before, after)) {
    const Setting& known = change.before.value.empty() ? change.after : change.before;
    const auto found = guard.find(known.category);
    const GuardAction action = found == guard.end() ? GuardAction::ignore : found->second;
    switch (action) {
      case GuardAction::ignore:
        break;
      case GuardAction::report:
        result.reported.push_back(sentence(change));
        break;
      case GuardAction::fail:
      case GuardAction::restore:
        (comes_with_firmware(change) ? result.reported : result.failing).push_back(sentence(change));
        break;
    }
  }
  cut(result.reported);
  cut(result.failing);
  return result;
}

Settings to_put_back(const std::vector<std::string>& categories, const Settings& before, const Settings& present) {
  Settings wanted;
  for (const SettingChange& change : inventory::compare(before, present)) {
    const bool meant = std::ranges::count(categories, change.before.category) > 0;
    if (meant && change.before.writable && !comes_with_firmware(change)) wanted.push_back(change.before);
  }
  return wanted;
}

}  // namespace firmform::apply
