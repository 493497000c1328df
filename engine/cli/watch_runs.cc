// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/watch_runs.h"

#include <algorithm>

#include "engine/apply/rollout_state.h"
#include "engine/journal/sqlite_journal.h"

namespace firmform::cli {
namespace {

class RunIdView final : public apply::View {
 public:
  explicit RunIdView(std::string& id) : id_(id) {}
  void run_started(const plan::Plan&, const std::string& run_id, bool) override { id_ = run_id; }
  void host_started(const std::string&) override {}
  void action_started(const plan::Action&) override {}
  void action_progress(const plan::Action&, std::optional<int>, const std::string&) override {}
  void action_succeeded(const plan::Action&, const std::string&) override {}
  void host_finished(const std::string&, const apply::HostOutcome&) override {}
  void run_finished(const apply::Summary&) override {}

 private:
  std::string& id_;
};

bool has_journal(const std::filesystem::path& state_directory) {
  std::error_code problem;
  return std::filesystem::exists(state_directory / "journal.sqlite", problem);
}

}  // namespace

Result<std::optional<UnfinishedRun>> unfinished_run(const std::filesystem::path& state_directory) {
  if (!has_journal(state_directory)) return std::optional<UnfinishedRun>();
  const auto journal = journal::open_sqlite_journal(state_directory);
  if (!journal) return fail(journal.error());
  const auto runs = (*journal)->runs();
  if (!runs) return fail(runs.error());
  const auto open = std::ranges::find_if(*runs, [](const journal::Run& run) { return !run.finished_at; });
  if (open == runs->end()) return std::optional<UnfinishedRun>();
  const auto events = (*journal)->events(open->id);
  if (!events) return fail(events.error());
  return std::optional(UnfinishedRun{open->id, apply::fold_rollout(*events).paused.has_value()});
}

Result<std::vector<watch::Sending>> sent_since(const std::filesystem::path& state_directory, UtcTime since,
                                               watch::History& history) {
  if (!has_journal(state_directory)) return std::vector<watch::Sending>();
  const auto journal = journal::open_sqlite_journal(state_directory);
  if (!journal) return fail(journal.error());
  return history.since(**journal, since);
}

std::unique_ptr<apply::View> make_run_id_view(std::string& id) {
  return std::make_unique<RunIdView>(id);
}

watch::CycleResult result_of(const apply::Summary& summary, Exit exit) {
  if (exit == Exit::paused) return watch::CycleResult::paused;
  const std::size_t good = summary.count(apply::HostResult::done) + summary.count(apply::HostResult::scheduled);
  const std::size_t deferred = summary.count(apply::HostResult::deferred);
  if (good + deferred < summary.hosts.size()) return watch::CycleResult::incomplete;
  return good == 0 ? watch::CycleResult::drifted : watch::CycleResult::applied;
}

}  // namespace firmform::cli
