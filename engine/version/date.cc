// SPDX-License-Identifier: Apache-2.0
#include "engine/version/date.h"

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/version/characters.h"

namespace firmform::version {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// One or more digits, at most `limit`, from the end of `text`, which loses them; -1 when there are none.
int take_last_number(std::string_view& text, std::size_t limit) {
  int value = 0;
  int scale = 1;
  std::size_t count = 0;
  while (count < limit && !text.empty() && is_digit(text.back())) {
    value += scale * (text.back() - '0');
    scale *= 10;
    text.remove_suffix(1);
    ++count;
  }
  return count == 0 ? -1 : value;
}

bool take_last(std::string_view& text, char wanted) {
  if (text.empty() || text.back() != wanted) return false;
  text.remove_suffix(1);
  return true;
}

int take_last_month_name(std::string_view& text) {
  if (text.size() < 3) return -1;
  const std::string_view name = text.substr(text.size() - 3);
  const auto* const found = std::find_if(kMonths.begin(), kMonths.end(),
                                         [&](std::string_view month) { return equals_ignoring_case(month, name); });
  if (found == kMonths.end()) return -1;
  text.remove_suffix(3);
  return static_cast<int>(found - kMonths.begin()) + 1;
}

std::optional<int> to_date(int year, int month, int day) {
  if (year < 1980 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  return year * 10000 + month * 100 + day;
}

/// Each reader takes a date off the end of `text`; what it leaves is only of use when it found one.
using Reader = std::optional<int> (*)(std::string_view& text);

// 08/10/2024, 02-21-2025
template <char separator>
std::optional<int> month_day_year(std::string_view& text) {
  const int year = take_last_number(text, 4);
  if (!take_last(text, separator)) return std::nullopt;
  const int day = take_last_number(text, 2);
  if (!take_last(text, separator)) return std::nullopt;
  const int month = take_last_number(text, 2);
  return to_date(year, month, day);
}

// 2023-07-05, 2023/07/05
template <char separator>
std::optional<int> year_month_day(std::string_view& text) {
  const int day = take_last_number(text, 2);
  if (!take_last(text, separator)) return std::nullopt;
  const int month = take_last_number(text, 2);
  if (!take_last(text, separator)) return std::nullopt;
  const int year = take_last_number(text, 4);
  return to_date(year, month, day);
}

// Feb 25 2025
std::optional<int> month_name(std::string_view& text) {
  const int year = take_last_number(text, 4);
  if (!take_last(text, ' ')) return std::nullopt;
  const int day = take_last_number(text, 2);
  if (!take_last(text, ' ')) return std::nullopt;
  const int month = take_last_month_name(text);
  return to_date(year, month, day);
}

constexpr std::array<Reader, 5> kReaders = {month_day_year<'/'>, month_day_year<'-'>, year_month_day<'-'>,
                                            year_month_day<'/'>, month_name};

/// The date must be a word of its own: behind a blank or an underscore, or alone.
bool take_separator(std::string_view& text) {
  return text.empty() || take_last(text, ' ') || take_last(text, '_');
}

}  // namespace

DatedText split_date(std::string_view text) {
  for (const Reader reader : kReaders) {
    std::string_view rest = text;
    const bool in_parentheses = take_last(rest, ')');
    const std::optional<int> date = reader(rest);
    if (!date || (in_parentheses && !take_last(rest, '(')) || !take_separator(rest)) continue;
    return {rest, date};
  }
  return {text, std::nullopt};
}

}  // namespace firmform::version
