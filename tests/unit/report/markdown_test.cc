// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "engine/report/markdown_page.h"
#include "engine/report/markdown_text.h"

namespace firmform::tests {

using report::MarkdownSection;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

MarkdownSection section_of(const std::string& title, int items, std::size_t least = 0) {
  MarkdownSection section{.title = title, .items = {}, .noun = "host", .least = least};
  for (int i = 0; i < items; ++i) section.items.push_back({title + " item\n", 10});
  return section;
}

}  // namespace

TEST_CASE("Text in a comment mentions nobody, links nothing and ends no cell") {
  CHECK(report::markdown_text("@team: see #12 | <b>") == "&#64;&#8203;team: see &#35;&#8203;12 &#124; &#60;b&#62;");
  CHECK(report::markdown_text("http://evil.example www.evil") == "http&#58;//evil.example www&#46;evil");
  CHECK(report::markdown_text("one\ntwo `three`") == "one two &#96;three&#96;");
}

TEST_CASE("File names and versions stay readable in the source of a comment") {
  CHECK(report::markdown_code("U46_2.36_07.fwpkg") == "<code>U46_2.36_07.fwpkg</code>");
  CHECK(report::markdown_code("U46 v2.34 (03/11/2025)") == "<code>U46 v2.34 (03/11/2025)</code>");
  CHECK(report::markdown_code("").empty());
}

TEST_CASE("What is too long is cut between characters") {
  CHECK(report::clipped("aé💾x", 4) == "aé💾x");
  CHECK(report::clipped("aé💾x", 3) == "aé…");
}

TEST_CASE("Large numbers have commas") {
  CHECK(report::with_commas(999) == "999");
  CHECK(report::with_commas(1'234) == "1,234");
  CHECK(report::with_commas(12'345'678) == "12,345,678");
}

TEST_CASE("A page with room for all says nothing of what is left out") {
  const std::string page = report::markdown_page("head\n", {section_of("first", 3), section_of("second", 2)}, 10'000);
  CHECK(page ==
        "head\n#### first\n\nfirst item\nfirst item\nfirst item\n\n#### second\n\nsecond item\nsecond item\n\n");
}

TEST_CASE("A section without room for all counts what it leaves out") {
  const std::string page = report::markdown_page("head\n", {section_of("first", 1'000)}, 2'000);
  CHECK(page.size() <= 2'000);
  CHECK(has(page, "further hosts are in the job's log"));
  CHECK(has(page, "first item\n"));
}

TEST_CASE("A large section leaves the room that others need") {
  const std::string page =
      report::markdown_page("head\n", {section_of("first", 1'000), section_of("second", 3, 500)}, 4'000);
  CHECK(page.size() <= 4'000);
  CHECK(has(page, "second item\nsecond item\nsecond item\n"));
}

TEST_CASE("Sections without any room are named") {
  MarkdownSection graph = section_of("graph", 1);
  graph.items.front().text = std::string(5'000, 'x');
  const std::string page = report::markdown_page("head\n", {section_of("first", 2), graph}, 2'000);
  CHECK(has(page, "*No room here for: graph."));
}

}  // namespace firmform::tests
