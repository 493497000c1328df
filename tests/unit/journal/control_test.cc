// SPDX-License-Identifier: Apache-2.0
// What one process asks of another one's run, and journals of the format before that.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <exception>

#include "engine/journal/lock.h"
#include "engine/journal/memory_journal.h"
#include "engine/journal/sqlite_journal.h"
#include "engine/plan/codec.h"
#include "tests/support/temporary_directory.h"

using namespace firmform;
using journal::ControlKind;

namespace {

template <class T>
T run(boost::asio::io_context& loop, Task<T> task) {
  std::optional<T> result;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr, T value) { result.emplace(std::move(value)); });
  loop.restart();
  loop.run();
  return std::move(*result);
}

plan::Plan small_plan() {
  plan::Plan plan;
  plan.header.id = plan::compute_id(plan);
  return plan;
}

/// `asked` is how another process sees the journal.
void check_contract(boost::asio::io_context& loop, journal::Journal& running, journal::Journal& asked) {
  const plan::Plan plan = small_plan();
  REQUIRE(run(loop, running.begin({.id = "r1", .plan_id = plan.header.id}, plan)));
  CHECK(running.controls("r1")->empty());
  const journal::Control pause{.at = UtcTime(std::chrono::seconds(7)), .kind = ControlKind::pause, .by = "ann"};
  CHECK(*run(loop, asked.ask("r1", pause)) == 1);
  CHECK(*run(loop, asked.ask("r1", {.kind = ControlKind::cancel, .by = "bob"})) == 2);
  const auto controls = running.controls("r1");
  REQUIRE(controls);
  REQUIRE(controls->size() == 2);
  CHECK((*controls)[0].sequence == 1);
  CHECK((*controls)[0].kind == ControlKind::pause);
  CHECK((*controls)[0].by == "ann");
  CHECK((*controls)[0].at == pause.at);
  CHECK((*controls)[1].kind == ControlKind::cancel);

  journal::Event seen;
  seen.kind = journal::EventKind::control_seen;
  seen.subject = "2";
  REQUIRE(run(loop, running.append("r1", seen)));
  CHECK(asked.events("r1")->front().subject == "2");

  REQUIRE(run(loop, running.finish("r1", UtcTime(std::chrono::seconds(9)), "ok")));
  const auto late = run(loop, asked.ask("r1", pause));
  REQUIRE_FALSE(late);
  CHECK(late.error().code() == Code::control_refused);
  const auto nobody = run(loop, asked.ask("r2", pause));
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error().code() == Code::run_not_found);
}

}  // namespace

TEST_CASE("what is asked of a run reaches it in order, and never one that is finished") {
  boost::asio::io_context loop;
  SECTION("in memory") {
    journal::MemoryJournal journal;
    check_contract(loop, journal, journal);
  }
  SECTION("in one file that two processes have open") {
    const tests::TemporaryDirectory directory;
    const auto running = journal::open_sqlite_journal(directory.path() / ".firmform");
    const auto asked = journal::open_sqlite_journal(directory.path() / ".firmform");
    REQUIRE((running && asked));
    check_contract(loop, **running, **asked);
  }
}

TEST_CASE("a journal of the first format is brought up to date, with all that is in it") {
  const tests::TemporaryDirectory directory;
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((directory.path() / "journal.sqlite").c_str(), &database) == SQLITE_OK);
  const char* first = R"sql(
    CREATE TABLE run (id TEXT PRIMARY KEY, plan_id TEXT NOT NULL UNIQUE, plan TEXT NOT NULL, started_at TEXT NOT NULL,
                      finished_at TEXT, result TEXT NOT NULL DEFAULT '') STRICT;
    CREATE TABLE event (run_id TEXT NOT NULL REFERENCES run(id), sequence INTEGER NOT NULL, at TEXT NOT NULL,
                        kind TEXT NOT NULL, action INTEGER, task_uri TEXT NOT NULL, detail TEXT NOT NULL,
                        PRIMARY KEY (run_id, sequence)) STRICT, WITHOUT ROWID;
    INSERT INTO run (id, plan_id, plan, started_at) VALUES ('r1', 'p1', '{}', '2026-11-21T02:00:00Z');
    INSERT INTO event VALUES ('r1', 1, '2026-11-21T02:00:01Z', 'intent', 3, '', 'push');
    PRAGMA application_id=0x46464a31; PRAGMA user_version=1;)sql";
  REQUIRE(sqlite3_exec(database, first, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);

  for (int time = 0; time < 2; ++time) {
    const auto journal = journal::open_sqlite_journal(directory.path());
    REQUIRE(journal);
    const auto events = (*journal)->events("r1");
    REQUIRE(events);
    REQUIRE(events->size() == 1);
    CHECK(events->front().detail == "push");
    CHECK(events->front().subject.empty());
    CHECK((*journal)->controls("r1")->empty());
  }
}

TEST_CASE("who holds a lock can be seen without taking it") {
  const tests::TemporaryDirectory directory;
  CHECK(journal::Lock::holder(directory.path()).empty());
  {
    const auto lock = journal::Lock::acquire(directory.path(), "firmform apply, process 7");
    REQUIRE(lock);
    CHECK(journal::Lock::holder(directory.path()) == "firmform apply, process 7");
  }
  CHECK(journal::Lock::holder(directory.path()).empty());
  CHECK(journal::Lock::acquire(directory.path(), "another"));
}
