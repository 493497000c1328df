// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/format.h"

#include <catch2/catch.hpp>

using namespace firmform;

namespace {

struct Formatted {
  std::optional<std::string> text;
  std::vector<Diagnostic> problems;
};

Formatted formatted(const std::string& text) {
  SourceMap sources;
  Parsed<std::string> result = manifest::format(sources, sources.add("m.yaml", text));
  return {std::move(result.value), result.diagnostics.sorted()};
}

void check(const std::string& before, const std::string& after) {
  CHECK(formatted(before).text == after);
  CHECK(formatted(after).text == after);
}

}  // namespace

TEST_CASE("formatting indents by two spaces") {
  check("a:\n      b:\n         c: d\n      e: f\n", "a:\n  b:\n    c: d\n  e: f\n");
  check("a:\n- b\n- c: d\n  e: f\ng: h\n", "a:\n  - b\n  - c: d\n    e: f\ng: h\n");
  check("a:\n    -   b: c\n        d: e\n    -\n        - f\n        -   - g\n            - h\n",
        "a:\n  - b: c\n    d: e\n  -\n    - f\n    - - g\n      - h\n");
  check("  a: b\n  c: d\n", "a: b\nc: d\n");
}

TEST_CASE("formatting removes trailing white space and surplus blank lines") {
  check("\n\n# top  \n\n\n\na: b   \n\n\nc: d # e  \n\n\n", "# top\n\na: b\n\nc: d # e\n");
  check("a: b", "a: b\n");
  check("a: b\r\nc:\r\n    d: e\r\n", "a: b\nc:\n  d: e\n");
  check(
      "\xEF\xBB\xBF"
      "a: b\n",
      "a: b\n");
  check("", "");
  check("\n\n", "");
  check("# only\n", "# only\n");
}

TEST_CASE("formatting keeps comments with what they stand at") {
  check("a:\n     # of b\n     b: c\n     # of the end\n# of d\nd: e\n   # odd\n",
        "a:\n  # of b\n  b: c\n  # of the end\n# of d\nd: e\n   # odd\n");
  check("a:\n# of the list\n- b\n# of c\n- c\n", "a:\n  # of the list\n  - b\n  # of c\n  - c\n");
  check("a:   # why\n    b: c\n    #  - {commented: out}\n", "a:   # why\n  b: c\n  #  - {commented: out}\n");
}

TEST_CASE("formatting keeps quotes, spacing within lines and order") {
  check("b: {x: 1,  y: \"2\"}\na:   'z'\n", "b: {x: 1,  y: \"2\"}\na:   'z'\n");
}

TEST_CASE("formatting indents what stands in brackets by their depth") {
  check("a: {b: c,\nd: [e,\n          f],\n  # why\n  g: h\n  }\n",
        "a: {b: c,\n  d: [e,\n    f],\n  # why\n  g: h\n}\n");
}

TEST_CASE("formatting leaves the text of scalars alone") {
  check("a: |\n      one  \n        two\n\n\n      three\nb: >-\n   x\n\nc: d\n",
        "a: |\n  one  \n    two\n\n\n  three\nb: >-\n  x\n\nc: d\n");
  check("a: |+\n    x\n\n\nb: c\n", "a: |+\n  x\n\n\nb: c\n");
  check("l:\n- |\n    x\n", "l:\n  - |\n    x\n");
  check("a: \"one\n        two\"\nb: plain\n       text\n", "a: \"one\n  two\"\nb: plain\n  text\n");
}

TEST_CASE("formatting keeps anchors, merge keys and document markers") {
  check("---\nx-c: &c\n    a: b\nd:\n    <<: *c\n", "---\nx-c: &c\n  a: b\nd:\n  <<: *c\n");
}

TEST_CASE("formatting refuses what it cannot do safely") {
  const Formatted refused = formatted("a: b\n? c\n: d\n");
  CHECK_FALSE(refused.text);
  REQUIRE(refused.problems.size() == 1);
  CHECK(refused.problems[0].code == Code::format_refused);
  CHECK(refused.problems[0].primary->span.line == 2);
}

TEST_CASE("formatting a malformed file reports what is malformed") {
  CHECK(formatted("a: [b\n").problems.at(0).code == Code::yaml_syntax);
  CHECK(formatted("a: b\na: c\n").problems.at(0).code == Code::yaml_duplicate_key);
}
