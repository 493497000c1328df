// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/calendar.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "engine/plan/make_plan.h"
#include "engine/schedule/opening.h"
#include "engine/simulate/limits.h"
#include "engine/simulate/simulate.h"

namespace firmform::simulate {
namespace {

using namespace std::chrono_literals;

constexpr int kMostRounds = 2000;
constexpr Duration kAfterAppointment = 30min;  // until a BMC has done what it was to do in its window

std::set<std::string> compliant_hosts(const plan::Plan& plan) {
  std::set<std::string> compliant;
  for (const plan::PlannedHost& host : plan.hosts) {
    if (host.status == "ok" && host.problems.empty()) compliant.insert(host.name);
  }
  for (const plan::Change& change : plan.changes) {
    if (change.kind != plan::ChangeKind::no_op) compliant.erase(change.host);
  }
  return compliant;
}

/// From now on, over and over.
class Almanac {
 public:
  explicit Almanac(const CalendarInputs& inputs) : inputs_(inputs), inventory_(inputs.inventory), now_(inputs.start) {
    calendar_.start = inputs.start;
    calendar_.until = inputs.until;
    calendar_.hosts = inputs.desired.hosts.size();
  }

  Result<Calendar> make() {
    auto plan = make_plan();
    if (!plan) return fail(plan.error());
    known_ = compliant_hosts(*plan);
    calendar_.compliant_before = known_.size();
    for (int round = 0; round < kMostRounds && now_ < inputs_.until; ++round) {
      if (known_.size() == calendar_.hosts) break;
      const auto next = advance(*plan);
      if (!next) return fail(next.error());
      if (!*next) break;
      now_ = **next;
      plan = make_plan();
      if (!plan) return fail(plan.error());
      count(*plan);
    }
    if (known_.size() == calendar_.hosts) calendar_.done = last_change_;
    tell_stragglers(*plan);
    return std::move(calendar_);
  }

 private:
  [[nodiscard]] Result<plan::Plan> make_plan() const {
    auto planned = plan::make_plan({.desired = inputs_.desired,
                                    .inventory = inventory_,
                                    .catalog = inputs_.catalog,
                                    .sources = inputs_.sources,
                                    .now = std::chrono::floor<std::chrono::seconds>(now_),
                                    .tool_version = inputs_.tool_version,
                                    .estimates = inputs_.estimates},
                                   inputs_.providers);
    if (planned.value) return std::move(*planned.value);
    return fail(Code::order_cycle, "no order of the actions is possible; `firmform plan` shows why");
  }

  /// Runs the plan, and says when the next one may do something; empty when there is nothing to wait for.
  Result<std::optional<UtcTime>> advance(const plan::Plan& plan) {
    Simulation simulation(plan, inventory_, inputs_.providers,
                          {.start = now_, .parallelism = inputs_.parallelism, .wait_for_windows = false});
    const auto outcome = simulation.run();
    if (!outcome) return fail(outcome.error());
    const Timeline& timeline = outcome->timeline;
    note(timeline);
    const bool did_something =
        std::ranges::any_of(timeline.lanes, [](const Lane& lane) { return lane.started.has_value(); });
    std::optional<UtcTime> next = did_something ? std::optional(std::max(timeline.end, now_ + 1s)) : std::nullopt;
    if (!next) next = next_occasion(plan);
    if (next) inventory_ = simulation.inventory_at(*next);
    return next;
  }

  void note(const Timeline& timeline) {
    CalendarRun run{.start = now_, .end = timeline.end, .windows = {}};
    std::set<std::string> windows;
    for (const Lane& lane : timeline.lanes) {
      if (!lane.started) continue;
      ++run.begun;
      if (lane.window) windows.insert(lane.window->name);
      const bool went_well = lane.result == apply::HostResult::done || lane.result == apply::HostResult::scheduled;
      if (!went_well) ++run.failed;
      finished_[lane.host] = lane.finished.value_or(timeline.end);
    }
    run.windows.assign(windows.begin(), windows.end());
    if (run.begun > 0) calendar_.runs.push_back(std::move(run));
  }

  /// Whom the new plan finds to be as wanted.
  void count(const plan::Plan& plan) {
    const std::set<std::string> compliant = compliant_hosts(plan);
    std::size_t added = 0;
    for (const std::string& host : compliant) {
      if (known_.contains(host)) continue;
      ++added;
      const auto finished = finished_.find(host);
      last_change_ =
          std::max(last_change_.value_or(inputs_.start), finished == finished_.end() ? now_ : finished->second);
    }
    known_ = compliant;
    if (calendar_.runs.empty()) return;
    calendar_.runs.back().compliant += added;
    calendar_.runs.back().waiting = calendar_.hosts - known_.size();
  }

  /// When a window opens, a freeze period ends, or a BMC has done its own part.
  [[nodiscard]] std::optional<UtcTime> next_occasion(const plan::Plan& plan) {
    std::optional<UtcTime> next;
    const auto consider = [&](UtcTime time) {
      if (time > now_ && time < inputs_.until) next = std::min(next.value_or(time), time);
    };
    for (const plan::Change& change : plan.changes) {
      if (change.scheduled) consider(change.scheduled->start + kAfterAppointment);
    }
    for (const plan::PlannedHost& planned : plan.hosts) {
      if (planned.window) consider(planned.window->start);
      const auto host = inputs_.desired.hosts.find(planned.name);
      if (known_.contains(planned.name) || host == inputs_.desired.hosts.end()) continue;
      if (const auto opening = next_opening(host->second)) consider(*opening);
    }
    return next;
  }

  /// Of all hosts with the same window and freeze periods.
  [[nodiscard]] std::optional<UtcTime> next_opening(const manifest::DesiredHost& host) {
    const std::vector<const manifest::FreezePeriod*> freezes = schedule::periods_of(host.freezes);
    const manifest::Window* window = host.window ? host.window->window.get() : nullptr;
    if (window == nullptr && freezes.empty()) return std::nullopt;
    const auto [place, is_new] = openings_.try_emplace({window, freezes}, std::nullopt);
    if (!is_new && place->second && *place->second > now_) return place->second;
    auto opening = schedule::next_opening(window, freezes, now_, 1s);
    if (opening && *opening && (*opening)->start <= now_ && (*opening)->end < inputs_.until) {
      opening = schedule::next_opening(window, freezes, (*opening)->end, 1s);
    }
    place->second = opening && *opening ? std::optional((*opening)->start) : std::nullopt;
    return place->second;
  }

  void tell_stragglers(const plan::Plan& plan) {
    std::map<std::string, std::vector<std::string>> reasons;
    for (const plan::PlannedHost& host : plan.hosts) {
      if (known_.contains(host.name)) continue;
      std::vector<std::string>& told = reasons[host.name];
      if (host.status != "ok") told.push_back(host.status);
      for (const plan::Reason& reason : host.problems) told.push_back(reason.text);
    }
    for (const plan::Change& change : plan.changes) {
      if (change.kind == plan::ChangeKind::no_op || known_.contains(change.host)) continue;
      for (const plan::Reason& reason : change.reasons) reasons[change.host].push_back(reason.text);
    }
    for (auto& [host, told] : reasons) {
      if (told.empty()) told.emplace_back("its work found no time");
      calendar_.stragglers.push_back({host, std::move(told)});
    }
  }

  using Times = std::pair<const manifest::Window*, std::vector<const manifest::FreezePeriod*>>;

  const CalendarInputs& inputs_;
  inventory::Inventory inventory_;
  UtcTime now_;
  Calendar calendar_;
  std::set<std::string> known_;  ///< hosts that are as wanted
  std::map<std::string, UtcTime> finished_;
  std::map<Times, std::optional<UtcTime>> openings_;
  std::optional<UtcTime> last_change_;
};

/// The same fleet without one limit after the other.
Result<std::vector<Limit>> limits_of(const CalendarInputs& inputs, const Calendar& whole) {
  std::vector<Limit> limits;
  for (const LiftedLimit& lifted : without_each_limit(inputs.desired)) {
    CalendarInputs freer{.desired = lifted.desired,
                         .inventory = inputs.inventory,
                         .catalog = inputs.catalog,
                         .sources = inputs.sources,
                         .providers = inputs.providers,
                         .tool_version = inputs.tool_version,
                         .estimates = inputs.estimates,
                         .start = inputs.start,
                         .until = whole.done.value_or(inputs.until),
                         .parallelism = lifted.parallelism.value_or(inputs.parallelism),
                         .explain_limits = false};
    const auto calendar = Almanac(freer).make();
    if (!calendar) return fail(calendar.error());
    Limit limit{.name = lifted.name, .done = calendar->done};
    if (whole.done && calendar->done) limit.gain = *whole.done - *calendar->done;
    if (whole.stragglers.size() > calendar->stragglers.size()) {
      limit.more_hosts = whole.stragglers.size() - calendar->stragglers.size();
    }
    if (limit.gain >= 1min || limit.more_hosts > 0) limits.push_back(std::move(limit));
  }
  std::ranges::sort(limits, [](const Limit& a, const Limit& b) {
    return std::pair(a.more_hosts, a.gain) > std::pair(b.more_hosts, b.gain);
  });
  return limits;
}

}  // namespace

Result<Calendar> make_calendar(const CalendarInputs& inputs) {
  auto calendar = Almanac(inputs).make();
  if (!calendar || !inputs.explain_limits || calendar->runs.empty()) return calendar;
  auto limits = limits_of(inputs, *calendar);
  if (!limits) return fail(limits.error());
  calendar->limits = std::move(*limits);
  return calendar;
}

}  // namespace firmform::simulate
