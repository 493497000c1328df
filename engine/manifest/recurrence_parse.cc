// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "engine/base/text.h"
#include "engine/manifest/format_rules.h"
#include "engine/manifest/recurrence.h"

namespace firmform::manifest {
namespace {

using Frequency = Recurrence::Frequency;
using Problem = std::optional<Error>;  ///< none: all is well

constexpr std::array<std::string_view, 7> kWeekdays = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

constexpr std::array<std::pair<std::string_view, Frequency>, 4> kFrequencies = {{
    {"DAILY", Frequency::daily},
    {"WEEKLY", Frequency::weekly},
    {"MONTHLY", Frequency::monthly},
    {"YEARLY", Frequency::yearly},
}};

/// What is written in place of parts that are not known here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kInstead = {{
    {"BYSECOND", "leave it out: windows open at full minutes"},
    {"BYYEARDAY", "write the day as `BYMONTH` and `BYMONTHDAY`"},
    {"BYWEEKNO", "write the week as `BYMONTH` and `BYDAY`, such as `BYMONTH=2;BYDAY=2SA`"},
    {"DTSTART", "write the beginning as `first:` beside `recurrence:`"},
    {"RRULE", "leave out `RRULE:`"},
    {"EXDATE", "write the exception below `freeze_periods:`"},
    {"EXRULE", "write the exception below `freeze_periods:`"},
    {"RDATE", "write further dates as windows of their own"},
    {"TZID", "write the zone as `time_zone:` beside `recurrence:`"},
}};

constexpr std::string_view kKnownParts =
    "the parts that are known are FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, BYSETPOS "
    "and WKST";

std::string to_upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return upper;
}

Error wrong(std::string message, std::string help = {}) {
  Error error(Code::invalid_value, std::move(message));
  return help.empty() ? error : error.with_help(std::move(help));
}

std::optional<std::chrono::weekday> weekday_of(std::string_view text) {
  const auto name = std::ranges::find(kWeekdays, text);
  if (name == kWeekdays.end()) return std::nullopt;
  return std::chrono::weekday(static_cast<unsigned>(name - kWeekdays.begin()));
}

/// "+2" is 2.
std::optional<std::int64_t> signed_integer(std::string_view text) {
  const bool plus = text.starts_with('+');
  if (plus) text.remove_prefix(1);
  return plus && text.starts_with('-') ? std::nullopt : parse_integer(text);
}

/// Lists of whole numbers from `least` to `most`; with `from_end` also their negatives.
struct NumberPart {
  std::string_view name;
  int least;
  int most;
  bool from_end;
};

tl::expected<std::vector<int>, Error> numbers(const NumberPart& part, std::string_view text) {
  std::vector<int> result;
  for (const std::string& item : split(text, ',')) {
    const auto value = signed_integer(item);
    const auto size = value && *value < 0 && part.from_end ? -*value : value.value_or(-1);
    if (!value || size < part.least || size > part.most) {
      return tl::unexpected(wrong(fmt::format("{} cannot be `{}`", part.name, item),
                                  fmt::format("write whole numbers from {} to {}{}", part.least, part.most,
                                              part.from_end ? ", or negative ones, which count from the end" : "")));
    }
    result.push_back(static_cast<int>(*value));
  }
  return result;
}

/// The number that `digits` digits at `at` write.
std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

class Parser {
 public:
  explicit Parser(WallTime first) { rule_.first = first; }

  Result<Recurrence> run(std::string_view text) {
    if (auto problem = take_parts(text)) return fail(*std::move(problem));
    for (const auto take : {&Parser::frequency, &Parser::amounts, &Parser::until, &Parser::week_start, &Parser::months,
                            &Parser::month_days, &Parser::weekdays, &Parser::positions, &Parser::times}) {
      if (auto problem = (this->*take)()) return fail(*std::move(problem));
    }
    take_days_from_first();
    return std::move(rule_);
  }

 private:
  Problem take_parts(std::string_view text) {
    if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
      const std::string name = to_upper(trim(text.substr(0, colon)));
      return unknown_part(name);
    }
    for (const std::string& part : split(text, ';')) {
      const std::size_t equals = part.find('=');
      if (equals == std::string::npos || equals + 1 == part.size()) {
        return wrong(fmt::format("`{}` is not a part of a recurrence", part), "write parts as NAME=VALUE between `;`");
      }
      const std::string name = to_upper(trim(part.substr(0, equals)));
      if (std::ranges::find(kNames, name) == kNames.end()) return unknown_part(name);
      if (!parts_.emplace(name, to_upper(trim(part.substr(equals + 1)))).second) {
        return wrong(fmt::format("{} is given twice", name), "keep one of them");
      }
    }
    return std::nullopt;
  }

  static Problem unknown_part(std::string_view name) {
    const auto instead = std::ranges::find(kInstead, name, &std::pair<std::string_view, std::string_view>::first);
    return wrong(fmt::format("{} is not known in a recurrence", name),
                 std::string(instead == kInstead.end() ? kKnownParts : instead->second));
  }

  [[nodiscard]] const std::string* part(std::string_view name) const {
    const auto found = parts_.find(name);
    return found == parts_.end() ? nullptr : &found->second;
  }

  Problem frequency() {
    const std::string* word = part("FREQ");
    if (word == nullptr) return wrong("a recurrence needs FREQ", "write for example `FREQ=MONTHLY;BYDAY=2SA`");
    const auto known = std::ranges::find(kFrequencies, *word, &std::pair<std::string_view, Frequency>::first);
    if (known != kFrequencies.end()) {
      rule_.frequency = known->second;
      return std::nullopt;
    }
    const bool finer = *word == "HOURLY" || *word == "MINUTELY" || *word == "SECONDLY";
    return wrong(fmt::format("FREQ cannot be `{}`", *word),
                 finer ? "write `FREQ=DAILY` with the times of the day as BYHOUR and BYMINUTE"
                       : "write DAILY, WEEKLY, MONTHLY or YEARLY");
  }

  Problem amounts() {
    if (const std::string* text = part("INTERVAL")) {
      const auto value = numbers({"INTERVAL", 1, 1000, false}, *text);
      if (!value) return value.error();
      rule_.interval = value->front();
    }
    if (const std::string* text = part("COUNT")) {
      const auto value = numbers({"COUNT", 1, 100'000, false}, *text);
      if (!value) return value.error();
      rule_.count = value->front();
    }
    return std::nullopt;
  }

  /// "20271231T235959", or with a Z in UTC.
  Problem until() {
    const std::string* text = part("UNTIL");
    if (text == nullptr) return std::nullopt;
    if (rule_.count) return wrong("COUNT and UNTIL exclude each other", "keep one of them");
    std::string_view digits = *text;
    rule_.until_is_utc = digits.ends_with('Z');
    if (rule_.until_is_utc) digits.remove_suffix(1);
    if (digits.size() == 15 && digits[8] == 'T') {
      rule_.until = parse_wall_time(fmt::format("{}-{}-{}T{}:{}", digits.substr(0, 4), digits.substr(4, 2),
                                                digits.substr(6, 2), digits.substr(9, 2), digits.substr(11, 2)));
    }
    // Times are full minutes, so seconds make no difference.
    if (rule_.until && digits_at(digits, 13, 2).value_or(60) < 60) return std::nullopt;
    return wrong(fmt::format("UNTIL cannot be `{}`", *text),
                 "write the last time as `UNTIL=20271231T235959`, with a `Z` at its end if it is in UTC");
  }

  Problem week_start() {
    const std::string* text = part("WKST");
    if (text == nullptr) return std::nullopt;
    const auto day = weekday_of(*text);
    if (!day) return wrong(fmt::format("WKST cannot be `{}`", *text), "write a day such as MO or SU");
    rule_.week_start = *day;
    return std::nullopt;
  }

  Problem months() {
    const std::string* text = part("BYMONTH");
    if (text == nullptr) return std::nullopt;
    const auto values = numbers({"BYMONTH", 1, 12, false}, *text);
    if (!values) return values.error();
    for (const int month : *values) rule_.months.set(static_cast<std::size_t>(month));
    return std::nullopt;
  }

  Problem month_days() {
    const std::string* text = part("BYMONTHDAY");
    if (text == nullptr) return std::nullopt;
    if (rule_.frequency == Frequency::weekly) {
      return wrong("BYMONTHDAY has no meaning with FREQ=WEEKLY", "write `FREQ=MONTHLY`, or BYDAY instead");
    }
    auto values = numbers({"BYMONTHDAY", 1, 31, true}, *text);
    if (!values) return values.error();
    rule_.month_days = *std::move(values);
    return std::nullopt;
  }

  Problem weekdays() {
    const std::string* text = part("BYDAY");
    if (text == nullptr) return std::nullopt;
    for (const std::string& item : split(*text, ',')) {
      if (auto problem = add_weekday(item)) return problem;
    }
    return std::nullopt;
  }

  Problem add_weekday(const std::string& item) {
    const std::size_t digits = item.size() < 2 ? 0 : item.size() - 2;
    const auto day = weekday_of(std::string_view(item).substr(digits));
    const auto ordinal = digits == 0 ? std::optional<std::int64_t>(0) : signed_integer(item.substr(0, digits));
    const bool in_year = rule_.frequency == Frequency::yearly && rule_.months.none();
    const std::int64_t most = in_year ? 53 : 5;
    if (!day || !ordinal || (digits > 0 && *ordinal == 0) || *ordinal > most || *ordinal < -most) {
      return wrong(
          fmt::format("BYDAY cannot be `{}`", item),
          fmt::format("write a day such as SA, or which one, such as 2SA or -1SU, from 1 to {}", in_year ? 53 : 5));
    }
    const bool ordinals = rule_.frequency == Frequency::monthly || rule_.frequency == Frequency::yearly;
    if (*ordinal != 0 && !ordinals) {
      return wrong(fmt::format("BYDAY cannot be `{}` with FREQ=DAILY or WEEKLY", item),
                   "write `FREQ=MONTHLY`, or the day without its number");
    }
    rule_.weekdays.push_back({*day, static_cast<int>(*ordinal)});
    return std::nullopt;
  }

  Problem positions() {
    const std::string* text = part("BYSETPOS");
    if (text == nullptr) return std::nullopt;
    auto values = numbers({"BYSETPOS", 1, 366, true}, *text);
    if (!values) return values.error();
    const auto is_set = [&](std::string_view name) { return part(name) != nullptr; };
    if (std::ranges::none_of(std::array{"BYMONTH", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE"}, is_set)) {
      return wrong("BYSETPOS has no meaning alone", "say what it chooses from, such as `BYDAY=MO,TU,WE;BYSETPOS=-1`");
    }
    rule_.positions = *std::move(values);
    return std::nullopt;
  }

  Problem times() {
    const auto first = std::chrono::duration_cast<std::chrono::minutes>(
        rule_.first - std::chrono::floor<std::chrono::days>(rule_.first));
    std::vector<int> hours = {static_cast<int>(first.count() / 60)};
    std::vector<int> minutes = {static_cast<int>(first.count() % 60)};
    if (const std::string* text = part("BYHOUR")) {
      auto values = numbers({"BYHOUR", 0, 23, false}, *text);
      if (!values) return values.error();
      hours = *std::move(values);
    }
    if (const std::string* text = part("BYMINUTE")) {
      auto values = numbers({"BYMINUTE", 0, 59, false}, *text);
      if (!values) return values.error();
      minutes = *std::move(values);
    }
    for (const int hour : hours) {
      for (const int minute : minutes) rule_.day_minutes.push_back(hour * 60 + minute);
    }
    std::ranges::sort(rule_.day_minutes);
    rule_.day_minutes.erase(std::ranges::unique(rule_.day_minutes).begin(), rule_.day_minutes.end());
    return std::nullopt;
  }

  /// What the rule does not say of its days, it has from the first one.
  void take_days_from_first() {
    if (!rule_.weekdays.empty() || !rule_.month_days.empty() || rule_.frequency == Frequency::daily) return;
    const std::chrono::sys_days day(std::chrono::floor<std::chrono::days>(rule_.first).time_since_epoch());
    const std::chrono::year_month_day date(day);
    if (rule_.frequency == Frequency::weekly) {
      rule_.weekdays.push_back({std::chrono::weekday(day), 0});
      return;
    }
    rule_.month_days.push_back(static_cast<int>(static_cast<unsigned>(date.day())));
    if (rule_.frequency == Frequency::yearly && rule_.months.none()) {
      rule_.months.set(static_cast<unsigned>(date.month()));
    }
  }

  static constexpr std::array<std::string_view, 11> kNames = {
      "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSETPOS", "WKST"};

  Recurrence rule_;
  std::map<std::string, std::string, std::less<>> parts_;
};

}  // namespace

Result<Recurrence> parse_recurrence(std::string_view rule, WallTime first) {
  return Parser(first).run(rule);
}

std::optional<WallTime> parse_wall_time(std::string_view text) {
  if (text.size() == 19 && text.ends_with(":00")) text.remove_suffix(3);
  if (text.size() != 16 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':') return std::nullopt;
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 5, 2);
  const auto day = digits_at(text, 8, 2);
  const auto hour = digits_at(text, 11, 2);
  const auto minute = digits_at(text, 14, 2);
  if (!year || !month || !day || !hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // Years that zones and 64-bit arithmetic take without care.
  if (!date.ok() || *year < 1970 || *year > 9999) return std::nullopt;
  const Duration since = std::chrono::sys_days(date).time_since_epoch();
  return WallTime(since + std::chrono::hours(*hour) + std::chrono::minutes(*minute));
}

std::string to_wall_text(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{std::chrono::sys_days(day.time_since_epoch())};
  const auto minute = std::chrono::duration_cast<std::chrono::minutes>(time - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), minute / 60, minute % 60);
}

}  // namespace firmform::manifest
