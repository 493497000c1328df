// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "engine/cli/verb.h"

using namespace firmform;
using cli::parse_command_line;

TEST_CASE("A subcommand takes its own options and words") {
  const auto found =
      parse_command_line({"-chdir", "lab", "queue", "add", "web-01", "-file", "ilo5_312.bin", "--tpm-override"});
  REQUIRE(found);
  CHECK(found->verb->name == "queue add");
  CHECK(found->arguments.positionals() == std::vector<std::string>{"web-01"});
  CHECK(found->arguments.value("file") == "ilo5_312.bin");
  CHECK(found->arguments.has("tpm-override"));
  CHECK(found->arguments.value("chdir") == "lab");
}

TEST_CASE("A verb with subcommands and none given says which there are") {
  const auto found = parse_command_line({"window"});
  REQUIRE_FALSE(found);
  CHECK(found.error().code() == Code::usage);
  CHECK(found.error().help().front().find("list, show, add, delete, clear") != std::string::npos);
}

TEST_CASE("A mistyped subcommand is answered with the one that was probably meant") {
  const auto found = parse_command_line({"repository", "lst", "web-01"});
  REQUIRE_FALSE(found);
  CHECK(found.error().help().front() == "did you mean `list`?");
}

TEST_CASE("Help about a verb with subcommands and about one of them") {
  const auto verb = parse_command_line({"install-set", "-help"});
  REQUIRE(verb);
  CHECK(verb->help);
  CHECK(verb->verb->name == "install-set");
  CHECK(cli::help_text(*verb->verb).find("invoke") != std::string::npos);

  const auto subcommand = parse_command_line({"help", "install-set", "invoke"});
  REQUIRE(subcommand);
  CHECK(subcommand->help);
  CHECK(subcommand->verb->name == "install-set invoke");
  CHECK(cli::help_text(*subcommand->verb).find("firmform install-set invoke [options] HOST NAME") != std::string::npos);
}

TEST_CASE("An option of another subcommand is refused") {
  const auto found = parse_command_line({"queue", "list", "-file", "x"});
  REQUIRE_FALSE(found);
  CHECK(found.error().code() == Code::usage);
}

TEST_CASE("The man page names every subcommand") {
  CHECK(cli::man_page().find(".SS queue add") != std::string::npos);
}
