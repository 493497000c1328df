// SPDX-License-Identifier: Apache-2.0
#include "engine/version/spelling.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/text.h"
#include "engine/version/characters.h"
#include "engine/version/date.h"

namespace firmform::version {
namespace {

using Form = Reading::Form;

/// Reads a text from left to right. A `take` that does not fit takes nothing.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool at_digit() const { return !done() && is_digit(rest_.front()); }

  bool take(char wanted) {
    if (done() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_ignoring_case(std::string_view wanted) {
    if (!equals_ignoring_case(rest_.substr(0, wanted.size()), wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  template <class Predicate>
  std::string_view take_while(Predicate fits, std::size_t limit = std::string_view::npos) {
    std::size_t count = 0;
    while (count < rest_.size() && count < limit && fits(rest_[count])) ++count;
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

 private:
  std::string_view rest_;
};

bool is_separator(char c) {
  return std::string_view(".-_ ()+,:/~").find(c) != std::string_view::npos;
}

/// Runs of digits and letters; empty when the text holds any other character.
std::vector<Part> split_parts(std::string_view text) {
  std::vector<Part> parts;
  Cursor cursor(text);
  while (!cursor.done()) {
    cursor.take_while(is_separator);
    if (const auto digits = cursor.take_while(is_digit); !digits.empty()) {
      parts.push_back({Part::Kind::number, digits});
    } else if (const auto word = cursor.take_while(is_letter); !word.empty()) {
      parts.push_back({Part::Kind::word, word});
    } else if (!cursor.done()) {
      return {};
    }
  }
  return parts;
}

/// "3.11", "1.14.00": the text's leading integers with single dots between them, as parts.
std::vector<Part> take_dotted(Cursor& cursor) {
  std::vector<Part> parts;
  while (cursor.at_digit()) {
    parts.push_back({Part::Kind::number, cursor.take_while(is_digit)});
    const Cursor before_dot = cursor;
    if (!cursor.take('.')) break;
    if (!cursor.at_digit()) {
      cursor = before_dot;
      break;
    }
  }
  return parts;
}

std::optional<Reading> whole(Reading reading, const Cursor& cursor) {
  if (!cursor.done() || reading.parts.empty()) return std::nullopt;
  return reading;
}

// `iLO 5 v3.11`
std::optional<Reading> read_ilo(std::string_view text) {
  Cursor cursor(text);
  if (!cursor.take_ignoring_case("iLO ") || !cursor.at_digit()) return std::nullopt;
  Reading reading{.form = Form::parts, .family = cursor.take_while(is_digit)};
  if (!cursor.take(' ')) return std::nullopt;
  cursor.take_ignoring_case("v");
  reading.parts = take_dotted(cursor);
  return whole(std::move(reading), cursor);
}

// `U46 v2.34`, `A40_2.78`; the date behind it is split off before
std::optional<Reading> read_hpe_rom(std::string_view text) {
  Cursor cursor(text);
  if (cursor.take_while(is_letter, 2).size() != 1 || cursor.take_while(is_digit, 3).size() < 2) return std::nullopt;
  Reading reading{.form = Form::parts, .family = text.substr(0, text.size() - cursor.rest().size())};
  if (!cursor.take(' ') && !cursor.take('_')) return std::nullopt;
  cursor.take_ignoring_case("v");
  reading.parts = take_dotted(cursor);
  return whole(std::move(reading), cursor);
}

/// `42S`, as parts; empty when none stands there.
std::vector<Part> take_lenovo_build(Cursor& cursor) {
  const auto number = cursor.take_while(is_digit, 2);
  const auto letter = cursor.take_while(is_letter, 1);
  if (number.size() != 2 || letter.empty()) return {};
  return {{Part::Kind::number, number}, {Part::Kind::word, letter}};
}

// `42S-2.83`
std::optional<Reading> read_lenovo(std::string_view text) {
  Cursor cursor(text);
  Reading reading{.form = Form::parts, .build = take_lenovo_build(cursor)};
  if (reading.build.empty() || !cursor.take('-')) return std::nullopt;
  reading.parts = take_dotted(cursor);
  return whole(std::move(reading), cursor);
}

// `TGBT42S 2.83`, as the manager of an XCC shows it; the date behind it is split off before
std::optional<Reading> read_lenovo_manager(std::string_view text) {
  Cursor cursor(text);
  Reading reading{.form = Form::parts, .family = cursor.take_while(is_alphanumeric, 4)};
  if (reading.family.size() != 4 || is_digit(reading.family.front())) return std::nullopt;
  reading.build = take_lenovo_build(cursor);
  if (reading.build.empty() || !cursor.take(' ')) return std::nullopt;
  reading.parts = take_dotted(cursor);
  return whole(std::move(reading), cursor);
}

// `13.3.0 Build 37`
std::optional<Reading> read_numbered_build(std::string_view text) {
  Cursor cursor(text);
  Reading reading{.form = Form::parts, .parts = take_dotted(cursor)};
  if (reading.parts.empty() || !cursor.take_ignoring_case(" build ") || !cursor.at_digit()) return std::nullopt;
  reading.build = {{Part::Kind::number, cursor.take_while(is_digit)}};
  return whole(std::move(reading), cursor);
}

constexpr std::array<std::string_view, 4> kPreReleaseWords = {"dev", "alpha", "beta", "rc"};

/// `-dev`, `-rc2`; empty when none stands there.
PreRelease take_pre_release(Cursor& cursor) {
  Cursor ahead = cursor;
  if (!ahead.take('-')) return {};
  const auto word = ahead.take_while(is_letter);
  const bool known = std::any_of(kPreReleaseWords.begin(), kPreReleaseWords.end(),
                                 [&](std::string_view candidate) { return equals_ignoring_case(candidate, word); });
  if (!known) return {};
  const auto number = ahead.take_while(is_digit);
  if (!ahead.done() && ahead.rest().front() != '-') return {};
  cursor = ahead;
  return {word, number};
}

// `2.15.0-dev-686-g100c36de90`, `2.14.0-rc1`: OpenBMC, from git describe
std::optional<Reading> read_git_describe(std::string_view text) {
  Cursor cursor(text);
  Reading reading{.form = Form::parts, .parts = take_dotted(cursor)};
  if (reading.parts.size() < 2) return std::nullopt;
  reading.pre_release = take_pre_release(cursor);
  if (cursor.take('-')) {
    reading.commits = cursor.take_while(is_digit);
    if (reading.commits.empty() || !cursor.take('-') || !cursor.take('g')) return std::nullopt;
    reading.commit = cursor.rest();  // with "-dirty", if any: such a build is another one
    const auto hash = cursor.take_while(is_hex_digit);
    cursor.take_ignoring_case("-dirty");
    if (hash.empty()) return std::nullopt;
  }
  if (reading.pre_release.word.empty() && reading.commits.empty()) return std::nullopt;
  return whole(std::move(reading), cursor);
}

// `0x15`, `0x00 0x0b 0x03 0x04`: the prefix leaves no doubt
std::optional<Reading> read_prefixed_hex(std::string_view text) {
  Cursor cursor(text);
  Reading reading{.form = Form::hex};
  while (cursor.take_ignoring_case("0x")) {
    const auto digits = cursor.take_while(is_hex_digit);
    if (digits.empty()) return std::nullopt;
    reading.parts.push_back({Part::Kind::number, digits});
    cursor.take(' ');
  }
  return whole(std::move(reading), cursor);
}

bool has_letter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_letter);
}

// `96.00.AF.00.02`: three or more groups of just two hexadecimal digits; `0C` alone, as CPLDs have it
std::optional<Reading> read_hex_bytes(std::string_view text) {
  Cursor cursor(text);
  Reading reading{.form = Form::hex};
  do {
    const auto digits = cursor.take_while(is_hex_digit, 2);
    if (digits.size() != 2) return std::nullopt;
    reading.parts.push_back({Part::Kind::number, digits});
  } while (cursor.take('.'));
  const bool alone = reading.parts.size() == 1 && is_digit(text.front());
  if (!has_letter(text) || (!alone && reading.parts.size() < 3)) return std::nullopt;
  return whole(std::move(reading), cursor);
}

// `A08`: Dell's old BIOS and firmware names
std::optional<Reading> read_letter_and_number(std::string_view text) {
  Cursor cursor(text);
  const auto letter = cursor.take_while(is_letter);
  const auto number = cursor.take_while(is_digit);
  if (letter.size() != 1 || number.empty() || number.size() > 3) return std::nullopt;
  return whole({.form = Form::parts, .parts = {{Part::Kind::word, letter}, {Part::Kind::number, number}}}, cursor);
}

// `4301A56`: Dell's diagnostics
std::optional<Reading> read_dell_diagnostics(std::string_view text) {
  Cursor cursor(text);
  const auto version = cursor.take_while(is_digit);
  const auto letter = cursor.take_while(is_letter);
  const auto build = cursor.take_while(is_digit);
  if (version.size() != 4 || letter.size() != 1 || build.size() != 2) return std::nullopt;
  return whole({.form = Form::parts,
                .parts = {{Part::Kind::number, version}, {Part::Kind::word, letter}, {Part::Kind::number, build}}},
               cursor);
}

/// A group such as `2F`: a hexadecimal byte to one vendor, 2 with suffix F to the next. The two order it differently.
bool has_ambiguous_group(std::string_view text) {
  Cursor cursor(text);
  while (!cursor.done()) {
    const auto group = cursor.take_while([](char c) { return !is_separator(c); });
    if (group.size() == 2 && is_digit(group[0]) && group[1] >= 'A' && group[1] <= 'F') return true;
    cursor.take_while(is_separator);
  }
  return false;
}

// `50.0.1-0639`, `1.3 0`, `4.1(3d)`, `01.04.0031.0000_n04`, `15`: any separator separates
std::optional<Reading> read_numbers(std::string_view text) {
  if (text.empty() || !is_digit(text.front()) || has_ambiguous_group(text)) return std::nullopt;
  const bool one_group = std::none_of(text.begin(), text.end(), is_separator);
  if (one_group && has_letter(text)) return std::nullopt;
  Reading reading{.form = Form::parts, .parts = split_parts(text)};
  if (reading.parts.empty()) return std::nullopt;
  return reading;
}

// `GB200Nvl-25.06-A`, `BF-24.10-33`, `ex425.bios-1.4.3`
std::optional<Reading> read_named_family(std::string_view text) {
  Cursor cursor(text);
  const auto family = cursor.take_while([](char c) { return is_alphanumeric(c) || c == '.'; });
  if (family.empty() || !is_letter(family.front()) || !cursor.take('-')) return std::nullopt;
  std::optional<Reading> reading = read_numbers(cursor.rest());
  if (reading) reading->family = family;
  return reading;
}

// `L2.07B`, `nc.1.2.3`
std::optional<Reading> read_letter_family(std::string_view text) {
  Cursor cursor(text);
  const auto family = cursor.take_while(is_letter);
  cursor.take('.');
  const std::string_view numbers = cursor.rest();
  if (family.empty() || take_dotted(cursor).size() < 2) return std::nullopt;
  std::optional<Reading> reading = read_numbers(numbers);
  if (reading) reading->family = family;
  return reading;
}

struct Recogniser {
  std::string_view name;
  std::optional<Reading> (*read)(std::string_view text);
};

/// The first that knows the text wins.
constexpr std::array<Recogniser, 13> kRecognisers = {{
    {"ilo", read_ilo},
    {"hpe-rom", read_hpe_rom},
    {"lenovo", read_lenovo},
    {"lenovo-manager", read_lenovo_manager},
    {"numbered-build", read_numbered_build},
    {"git-describe", read_git_describe},
    {"hex", read_prefixed_hex},
    {"hex-bytes", read_hex_bytes},
    {"letter-and-number", read_letter_and_number},
    {"dell-diagnostics", read_dell_diagnostics},
    {"named-family", read_named_family},
    {"letter-family", read_letter_family},
    {"numbers", read_numbers},
}};

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_quoted(std::string_view text) {
  return text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.front() == text.back();
}

}  // namespace

std::string normalize(std::string_view text) {
  text = trim_blanks(text);
  while (is_quoted(text)) text = trim_blanks(text.substr(1, text.size() - 2));
  if (text.size() >= 2 && (text[0] == 'v' || text[0] == 'V') && is_digit(text[1])) text.remove_prefix(1);
  std::string result;
  for (const char c : text) {
    const bool blank = is_blank(c);
    if (blank && is_blank(result.back())) continue;
    result += blank ? ' ' : c;
  }
  return result;
}

Reading read(std::string_view normalized) {
  const DatedText dated = split_date(normalized);
  if (dated.date && dated.text.empty()) return {.spelling = "date", .form = Form::date, .date = dated.date};
  for (const Recogniser& recogniser : kRecognisers) {
    std::optional<Reading> reading = recogniser.read(dated.text);
    if (!reading) continue;
    reading->spelling = recogniser.name;
    reading->date = dated.date;
    return *std::move(reading);
  }
  return {.spelling = "opaque", .form = Form::opaque};
}

std::vector<Part> read_hex_groups(std::string_view text) {
  std::vector<Part> groups;
  Cursor cursor(text);
  do {
    cursor.take_ignoring_case("0x");
    const auto digits = cursor.take_while(is_hex_digit);
    if (digits.empty()) return {};
    groups.push_back({Part::Kind::number, digits});
  } while (!cursor.take_while([](char c) { return c == '.' || c == ' ' || c == '-' || c == ':'; }, 1).empty());
  if (!cursor.done()) return {};
  return groups;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace firmform::version
