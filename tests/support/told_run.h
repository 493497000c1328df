// SPDX-License-Identifier: Apache-2.0
// A run told to a view event by event, without BMCs, on a clock that the test sets.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "engine/report/run_views.h"
#include "tests/support/screen.h"

namespace firmform::tests {

class HandClock final : public Clock {
 public:
  [[nodiscard]] UtcTime now() const override { return UtcTime(std::chrono::seconds(1'795'233'600)) + passed; }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime(passed); }
  Task<void> sleep(Duration) override { co_return; }

  Duration passed{0};
};

inline constexpr std::chrono::minutes kFlash(10);
inline constexpr std::chrono::minutes kVerify(2);

/// Hosts web-0001… with two flashes and a check each.
inline plan::Plan told_plan(int hosts) {
  plan::Plan plan;
  const auto add = [&](const std::string& host, plan::ActionType type, std::string summary, Duration expected) {
    plan::Action action;
    action.id = static_cast<plan::ActionId>(plan.actions.size());
    action.host = host;
    action.type = type;
    action.summary = std::move(summary);
    action.expected = expected;
    plan.actions.push_back(std::move(action));
  };
  for (int i = 1; i <= hosts; ++i) {
    const std::string host = hosts < 1000 ? fmt::format("web-{:02}", i) : fmt::format("web-{:04}", i);
    plan.hosts.push_back({.name = host, .status = "ok"});
    add(host, plan::ActionType::flash, "push ilo5_311.bin to the iLO", kFlash);
    add(host, plan::ActionType::flash, "push U46_2.10.bin to the system ROM", kFlash);
    add(host, plan::ActionType::verify, "check that iLO 5 runs 3.11", kVerify);
  }
  return plan;
}

/// A live view on a small terminal. Time passes in ticks, so that the screen is as it would be.
class ToldRun {
 public:
  ToldRun(plan::Plan plan, std::size_t columns, std::size_t rows, report::LiveOptions options = {})
      : screen(columns, rows), plan_(std::move(plan)) {
    options.width = static_cast<int>(columns);
    options.height = static_cast<int>(rows);
    view = report::make_live_view([this](std::string_view bytes) { screen.write(bytes); }, clock, options);
    view->run_started(plan_, "20261121-040000-1a2b", false);
  }

  [[nodiscard]] const plan::Plan& plan() const { return plan_; }
  [[nodiscard]] const plan::Action& action(std::size_t host, std::size_t step) const {
    return plan_.actions[3 * host + step];
  }
  [[nodiscard]] const std::string& name(std::size_t host) const { return plan_.hosts[host].name; }

  void pass(Duration duration) {
    clock.passed += duration;
    view->tick();
  }
  void begin(std::size_t host) {
    view->host_started(name(host));
    view->action_started(action(host, 0));
  }
  void say(std::size_t host, std::size_t step, std::optional<int> percent, const std::string& text) {
    view->action_progress(action(host, step), percent, text);
  }
  /// One step ends, and the next begins.
  void step(std::size_t host, std::size_t done) {
    view->action_succeeded(action(host, done), "done");
    if (done < 2) view->action_started(action(host, done + 1));
  }
  void end(std::size_t host, apply::HostResult result, std::optional<Error> error = std::nullopt) {
    apply::HostOutcome outcome{.result = result, .error = std::move(error), .notes = {}};
    view->host_finished(name(host), outcome);
    summary.hosts[name(host)] = std::move(outcome);
  }
  void finish() {
    summary.elapsed = clock.passed;
    view->run_finished(summary);
  }
  /// With its border, so that golden files show the width.
  [[nodiscard]] std::string shown() const { return screen.text(); }

  HandClock clock;
  Screen screen;
  std::unique_ptr<report::LiveView> view;
  apply::Summary summary;

 private:
  plan::Plan plan_;
};

}  // namespace firmform::tests
