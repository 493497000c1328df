// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/yaml_tree.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace firmform;
using namespace firmform::manifest;

namespace {

struct Tree {
  SourceMap sources;
  Parsed<YamlNode> parsed;
  [[nodiscard]] const YamlNode& operator[](std::string_view key) const {
    const YamlNode* node = parsed.value.value().find(key);
    REQUIRE(node != nullptr);
    return *node;
  }
  [[nodiscard]] Code code() const {
    const auto items = parsed.diagnostics.sorted();
    REQUIRE(items.size() == 1);
    return items.front().code;
  }
  [[nodiscard]] SourceSpan place() const { return parsed.diagnostics.sorted().at(0).primary.value().span; }
};

Tree read(const std::string& text, const YamlLimits& limits = {}) {
  Tree tree;
  const FileId file = tree.sources.add("t.yaml", text);
  tree.parsed = parse_yaml(tree.sources, file, limits);
  return tree;
}

bool same_place(const SourceSpan& span, std::uint32_t line, std::uint32_t column, std::uint32_t length) {
  INFO(span.line << ":" << span.column << " length " << span.length);
  CHECK(span.line == line);
  CHECK(span.column == column);
  CHECK(span.length == length);
  return span.line == line && span.column == column && span.length == length;
}

std::string repeated(std::string_view piece, std::size_t count) {
  std::string text;
  text.reserve(piece.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

}  // namespace

TEST_CASE("scalars stay text, whatever they look like") {
  const Tree tree = read("a: 2.10\nb: no\nc: 0123\nd: 1e3\ne: 2026-12-05\nf: \"q\"\ng: 12:30:45\n");
  CHECK(tree["a"].text == "2.10");
  CHECK(tree["b"].text == "no");
  CHECK(tree["c"].text == "0123");
  CHECK(tree["d"].text == "1e3");
  CHECK(tree["e"].text == "2026-12-05");
  CHECK_FALSE(tree["e"].quoted);
  CHECK(tree["f"].text == "q");
  CHECK(tree["f"].quoted);
  CHECK(tree["g"].text == "12:30:45");
}

TEST_CASE("places count lines and Unicode characters from one") {
  const Tree tree = read("é: {ü: \"ß x\", k: v}\nlist:\n  - one\n  - 'två'\nlast: &a end\n");
  CHECK(same_place(tree["é"].span, 1, 4, 1));
  CHECK(same_place(tree["é"].entries[0].key_span, 1, 5, 1));
  CHECK(same_place(tree["é"].entries[0].value.span, 1, 8, 5));
  CHECK(same_place(tree["é"].entries[1].value.span, 1, 18, 1));
  CHECK(same_place(tree["list"].items[1].span, 4, 5, 5));
  CHECK(same_place(tree["last"].span, 5, 10, 3));
}

TEST_CASE("a byte order mark and CRLF line ends change nothing") {
  const Tree tree = read(
      "\xEF\xBB\xBF"
      "a: b\r\nc: |\r\n  x\r\n  y\r\nd: e\r\n");
  CHECK(same_place(tree["a"].span, 1, 4, 1));
  CHECK(tree["c"].text == "x\ny\n");
  CHECK(same_place(tree["d"].span, 5, 4, 1));
}

TEST_CASE("an empty value is nothing, and stands where its key is") {
  const Tree tree = read("a:\nb: ~\nc: null\nnull_like: x\n");
  CHECK(tree["a"].kind == YamlKind::null);
  CHECK(same_place(tree["a"].span, 1, 1, 1));
  CHECK(tree["b"].kind == YamlKind::null);
  CHECK(same_place(tree["b"].span, 2, 4, 1));
  CHECK(same_place(tree["c"].span, 3, 4, 4));
}

TEST_CASE("a key given twice is reported with both places, and the first value is kept") {
  const Tree tree = read("a: 1\nb: {x: 1, y: 2, x: 3}\na: 2\n");
  const auto items = tree.parsed.diagnostics.sorted();
  REQUIRE(items.size() == 2);
  CHECK(items[0].code == Code::yaml_duplicate_key);
  CHECK(same_place(items[0].primary->span, 2, 17, 1));
  CHECK(same_place(items[0].secondary.at(0).span, 2, 5, 1));
  CHECK(same_place(items[1].primary->span, 3, 1, 1));
  CHECK(tree["a"].text == "1");
}

TEST_CASE("aliases are expanded, with the place of their anchor") {
  const Tree tree = read("a: &x {k: v}\nb: *x\nc: [*x, *x]\n");
  CHECK(tree["b"].find("k")->text == "v");
  CHECK(same_place(tree["b"].span, 1, 7, 1));
  CHECK(tree["c"].items.size() == 2);
}

TEST_CASE("merge keys merge; what is written beside them wins, then the earlier one") {
  const Tree tree = read("x: &x {k: 1, l: 1}\ny: &y {l: 2, m: 2}\na: {<<: [*x, *y], k: own}\nb: {\"<<\": text}\n");
  CHECK(tree["a"].find("k")->text == "own");
  CHECK(tree["a"].find("l")->text == "1");
  CHECK(tree["a"].find("m")->text == "2");
  CHECK(tree["a"].find("<<") == nullptr);
  CHECK(tree["b"].find("<<")->text == "text");
}

TEST_CASE("merge keys and aliases that cannot work are refused") {
  CHECK(read("a: {<<: text}\n").code() == Code::yaml_alias);
  CHECK(read("a: {<<: [{b: c}, d]}\n").code() == Code::yaml_alias);
  CHECK(read("a: &x [*x]\n").code() == Code::yaml_alias);
  CHECK(read("a: *nowhere\n").code() == Code::yaml_syntax);
}

TEST_CASE("keys that are no texts, tags and further documents are refused") {
  CHECK(read("? [a]\n: b\n").code() == Code::yaml_key);
  CHECK(read("{a: b}: c\n").code() == Code::yaml_key);
  CHECK(read("~: c\n").code() == Code::yaml_key);
  CHECK(read("a: !!str 1\n").code() == Code::yaml_tag);
  CHECK(read("a: !Ref {b: c}\n").code() == Code::yaml_tag);
  const Tree documents = read("a: b\n---\nc: d\n");
  CHECK(documents.code() == Code::yaml_documents);
  CHECK(documents.place().line == 2);
  CHECK(read("---\na: b\n...\n")["a"].text == "b");
}

TEST_CASE("malformed YAML is reported where it is") {
  const auto at = [](const std::string& text) {
    const Tree tree = read(text);
    CHECK(tree.code() == Code::yaml_syntax);
    CHECK_FALSE(tree.parsed.value);
    return fmt::format("{}:{}", tree.place().line, tree.place().column);
  };
  CHECK(at("a: b: c\n") == "1:5");
  CHECK(at("a: [b, c\nd: e\n") == "2:2");
  CHECK(at("x: y\na: {b: c") == "2:4");
  CHECK(at("a: \"b\nc: d\n") == "1:4");
  CHECK(at("a: 'b\nc: d\n") == "1:4");
  CHECK(at("a:\n  b: c\n d: e\n") == "3:2");
  CHECK(at("a: @b\n") == "1:4");
  CHECK(at("a: \"\\q\"\n") == "1:7");
  CHECK(at("a: b\n}\n") == "2:1");
  CHECK(at("{a: b}\nc: d\n") == "2:1");
  CHECK(at("a: |x\n  b\n") == "1:5");
}

TEST_CASE("bytes that are not plain UTF-8 text are refused with their place") {
  const Tree latin = read("a: b\nname: h\xE9llo\n");
  CHECK(latin.code() == Code::yaml_encoding);
  CHECK(same_place(latin.place(), 2, 8, 1));
  CHECK(read(std::string("a\0:\0 \0b\0", 8)).code() == Code::yaml_encoding);
  CHECK(read("\xFF\xFE"
             "a")
            .code() == Code::yaml_encoding);
  CHECK(read("a: \x1B[31m\n").code() == Code::yaml_encoding);
  CHECK(read("a: b\rc: d\n").code() == Code::yaml_encoding);
  CHECK(read(std::string("a: b\0c\n", 7)).code() == Code::yaml_encoding);
  CHECK(read("a: \xED\xA0\x80\n").code() == Code::yaml_encoding);
}

TEST_CASE("tabs are refused in the indentation, and nowhere else") {
  const Tree tree = read("a:\n  b: c\n\td: e\n");
  CHECK(tree.code() == Code::yaml_tab);
  CHECK(same_place(tree.place(), 3, 1, 1));
  CHECK(read("a: {\n\tb: c}\n").code() == Code::yaml_tab);
  CHECK(read("a:\tb\nc: d\t# e\n\t# comment\n\t\ne: |\n  \tf\n")["e"].text == "\tf\n");
}

TEST_CASE("hostile nesting ends at the limit, without deep recursion") {
  CHECK(read("a: " + repeated("[", 1'000'000)).code() == Code::yaml_limit);
  CHECK(read("a: " + repeated("{", 1'000'000)).code() == Code::yaml_limit);
  CHECK(read("a: " + repeated("{a: ", 1'000'000)).code() == Code::yaml_limit);
  CHECK(read(repeated("- ", 1'000'000)).code() == Code::yaml_limit);
  CHECK(read(repeated("? ", 1'000'000)).code() == Code::yaml_key);
  CHECK(read(repeated("[a,\n", 1'000'000)).code() == Code::yaml_limit);
  std::string indented;
  for (std::size_t depth = 0; depth < 100; ++depth) indented += std::string(depth, ' ') + "a:\n";
  CHECK(read(indented).code() == Code::yaml_limit);
}

TEST_CASE("hostile sizes end at the limit") {
  CHECK(read("a: " + std::string(10'000'000, 'x')).code() == Code::yaml_limit);
  CHECK(read("a: \"" + repeated("x ", 5'000'000) + "\"").code() == Code::yaml_limit);
  CHECK(read("a: " + std::string(17U << 20U, ' ')).code() == Code::yaml_limit);
  CHECK(read("a: [" + repeated(",", 4'000'000) + "]").code() == Code::yaml_limit);
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + repeated(", " + last, 9) + "]\n";
  }
  CHECK(read(bomb).code() == Code::yaml_limit);
  const std::string long_text(1'000'000, 'x');
  CHECK(read("a: &a " + long_text + "\nb: [" + repeated("*a,", 1000) + "]\n").code() == Code::yaml_limit);
}

TEST_CASE("limits can be set") {
  YamlLimits limits;
  limits.max_depth = 2;
  CHECK(read("a: {b: c}\n", limits).parsed.value);
  CHECK(read("a: {b: [c]}\n", limits).code() == Code::yaml_limit);
  limits = {};
  limits.max_scalar_bytes = 3;
  CHECK(read("a: abc\n", limits).parsed.value);
  CHECK(read("a: abcd\n", limits).code() == Code::yaml_limit);
}

TEST_CASE("text with brackets and quotes in plain places is no nesting") {
  const Tree tree = read("a: it's [[[[ not\nb: |\n  " + repeated("[", 200) + "\nc: '" + repeated("{", 200) + "' # " +
                         repeated("[", 200) + "\nd: x\n");
  CHECK(tree["a"].text == "it's [[[[ not");
  CHECK(tree["d"].text == "x");
}

TEST_CASE("an empty file is nothing") {
  CHECK(read("").parsed.value->kind == YamlKind::null);
  CHECK(read("# only a comment\n\n").parsed.value->kind == YamlKind::null);
}
