// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/cron.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/manifest/format_rules.h"

namespace firmform::manifest {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct CronField {
  std::int64_t least;
  std::int64_t most;
  std::span<const std::string_view> names;  ///< the first one means `least`
};

const std::array<CronField, 5> kFields = {CronField{0, 59, {}}, CronField{0, 23, {}}, CronField{1, 31, {}},
                                          CronField{1, 12, kMonths}, CronField{0, 7, kWeekdays}};

std::optional<std::int64_t> value_of(const CronField& field, std::string_view text) {
  const auto name = std::ranges::find(field.names, to_lower(text));
  if (name != field.names.end()) return field.least + (name - field.names.begin());
  const auto number = text.starts_with('-') ? std::nullopt : parse_integer(text);
  if (!number || *number < field.least || *number > field.most) return std::nullopt;
  return number;
}

bool is_range(const CronField& field, std::string_view text) {
  if (text == "*") return true;
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return value_of(field, text).has_value();
  const auto first = value_of(field, text.substr(0, dash));
  const auto last = value_of(field, text.substr(dash + 1));
  return first && last && *first <= *last;
}

bool is_item(const CronField& field, std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return is_range(field, text);
  const auto step = parse_integer(text.substr(slash + 1));
  return step && *step >= 1 && *step <= field.most && is_range(field, text.substr(0, slash));
}

bool is_field(const CronField& field, std::string_view text) {
  const std::vector<std::string> items = split(text, ',');
  return std::ranges::all_of(items, [&](const std::string& item) { return is_item(field, item); });
}

}  // namespace

bool is_cron(std::string_view text) {
  std::vector<std::string> words = split(text, ' ');
  std::erase(words, "");
  if (words.size() != kFields.size()) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_field(kFields[i], words[i])) return false;
  }
  return true;
}

}  // namespace firmform::manifest
