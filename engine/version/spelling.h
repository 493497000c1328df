// SPDX-License-Identifier: Apache-2.0
// How vendors spell versions: a table of recognisers takes a text apart into what can be compared. Private
// to engine/version and its tests; everybody else uses version.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firmform::version {

/// A run of digits or a run of letters, as written.
struct Part {
  enum class Kind { number, word };
  Kind kind = Kind::number;
  std::string_view text;
};

/// "dev", "rc2": what comes before a release.
struct PreRelease {
  std::string_view word;    ///< empty: a release
  std::string_view number;  ///< empty: none
};

/// A text as its recogniser reads it. All views point into the text that was read.
struct Reading {
  enum class Form {
    opaque,  ///< nothing but equality is known
    parts,   ///< numbers and words
    hex,     ///< hexadecimal groups; every part is one
    date,    ///< a date and nothing else
  };
  std::string_view spelling;  ///< name of the recogniser
  Form form = Form::opaque;
  std::string_view family;  ///< readings of two named families are incomparable; empty fits any
  std::vector<Part> parts;
  PreRelease pre_release;
  std::string_view commits;  ///< since the tag, in git-describe texts
  std::string_view commit;   ///< the abbreviated hash, ditto
  // Qualifiers break ties between equal parts, as far as both sides name them.
  std::vector<Part> build;
  std::optional<int> date;  ///< year * 10000 + month * 100 + day
};

/// Trims, makes one blank of each run of white space, drops outer quotes and a "v" before a number.
[[nodiscard]] std::string normalize(std::string_view text);

/// Reads a normalized text. Linear; never fails: what no recogniser knows is opaque.
[[nodiscard]] Reading read(std::string_view normalized);

/// Hexadecimal groups, with or without 0x, between dots, blanks, dashes or colons. Empty when it is none.
[[nodiscard]] std::vector<Part> read_hex_groups(std::string_view text);

/// True for a non-empty text of ASCII digits.
[[nodiscard]] bool is_digits(std::string_view text);

}  // namespace firmform::version
