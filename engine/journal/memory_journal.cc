// SPDX-License-Identifier: Apache-2.0
#include "engine/journal/memory_journal.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmform::journal {

Result<MemoryJournal::Entry*> MemoryJournal::find(const std::string& run_id) {
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.run.id == run_id; });
  if (found == entries_.end()) return fail(Code::journal_failed, fmt::format("no run {} in the journal", run_id));
  return &*found;
}

Task<Status> MemoryJournal::begin(Run run, const plan::Plan& plan) {
  const bool used = std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.run.plan_id == run.plan_id &&
           std::ranges::any_of(entry.events, [](const Event& event) { return event.kind == EventKind::intent; });
  });
  if (used) co_return fail(Code::plan_used, fmt::format("plan {} was applied before", run.plan_id));
  entries_.push_back({std::move(run), plan, {}, {}});
  co_return Status();
}

Task<Status> MemoryJournal::append(std::string run_id, Event event) {
  const Result<Entry*> entry = find(run_id);
  if (!entry) co_return fail(entry.error());
  event.sequence = static_cast<std::int64_t>((*entry)->events.size()) + 1;
  (*entry)->events.push_back(std::move(event));
  co_return Status();
}

Task<Status> MemoryJournal::finish(std::string run_id, UtcTime at, std::string result) {
  const Result<Entry*> entry = find(run_id);
  if (!entry) co_return fail(entry.error());
  (*entry)->run.finished_at = at;
  (*entry)->run.result = std::move(result);
  co_return Status();
}

Task<Result<std::int64_t>> MemoryJournal::ask(std::string run_id, Control control) {
  const Result<Entry*> entry = find(run_id);
  if (!entry) co_return fail(Code::run_not_found, fmt::format("no run {} in the journal", run_id));
  if ((*entry)->run.finished_at) co_return fail(Code::control_refused, fmt::format("run {} is finished", run_id));
  control.sequence = static_cast<std::int64_t>((*entry)->controls.size()) + 1;
  (*entry)->controls.push_back(control);
  co_return control.sequence;
}

Result<std::vector<Control>> MemoryJournal::controls(const std::string& run_id) {
  const Result<Entry*> entry = find(run_id);
  if (!entry) return fail(entry.error());
  return (*entry)->controls;
}

Result<std::vector<Run>> MemoryJournal::runs() {
  std::vector<Run> runs;
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) runs.push_back(entry->run);
  return runs;
}

Result<plan::Plan> MemoryJournal::plan_of(const std::string& run_id) {
  const Result<Entry*> entry = find(run_id);
  if (!entry) return fail(entry.error());
  return (*entry)->plan;
}

Result<std::vector<Event>> MemoryJournal::events(const std::string& run_id) {
  const Result<Entry*> entry = find(run_id);
  if (!entry) return fail(entry.error());
  return (*entry)->events;
}

}  // namespace firmform::journal
