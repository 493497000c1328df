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
#include "engine/manifest/recurrence.h"

namespace firmform::manifest {
namespace {

/// What a stretch of time is for.
struct Purpose {
  std::string_view noun;
  std::string_view opens;   ///< "opens", "begins"
  std::string_view closes;  ///< "closes", "ends"
  Duration longest;
};

constexpr Purpose kWindow{"window", "opens", "closes", std::chrono::hours(24 * 7)};
constexpr Purpose kFreeze{"freeze period", "begins", "ends", std::chrono::hours(24 * 366)};

class WindowBinder {
 public:
  WindowBinder(const YamlEntry& entry, const Purpose& purpose, int& guesses, Diagnostics& diagnostics)
      : entry_(entry), purpose_(purpose), guesses_(guesses), diagnostics_(diagnostics) {}

  Window run() {
    window_.span = entry_.key_span;
    window_.complete = entry_.value.valid;
    if (const auto duration = text(entry_.value, "duration")) take_duration(*duration);
    if (const auto schedule = text(entry_.value, "schedule")) take_schedule(*schedule);
    const auto recurrence = text(entry_.value, "recurrence");
    const auto first = text(entry_.value, "first");
    if (recurrence && first) take_recurrence(*recurrence, *first);
    if (const auto zone = text(entry_.value, "time_zone")) take_time_zone(*zone);
    once();
    const std::string holder = text_or_empty(entry_.value, "held_by");
    if (holder == "bmc") window_.held_by = HeldBy::bmc;
    if (holder == "engine") window_.held_by = HeldBy::engine;
    return std::move(window_);
  }

 private:
  void report(Diagnostic found) {
    diagnostics_.add(std::move(found));
    window_.complete = false;
  }

  void take_duration(const Text& duration) {
    window_.duration = parse_duration(duration.value).value_or(Duration::zero());
    if (window_.duration > Duration::zero() && window_.duration <= purpose_.longest) {
      duration_ = duration;
      return;
    }
    report(problem(Code::invalid_value, fmt::format("a {} cannot last `{}`", purpose_.noun, duration.value),
                   duration.span, fmt::format("expected more than nothing and at most {}", to_text(purpose_.longest))));
  }

  void take_schedule(const Text& schedule) {
    window_.schedule = schedule.value;
    const auto cron = parse_cron(schedule.value);
    if (!cron) return;
    const auto period = shortest_period(*cron);
    if (!period) return never(schedule);
    if (!duration_ || window_.duration <= *period) return;
    Diagnostic found = overlap();
    found.secondary.push_back({schedule.span, fmt::format("{} again after {}", purpose_.opens, to_text(*period))});
    found.help.push_back(fmt::format("make `duration:` at most {}, or let it come less often", to_text(*period)));
    report(std::move(found));
  }

  void take_recurrence(const Text& recurrence, const Text& first) {
    window_.recurrence = recurrence.value;
    window_.first = first.value;
    const auto start = parse_wall_time(first.value);
    if (!start) return;
    const auto rule = parse_recurrence(recurrence.value, *start);
    if (!rule) return malformed(recurrence, rule.error());
    if (!RecurrenceWalk(*rule, rule->first).next()) return never(recurrence);
    if (!duration_) return;
    const auto crowding = too_close(*rule, window_.duration);
    if (!crowding) return;
    Diagnostic found = overlap();
    found.secondary.push_back(
        {recurrence.span, fmt::format("{} at {}, and again at {}", purpose_.opens, to_wall_text(crowding->first),
                                      to_wall_text(crowding->second))});
    found.help.push_back(fmt::format("make `duration:` at most {}, or let it come less often",
                                     to_text(crowding->second - crowding->first)));
    report(std::move(found));
  }

  void malformed(const Text& recurrence, const Error& error) {
    Diagnostic found = problem(Code::invalid_value, error.message(), recurrence.span, "not a rule that can be used");
    found.help = error.help();
    report(std::move(found));
  }

  void never(const Text& rule) {
    report(problem(Code::window_never_opens, fmt::format("{} `{}` never {}", purpose_.noun, entry_.key, purpose_.opens),
                   rule.span, "no date fits this"));
  }

  [[nodiscard]] Diagnostic overlap() const {
    return problem(
        Code::windows_overlap,
        fmt::format("{} `{}` {} again before it {}", purpose_.noun, entry_.key, purpose_.opens, purpose_.closes),
        duration_->span, "lasts longer");
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
    Diagnostic found =
        problem(Code::invalid_value, fmt::format("{} `{}` ends before it starts", purpose_.noun, entry_.key), end->span,
                "not after the start");
    found.secondary.push_back({start->span, "starts here"});
    report(std::move(found));
  }

  const YamlEntry& entry_;
  const Purpose& purpose_;
  int& guesses_;
  Diagnostics& diagnostics_;
  Window window_;
  std::optional<Text> duration_;  ///< when it can be right
};

}  // namespace

Window bind_window(const YamlEntry& entry, int& guesses, Diagnostics& diagnostics) {
  Window window = WindowBinder(entry, kWindow, guesses, diagnostics).run();
  window.absent = absent_flag(entry.value, diagnostics);
  return window;
}

FreezePeriod bind_freeze_period(const YamlEntry& entry, int& guesses, Diagnostics& diagnostics) {
  FreezePeriod period;
  period.when = WindowBinder(entry, kFreeze, guesses, diagnostics).run();
  period.reason = text_or_empty(entry.value, "reason");
  period.span = entry.key_span;
  const YamlNode* match = entry.value.find("match");
  if (match == nullptr) return period;
  period.labels = text_map(*match, "labels");
  period.name = text(*match, "name");
  return period;
}

}  // namespace firmform::manifest
