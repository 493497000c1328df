// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/report_outputs.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/golden.h"
#include "tests/support/temporary_directory.h"

namespace firmform::tests {
namespace {

using cli::ReportOutputs;

Result<ReportOutputs> parse(const std::vector<std::string>& reports, bool json = false) {
  cli::Arguments arguments;
  for (const std::string& report : reports) arguments.add("report", report);
  if (json) arguments.add("json", "true");
  return ReportOutputs::parse(arguments);
}

}  // namespace

TEST_CASE("The option -report names a format and a file, and may do so several times") {
  const auto outputs = parse({"junit=a=b.xml", "markdown=-"});
  REQUIRE(outputs);
  CHECK(!outputs->empty());
  CHECK(outputs->use_standard_output());
  CHECK(parse({})->empty());
}

TEST_CASE("What cannot be meant with -report is a wrong command line, before anything is done") {
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {"junit"}, {"junit="}, {"=a.xml"}, {"yaml=a.yaml"}, {"junit=a", "sarif=a"}, {"junit=-", "sarif=-"}}) {
    const auto outputs = parse(wrong);
    REQUIRE(!outputs);
    CHECK(outputs.error().code() == Code::usage);
    CHECK(!outputs.error().help().empty());
  }
  CHECK(!parse({"junit=-"}, true));
  CHECK(parse({"junit=a"}, true));
}

TEST_CASE("A report is replaced in one step, readable for all") {
  const TemporaryDirectory directory;
  const std::string file = (directory.path() / "metrics.prom").string();
  REQUIRE(cli::write_whole(file, "first"));
  REQUIRE(cli::write_whole(file, "second"));
  CHECK(read_text(file) == "second");
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0644U);
  const auto entries = std::filesystem::directory_iterator(directory.path());
  CHECK(std::distance(begin(entries), end(entries)) == 1);
}

TEST_CASE("A report that cannot be written leaves nothing behind and says why") {
  const TemporaryDirectory directory;
  const Status written = cli::write_whole((directory.path() / "none" / "a.xml").string(), "text");
  REQUIRE(!written);
  CHECK(written.error().code() == Code::output_failed);
  std::filesystem::create_directory(directory.path() / "folder");
  CHECK(!cli::write_whole((directory.path() / "folder").string(), "text"));
  CHECK(std::filesystem::is_directory(directory.path() / "folder"));
}

TEST_CASE("What is no regular file is written to, not replaced") {
  REQUIRE(cli::write_whole("/dev/null", "text"));
  CHECK(std::filesystem::is_character_file("/dev/null"));
}

}  // namespace firmform::tests
