// SPDX-License-Identifier: Apache-2.0
#include "engine/report/markdown_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/report/markdown_text.h"

namespace firmform::report {
namespace {

/// For what is said of sections without room.
constexpr std::size_t kClosingRoom = 800;

std::string opening(const MarkdownSection& section) {
  if (section.folded) return fmt::format("<details><summary>{}</summary>\n\n{}", section.title, section.head);
  return fmt::format("#### {}\n\n{}", section.title, section.head);
}

std::string closing(const MarkdownSection& section) {
  return section.tail + (section.folded ? "\n</details>\n\n" : "\n");
}

std::size_t whole_size(const MarkdownSection& section) {
  std::size_t size = opening(section).size() + closing(section).size();
  for (const MarkdownItem& item : section.items) size += item.text.size();
  return size;
}

std::string left_out_text(std::size_t count, std::string_view noun) {
  return fmt::format("\n*{} further {}{} {} in the job's log and in the artefacts.*\n", with_commas(count), noun,
                     count == 1 ? "" : "s", count == 1 ? "is" : "are");
}

/// As many items as fit; nothing when none does.
std::optional<std::string> fitted(const MarkdownSection& section, std::size_t room) {
  std::size_t all = 0;
  for (const MarkdownItem& item : section.items) all += item.weight;
  const std::string end = closing(section);
  std::string text = opening(section);
  const std::size_t note = left_out_text(all, section.noun).size();
  const bool is_whole = whole_size(section) <= room;
  std::size_t shown = 0;
  for (const MarkdownItem& item : section.items) {
    if (!is_whole && text.size() + item.text.size() + note + end.size() > room) continue;
    text += item.text;
    shown += item.weight;
  }
  if (!is_whole && shown == 0) return std::nullopt;
  if (shown < all) text += left_out_text(all - shown, section.noun);
  text += end;
  return text.size() <= room ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace

std::string markdown_page(std::string head, const std::vector<MarkdownSection>& sections, std::size_t limit) {
  std::vector<std::size_t> sizes;
  std::size_t kept = 0;  // for the sections that are still to come
  for (const MarkdownSection& section : sections) {
    sizes.push_back(whole_size(section));
    kept += std::min(sizes.back(), section.least);
  }
  std::string text = std::move(head);
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    kept -= std::min(sizes[i], sections[i].least);
    const std::size_t used = std::min(text.size() + kClosingRoom, limit);
    const std::size_t own = std::min(sizes[i], sections[i].least);
    const std::size_t room = std::min(limit - used, std::max(own, limit - std::min(used + kept, limit)));
    const auto shown = fitted(sections[i], room);
    if (shown) {
      text += *shown;
    } else {
      absent.push_back(sections[i].title);
    }
  }
  if (absent.empty()) return text;
  std::string line = "*No room here for:";
  for (const std::string& title : absent) line += fmt::format(" {};", title);
  line.back() = '.';
  return text + line + " The job's log has all.*\n";
}

}  // namespace firmform::report
