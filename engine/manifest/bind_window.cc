// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_window.h"

#include <fmt/format.h>

#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/base/time_zone.h"
#include "engine/manifest/cron.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

constexpr Duration kLongestWindow = std::chrono::hours(24 * 7);

class WindowBinder {
 public:
  WindowBinder(const YamlEntry& entry, int& guesses, Diagnostics& diagnostics)
      : entry_(entry), guesses_(guesses), diagnostics_(diagnostics) {}

  Window run() {
    window_.span = entry_.key_span;
    window_.complete = entry_.value.valid;
    window_.absent = absent_flag(entry_.value, diagnostics_);
    recurring();
    once();
    return std::move(window_);
  }

 private:
  void report(Diagnostic found) {
    diagnostics_.add(std::move(found));
    window_.complete = false;
  }

  void recurring() {
    const auto schedule = text(entry_.value, "schedule");
    const auto duration = text(entry_.value, "duration");
    if (schedule) window_.schedule = schedule->value;
    const bool has_length = duration && take_duration(*duration);
    if (schedule) check_schedule(*schedule, has_length ? &*duration : nullptr);
    if (const auto zone = text(entry_.value, "time_zone")) take_time_zone(*zone);
  }

  bool take_duration(const Text& duration) {
    window_.duration = parse_duration(duration.value).value_or(Duration::zero());
    if (window_.duration > Duration::zero() && window_.duration <= kLongestWindow) return true;
    report(problem(Code::invalid_value, fmt::format("a window cannot stay open for `{}`", duration.value),
                   duration.span, "expected more than nothing and at most 7d"));
    return false;
  }

  void check_schedule(const Text& schedule, const Text* duration) {
    const auto cron = parse_cron(schedule.value);
    if (!cron) return;
    const auto period = shortest_period(*cron);
    if (!period) {
      return report(problem(Code::invalid_value, fmt::format("window `{}` would never open", entry_.key), schedule.span,
                            "no date fits this"));
    }
    if (duration == nullptr || window_.duration <= *period) return;
    Diagnostic found = problem(Code::invalid_value, fmt::format("window `{}` opens again before it closes", entry_.key),
                               duration->span, "stays open longer");
    found.secondary.push_back({schedule.span, fmt::format("opens again after {}", to_text(*period))});
    found.help.push_back(fmt::format("make `duration:` at most {}, or let it open less often", to_text(*period)));
    report(std::move(found));
  }

  void take_time_zone(const Text& zone) {
    window_.time_zone = zone.value;
    if (TimeZone::find(zone.value)) return;
    Diagnostic found = problem(Code::invalid_value, fmt::format("time zone `{}` is not known", zone.value), zone.span,
                               "not in this machine's time zone data");
    if (guesses_-- > 0) guess(zone.value, found);
    report(std::move(found));
  }

  static void guess(const std::string& wrong, Diagnostic& diagnostic) {
    const auto names = time_zone_names();
    if (names.empty()) {
      diagnostic.help.emplace_back("this machine has no time zone data: install the package tzdata");
    } else if (const auto near = nearest(wrong, names)) {
      diagnostic.help.push_back(fmt::format("did you mean `{}`?", *near));
    }
  }

  void once() {
    const auto start = text(entry_.value, "start");
    const auto end = text(entry_.value, "end");
    if (!start || !end) return;
    window_.start = parse_rfc3339(start->value).value_or(UtcTime{});
    window_.end = parse_rfc3339(end->value).value_or(UtcTime{});
    if (window_.start < window_.end) return;
    Diagnostic found = problem(Code::invalid_value, fmt::format("window `{}` ends before it starts", entry_.key),
                               end->span, "not after the start");
    found.secondary.push_back({start->span, "starts here"});
    report(std::move(found));
  }

  const YamlEntry& entry_;
  int& guesses_;
  Diagnostics& diagnostics_;
  Window window_;
};

}  // namespace

Window bind_window(const YamlEntry& entry, int& guesses, Diagnostics& diagnostics) {
  return WindowBinder(entry, guesses, diagnostics).run();
}

}  // namespace firmform::manifest
