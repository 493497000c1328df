// SPDX-License-Identifier: Apache-2.0
#include "engine/report/run_screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/display_width.h"
#include "engine/report/progress_bar.h"
#include "engine/report/screen_line.h"

namespace firmform::report {
namespace {

using apply::HostResult;

/// Widths of the columns that all hosts share.
struct Columns {
  std::size_t host = 0;
  std::size_t bar = 0;
  std::size_t step = 0;
  std::size_t time = 0;
};

constexpr std::size_t kGap = 2;

std::string step_text(const HostAtWork& host) {
  return host.step == 0 ? fmt::format("-/{}", host.steps) : fmt::format("{}/{}", host.step, host.steps);
}

/// "2m10s, ~3m left": the whole time of the host and what it still takes.
std::string time_text(const HostAtWork& host) {
  const std::string elapsed = to_text(std::chrono::floor<std::chrono::seconds>(host.of_host));
  if (host.is_late() && !host.is_measured) return elapsed + ", late";
  if (host.step == 0) return elapsed;
  if (host.left < std::chrono::minutes(1)) return elapsed + ", <1m left";
  return fmt::format("{}, ~{} left", elapsed, rough_text(host.left));
}

/// "57% push ilo5_311.bin to the iLO: Updating". Where not all of it fits, of both texts the beginning is seen: what
/// the host waits for matters as much as what is done to it.
std::string phase_text(const HostAtWork& host, std::size_t room, bool unicode) {
  const std::string percent = host.percent ? fmt::format("{:>2}% ", *host.percent) : std::string();
  if (host.text.empty()) return percent + host.phase;
  const std::size_t texts = room - std::min(room, percent.size() + 2);
  const std::size_t of_phase = std::max(texts / 2, texts - std::min(texts, display_width(host.text)));
  return fmt::format("{}{}: {}", percent, fitted(host.phase, of_phase, unicode), host.text);
}

class Screen {
 public:
  Screen(const RunProgress& progress, const ScreenState& state, const LiveOptions& options)
      : progress_(progress), state_(state), options_(options) {}

  std::vector<std::string> lines() {
    if (state_.checks) {
      checks();
      return std::move(lines_);
    }
    hosts();
    if (progress_.wait()) wait();
    if (progress_.hosts() != 1 || lines_.empty()) {
      fleet();
      fleet_times();
    }
    return std::move(lines_);
  }

 private:
  /// The last column stays free: a character there makes some terminals fold.
  [[nodiscard]] std::size_t width() const { return static_cast<std::size_t>(std::max(options_.width - 1, 1)); }
  [[nodiscard]] bool is_wide() const { return options_.width >= 72; }
  [[nodiscard]] ScreenLine line() const { return ScreenLine(width(), options_.color, options_.unicode); }

  void add(const ScreenLine& line) { lines_.push_back(line.text()); }

  void checks() {
    ScreenLine checking = line();
    checking.add(fmt::format("Checking {} before any is changed  ", counted(state_.checks->hosts, "host")));
    checking.add(bar(static_cast<double>(state_.checks->done) /
                         static_cast<double>(std::max<std::size_t>(state_.checks->hosts, 1)),
                     is_wide() ? 20 : 10),
                 Ink::green);
    checking.add(fmt::format("  {}/{}", state_.checks->done, state_.checks->hosts));
    add(checking);
  }

  [[nodiscard]] std::string bar(double fraction, std::size_t columns) const {
    return progress_bar(fraction, columns, options_.unicode);
  }

  /// At most half of the terminal, so that what was said before stays in sight.
  [[nodiscard]] std::size_t most_hosts() const {
    constexpr int kMost = 40;
    constexpr int kLeast = 5;
    constexpr int kOthers = 3;  // wait and fleet
    const int all = std::min(std::clamp(options_.height / 2, kLeast, kMost), options_.height - 2);
    return static_cast<std::size_t>(std::max(all - kOthers, 0));
  }

  void hosts() {
    const std::size_t room = most_hosts();
    const bool fits = progress_.at_work() <= room;
    const std::vector<HostAtWork> shown = progress_.at_work(state_.now, fits || room == 0 ? room : room - 1);
    const Columns columns = columns_of(shown);
    for (const HostAtWork& host : shown) add_host(host, columns);
    if (fits) return;
    ScreenLine more = line();
    more.add(fmt::format("  {}{} more at work", shown.empty() ? "" : "and ", progress_.at_work() - shown.size()),
             Ink::dim);
    if (room > 0) add(more);
  }

  [[nodiscard]] Columns columns_of(const std::vector<HostAtWork>& hosts) const {
    constexpr std::size_t kLeastPhase = 16;
    Columns columns{.bar = is_wide() ? std::size_t{10} : std::size_t{6}};
    for (const HostAtWork& host : hosts) {
      columns.host = std::max(columns.host, display_width(host.host));
      columns.step = std::max(columns.step, step_text(host).size());
      columns.time = std::max(columns.time, time_text(host).size());
    }
    columns.host = std::min(columns.host, std::max<std::size_t>(width() / 4, 8));
    const auto phase = [&] {
      const std::size_t others = columns.host + columns.bar + columns.step + columns.time + 5 * kGap;
      return width() - std::min(width(), others);
    };
    for (std::size_t* column : {&columns.bar, &columns.step, &columns.time}) {
      if (phase() < kLeastPhase) *column = 0;
    }
    return columns;
  }

  void add_host(const HostAtWork& host, const Columns& columns) {
    ScreenLine shown = line();
    shown.add("  " + padded(host.host, columns.host, options_.unicode) + "  ");
    if (columns.bar > 0) {
      shown.add(bar(host.fraction, columns.bar), host.is_late() ? Ink::yellow : Ink::green);
      shown.add("  ");
    }
    if (columns.step > 0) shown.add(fmt::format("{:>{}}  ", step_text(host), columns.step));
    const std::size_t behind = columns.time == 0 ? 0 : columns.time + kGap;
    const std::size_t room = width() - std::min(width(), shown.columns() + behind);
    shown.add(padded(phase_text(host, room, options_.unicode), room, options_.unicode));
    if (columns.time > 0) {
      shown.add(fmt::format("  {:>{}}", time_text(host), columns.time), host.is_late() ? Ink::yellow : Ink::dim);
    }
    add(shown);
  }

  void wait() {
    ScreenLine waiting = line();
    const RunProgress::Wait& wait = *progress_.wait();
    waiting.add("  " + wait_text(wait.reason, wait.until), Ink::yellow);
    if (wait.until && *wait.until > state_.utc_now) {
      waiting.add(fmt::format(", {} from now", rough_text(*wait.until - state_.utc_now)), Ink::yellow);
    }
    add(waiting);
  }

  void fleet() {
    constexpr std::size_t kNarrowest = 8;
    constexpr std::size_t kWidest = 32;
    ScreenLine fleet = line();
    fleet.add(bar(progress_.fraction(state_.now), std::clamp(width() / 4, kNarrowest, kWidest)), Ink::green);
    fleet.add(fmt::format("  {}/{} hosts", progress_.finished(), progress_.hosts()));
    for (const HostResult result :
         {HostResult::failed, HostResult::unknown, HostResult::unreachable, HostResult::moved}) {
      count(fleet, progress_.count(result), to_string(result), Ink::red);
    }
    count(fleet, progress_.at_work(), "at work", Ink::plain);
    count(fleet, progress_.waiting(), "waiting", Ink::plain);
    for (const HostResult result :
         {HostResult::scheduled, HostResult::deferred, HostResult::held, HostResult::skipped, HostResult::detached}) {
      count(fleet, progress_.count(result), to_string(result), Ink::yellow);
    }
    add(fleet);
  }

  static void count(ScreenLine& line, std::size_t number, std::string_view what, Ink ink) {
    if (number == 0) return;
    line.add(", ");
    line.add(fmt::format("{} {}", number, what), ink);
  }

  void fleet_times() {
    ScreenLine times = line();
    const std::string wave = progress_.wave().empty() ? std::string() : progress_.wave() + ", ";
    times.add(fmt::format("{}{} so far", wave,
                          to_text(std::chrono::floor<std::chrono::seconds>(progress_.elapsed(state_.now)))),
              Ink::dim);
    if (state_.left && progress_.finished() < progress_.hosts()) {
      times.add(fmt::format(", about {} left", rough_text(*state_.left)));
    }
    add(times);
  }

  const RunProgress& progress_;
  const ScreenState& state_;
  const LiveOptions& options_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> screen_lines(const RunProgress& progress, const ScreenState& state,
                                      const LiveOptions& options) {
  return Screen(progress, state, options).lines();
}

}  // namespace firmform::report
