// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/cron.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/manifest/format_rules.h"

namespace firmform::manifest {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct CronField {
  std::size_t least;
  std::size_t most;
  std::span<const std::string_view> names;  ///< the first one means `least`
  std::size_t end;                          ///< where `*` and open steps end
};

constexpr CronField kMinuteField{0, 59, {}, 59};
constexpr CronField kHourField{0, 23, {}, 23};
constexpr CronField kDayField{1, 31, {}, 31};
constexpr CronField kMonthField{1, 12, kMonths, 12};
constexpr CronField kWeekdayField{0, 7, kWeekdays, 6};  // 0 and 7 are both Sunday

/// The values that a field allows.
using Values = std::bitset<60>;

struct Range {
  std::size_t first = 0;
  std::size_t last = 0;
};

std::optional<std::size_t> value_of(const CronField& field, std::string_view text) {
  const auto name = std::ranges::find(field.names, to_lower(text));
  if (name != field.names.end()) return field.least + static_cast<std::size_t>(name - field.names.begin());
  const auto number = text.starts_with('-') ? std::nullopt : parse_integer(text);
  if (!number) return std::nullopt;
  const auto value = static_cast<std::size_t>(*number);
  return value < field.least || value > field.most ? std::nullopt : std::optional(value);
}

/// `open`: a single value stands for all from there on.
std::optional<Range> range_of(const CronField& field, std::string_view text, bool open) {
  if (text == "*") return Range{field.least, field.end};
  const std::size_t dash = text.find('-');
  const auto first = value_of(field, text.substr(0, dash));
  if (!first) return std::nullopt;
  if (dash == std::string_view::npos) return Range{*first, open ? std::max(*first, field.end) : *first};
  const auto last = value_of(field, text.substr(dash + 1));
  return last && *first <= *last ? std::optional(Range{*first, *last}) : std::nullopt;
}

bool add_item(const CronField& field, std::string_view text, Values& values) {
  const std::size_t slash = text.find('/');
  std::size_t step = 1;
  if (slash != std::string_view::npos) {
    const auto number = parse_integer(text.substr(slash + 1));
    if (!number || *number < 1 || *number > static_cast<std::int64_t>(field.most)) return false;
    step = static_cast<std::size_t>(*number);
  }
  const auto range = range_of(field, text.substr(0, slash), slash != std::string_view::npos);
  if (!range) return false;
  for (std::size_t value = range->first; value <= range->last; value += step) values.set(value);
  return true;
}

std::optional<Values> values_of(const CronField& field, std::string_view text) {
  Values values;
  for (const std::string& item : split(text, ',')) {
    if (!add_item(field, item, values)) return std::nullopt;
  }
  return values;
}

template <std::size_t size>
std::bitset<size> narrowed(const Values& values) {
  std::bitset<size> result;
  for (std::size_t i = 0; i < size; ++i) result[i] = values[i];
  return result;
}

/// Minutes of a day between firings, and from the last one to midnight and on to the first.
struct DayShape {
  Duration shortest = 24h;  ///< between two firings of one day; 24h for a single one
  Duration first{0};
  Duration last{0};
};

DayShape shape_of(const Cron& cron) {
  DayShape shape;
  std::optional<Duration> previous;
  for (std::size_t minute = 0; minute < 24 * 60; ++minute) {
    if (!cron.hours[minute / 60] || !cron.minutes[minute % 60]) continue;
    const Duration time = std::chrono::minutes(minute);
    if (previous) {
      shape.shortest = std::min(shape.shortest, time - *previous);
    } else {
      shape.first = time;
    }
    previous = time;
  }
  shape.last = previous.value_or(Duration::zero());
  return shape;
}

/// The smallest number of days between two on which it fires. Every combination of date and weekday comes within 28
/// years (none of which is 2100).
std::optional<days> shortest_day_gap(const Cron& cron) {
  constexpr sys_days kFirst = std::chrono::year(2000) / 1 / 1;
  constexpr sys_days kEnd = std::chrono::year(2057) / 1 / 1;
  std::optional<sys_days> previous;
  std::optional<days> shortest;
  for (sys_days day = kFirst; day < kEnd; day += days(1)) {
    if (!cron.fires_on(day)) continue;
    if (previous) shortest = shortest ? std::min(*shortest, day - *previous) : day - *previous;
    if (shortest == days(1)) return shortest;
    previous = day;
  }
  return shortest;
}

}  // namespace

bool Cron::fires_on(sys_days day) const {
  const std::chrono::year_month_day date(day);
  if (!months[static_cast<unsigned>(date.month())]) return false;
  const bool day_fits = days[static_cast<unsigned>(date.day())];
  const bool weekday_fits = weekdays[std::chrono::weekday(day).c_encoding()];
  return any_day || any_weekday ? day_fits && weekday_fits : day_fits || weekday_fits;
}

std::optional<Cron> parse_cron(std::string_view text) {
  std::vector<std::string> words = split(text, ' ');
  std::erase(words, "");
  if (words.size() != 5) return std::nullopt;
  const auto minutes = values_of(kMinuteField, words[0]);
  const auto hours = values_of(kHourField, words[1]);
  const auto month_days = values_of(kDayField, words[2]);
  const auto months = values_of(kMonthField, words[3]);
  auto weekdays = values_of(kWeekdayField, words[4]);
  if (!minutes || !hours || !month_days || !months || !weekdays) return std::nullopt;
  if ((*weekdays)[7]) weekdays->set(0);
  return Cron{.minutes = *minutes,
              .hours = narrowed<24>(*hours),
              .days = narrowed<32>(*month_days),
              .months = narrowed<13>(*months),
              .weekdays = narrowed<7>(*weekdays),
              .any_day = words[2].starts_with('*'),
              .any_weekday = words[4].starts_with('*')};
}

bool is_cron(std::string_view text) {
  return parse_cron(text).has_value();
}

std::optional<Duration> shortest_period(const Cron& cron) {
  const auto gap = shortest_day_gap(cron);
  if (!gap) return std::nullopt;
  const DayShape shape = shape_of(cron);
  const Duration overnight = *gap + shape.first - shape.last;
  return shape.shortest < 24h ? std::min(shape.shortest, overnight) : overnight;
}

}  // namespace firmform::manifest
