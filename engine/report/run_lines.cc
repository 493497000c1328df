// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/run_views.h"

namespace firmform::report {
namespace {

using namespace std::chrono_literals;

constexpr Duration kHeartbeat = 60s;

class LineView final : public apply::View {
 public:
  LineView(Print print, const Clock& clock) : print_(std::move(print)), clock_(clock) {}

  void run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) override {
    line(fmt::format("{} run {}: {}", resumed ? "Resuming" : "Starting", run_id,
                     counted(plan.actions.size(), "action")));
  }

  void checks_started(std::size_t hosts) override {
    line(fmt::format("Checking {} before any is changed", counted(hosts, "host")));
  }

  void host_checked(std::size_t done, std::size_t hosts) override {
    if (done < hosts && clock_.steady_now() - last_ < kHeartbeat) return;
    line(fmt::format("{} of {} checked", done, counted(hosts, "host")));
  }

  void wave_started(const plan::Wave& wave, std::size_t index, std::size_t waves) override {
    line(fmt::format("Wave {} of {}: {}, {}", index + 1, waves, printable(wave.name),
                     counted(wave.hosts.size(), "host")));
  }

  void wave_finished(const plan::Wave&, const std::string& decision) override { line(printable(decision)); }

  void run_waits(const std::string& reason, std::optional<UtcTime> until) override { line(wait_text(reason, until)); }

  void host_started(const std::string& host) override { line(fmt::format("{}: checking that it is as planned", host)); }

  void action_started(const plan::Action& action) override {
    working_[action.host] = {clock_.steady_now(), action.summary};
    line(fmt::format("{}: {}...", action.host, action.summary));
  }

  void action_progress(const plan::Action& action, std::optional<int> percent, const std::string& text) override {
    Work& work = working_.try_emplace(action.host, Work{clock_.steady_now(), action.summary, {}, {}}).first->second;
    const bool changed = work.text != text;
    work.percent = percent;
    work.text = text;
    if (changed) {
      line(fmt::format("{}: {}: {}", action.host, action.summary, describe(work)));
    } else if (clock_.steady_now() - last_ >= kHeartbeat) {
      heartbeat();
    }
  }

  void action_succeeded(const plan::Action& action, const std::string& detail) override {
    const auto work = working_.find(action.host);
    const std::string elapsed = work == working_.end()
                                    ? std::string()
                                    : fmt::format(" [{}]", to_text(clock_.steady_now() - work->second.since));
    working_.erase(action.host);
    line(fmt::format("{}: {}: {}{}", action.host, action.summary, printable(detail), elapsed));
  }

  void host_finished(const std::string& host, const apply::HostOutcome& outcome) override {
    working_.erase(host);
    if (outcome.result == apply::HostResult::held) return;  // counted at the end
    for (const std::string& note : outcome.notes) line(fmt::format("{}: note: {}", host, printable(note)));
    const std::string why = outcome.error ? fmt::format(": {}", printable(outcome.error->one_line())) : std::string();
    line(fmt::format("{}: {}{}", host, apply::to_string(outcome.result), why));
  }

  void run_finished(const apply::Summary& summary) override { print_("\n" + summary_text(summary)); }

 private:
  struct Work {
    SteadyTime since;
    std::string summary;
    std::optional<int> percent;
    std::string text;
  };

  [[nodiscard]] std::string describe(const Work& work) const {
    const std::string percent = work.percent ? fmt::format("{}% ", *work.percent) : std::string();
    return fmt::format("{}{} [{}]", percent, printable(work.text), to_text(clock_.steady_now() - work.since));
  }

  void heartbeat() {
    std::string text = fmt::format("still at work on {}:", counted(working_.size(), "host"));
    int shown = 0;
    constexpr int kShown = 5;
    for (const auto& [host, work] : working_) {
      if (++shown > kShown) break;
      text += fmt::format(" {} ({}),", host, describe(work));
    }
    text.pop_back();
    line(text);
  }

  void line(const std::string& text) {
    last_ = clock_.steady_now();
    print_(text + "\n");
  }

  Print print_;
  const Clock& clock_;
  SteadyTime last_{};
  std::map<std::string, Work> working_;
};

}  // namespace

std::unique_ptr<apply::View> make_line_view(Print print, const Clock& clock) {
  return std::make_unique<LineView>(std::move(print), clock);
}

std::string wait_text(const std::string& reason, std::optional<UtcTime> until) {
  const std::string end = until ? fmt::format(" until {}", to_rfc3339(*until)) : std::string();
  return fmt::format("Waiting: {}{}", printable(reason), end);
}

std::string summary_text(const apply::Summary& summary) {
  using apply::HostResult;
  std::string text = fmt::format("Apply {} in {}: {} done", summary.exit() == Exit::ok ? "complete" : "ended",
                                 to_text(summary.elapsed), counted(summary.count(HostResult::done), "host"));
  for (const HostResult result :
       {HostResult::scheduled, HostResult::failed, HostResult::unknown, HostResult::unreachable, HostResult::moved,
        HostResult::deferred, HostResult::held, HostResult::skipped, HostResult::detached}) {
    const std::size_t count = summary.count(result);
    if (count > 0) text += fmt::format(", {} {}", count, apply::to_string(result));
  }
  text += ".\n";
  if (summary.count(HostResult::scheduled) > 0) {
    text +=
        "What is scheduled is done by the BMCs themselves. `firmform plan` shows what waits, and what became of it.\n";
  }
  if (summary.count(HostResult::deferred) > 0) {
    text += "What is deferred waits for a window: plan again, or give `apply -wait-for-window`.\n";
  }
  const auto is_paused = [](const auto& entry) {
    return entry.second.error && entry.second.error->code() == Code::rollout_paused;
  };
  if (std::ranges::any_of(summary.hosts, is_paused)) {
    text += "The rollout is paused. `firmform rollout continue` goes on; `firmform rollout cancel` ends it.\n";
  }
  if (summary.count(HostResult::detached) > 0) {
    text += "What runs on the BMCs goes on by itself. `firmform resume` continues this run.\n";
  }
  return text;
}

}  // namespace firmform::report
