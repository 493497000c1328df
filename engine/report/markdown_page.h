// SPDX-License-Identifier: Apache-2.0
// A Markdown text of bounded length, made of sections that share the room by their rank.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace firmform::report {

/// What is either shown whole or counted as left out.
struct MarkdownItem {
  std::string text;        ///< with its line endings
  std::size_t weight = 1;  ///< what it counts for when it is left out: hosts, rules, …
};

struct MarkdownSection {
  std::string title;  ///< Markdown
  bool folded = false;
  std::string head;  ///< in front of the items, such as the titles of a table
  std::vector<MarkdownItem> items;
  std::string tail;            ///< behind them, also when some are left out
  std::string_view noun = {};  ///< of what is left out: "host"
  std::size_t least = 2'000;   ///< bytes that sections of higher rank leave to it, where it needs them
};

/// `head`, the sections in order of rank, and which of them had no room at all. At most `limit` bytes, of which head
/// must leave room for a line.
[[nodiscard]] std::string markdown_page(std::string head, const std::vector<MarkdownSection>& sections,
                                        std::size_t limit);

}  // namespace firmform::report
