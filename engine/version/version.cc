// SPDX-License-Identifier: Apache-2.0
#include "engine/version/version.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/text.h"
#include "engine/version/characters.h"
#include "engine/version/spelling.h"

// One rule holds it together: a part is only said to be less than another where every vendor would agree.
// Numbers are compared as numbers, single letters by the alphabet; two different words, a word against
// nothing, two families: incomparable.

namespace firmform::version {
namespace {

struct SchemeName {
  Scheme scheme;
  std::string_view name;
};

/// The first name of a scheme is the manifest's; Redfish's VersionScheme values follow.
constexpr std::array<SchemeName, 8> kSchemeNames = {{
    {Scheme::automatic, "automatic"},
    {Scheme::semver, "semver"},
    {Scheme::dotted, "dotted"},
    {Scheme::hex, "hex"},
    {Scheme::opaque, "opaque"},
    {Scheme::semver, "SemVer"},
    {Scheme::dotted, "DotIntegerNotation"},
    {Scheme::automatic, "OEM"},
}};

constexpr std::array<std::string_view, 14> kUnknownTexts = {
    "0",       "n/a",       "na",          "n.a.",          "none",        "null",           "nil",
    "unknown", "undefined", "unavailable", "not available", "not present", "not applicable", "not supported",
};

template <class T>
Ordering order(const T& a, const T& b) {
  if (a == b) return Ordering::equal;
  return a < b ? Ordering::less : Ordering::greater;
}

std::string_view without_leading_zeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? std::string_view() : digits.substr(first);
}

/// Digits of any base up to 16, of any length. An empty text is 0.
Ordering compare_digits(std::string_view a, std::string_view b) {
  a = without_leading_zeros(a);
  b = without_leading_zeros(b);
  if (a.size() != b.size()) return order(a.size(), b.size());
  return order(to_lower(a), to_lower(b));
}

Ordering compare_words(std::string_view a, std::string_view b) {
  if (equals_ignoring_case(a, b)) return Ordering::equal;
  if (a.size() == 1 && b.size() == 1) return order(to_lower(a), to_lower(b));
  return Ordering::incomparable;
}

using Parts = std::span<const Part>;

/// Number by number; what one side lacks is 0.
Ordering compare_numbers(Parts a, Parts b) {
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const Ordering found = compare_digits(i < a.size() ? a[i].text : "", i < b.size() ? b[i].text : "");
    if (found != Ordering::equal) return found;
  }
  return Ordering::equal;
}

/// The numbers up to the next word.
Parts take_numbers(Parts& parts) {
  const auto word = std::find_if(parts.begin(), parts.end(), [](const Part& p) { return p.kind == Part::Kind::word; });
  const Parts numbers(parts.begin(), word);
  parts = Parts(word, parts.end());
  return numbers;
}

/// Numbers, word, numbers, word … in turn. A text that starts with a word is not comparable to one that does not.
Ordering compare_parts(Parts a, Parts b) {
  if (a.empty() || b.empty() || a.front().kind != b.front().kind) return Ordering::incomparable;
  for (;;) {
    const Ordering numbers = compare_numbers(take_numbers(a), take_numbers(b));
    if (numbers != Ordering::equal) return numbers;
    if (a.empty() && b.empty()) return Ordering::equal;
    if (a.empty() || b.empty()) return Ordering::incomparable;
    const Ordering words = compare_words(a.front().text, b.front().text);
    if (words != Ordering::equal) return words;
    a = a.subspan(1);
    b = b.subspan(1);
  }
}

/// alpha < beta < rc < release, dev < release; dev is not known to come before or after the others.
Ordering compare_pre_releases(const PreRelease& a, const PreRelease& b) {
  if (a.word.empty() || b.word.empty()) return order(a.word.empty(), b.word.empty());
  if (equals_ignoring_case(a.word, b.word)) return compare_digits(a.number, b.number);
  if (equals_ignoring_case(a.word, "dev") || equals_ignoring_case(b.word, "dev")) return Ordering::incomparable;
  return order(to_lower(a.word), to_lower(b.word));
}

/// Where in its history git describe stands. Two commits at the same distance are two branches.
Ordering compare_commits(const Reading& a, const Reading& b) {
  const Ordering commits = compare_digits(a.commits, b.commits);
  if (commits != Ordering::equal || a.commit.empty() || b.commit.empty()) return commits;
  return equals_ignoring_case(a.commit, b.commit) ? Ordering::equal : Ordering::incomparable;
}

/// Build, then date. The first that only one side names ends the comparison: no difference is known.
/// (Going on would let 1 < 2 < 3 < 1 through texts that name one of the two.)
Ordering compare_qualifiers(const Reading& a, const Reading& b) {
  if (a.build.empty() != b.build.empty()) return Ordering::equal;
  if (!a.build.empty()) {
    const Ordering builds = compare_parts(a.build, b.build);
    if (builds != Ordering::equal) return builds;
  }
  return a.date && b.date ? order(*a.date, *b.date) : Ordering::equal;
}

Ordering compare_readings_of_parts(const Reading& a, const Reading& b) {
  const bool same_family = a.family.empty() || b.family.empty() || equals_ignoring_case(a.family, b.family);
  if (!same_family) return Ordering::incomparable;
  if (const Ordering parts = compare_parts(a.parts, b.parts); parts != Ordering::equal) return parts;
  const Ordering pre_releases = compare_pre_releases(a.pre_release, b.pre_release);
  if (pre_releases != Ordering::equal) return pre_releases;
  if (const Ordering commits = compare_commits(a, b); commits != Ordering::equal) return commits;
  return compare_qualifiers(a, b);
}

/// Whether a reading of decimal numbers may as well be hexadecimal groups: `15` beside `0x15`, and
/// `95.02.39.00.01` beside `96.00.AF.00.02`. The order is the same either way.
bool fits_hex(const Reading& reading, std::string_view text) {
  if (reading.form == Reading::Form::hex) return true;
  if (reading.spelling != "numbers" || reading.date) return false;
  if (reading.parts.size() == 1) return is_digits(text);
  const bool pairs = std::all_of(reading.parts.begin(), reading.parts.end(),
                                 [](const Part& part) { return part.text.size() == 2 && is_digits(part.text); });
  return pairs && text.size() == reading.parts.size() * 3 - 1;
}

Ordering compare_hex(Parts a, Parts b) {
  const bool one_is_single = a.size() == 1 || b.size() == 1;
  if (one_is_single && a.size() != b.size()) return Ordering::incomparable;
  return compare_numbers(a, b);
}

Ordering compare_automatic(std::string_view a, std::string_view b) {
  using Form = Reading::Form;
  const Reading left = read(a);
  const Reading right = read(b);
  if (left.form == Form::parts && right.form == Form::parts) return compare_readings_of_parts(left, right);
  if (left.form == Form::date && right.form == Form::date) return order(*left.date, *right.date);
  if (fits_hex(left, a) && fits_hex(right, b)) return compare_hex(left.parts, right.parts);
  return Ordering::incomparable;
}

Ordering compare_as_hex(std::string_view a, std::string_view b) {
  const std::vector<Part> left = read_hex_groups(a);
  const std::vector<Part> right = read_hex_groups(b);
  if (left.empty() || right.empty()) return Ordering::incomparable;
  return compare_numbers(left, right);
}

/// Identifiers between dots; none when one is empty or has another character than [0-9A-Za-z-].
std::optional<std::vector<std::string>> semver_identifiers(std::string_view text) {
  std::vector<std::string> identifiers = split(text, '.');
  for (const std::string& identifier : identifiers) {
    const bool valid = !identifier.empty() && std::all_of(identifier.begin(), identifier.end(),
                                                          [](char c) { return is_alphanumeric(c) || c == '-'; });
    if (!valid) return std::nullopt;
  }
  return identifiers;
}

bool is_semver_number(std::string_view text) {
  return is_digits(text) && (text.size() == 1 || text.front() != '0');
}

struct SemVer {
  std::vector<std::string> core;
  std::vector<std::string> pre_release;
};

std::optional<SemVer> read_semver(std::string_view text) {
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos && !semver_identifiers(text.substr(plus + 1))) return std::nullopt;
  text = text.substr(0, plus);
  const std::size_t dash = text.find('-');
  SemVer semver{.core = split(text.substr(0, dash), '.'), .pre_release = {}};
  if (semver.core.size() != 3 || !std::all_of(semver.core.begin(), semver.core.end(), is_semver_number)) {
    return std::nullopt;
  }
  if (dash == std::string_view::npos) return semver;
  auto identifiers = semver_identifiers(text.substr(dash + 1));
  if (!identifiers) return std::nullopt;
  const bool valid = std::all_of(identifiers->begin(), identifiers->end(), [](const std::string& identifier) {
    return !is_digits(identifier) || is_semver_number(identifier);
  });
  if (!valid) return std::nullopt;
  semver.pre_release = *std::move(identifiers);
  return semver;
}

/// SemVer 2.0.0, 11.4: numbers below words, numbers as numbers, words by ASCII.
Ordering compare_identifiers(const std::string& a, const std::string& b) {
  const bool a_is_number = is_digits(a);
  const bool b_is_number = is_digits(b);
  if (a_is_number && b_is_number) return compare_digits(a, b);
  if (a_is_number != b_is_number) return a_is_number ? Ordering::less : Ordering::greater;
  return order(a, b);
}

Ordering compare_identifier_lists(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const Ordering found = compare_identifiers(a[i], b[i]);
    if (found != Ordering::equal) return found;
  }
  return order(a.size(), b.size());
}

Ordering compare_as_semver(std::string_view a, std::string_view b) {
  const std::optional<SemVer> left = read_semver(a);
  const std::optional<SemVer> right = read_semver(b);
  if (!left || !right) return Ordering::incomparable;
  const Ordering core = compare_identifier_lists(left->core, right->core);
  if (core != Ordering::equal) return core;
  if (left->pre_release.empty() || right->pre_release.empty()) {
    return order(left->pre_release.empty(), right->pre_release.empty());
  }
  return compare_identifier_lists(left->pre_release, right->pre_release);
}

/// The integers of "1.02.3"; empty when the text is anything else.
std::vector<Part> read_dotted(std::string_view text, std::vector<std::string>& storage) {
  storage = split(text, '.');
  std::vector<Part> parts;
  for (const std::string& number : storage) {
    if (!is_digits(number)) return {};
    parts.push_back({Part::Kind::number, number});
  }
  return parts;
}

Ordering compare_as_dotted(std::string_view a, std::string_view b) {
  std::vector<std::string> left_storage;
  std::vector<std::string> right_storage;
  const std::vector<Part> left = read_dotted(a, left_storage);
  const std::vector<Part> right = read_dotted(b, right_storage);
  if (left.empty() || right.empty()) return Ordering::incomparable;
  return compare_numbers(left, right);
}

Ordering compare_under(Scheme scheme, std::string_view a, std::string_view b) {
  switch (scheme) {
    case Scheme::automatic:
      return compare_automatic(a, b);
    case Scheme::semver:
      return compare_as_semver(a, b);
    case Scheme::dotted:
      return compare_as_dotted(a, b);
    case Scheme::hex:
      return compare_as_hex(a, b);
    case Scheme::opaque:
      return Ordering::incomparable;
  }
  return Ordering::incomparable;
}

bool is_unknown_normalized(std::string_view text) {
  const bool says_nothing = std::none_of(
      text.begin(), text.end(), [](char c) { return is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80; });
  if (says_nothing) return true;
  return std::any_of(kUnknownTexts.begin(), kUnknownTexts.end(),
                     [&](std::string_view unknown) { return equals_ignoring_case(unknown, text); });
}

}  // namespace

std::string_view to_string(Scheme scheme) {
  const auto* const found = std::find_if(kSchemeNames.begin(), kSchemeNames.end(),
                                         [&](const SchemeName& entry) { return entry.scheme == scheme; });
  return found == kSchemeNames.end() ? std::string_view("automatic") : found->name;
}

std::optional<Scheme> parse_scheme(std::string_view text) {
  const auto* const found = std::find_if(kSchemeNames.begin(), kSchemeNames.end(),
                                         [&](const SchemeName& entry) { return entry.name == text; });
  if (found == kSchemeNames.end()) return std::nullopt;
  return found->scheme;
}

bool is_unknown(std::string_view version) {
  return is_unknown_normalized(normalize(version));
}

Ordering compare(std::string_view a, std::string_view b, Scheme scheme) {
  const std::string left = normalize(a);
  const std::string right = normalize(b);
  if (is_unknown_normalized(left) || is_unknown_normalized(right)) return Ordering::incomparable;
  const bool same_text = scheme == Scheme::semver ? left == right : equals_ignoring_case(left, right);
  return same_text ? Ordering::equal : compare_under(scheme, left, right);
}

bool satisfies(std::string_view installed, std::string_view wanted, Scheme scheme) {
  return compare(installed, wanted, scheme) == Ordering::equal;
}

}  // namespace firmform::version
