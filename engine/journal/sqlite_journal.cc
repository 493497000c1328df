// SPDX-License-Identifier: Apache-2.0
#include "engine/journal/sqlite_journal.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "engine/base/time_text.h"
#include "engine/journal/database.h"
#include "engine/plan/codec.h"

namespace firmform::journal {
namespace {

// "FFJ1" marks the file as ours; the version counts schema changes.
constexpr int kApplicationId = 0x46464a31;
constexpr int kSchemaVersion = 2;

constexpr const char* kCreateFirst = R"sql(
CREATE TABLE run (
  id TEXT PRIMARY KEY,
  plan_id TEXT NOT NULL UNIQUE,
  plan TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  result TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE event (
  run_id TEXT NOT NULL REFERENCES run(id),
  sequence INTEGER NOT NULL,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  action INTEGER,
  task_uri TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (run_id, sequence)
) STRICT, WITHOUT ROWID;
)sql";

/// From format 1 to 2: events about hosts and waves, what other processes ask of a run, and plans that come to several
/// runs because the first of them sent nothing.
constexpr const char* kCreateSecond = R"sql(
CREATE TABLE run_of_format_2 (
  id TEXT PRIMARY KEY,
  plan_id TEXT NOT NULL,
  plan TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  result TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO run_of_format_2 SELECT * FROM run ORDER BY rowid;
DROP TABLE run;
ALTER TABLE run_of_format_2 RENAME TO run;
CREATE INDEX run_by_plan ON run (plan_id);
ALTER TABLE event ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE TABLE control (
  run_id TEXT NOT NULL REFERENCES run(id),
  sequence INTEGER NOT NULL,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  by TEXT NOT NULL,
  PRIMARY KEY (run_id, sequence)
) STRICT, WITHOUT ROWID;
)sql";

Result<std::int64_t> read_pragma(Database& database, std::string_view name) {
  auto statement = database.prepare(fmt::format("PRAGMA {}", name));
  if (!statement) return fail(statement.error());
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  return *row ? statement->integer(0) : 0;
}

Result<std::int64_t> known_version(Database& database) {
  auto version = read_pragma(database, "user_version");
  if (version && *version > kSchemaVersion) {
    return fail(Code::journal_newer,
                fmt::format("the journal has format {}; this program knows {}", *version, kSchemaVersion));
  }
  return version;
}

/// Within a transaction.
Status bring_up_to_date(Database& database) {
  const auto version = known_version(database);
  if (!version) return fail(version.error());
  if (*version == kSchemaVersion) return {};
  return database.execute(fmt::format("{} {} PRAGMA application_id={}; PRAGMA user_version={};",
                                      *version == 0 ? kCreateFirst : "", kCreateSecond, kApplicationId,
                                      kSchemaVersion));
}

/// While foreign keys are off: a table that others refer to is made anew.
Status bring_up_to_date_once(Database& database) {
  const auto version = known_version(database);
  if (!version) return fail(version.error());
  if (*version == kSchemaVersion) return {};
  // Another process may be doing the same: the version is looked at again under the write lock.
  if (auto status = database.execute("BEGIN IMMEDIATE"); !status) return status;
  Status brought = bring_up_to_date(database);
  if (brought) brought = database.execute("COMMIT");
  if (!brought) static_cast<void>(database.execute("ROLLBACK"));
  return brought;
}

Status prepare_schema(Database& database) {
  constexpr const char* kOpen = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF";
  if (auto status = database.execute(kOpen); !status) return status;
  if (auto status = bring_up_to_date_once(database); !status) return status;
  return database.execute("PRAGMA foreign_keys=ON");
}

/// A plan is used up by the first request that was about to be sent for it.
Status check_unused(Database& database, const std::string& plan_id) {
  auto statement = database.prepare(
      "SELECT run.id FROM run WHERE run.plan_id = ? AND EXISTS "
      "(SELECT 1 FROM event WHERE event.run_id = run.id AND event.kind = ?) LIMIT 1");
  if (!statement) return fail(statement.error());
  statement->bind(1, plan_id);
  statement->bind(2, to_string(EventKind::intent));
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  if (!*row) return {};
  return fail(Code::plan_used,
              fmt::format("plan {} was applied before, by run {}", plan_id.substr(0, 12), statement->text(0)));
}

Status insert_run(Database& database, const Run& run, const std::string& plan_text) {
  if (auto unused = check_unused(database, run.plan_id); !unused) return unused;
  auto statement = database.prepare("INSERT INTO run (id, plan_id, plan, started_at) VALUES (?, ?, ?, ?)");
  if (!statement) return fail(statement.error());
  statement->bind(1, run.id);
  statement->bind(2, run.plan_id);
  statement->bind(3, plan_text);
  statement->bind(4, to_rfc3339(run.started_at));
  const Result<bool> done = statement->step();
  return done ? Status() : fail(done.error());
}

Status insert_event(Database& database, const std::string& run_id, const Event& event) {
  auto statement = database.prepare(
      "INSERT INTO event (run_id, sequence, at, kind, action, task_uri, detail, subject) "
      "SELECT ?1, COALESCE(MAX(sequence), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7 FROM event WHERE run_id = ?1");
  if (!statement) return fail(statement.error());
  statement->bind(1, run_id);
  statement->bind(2, to_rfc3339(event.at));
  statement->bind(3, to_string(event.kind));
  if (event.action) {
    statement->bind(4, static_cast<std::int64_t>(*event.action));
  } else {
    statement->bind_null(4);
  }
  statement->bind(5, event.task_uri);
  statement->bind(6, event.detail);
  statement->bind(7, event.subject);
  const Result<bool> done = statement->step();
  if (!done) return fail(done.error());
  return {};
}

/// Leaves the run alone when it is finished; the transaction is the writer's.
Result<std::int64_t> insert_control(Database& database, const std::string& run_id, const Control& control) {
  auto statement = database.prepare(
      "INSERT INTO control (run_id, sequence, at, kind, by) "
      "SELECT ?1, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM control WHERE run_id = ?1), ?2, ?3, ?4 "
      "WHERE EXISTS (SELECT 1 FROM run WHERE id = ?1 AND finished_at IS NULL) RETURNING sequence");
  if (!statement) return fail(statement.error());
  statement->bind(1, run_id);
  statement->bind(2, to_rfc3339(control.at));
  statement->bind(3, to_string(control.kind));
  statement->bind(4, control.by);
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  if (*row) {
    const std::int64_t sequence = statement->integer(0);
    const Result<bool> done = statement->step();
    if (!done) return fail(done.error());
    return sequence;
  }
  auto known = database.prepare("SELECT 1 FROM run WHERE id = ?1");
  if (!known) return fail(known.error());
  known->bind(1, run_id);
  const Result<bool> found = known->step();
  if (!found) return fail(found.error());
  if (!*found) return fail(Code::run_not_found, fmt::format("no run {} in the journal", run_id));
  return fail(Code::control_refused, fmt::format("run {} is finished", run_id));
}

Status update_run(Database& database, const std::string& run_id, UtcTime at, const std::string& result) {
  auto statement = database.prepare("UPDATE run SET finished_at = ?, result = ? WHERE id = ?");
  if (!statement) return fail(statement.error());
  statement->bind(1, to_rfc3339(at));
  statement->bind(2, result);
  statement->bind(3, run_id);
  const Result<bool> done = statement->step();
  if (!done) return fail(done.error());
  return {};
}

/// Runs jobs on a thread of its own, all that wait in one transaction. Results are delivered only after
/// the commit.
class Writer {
 public:
  using Work = std::function<Status(Database&)>;
  using Done = std::function<void(Status)>;

  explicit Writer(Database database) : database_(std::move(database)), thread_([this] { run(); }) {}

  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void submit(Work work, Done done) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back({std::move(work), std::move(done)});
    }
    wake_.notify_one();
  }

 private:
  struct Job {
    Work work;
    Done done;
  };

  void run() {
    // A batch is gone before the next is waited for: its jobs hold the event loop alive.
    while (commit(next())) {
    }
  }

  std::deque<Job> next() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    return std::exchange(jobs_, {});
  }

  /// False when there was nothing left to do.
  bool commit(std::deque<Job> batch) {
    if (batch.empty()) return false;
    std::vector<Status> results;
    Status committed = database_.execute("BEGIN IMMEDIATE");
    for (Job& job : batch) results.push_back(committed ? job.work(database_) : committed);
    if (committed) committed = database_.execute("COMMIT");
    if (!committed) static_cast<void>(database_.execute("ROLLBACK"));
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(committed ? results[i] : committed);
    return true;
  }

  Database database_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(Database reader, Database writer) : reader_(std::move(reader)), writer_(std::move(writer)) {}

  Task<Status> begin(Run run, const plan::Plan& plan) override {
    std::string text = json::dump_canonical(plan::to_json(plan));
    return submit(
        [run = std::move(run), text = std::move(text)](Database& database) { return insert_run(database, run, text); });
  }

  Task<Status> append(std::string run_id, Event event) override {
    return submit([run_id = std::move(run_id), event = std::move(event)](Database& database) {
      return insert_event(database, run_id, event);
    });
  }

  Task<Status> finish(std::string run_id, UtcTime at, std::string result) override {
    return submit([run_id = std::move(run_id), at, result = std::move(result)](Database& database) {
      return update_run(database, run_id, at, result);
    });
  }

  Task<Result<std::int64_t>> ask(std::string run_id, Control control) override {
    auto sequence = std::make_shared<std::int64_t>(0);
    const Status asked = co_await submit(
        [run_id = std::move(run_id), control = std::move(control), sequence](Database& database) -> Status {
          const auto inserted = insert_control(database, run_id, control);
          if (!inserted) return fail(inserted.error());
          *sequence = *inserted;
          return {};
        });
    if (!asked) co_return fail(asked.error());
    co_return *sequence;
  }

  Result<std::vector<Control>> controls(const std::string& run_id) override {
    auto statement = reader_.prepare("SELECT sequence, at, kind, by FROM control WHERE run_id = ? ORDER BY sequence");
    if (!statement) return fail(statement.error());
    statement->bind(1, run_id);
    std::vector<Control> controls;
    for (;;) {
      const Result<bool> row = statement->step();
      if (!row) return fail(row.error());
      if (!*row) return controls;
      const auto kind = parse_control_kind(statement->text(2));
      if (!kind) {
        return fail(Code::journal_newer, fmt::format("unknown control '{}' in the journal", statement->text(2)));
      }
      controls.push_back({.sequence = statement->integer(0),
                          .at = parse_rfc3339(statement->text(1)).value_or(UtcTime()),
                          .kind = *kind,
                          .by = statement->text(3)});
    }
  }

  Result<std::vector<Run>> runs() override {
    auto statement = reader_.prepare(
        "SELECT id, plan_id, started_at, finished_at, result FROM run ORDER BY started_at DESC, rowid DESC");
    if (!statement) return fail(statement.error());
    std::vector<Run> runs;
    for (;;) {
      const Result<bool> row = statement->step();
      if (!row) return fail(row.error());
      if (!*row) return runs;
      Run run{.id = statement->text(0), .plan_id = statement->text(1)};
      run.started_at = parse_rfc3339(statement->text(2)).value_or(UtcTime());
      if (!statement->is_null(3)) run.finished_at = parse_rfc3339(statement->text(3));
      run.result = statement->text(4);
      runs.push_back(std::move(run));
    }
  }

  Result<plan::Plan> plan_of(const std::string& run_id) override {
    auto statement = reader_.prepare("SELECT plan FROM run WHERE id = ?");
    if (!statement) return fail(statement.error());
    statement->bind(1, run_id);
    const Result<bool> row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return fail(Code::journal_failed, fmt::format("no run {} in the journal", run_id));
    constexpr json::ParseLimits kLimits{.max_bytes = 1U << 30U, .max_values = 200'000'000};
    const auto value = json::parse(statement->text(0), kLimits);
    if (!value) return fail(value.error().with_context("plan in the journal"));
    return plan::from_json(*value);
  }

  Result<std::vector<Event>> events(const std::string& run_id) override {
    auto statement = reader_.prepare(
        "SELECT sequence, at, kind, action, task_uri, detail, subject FROM event WHERE run_id = ? ORDER BY sequence");
    if (!statement) return fail(statement.error());
    statement->bind(1, run_id);
    std::vector<Event> events;
    for (;;) {
      const Result<bool> row = statement->step();
      if (!row) return fail(row.error());
      if (!*row) return events;
      const auto kind = parse_event_kind(statement->text(2));
      if (!kind) return fail(Code::journal_newer, fmt::format("unknown event '{}' in the journal", statement->text(2)));
      Event event{.sequence = statement->integer(0), .kind = *kind};
      event.at = parse_rfc3339(statement->text(1)).value_or(UtcTime());
      if (!statement->is_null(3)) event.action = static_cast<plan::ActionId>(statement->integer(3));
      event.task_uri = statement->text(4);
      event.detail = statement->text(5);
      event.subject = statement->text(6);
      events.push_back(std::move(event));
    }
  }

 private:
  /// Suspends until the writer has committed, then goes on where it was suspended.
  Task<Status> submit(Writer::Work work) {
    auto initiate = [this, work = std::move(work)](auto handler) mutable {
      // The guard keeps the event loop alive while only the writer thread works.
      auto guard = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      writer_.submit(std::move(work), [guard, shared = std::move(shared)](Status status) mutable {
        boost::asio::post(guard.get_executor(), [shared = std::move(shared), status = std::move(status)]() mutable {
          (*shared)(std::move(status));
        });
      });
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Status)>(
        std::move(initiate), boost::asio::use_awaitable);
  }

  Database reader_;
  Writer writer_;
};

}  // namespace

Result<std::unique_ptr<Journal>> open_sqlite_journal(const std::filesystem::path& directory) {
  if (::mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return fail(Code::journal_failed, fmt::format("cannot create {}: {}", directory.string(), std::strerror(errno)));
  }
  const std::filesystem::path file = directory / "journal.sqlite";
  auto writer = Database::open(file);
  if (!writer) return fail(writer.error());
  if (const Status status = prepare_schema(*writer); !status) return fail(status.error());
  auto reader = Database::open(file);
  if (!reader) return fail(reader.error());
  return std::make_unique<SqliteJournal>(std::move(*reader), std::move(*writer));
}

}  // namespace firmform::journal
