// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/run_progress.h"
#include "engine/report/run_views.h"

namespace firmform::report {
namespace {

using namespace std::chrono_literals;

constexpr Duration kHeartbeat = 60s;

/// Of one host that says the same again: so long, or so many percent, until it is told.
constexpr Duration kBetweenLines = 30s;
constexpr int kBetweenPercents = 10;
/// With more hosts at work only what changes is told, host by host; the heartbeat tells the rest.
constexpr std::size_t kFewHosts = 20;

class LineView final : public TickingView {
 public:
  LineView(Print print, const Clock& clock, int hosts_in_flight)
      : print_(std::move(print)), clock_(clock), hosts_in_flight_(hosts_in_flight) {}

  void run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) override {
    progress_.begin(plan, clock_.steady_now(), hosts_in_flight_);
    is_running_ = true;
    line(fmt::format("{} run {}: {} on {}", resumed ? "Resuming" : "Starting", run_id,
                     counted(plan.actions.size(), "action"), counted(progress_.hosts(), "host")));
  }

  void checks_started(std::size_t hosts) override {
    line(fmt::format("Checking {} before any is changed", counted(hosts, "host")));
  }

  void host_checked(std::size_t done, std::size_t hosts) override {
    if (done < hosts && clock_.steady_now() - last_ < kHeartbeat) return;
    line(fmt::format("{} of {} checked", done, counted(hosts, "host")));
  }

  void wave_started(const plan::Wave& wave, std::size_t index, std::size_t waves) override {
    progress_.wave_begins(wave, index, waves);
    line(fmt::format("Wave {} of {}: {}, {}", index + 1, waves, printable(wave.name),
                     counted(wave.hosts.size(), "host")));
  }

  void wave_finished(const plan::Wave& wave, const std::string& decision) override {
    progress_.wave_ends(wave);
    line(printable(decision));
  }

  void run_waits(const std::string& reason, std::optional<UtcTime> until) override {
    progress_.waits(reason, until);
    line(wait_text(reason, until));
  }

  void host_started(const std::string& host) override {
    progress_.host_begins(host, clock_.steady_now());
    line(fmt::format("{}: checking that it is as planned", host));
  }

  void action_started(const plan::Action& action) override {
    progress_.action_begins(action, clock_.steady_now());
    told_[action.host] = {clock_.steady_now(), {}, {}};
    line(fmt::format("{}: {}...", action.host, printable(action.summary)));
  }

  void action_progress(const plan::Action& action, std::optional<int> percent, const std::string& text) override {
    if (progress_.action_says(action, percent, text, clock_.steady_now()) &&
        is_worth_a_line(action.host, percent, text)) {
      told_[action.host] = {clock_.steady_now(), phase_of(text), percent};
      const std::string number = percent ? fmt::format("{}% ", *percent) : std::string();
      line(fmt::format("{}: {}: {}{}", action.host, printable(action.summary), number, printable(text)));
    }
    tick();
  }

  void action_succeeded(const plan::Action& action, const std::string& detail) override {
    const auto took = progress_.action_ends(action, clock_.steady_now());
    const std::string elapsed = took ? fmt::format(" [{}]", to_text(*took)) : std::string();
    told_.erase(action.host);
    line(fmt::format("{}: {}: {}{}", action.host, printable(action.summary), printable(detail), elapsed));
  }

  void host_finished(const std::string& host, const apply::HostOutcome& outcome) override {
    progress_.host_ends(host, outcome.result);
    told_.erase(host);
    if (outcome.result == apply::HostResult::held) return;  // counted at the end
    for (const std::string& note : outcome.notes) line(fmt::format("{}: note: {}", host, printable(note)));
    const std::string why = outcome.error ? fmt::format(": {}", printable(outcome.error->one_line())) : std::string();
    line(fmt::format("{}: {}{}", host, apply::to_string(outcome.result), why));
  }

  void run_finished(const apply::Summary& summary) override {
    is_running_ = false;
    print_("\n" + summary_text(summary));
  }

  void tick() override {
    if (is_running_ && clock_.steady_now() - last_ >= kHeartbeat) heartbeat();
  }

 private:
  /// What was last told of a host.
  struct Told {
    SteadyTime at;
    std::string phase;
    std::optional<int> percent;
  };

  /// A text without its numbers, which change all the time.
  static std::string phase_of(std::string_view text) {
    std::string phase(text);
    std::erase_if(phase, [](char letter) { return letter >= '0' && letter <= '9'; });
    return phase;
  }

  [[nodiscard]] bool is_worth_a_line(const std::string& host, std::optional<int> percent, std::string_view text) {
    const auto known = told_.find(host);
    if (known == told_.end() || known->second.phase != phase_of(text)) return true;
    if (progress_.at_work() > kFewHosts) return false;
    if (percent && *percent >= known->second.percent.value_or(0) + kBetweenPercents) return true;
    return clock_.steady_now() - known->second.at >= kBetweenLines;
  }

  void heartbeat() {
    constexpr std::size_t kShown = 5;
    const SteadyTime now = clock_.steady_now();
    std::string text = fmt::format("{} of {} finished, {} at work", progress_.finished(),
                                   counted(progress_.hosts(), "host"), progress_.at_work());
    if (progress_.wait()) text += fmt::format("; {}", wait_text(progress_.wait()->reason, progress_.wait()->until));
    const std::optional<Duration> left = progress_.left(now, clock_.now());
    if (left && progress_.finished() < progress_.hosts()) text += fmt::format("; about {} left", rough_text(*left));
    const std::vector<HostAtWork> slowest = progress_.at_work(now, kShown);
    std::string_view separator = progress_.at_work() > kShown ? "; slowest: " : "; ";
    for (const HostAtWork& host : slowest) {
      text += fmt::format("{}{}", separator, describe(host));
      separator = ", ";
    }
    line(text);
  }

  /// "web-01 (flash System ROM: 43% Updating [2m10s])"
  static std::string describe(const HostAtWork& host) {
    const std::string percent = host.percent ? fmt::format("{}% ", *host.percent) : std::string();
    const std::string said =
        percent.empty() && host.text.empty() ? std::string() : fmt::format(": {}{}", percent, host.text);
    return fmt::format("{} ({}{} [{}{}])", host.host, host.phase, said,
                       to_text(std::chrono::floor<std::chrono::seconds>(host.of_phase)),
                       host.is_late() && !host.is_measured ? ", late" : "");
  }

  void line(const std::string& text) {
    last_ = clock_.steady_now();
    print_(text + "\n");
  }

  Print print_;
  const Clock& clock_;
  int hosts_in_flight_;
  RunProgress progress_;
  SteadyTime last_{};
  std::map<std::string, Told> told_;
  bool is_running_ = false;
};

}  // namespace

std::unique_ptr<TickingView> make_line_view(Print print, const Clock& clock, int hosts_in_flight) {
  return std::make_unique<LineView>(std::move(print), clock, hosts_in_flight);
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
