// SPDX-License-Identifier: Apache-2.0
// What people see of a run on terminals of several sizes.
#include <catch2/catch.hpp>

#include "tests/support/golden.h"
#include "tests/support/told_run.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using apply::HostResult;

void expect(const std::string& name, const std::string& shown) {
  INFO(name);
  CHECK(shown == golden("golden/live/" + name + ".txt", shown));
}

Error flash_failed(const std::string& host) {
  return Error(Code::update_failed, host + ": push ilo5_311.bin to the iLO failed: the image is not for this machine");
}

}  // namespace

TEST_CASE("One host has a line of its own and no fleet below it") {
  ToldRun run(told_plan(1), 80, 24);
  run.view->checks_started(1);
  run.pass(1s);
  expect("one-host-checked", run.shown());
  run.view->host_checked(1, 1);
  run.begin(0);
  run.say(0, 0, 43, "Updating");
  run.pass(4min);
  expect("one-host", run.shown());
  run.step(0, 0);
  run.pass(30s);
  run.say(0, 1, std::nullopt, "waiting for the BMC to answer");
  run.pass(20min);
  expect("one-host-late", run.shown());
  run.step(0, 1);
  run.step(0, 2);
  run.end(0, HostResult::done);
  run.finish();
  expect("one-host-end", run.shown());
  CHECK(run.screen.is_cursor_visible());
}

TEST_CASE("Three hosts: one at work, one done, one failed at once and above") {
  ToldRun run(told_plan(3), 100, 24);
  run.begin(0);
  run.begin(1);
  run.pass(5min);
  run.end(1, HostResult::failed, flash_failed("web-02"));
  run.say(0, 0, 70, "Updating");
  run.pass(2min);
  expect("three-hosts", run.shown());
  run.step(0, 0);
  run.step(0, 1);
  run.step(0, 2);
  run.end(0, HostResult::done);
  run.begin(2);
  run.pass(1min);
  expect("three-hosts-later", run.shown());
  run.end(2, HostResult::detached, Error(Code::detached, "web-03: interrupted"));
  run.finish();
  expect("three-hosts-end", run.shown());
}

TEST_CASE("A rollout shows its wave, what it waits for and until when") {
  plan::Plan plan = told_plan(40);
  plan::RolloutPlan rollout;
  rollout.waves = {{.name = "canary", .hosts = {}, .soak = 15min}, {.name = "batch 1", .hosts = {}}};
  for (std::size_t i = 0; i < plan.hosts.size(); ++i) rollout.waves[i < 2 ? 0 : 1].hosts.push_back(plan.hosts[i].name);
  plan.rollout = rollout;
  ToldRun run(plan, 120, 40);
  run.view->wave_started(rollout.waves[0], 0, 2);
  run.begin(0);
  run.begin(1);
  run.pass(3min);
  expect("rollout-canary", run.shown());
  for (std::size_t host : {0U, 1U}) {
    for (std::size_t step : {0U, 1U, 2U}) {
      run.pass(7min);
      run.step(host, step);
    }
    run.end(host, HostResult::done);
  }
  run.view->wave_finished(rollout.waves[0], "canary: 0/2 failed = 0.0 %: go on");
  run.view->run_waits("soak after canary", run.clock.now() + 15min);
  run.pass(4min);
  expect("rollout-soak", run.shown());
  run.view->run_waits("the rollout pauses after canary, until a person goes on", std::nullopt);
  run.pass(1min);
  expect("rollout-pause", run.shown());
  run.view->wave_started(rollout.waves[1], 1, 2);
  for (std::size_t host = 2; host < 12; ++host) {
    run.begin(host);
    run.pass(20s);
  }
  expect("rollout-batch", run.shown());
}

TEST_CASE("Of five thousand hosts the latest are shown, in a height that stays") {
  ToldRun run(told_plan(5000), 80, 24, {.hosts_in_flight = 64});
  for (std::size_t host = 0; host < 64; ++host) {
    run.begin(host);
    run.say(host, 0, static_cast<int>(host), "Updating");
  }
  run.pass(9min);
  for (std::size_t host = 8; host < 12; ++host) {
    run.end(host, HostResult::unreachable, Error(Code::host_unreachable, run.name(host) + ": connection refused"));
  }
  run.pass(1s);
  expect("five-thousand", run.shown());
}

TEST_CASE("A narrow terminal gets what fits, an ASCII one only ASCII") {
  ToldRun narrow(told_plan(6), 44, 16);
  ToldRun ascii(told_plan(6), 72, 24, {.unicode = false});
  for (ToldRun* run : {&narrow, &ascii}) {
    for (std::size_t host = 0; host < 4; ++host) {
      run->begin(host);
      run->pass(50s);
    }
    run->end(1, HostResult::failed, flash_failed("web-02"));
    run->say(0, 0, 12, "Updating");
    run->pass(1min);
  }
  expect("narrow", narrow.shown());
  expect("ascii", ascii.shown());
  CHECK(std::ranges::all_of(ascii.shown(), [](char letter) { return static_cast<unsigned char>(letter) < 0x80; }));
}

TEST_CASE("A terminal that is made narrower and wider again keeps what was said and one live part") {
  ToldRun run(told_plan(6), 100, 20);
  for (std::size_t host = 0; host < 4; ++host) run.begin(host);
  run.pass(1min);
  run.end(3, HostResult::failed, flash_failed("web-04"));
  run.pass(1s);
  run.screen.resize(50, 20);
  run.view->resize(50, 20);
  run.pass(1s);
  expect("resized-narrow", run.shown());
  run.screen.resize(90, 20);
  run.view->resize(90, 20);
  run.pass(1s);
  expect("resized-wide", run.shown());
}

TEST_CASE("Names in wide characters keep the columns straight") {
  plan::Plan plan = told_plan(3);
  const std::string names[] = {"データベース-01", "cafe\xCC\x81-02", "web-03"};
  for (std::size_t i = 0; i < 3; ++i) {
    plan.hosts[i].name = names[i];
    for (std::size_t step = 0; step < 3; ++step) plan.actions[3 * i + step].host = names[i];
  }
  ToldRun run(plan, 80, 24);
  for (std::size_t host = 0; host < 3; ++host) {
    run.begin(host);
    run.say(host, 0, 30, "更新しています、しばらくお待ちください、電源を切らないでください");
  }
  run.pass(3min);
  expect("wide-characters", run.shown());
}

TEST_CASE("Leaving at once gives the cursor back and keeps what was said") {
  ToldRun run(told_plan(2), 80, 24);
  run.begin(0);
  run.pass(1min);
  CHECK_FALSE(run.screen.is_cursor_visible());
  run.view->say("Interrupted: nothing new is started.");
  run.view->restore();
  CHECK(run.screen.is_cursor_visible());
  expect("left-at-once", run.shown());
}

TEST_CASE("Colours come on top of words and bars, never instead of them") {
  const auto bytes_of = [](bool color) {
    std::string bytes;
    HandClock clock;
    const plan::Plan plan = told_plan(2);
    const auto view = report::make_live_view([&](std::string_view part) { bytes += part; }, clock, {.color = color});
    view->run_started(plan, "r1", false);
    view->action_started(plan.actions[0]);
    view->host_finished("web-02", {.result = HostResult::failed, .error = flash_failed("web-02"), .notes = {}});
    view->run_waits("soak", std::nullopt);
    view->tick();
    return bytes;
  };
  const std::string painted = bytes_of(true);
  const std::string plain = bytes_of(false);
  CHECK(painted.find("\x1b[31mfailed\x1b[0m") != std::string::npos);
  CHECK(painted.find("\x1b[33m") != std::string::npos);
  CHECK(painted.find("\x1b[32m") != std::string::npos);
  CHECK(plain.find("failed FF0602: web-02:") != std::string::npos);
  CHECK(plain.find("m\x1b[0m") == std::string::npos);
  std::string stripped;
  for (std::string_view rest = painted; !rest.empty();) {
    const std::size_t escape = rest.find("\x1b[");
    stripped += rest.substr(0, escape);
    if (escape == std::string_view::npos) break;
    rest.remove_prefix(escape);
    const std::size_t end = rest.find_first_not_of("0123456789;?", 2);
    if (rest[end] != 'm') stripped += rest.substr(0, end + 1);
    rest.remove_prefix(end + 1);
  }
  CHECK(stripped == plain);
}

}  // namespace firmform::tests
