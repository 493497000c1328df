// SPDX-License-Identifier: Apache-2.0
// Small text helpers shared by the whole program.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firmform {

/// ASCII only; Redfish keys and header names are ASCII.
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

/// Shell-style match of the whole text: `*` any run, `?` one character; case-sensitive.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);
[[nodiscard]] bool is_glob(std::string_view pattern);

/// Edit distance with transpositions (Damerau-Levenshtein, optimal string alignment).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
/// The candidate a user most likely meant: equal ignoring case, else distance of at most 2 and at most a
/// third of the length. Empty when nothing is near.
[[nodiscard]] std::optional<std::string> nearest(std::string_view wrong, const std::vector<std::string>& candidates);

/// Length in bytes of the well-formed UTF-8 character at the start of `text`; 0 when it is malformed or `text` is empty.
[[nodiscard]] std::size_t utf8_sequence_length(std::string_view text);
/// Length in Unicode characters; malformed bytes count one each.
[[nodiscard]] std::size_t utf8_length(std::string_view text);
/// Replaces control characters and malformed UTF-8, so that device text cannot drive a terminal.
[[nodiscard]] std::string printable(std::string_view text);
/// "3 hosts", "1 host".
[[nodiscard]] std::string counted(std::size_t count, std::string_view singular, std::string_view plural = {});

}  // namespace firmform
