// SPDX-License-Identifier: Apache-2.0
// Each folder beside this file is a manifest and the text that a user sees of it.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/manifest/load.h"
#include "tests/support/golden.h"

using namespace firmform;

namespace {

const std::filesystem::path kCases = std::filesystem::path(FIRMFORM_TESTS_DIR) / "golden" / "manifest";

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kCases)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::string rendered(const std::string& name, RenderStyle style) {
  auto files = manifest::read_configuration(kCases / name);
  SourceMap sources;
  const auto result = manifest::load_desired(std::move(files.value()), sources);
  return render(result.diagnostics, sources, style);
}

/// `text` without the escapes that colour it.
std::string without_colour(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b') {
      at = text.find('m', at);
    } else {
      plain += text[at];
    }
  }
  return plain;
}

}  // namespace

TEST_CASE("each problem of a manifest is shown as recorded") {
  for (const std::string& name : case_names()) {
    CAPTURE(name);
    const std::string actual = rendered(name, {});
    CHECK(actual == tests::golden("golden/manifest/" + name + "/expected.txt", actual));
  }
}

TEST_CASE("colour changes nothing but the colour") {
  for (const std::string& name : case_names()) {
    CAPTURE(name);
    const std::string coloured = rendered(name, {.color = true});
    CHECK(coloured.find('\x1b') != std::string::npos);
    CHECK(without_colour(coloured) == rendered(name, {}));
  }
}

TEST_CASE("every code that a manifest can meet has a recorded text") {
  std::string all;
  for (const std::string& name : case_names()) all += tests::read_text(kCases / name / "expected.txt");
  for (const CodeInfo& entry : code_table()) {
    const bool elsewhere = entry.code == Code::manifest_unreadable || entry.code == Code::manifest_missing ||
                           entry.code == Code::format_refused;
    if (elsewhere || static_cast<int>(entry.code) >= 300) continue;
    CAPTURE(to_string(entry.code));
    CHECK(all.find("[" + to_string(entry.code) + "]") != std::string::npos);
  }
}
