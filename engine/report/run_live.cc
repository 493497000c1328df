// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/run_progress.h"
#include "engine/report/run_screen.h"
#include "engine/report/run_views.h"
#include "engine/report/screen_painter.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using apply::HostResult;

/// How often the time that the whole run still takes is worked out anew.
constexpr Duration kLeftStays = std::chrono::seconds(1);

class LiveDisplay final : public LiveView {
 public:
  LiveDisplay(Print print, const Clock& clock, LiveOptions options)
      : print_(print), painter_(std::move(print)), clock_(clock), options_(options) {}

  void run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) override {
    progress_.begin(plan, clock_.steady_now(), options_.hosts_in_flight);
    is_running_ = true;
    say(fmt::format("{} run {}: {} on {}", resumed ? "Resuming" : "Starting", run_id,
                    counted(plan.actions.size(), "action"), counted(progress_.hosts(), "host")));
  }

  void checks_started(std::size_t hosts) override { checks_ = Checks{0, hosts}; }

  void host_checked(std::size_t done, std::size_t hosts) override {
    checks_.reset();
    if (done < hosts) checks_ = Checks{done, hosts};
  }

  void wave_started(const plan::Wave& wave, std::size_t index, std::size_t waves) override {
    progress_.wave_begins(wave, index, waves);
    say(fmt::format("{}: {}, {}", bold(fmt::format("Wave {} of {}", index + 1, waves)), printable(wave.name),
                    counted(wave.hosts.size(), "host")));
  }

  void wave_finished(const plan::Wave& wave, const std::string& decision) override {
    progress_.wave_ends(wave);
    say(printable(decision));
  }

  void run_waits(const std::string& reason, std::optional<UtcTime> until) override { progress_.waits(reason, until); }

  void host_started(const std::string& host) override { progress_.host_begins(host, clock_.steady_now()); }

  void action_started(const plan::Action& action) override { progress_.action_begins(action, clock_.steady_now()); }

  void action_progress(const plan::Action& action, std::optional<int> percent, const std::string& text) override {
    progress_.action_says(action, percent, text, clock_.steady_now());
  }

  void action_succeeded(const plan::Action& action, const std::string&) override {
    const auto took = progress_.action_ends(action, clock_.steady_now());
    // Of a large fleet the end of a host is enough.
    if (!took || progress_.hosts() > kFewHosts) return;
    say(fmt::format("{} {}: {} {}", painted(Ink::green, options_.unicode ? "✓" : "+"), action.host,
                    printable(action.summary), painted(Ink::dim, fmt::format("[{}]", to_text(*took)))));
  }

  void host_finished(const std::string& host, const apply::HostOutcome& outcome) override {
    progress_.host_ends(host, outcome.result);
    if (outcome.result == HostResult::scheduled) {
      say(fmt::format("{} {}: the BMC does it by itself", painted(Ink::green, to_string(outcome.result)), host));
      return;
    }
    for (const std::string& note : outcome.notes)
      say(fmt::format("{} {}: {}", painted(Ink::yellow, "note"), host, printable(note)));
    if (outcome.result == HostResult::done && progress_.hosts() > kFewHosts) {
      say(fmt::format("{} {}: done", painted(Ink::green, options_.unicode ? "✓" : "+"), host));
    }
    // Held hosts are counted at the end.
    if (!outcome.error || outcome.result == HostResult::held) return;
    // Most messages name their host themselves.
    const std::string why = printable(outcome.error->one_line());
    const std::string subject = why.find(host + ":") == std::string::npos ? host + ": " : std::string();
    say(fmt::format("{} {}{}", painted(ink_of(outcome.result), to_string(outcome.result)), subject, why));
  }

  void run_finished(const apply::Summary& summary) override {
    is_running_ = false;
    restore();
    print_("\n" + summary_text(summary));
  }

  void tick() override {
    if (!is_running_) return;
    painter_.paint(std::exchange(kept_, {}), screen_lines(progress_, state(), options_));
  }

  void resize(int width, int height) override {
    if (width == options_.width && height == options_.height) return;
    options_.width = width;
    options_.height = height;
    painter_.resized(static_cast<std::size_t>(std::max(width, 1)));
  }

  void say(const std::string& line) override { kept_.push_back(line); }

  void restore() override {
    painter_.restore();
    std::string text;
    for (const std::string& line : std::exchange(kept_, {})) text += line + "\n";
    if (!text.empty()) print_(text);
  }

 private:
  static constexpr std::size_t kFewHosts = 12;

  [[nodiscard]] std::string painted(Ink ink, std::string_view text) const { return paint(ink, text, options_.color); }

  [[nodiscard]] std::string bold(std::string_view text) const {
    return options_.color ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
  }

  /// Red is what went wrong, yellow what a person put off.
  static Ink ink_of(HostResult result) {
    const bool is_put_off =
        result == HostResult::deferred || result == HostResult::skipped || result == HostResult::detached;
    return is_put_off ? Ink::yellow : Ink::red;
  }

  [[nodiscard]] ScreenState state() {
    const SteadyTime now = clock_.steady_now();
    if (!left_at_ || now - *left_at_ >= kLeftStays) {
      left_ = progress_.left(now, clock_.now());
      left_at_ = now;
    }
    return {.now = now, .utc_now = clock_.now(), .checks = checks_, .left = left_};
  }

  Print print_;
  ScreenPainter painter_;
  const Clock& clock_;
  LiveOptions options_;
  RunProgress progress_;
  std::optional<Checks> checks_;
  std::vector<std::string> kept_;  ///< said, and not yet painted
  std::optional<Duration> left_;
  std::optional<SteadyTime> left_at_;
  bool is_running_ = false;
};

}  // namespace

std::unique_ptr<LiveView> make_live_view(Print print, const Clock& clock, LiveOptions options) {
  return std::make_unique<LiveDisplay>(std::move(print), clock, options);
}

}  // namespace firmform::report
