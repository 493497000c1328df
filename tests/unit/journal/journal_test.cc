// SPDX-License-Identifier: Apache-2.0
#include "engine/journal/journal.h"

#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <exception>
#include <fstream>

#include "engine/journal/lock.h"
#include "engine/journal/memory_journal.h"
#include "engine/journal/sqlite_journal.h"
#include "engine/plan/codec.h"
#include "tests/support/temporary_directory.h"

using namespace firmform;
using journal::Event;
using journal::EventKind;

namespace {

template <class T>
T run(boost::asio::io_context& loop, Task<T> task) {
  std::optional<T> result;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr, T value) { result.emplace(std::move(value)); });
  loop.restart();
  loop.run();
  return std::move(*result);
}

plan::Plan small_plan(std::string directory) {
  plan::Plan plan;
  plan.header.directory = std::move(directory);
  plan.header.id = plan::compute_id(plan);
  return plan;
}

Event event(EventKind kind, std::optional<plan::ActionId> action, std::string detail) {
  Event result;
  result.kind = kind;
  result.action = action;
  result.detail = std::move(detail);
  return result;
}

/// The contract of every journal.
void check_contract(boost::asio::io_context& loop, journal::Journal& journal) {
  const plan::Plan plan = small_plan("/a");
  REQUIRE(run(loop, journal.begin({.id = "r1", .plan_id = plan.header.id}, plan)));

  REQUIRE(run(loop, journal.append("r1", event(EventKind::intent, 3, "push"))));
  Event accepted = event(EventKind::accepted, 3, "taken");
  accepted.task_uri = "/redfish/v1/TaskService/Tasks/1";
  REQUIRE(run(loop, journal.append("r1", accepted)));
  REQUIRE(run(loop, journal.append("r1", event(EventKind::run_finished, std::nullopt, ""))));

  const auto events = journal.events("r1");
  REQUIRE(events);
  REQUIRE(events->size() == 3);
  CHECK((*events)[0].sequence == 1);
  CHECK((*events)[0].kind == EventKind::intent);
  CHECK((*events)[0].action == 3U);
  CHECK((*events)[1].task_uri == accepted.task_uri);
  CHECK((*events)[2].sequence == 3);
  CHECK_FALSE((*events)[2].action);
  CHECK(*journal.plan_of("r1") == plan);

  const auto again = run(loop, journal.begin({.id = "r2", .plan_id = plan.header.id}, plan));
  REQUIRE_FALSE(again);
  CHECK(again.error().code() == Code::plan_used);

  CHECK_FALSE(journal.runs()->front().finished_at);
  REQUIRE(run(loop, journal.finish("r1", UtcTime(std::chrono::seconds(5)), "ok")));
  const plan::Plan other = small_plan("/b");
  REQUIRE(run(loop, journal.begin({.id = "r3", .plan_id = other.header.id, .started_at = UtcTime(std::chrono::seconds(9))}, other)));
  const auto runs = journal.runs();
  REQUIRE(runs->size() == 2);
  CHECK((*runs)[0].id == "r3");
  CHECK((*runs)[1].finished_at == UtcTime(std::chrono::seconds(5)));
  CHECK((*runs)[1].result == "ok");

  // Nothing was sent for it the first time.
  REQUIRE(run(loop, journal.begin({.id = "r4", .plan_id = other.header.id}, other)));
}

}  // namespace

TEST_CASE("a journal in memory keeps runs, plans and events") {
  boost::asio::io_context loop;
  journal::MemoryJournal journal;
  check_contract(loop, journal);
}

TEST_CASE("a journal on disk keeps runs, plans and events, also for the next process") {
  const tests::TemporaryDirectory directory;
  boost::asio::io_context loop;
  {
    auto journal = journal::open_sqlite_journal(directory.path() / "state");
    REQUIRE(journal);
    check_contract(loop, **journal);
  }
  auto journal = journal::open_sqlite_journal(directory.path() / "state");
  REQUIRE(journal);
  CHECK((*journal)->events("r1")->size() == 3);
  struct stat status {};
  ::stat((directory.path() / "state").c_str(), &status);
  CHECK((status.st_mode & 0777U) == 0700U);
}

TEST_CASE("many events that wait together keep their order") {
  const tests::TemporaryDirectory directory;
  boost::asio::io_context loop;
  auto journal = journal::open_sqlite_journal(directory.path() / "state");
  REQUIRE(journal);
  const plan::Plan plan = small_plan("/a");
  REQUIRE(run(loop, (*journal)->begin({.id = "r", .plan_id = plan.header.id}, plan)));
  int done = 0;
  for (unsigned i = 0; i < 200; ++i) {
    boost::asio::co_spawn(loop, (*journal)->append("r", event(EventKind::intent, i, "")),
                          [&](std::exception_ptr, const Status& status) { done += status ? 1 : 0; });
  }
  loop.restart();
  loop.run();
  CHECK(done == 200);
  const auto events = (*journal)->events("r");
  REQUIRE(events->size() == 200);
  for (unsigned i = 0; i < 200; ++i) CHECK((*events)[i].action == i);
}

TEST_CASE("a journal that cannot be written is an error before anything is sent") {
  const tests::TemporaryDirectory directory;
  std::ofstream(directory.path() / "state") << "a file, not a directory";
  const auto blocked = journal::open_sqlite_journal(directory.path() / "state");
  REQUIRE_FALSE(blocked);
  CHECK(blocked.error().code() == Code::journal_failed);

  std::filesystem::create_directory(directory.path() / "damaged");
  std::ofstream(directory.path() / "damaged" / "journal.sqlite") << std::string(4096, 'x');
  const auto damaged = journal::open_sqlite_journal(directory.path() / "damaged");
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code() == Code::journal_failed);
}

TEST_CASE("a lock is held once, names its holder, and dies with it") {
  const tests::TemporaryDirectory directory;
  {
    const auto first = journal::Lock::acquire(directory.path() / "state", "apply, process 1");
    REQUIRE(first);
    const auto second = journal::Lock::acquire(directory.path() / "state", "apply, process 2");
    REQUIRE_FALSE(second);
    CHECK(second.error().code() == Code::lock_held);
    CHECK(second.error().message().find("apply, process 1") != std::string::npos);
  }
  CHECK(journal::Lock::acquire(directory.path() / "state", "apply, process 3"));
}
