// SPDX-License-Identifier: Apache-2.0
// How long a run still takes, as far as one can know.
#include "engine/report/run_progress.h"

#include <catch2/catch.hpp>

#include "tests/support/told_run.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using apply::HostResult;
using report::RunProgress;

constexpr UtcTime kUtc{1'795'233'600'000ms};

SteadyTime at(Duration time) {
  return SteadyTime(time);
}

/// The n-th action of a host.
const plan::Action& step(const plan::Plan& plan, std::size_t host, std::size_t number) {
  return plan.actions[3 * host + number];
}

}  // namespace

TEST_CASE("Before anything is measured, the plan says how long a run takes") {
  const plan::Plan plan = told_plan(4);
  RunProgress progress;
  progress.begin(plan, at(0s), 2);
  CHECK(progress.left(at(0s), kUtc) == Duration(44min));  // two hosts at a time, 22 minutes each
  CHECK(progress.fraction(at(0s)) == 0);
  CHECK(progress.waiting() == 4);
}

TEST_CASE("What was measured corrects what is expected of the rest") {
  const plan::Plan plan = told_plan(1);
  RunProgress progress;
  progress.begin(plan, at(0s), 1);
  progress.action_begins(step(plan, 0, 0), at(0s));
  CHECK(progress.action_ends(step(plan, 0, 0), at(20min)) == Duration(20min));
  progress.action_begins(step(plan, 0, 1), at(20min));
  // Twice as long as expected, and one action of usual length for the plan: (20 + 7.33) / (10 + 7.33).
  const Duration left = *progress.left(at(20min), kUtc);
  CHECK(left > Duration(18min));
  CHECK(left < Duration(20min));
}

TEST_CASE("A percentage tells how long a phase still takes, once it is large enough to mean anything") {
  const plan::Plan plan = told_plan(1);
  RunProgress progress;
  progress.begin(plan, at(0s), 1);
  progress.action_begins(step(plan, 0, 0), at(0s));
  progress.action_says(step(plan, 0, 0), 3, "Updating", at(2min));
  CHECK(progress.left(at(2min), kUtc) == Duration(20min));
  progress.action_says(step(plan, 0, 0), 50, "Updating", at(8min));
  CHECK(progress.left(at(8min), kUtc) == Duration(20min));  // 8 more minutes, and 12 for the others
  // Late, but one knows how long it still takes.
  CHECK(progress.at_work(at(8min), 9).front().is_late());
  CHECK(progress.at_work(at(8min), 9).front().is_measured);
}

TEST_CASE("A phase that takes clearly longer than expected is late; one that only waits for its turn is not") {
  const plan::Plan plan = told_plan(1);
  RunProgress progress;
  progress.begin(plan, at(0s), 1);
  progress.host_begins("web-01", at(0s));
  CHECK_FALSE(progress.at_work(at(3h), 9).front().is_late());
  progress.action_begins(step(plan, 0, 0), at(3h));
  CHECK_FALSE(progress.at_work(at(3h + 12min), 9).front().is_late());
  CHECK(progress.at_work(at(3h + 14min), 9).front().is_late());
  CHECK_FALSE(progress.at_work(at(3h + 14min), 9).front().is_measured);
}

TEST_CASE("When not all hosts can be shown, the latest are, and they keep their order as time passes") {
  const plan::Plan plan = told_plan(10);
  RunProgress progress;
  progress.begin(plan, at(0s), 10);
  for (std::size_t host = 0; host < 10; ++host) {
    progress.action_begins(step(plan, host, host % 2), at(std::chrono::minutes(host)));
  }
  const auto names = [&](Duration now) {
    std::vector<std::string> result;
    for (const report::HostAtWork& host : progress.at_work(at(now), 3)) result.push_back(host.host);
    return result;
  };
  CHECK(names(10min) == std::vector<std::string>{"web-01", "web-02", "web-03"});
  CHECK(names(50min) == names(10min));
  CHECK(progress.at_work(at(10min), 10).size() == 10);
}

TEST_CASE("Soaks and waves ahead count; what waits for a person has no end") {
  plan::Plan plan = told_plan(2);
  plan.rollout = plan::RolloutPlan{.waves = {{.name = "canary", .hosts = {"web-01"}, .soak = 15min},
                                             {.name = "rest", .hosts = {"web-02"}, .soak = 1h}}};
  RunProgress progress;
  progress.begin(plan, at(0s), 10);
  CHECK(progress.left(at(0s), kUtc) == Duration(22min + 15min + 22min));  // after the last wave nothing soaks
  progress.wave_begins(plan.rollout->waves[0], 0, 2);
  CHECK(progress.wave() == "canary, wave 1 of 2");
  progress.host_begins("web-01", at(0s));
  progress.host_ends("web-01", HostResult::done);
  progress.wave_ends(plan.rollout->waves[0]);
  progress.waits("soak after canary", kUtc + 15min);
  CHECK(progress.left(at(1min), kUtc + 1min) == Duration(14min + 22min));
  progress.waits("a person", std::nullopt);
  CHECK_FALSE(progress.left(at(1min), kUtc).has_value());
  progress.wave_begins(plan.rollout->waves[1], 1, 2);
  CHECK(progress.left(at(1min), kUtc) == Duration(22min));
  progress.host_ends("web-02", HostResult::failed);
  CHECK(progress.left(at(2min), kUtc) == Duration(0));
  CHECK(progress.fraction(at(2min)) == 1);
  CHECK(progress.count(HostResult::failed) == 1);
}

TEST_CASE("A resumed run counts the steps in front of the one it goes on with as done") {
  const plan::Plan plan = told_plan(1);
  RunProgress progress;
  progress.begin(plan, at(0s), 1);
  progress.host_begins("web-01", at(0s));
  progress.action_begins(step(plan, 0, 2), at(0s));
  CHECK(progress.left(at(0s), kUtc) == Duration(2min));
  const report::HostAtWork host = progress.at_work(at(0s), 1).front();
  CHECK(host.step == 3);
  CHECK(host.fraction == Approx(20.0 / 22));
}

TEST_CASE("Rough times are rounded up, and coarser the longer they are") {
  CHECK(report::rough_text(0s) == "less than a minute");
  CHECK(report::rough_text(61s) == "2m");
  CHECK(report::rough_text(29min) == "29m");
  CHECK(report::rough_text(31min) == "35m");
  CHECK(report::rough_text(118min) == "2h");
  CHECK(report::rough_text(5h + 1min) == "5h30m");
}

}  // namespace firmform::tests
