// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/run_views.h"

namespace firmform::report {
namespace {

constexpr std::string_view kClearLine = "\x1b[2K";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kReset = "\x1b[0m";

/// Cut to `width` characters.
std::string fitted(std::string_view text, std::size_t width) {
  if (utf8_length(text) <= width) return std::string(text);
  std::string result;
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size() && count + 1 < width;) {
    std::size_t next = i + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U) ++next;
    result += text.substr(i, next - i);
    i = next;
    ++count;
  }
  return result + "~";
}

class LiveView final : public apply::View {
 public:
  LiveView(Print print, const Clock& clock, LiveOptions options)
      : print_(std::move(print)), clock_(clock), options_(options) {}

  void run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) override {
    start_ = clock_.steady_now();
    for (const plan::Action& action : plan.actions) ++left_[action.host];
    total_ = left_.size();
    print_(fmt::format("{} run {}: {} on {}\n", resumed ? "Resuming" : "Starting", run_id,
                       counted(plan.actions.size(), "action"), counted(total_, "host")));
  }

  void checks_started(std::size_t hosts) override { show_checks(0, hosts); }

  void host_checked(std::size_t done, std::size_t hosts) override { show_checks(done, hosts); }

  void wave_started(const plan::Wave& wave, std::size_t index, std::size_t waves) override {
    waits_.clear();
    keep(fmt::format("{} {} of {}, {}", painted(kBold, printable(wave.name)), index + 1, waves,
                     counted(wave.hosts.size(), "host")));
  }

  void wave_finished(const plan::Wave&, const std::string& decision) override { keep(printable(decision)); }

  void run_waits(const std::string& reason, std::optional<UtcTime> until) override {
    waits_ = wait_text(reason, until);
    redraw();
  }

  void host_started(const std::string& host) override {
    waits_.clear();
    working_[host] = {clock_.steady_now(), "checking that it is as planned", {}, {}};
    redraw();
  }

  void action_started(const plan::Action& action) override {
    working_[action.host] = {clock_.steady_now(), action.summary, {}, {}};
    redraw();
  }

  void action_progress(const plan::Action& action, std::optional<int> percent, const std::string& text) override {
    Work& work = working_.try_emplace(action.host, Work{clock_.steady_now(), action.summary, {}, {}}).first->second;
    work.percent = percent;
    work.text = printable(text);
    redraw();
  }

  void action_succeeded(const plan::Action& action, const std::string&) override {
    const auto work = working_.find(action.host);
    if (work == working_.end()) return;
    const std::string line =
        fmt::format("{}: {} [{}]", action.host, action.summary, to_text(clock_.steady_now() - work->second.since));
    keep(fmt::format("{} {}", painted(kGreen, options_.unicode ? "✓" : "+"), line));
  }

  void host_finished(const std::string& host, const apply::HostOutcome& outcome) override {
    working_.erase(host);
    ++finished_;
    if (outcome.result == apply::HostResult::scheduled) {
      keep(fmt::format("{} {}: the BMC does it by itself", painted(kGreen, apply::to_string(outcome.result)), host));
      return;
    }
    for (const std::string& note : outcome.notes) keep(fmt::format("note {}: {}", host, printable(note)));
    // Held hosts are counted at the end.
    if (!outcome.error || outcome.result == apply::HostResult::held) {
      redraw();
      return;
    }
    const std::string word = painted(kRed, apply::to_string(outcome.result));
    keep(fmt::format("{} {}: {}", word, host, printable(outcome.error->one_line())));
  }

  void run_finished(const apply::Summary& summary) override {
    erase();
    print_("\n" + summary_text(summary));
  }

 private:
  struct Work {
    SteadyTime since;
    std::string summary;
    std::optional<int> percent;
    std::string text;
  };

  [[nodiscard]] std::string painted(std::string_view color, std::string_view text) const {
    return options_.color ? fmt::format("{}{}{}", color, text, kReset) : std::string(text);
  }

  /// Prints a line that stays above the live part.
  void keep(const std::string& line) {
    erase();
    print_(line + "\n");
    redraw();
  }

  void erase() {
    std::string text;
    for (int i = 0; i < drawn_; ++i) text += fmt::format("\x1b[1A\r{}", kClearLine);
    drawn_ = 0;
    if (!text.empty()) print_(text);
  }

  /// One line, until the work begins.
  void show_checks(std::size_t done, std::size_t hosts) {
    erase();
    if (done == hosts) return;
    print_(fmt::format("Checking {} before any is changed: {} done\n", counted(hosts, "host"), done));
    drawn_ = 1;
  }

  void redraw() {
    erase();
    std::string text;
    const auto width = static_cast<std::size_t>(options_.width);
    for (const auto& [host, work] : working_) {
      if (drawn_ + 1 >= options_.max_lines) break;
      text += fitted(host_line(host, work), width) + "\n";
      ++drawn_;
    }
    const auto hidden = working_.size() - static_cast<std::size_t>(drawn_);
    if (!waits_.empty()) {
      text += fitted("  " + waits_, width) + "\n";
      ++drawn_;
    }
    text += fleet_line(hidden) + "\n";
    ++drawn_;
    print_(text);
  }

  [[nodiscard]] std::string host_line(const std::string& host, const Work& work) const {
    const std::string percent = work.percent ? fmt::format("{:>3}% ", *work.percent) : std::string();
    const std::string text = work.text.empty() ? std::string() : fmt::format(": {}", work.text);
    return fmt::format("  {}  {}{}{} [{}]", host, percent, work.summary, text,
                       to_text(clock_.steady_now() - work.since));
  }

  [[nodiscard]] std::string fleet_line(std::size_t hidden) const {
    constexpr std::size_t kBar = 24;
    const std::size_t filled = total_ == 0 ? kBar : kBar * finished_ / total_;
    std::string bar;
    for (std::size_t i = 0; i < kBar; ++i) {
      if (options_.unicode) {
        bar += i < filled ? "█" : "░";
      } else {
        bar += i < filled ? "#" : ".";
      }
    }
    const std::string more = hidden > 0 ? fmt::format(", {} more at work", hidden) : std::string();
    return fmt::format("{} {}/{} hosts{} [{}]", bar, painted(kBold, std::to_string(finished_)), total_, more,
                       to_text(clock_.steady_now() - start_));
  }

  Print print_;
  const Clock& clock_;
  LiveOptions options_;
  SteadyTime start_{};
  std::map<std::string, std::size_t> left_;
  std::map<std::string, Work> working_;
  std::string waits_;  ///< what the run waits for
  std::size_t total_ = 0;
  std::size_t finished_ = 0;
  int drawn_ = 0;
};

}  // namespace

std::unique_ptr<apply::View> make_live_view(Print print, const Clock& clock, LiveOptions options) {
  return std::make_unique<LiveView>(std::move(print), clock, options);
}

}  // namespace firmform::report
