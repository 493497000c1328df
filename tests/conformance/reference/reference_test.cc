// SPDX-License-Identifier: Apache-2.0
// The references under examples/reference are what the program prints today. UPDATE_GOLDEN=1 writes them anew.
#include "engine/cli/reference.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "engine/base/codes.h"
#include "engine/cli/verb.h"
#include "engine/manifest/schema.h"
#include "tests/support/golden.h"

using namespace firmform;

namespace {

std::string reference(std::string_view name) {
  for (const cli::ReferenceTopic& topic : cli::reference_topics()) {
    if (topic.name == name) return topic.write();
  }
  return {};
}

}  // namespace

TEST_CASE("The committed references are those of this program") {
  for (const cli::ReferenceTopic& topic : cli::reference_topics()) {
    CAPTURE(topic.name);
    const std::string text = topic.write();
    CHECK(text == tests::golden(fmt::format("../examples/reference/{}.md", topic.name), text));
  }
}

TEST_CASE("The reference of commands has every verb, subcommand and option") {
  const std::string text = reference("commands");
  const auto check = [&](const cli::Verb& verb) {
    CAPTURE(verb.name);
    CHECK(text.find(fmt::format("# {}\n", verb.name)) != std::string::npos);
    for (const cli::OptionSpec& option : verb.options) {
      CHECK(text.find(fmt::format("| `-{}", option.name)) != std::string::npos);
    }
  };
  for (const cli::Verb& verb : cli::verbs()) {
    check(verb);
    for (const cli::Verb& subcommand : verb.subcommands) check(subcommand);
  }
}

TEST_CASE("The reference of the manifest has every key, and each link in it leads somewhere") {
  const std::string text = reference("manifest");
  for (const manifest::Field& field : manifest::manifest_shape().fields) {
    CAPTURE(field.key);
    CHECK(text.find(fmt::format("| `{}`", field.key)) != std::string::npos);
  }
  std::size_t links = 0;
  for (std::size_t at = text.find("](#"); at != std::string::npos; at = text.find("](#", at + 1)) {
    const std::string anchor = text.substr(at + 3, text.find(')', at) - at - 3);
    CAPTURE(anchor);
    ++links;
    bool found = false;
    for (std::size_t line = 0; line < text.size(); line = text.find('\n', line) + 1) {
      if (text.compare(line, 2, "##") != 0) continue;
      std::string heading = text.substr(line, text.find('\n', line) - line);
      heading.erase(0, heading.find(' ') + 1);
      std::string made;
      for (const char c : heading) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-') {
          made += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
      }
      found = found || made == anchor;
    }
    CHECK(found);
  }
  CHECK(links > 20);
}

TEST_CASE("The reference of diagnostics has every code") {
  const std::string text = reference("diagnostics");
  for (const CodeInfo& code : code_table())
    CHECK(text.find(fmt::format("## {}: ", to_string(code.code))) != std::string::npos);
}
