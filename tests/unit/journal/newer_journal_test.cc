// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <memory>

#include "engine/journal/journal.h"
#include "engine/journal/sqlite_journal.h"
#include "tests/support/temporary_directory.h"

namespace firmform {
namespace {

void set_format(const std::filesystem::path& file, int format) {
  sqlite3* opened = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &opened) == SQLITE_OK);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, &sqlite3_close);
  const std::string statement = "PRAGMA user_version = " + std::to_string(format);
  REQUIRE(sqlite3_exec(opened, statement.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

}  // namespace

TEST_CASE("a journal that a newer program wrote is neither read nor changed") {
  const tests::TemporaryDirectory directory;
  const std::filesystem::path state = directory.path() / "state";
  REQUIRE(journal::open_sqlite_journal(state));
  set_format(state / "journal.sqlite", 9999);
  for (int again = 0; again < 2; ++again) {
    const auto opened = journal::open_sqlite_journal(state);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code() == Code::journal_newer);
    CHECK(opened.error().message().find("9999") != std::string::npos);
  }
}

}  // namespace firmform
