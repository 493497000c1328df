// SPDX-License-Identifier: Apache-2.0
#include "engine/report/run_standing.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using apply::HostStanding;
using apply::Standing;
using apply::WaveStanding;

constexpr HostStanding kStandings[] = {HostStanding::done,     HostStanding::failed, HostStanding::unknown,
                                       HostStanding::deferred, HostStanding::left,   HostStanding::at_work,
                                       HostStanding::waiting};

std::size_t count_of(const std::map<HostStanding, std::size_t>& counts, HostStanding standing) {
  const auto found = counts.find(standing);
  return found == counts.end() ? 0 : found->second;
}

std::map<HostStanding, std::size_t> counts_of(const Standing& standing) {
  std::map<HostStanding, std::size_t> counts;
  for (const auto& [host, progress] : standing.hosts) ++counts[progress.standing];
  return counts;
}

std::string hosts_text(const std::map<HostStanding, std::size_t>& counts, std::size_t hosts) {
  std::string text = counted(hosts, "host");
  std::string separator = ": ";
  for (const HostStanding standing : kStandings) {
    const std::size_t count = count_of(counts, standing);
    if (count == 0) continue;
    text += fmt::format("{}{} {}", separator, count, to_string(standing));
    separator = ", ";
  }
  return text;
}

std::string wave_text(const WaveStanding& wave) {
  if (wave.record.finished_at) return printable(wave.record.decision);
  return wave.record.started ? "under way" : "not begun";
}

/// How to go on; empty for a finished run.
std::string next_step(const RunStanding& run) {
  if (run.run.finished_at) return {};
  if (!run.holder.empty())
    return "`firmform rollout pause` begins no further host; `firmform rollout cancel` ends the run.\n";
  if (run.standing.rollout.paused) {
    return "`firmform rollout continue` goes on; `firmform rollout cancel` ends the run.\n";
  }
  return "`firmform resume` continues it.\n";
}

/// In the middle of a fleet's run thousands of hosts say nothing yet.
constexpr std::size_t kMostHostRows = 40;

bool is_exception(const apply::HostProgress& host) {
  return host.standing != HostStanding::done && host.standing != HostStanding::waiting;
}

/// Empty when all hosts are done or wait.
std::string exceptions_text(const Standing& standing, const Style& style, std::size_t width) {
  Table table({{"HOST", 10}, {"STATE", 9}, {"STEPS", 5, true}, {"LAST", 20}});
  std::size_t rows = 0;
  for (const auto& [name, host] : standing.hosts) {
    if (!is_exception(host) || ++rows > kMostHostRows) continue;
    table.add({name, std::string(to_string(host.standing)), fmt::format("{}/{}", host.done, host.actions),
               printable(host.last)});
  }
  if (rows == 0) return {};
  std::string text = "\n" + table.render(width, style.color);
  if (rows > kMostHostRows) text += fmt::format("and {} more; -json lists all\n", rows - kMostHostRows);
  return text;
}

std::size_t width_of(const Style& style) {
  constexpr int kNarrowest = 60;
  return static_cast<std::size_t>(std::max(style.width, kNarrowest));
}

Ink ink_of(const RunStanding& run) {
  if (!run.run.finished_at) return Ink::yellow;
  return run.run.result == exit_name(Exit::ok) ? Ink::green : Ink::red;
}

json::Object counts_json(const std::map<HostStanding, std::size_t>& counts) {
  json::Object object;
  for (const HostStanding standing : kStandings) {
    object.append(std::string(to_string(standing)), static_cast<std::int64_t>(count_of(counts, standing)));
  }
  return object;
}

json::Array overrides_json(const std::map<std::string, std::string>& overridden) {
  json::Array array;
  for (const auto& [rule, how] : overridden) array.emplace_back(json::Object{{"rule", rule}, {"detail", how}});
  return array;
}

json::Value time_json(const std::optional<UtcTime>& time) {
  return time ? json::Value(to_rfc3339(*time)) : json::Value();
}

}  // namespace

std::string state_of(const RunStanding& run) {
  const bool runs = !run.holder.empty();
  if (run.run.finished_at) return fmt::format("finished ({})", run.run.result);
  if (run.standing.rollout.cancelled) return runs ? "runs, cancelled" : "cancelled, not finished";
  if (run.standing.rollout.paused) return runs ? "runs, will pause" : "paused";
  return runs ? "runs" : "interrupted";
}

std::string runs_text(const std::vector<RunStanding>& runs, const Style& style) {
  if (runs.empty()) return "No run was made here yet.\n";
  Table table({{"RUN", 17}, {"BEGUN", 20}, {"STATE", 13}, {"HOSTS", 20}});
  for (const RunStanding& run : runs) {
    table.add({run.run.id, to_rfc3339(run.run.started_at), state_of(run),
               hosts_text(counts_of(run.standing), run.standing.hosts.size())},
              ink_of(run));
  }
  std::string text = table.render(width_of(style), style.color);
  for (const RunStanding& run : runs) {
    const std::string next = next_step(run);
    if (!next.empty()) text += fmt::format("\nRun {} is not finished: {}", run.run.id, next);
  }
  return text;
}

std::string standing_text(const RunStanding& run, const Style& style) {
  const Standing& standing = run.standing;
  const std::size_t width = width_of(style);
  std::string text =
      fmt::format("Run {}: {}, begun {}\n{}\n", run.run.id, state_of(run), to_rfc3339(run.run.started_at),
                  hosts_text(counts_of(standing), standing.hosts.size()));
  if (!run.holder.empty()) text += fmt::format("By {}\n", printable(run.holder));
  if (standing.rollout.paused) text += fmt::format("Paused: {}\n", printable(standing.rollout.paused->reason));
  if (!standing.rollout.windows_ignored.empty()) {
    text += fmt::format("Windows are ignored: {}\n", printable(standing.rollout.windows_ignored));
  }
  for (const auto& [rule, how] : standing.rollout.overridden) {
    text += fmt::format("Policy {} is overridden {}\n", printable(rule), printable(how));
  }
  if (!standing.waves.empty()) {
    Table table({{"WAVE", 8}, {"HOSTS", 20}, {"STATE", 20}});
    for (const WaveStanding& wave : standing.waves) {
      table.add({printable(wave.name), hosts_text(wave.count, wave.hosts), wave_text(wave)});
    }
    text += "\n" + table.render(width, false);
  }
  text += exceptions_text(standing, style, width);
  const std::string next = next_step(run);
  return next.empty() ? text : text + "\n" + next;
}

json::Value standing_json(const RunStanding& shown) {
  const journal::Run& run = shown.run;
  const Standing& standing = shown.standing;
  json::Array waves;
  for (const WaveStanding& wave : standing.waves) {
    waves.emplace_back(json::Object{{"name", wave.name},
                                    {"hosts", static_cast<std::int64_t>(wave.hosts)},
                                    {"count", counts_json(wave.count)},
                                    {"started", wave.record.started},
                                    {"finished_at", time_json(wave.record.finished_at)},
                                    {"decision", wave.record.decision}});
  }
  json::Array hosts;
  for (const auto& [name, host] : standing.hosts) {
    hosts.emplace_back(json::Object{{"host", name},
                                    {"state", to_string(host.standing)},
                                    {"actions_done", static_cast<std::int64_t>(host.done)},
                                    {"actions", static_cast<std::int64_t>(host.actions)},
                                    {"last", host.last}});
  }
  return json::Object{
      {"format_version", "1.0"},
      {"run_id", run.id},
      {"plan_id", run.plan_id},
      {"started_at", to_rfc3339(run.started_at)},
      {"finished_at", time_json(run.finished_at)},
      {"result", run.result},
      {"state", state_of(shown)},
      {"paused", standing.rollout.paused ? json::Value(standing.rollout.paused->reason) : json::Value()},
      {"cancelled", standing.rollout.cancelled},
      {"windows_ignored", standing.rollout.windows_ignored},
      {"policies_overridden", overrides_json(standing.rollout.overridden)},
      {"count", counts_json(counts_of(standing))},
      {"waves", std::move(waves)},
      {"hosts", std::move(hosts)}};
}

}  // namespace firmform::report
