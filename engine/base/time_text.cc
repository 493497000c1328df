// SPDX-License-Identifier: Apache-2.0
#include "engine/base/time_text.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace firmform {
namespace {

using namespace std::chrono_literals;

struct Unit {
  std::string_view suffix;
  Duration length;
};

// Longest first; "ms" is looked for before "m".
constexpr std::array kUnits = {Unit{"d", 24h}, Unit{"h", 1h}, Unit{"ms", 1ms}, Unit{"m", 1min}, Unit{"s", 1s}};
constexpr Duration kLongest = 24h * 3660;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Whether `text` begins as `pattern` does; '#' stands for a digit.
bool begins_as(std::string_view text, std::string_view pattern) {
  return text.size() >= pattern.size() &&
         std::equal(pattern.begin(), pattern.end(), text.begin(),
                    [](char wanted, char c) { return wanted == '#' ? is_digit(c) : wanted == c; });
}

/// date::parse computes with numbers that it did not read when a text ends within one, so it gets no such text.
bool has_rfc3339_shape(std::string_view text) {
  constexpr std::string_view kSeconds = "####-##-##T##:##:##";
  if (!begins_as(text, kSeconds)) return false;
  text.remove_prefix(kSeconds.size());
  if (begins_as(text, ".#")) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789", 1), text.size());
    if (end > 10) return false;
    text.remove_prefix(end);
  }
  return text == "Z" || (text.size() == 6 && (begins_as(text, "+##:##") || begins_as(text, "-##:##")));
}

}  // namespace

std::string to_rfc3339(UtcTime time) {
  return date::format("%FT%TZ", std::chrono::floor<std::chrono::seconds>(time));
}

std::optional<UtcTime> parse_rfc3339(std::string_view text) {
  if (!has_rfc3339_shape(text)) return std::nullopt;
  const std::string copy(text);
  for (const char* format : {"%FT%TZ", "%FT%T%Ez"}) {
    std::istringstream stream(copy);
    date::sys_time<std::chrono::milliseconds> time;
    stream >> date::parse(format, time);
    if (!stream.fail() && stream.peek() == std::istringstream::traits_type::eof()) return time;
  }
  return std::nullopt;
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Duration total{0};
  Duration previous = kLongest;
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || count < 0 || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits) {
      if (unit == nullptr && text.starts_with(candidate.suffix)) unit = &candidate;
    }
    if (unit == nullptr || unit->length >= previous) return std::nullopt;
    if (count > kLongest / unit->length) return std::nullopt;
    total += unit->length * count;
    previous = unit->length;
    text.remove_prefix(unit->suffix.size());
  }
  return total > kLongest ? std::nullopt : std::optional(total);
}

std::string to_text(Duration duration) {
  if (duration < 1s) return duration == 0ms ? "0s" : fmt::format("{}ms", duration.count());
  const auto seconds = std::chrono::round<std::chrono::seconds>(duration);
  const auto days = std::chrono::duration_cast<date::days>(seconds).count();
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(seconds).count() % 24;
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(seconds).count() % 60;
  const auto rest = seconds.count() % 60;
  if (days > 0) return hours > 0 ? fmt::format("{}d{}h", days, hours) : fmt::format("{}d", days);
  if (hours > 0) return minutes > 0 ? fmt::format("{}h{}m", hours, minutes) : fmt::format("{}h", hours);
  if (minutes > 0) return rest > 0 ? fmt::format("{}m{}s", minutes, rest) : fmt::format("{}m", minutes);
  return fmt::format("{}s", rest);
}

}  // namespace firmform
