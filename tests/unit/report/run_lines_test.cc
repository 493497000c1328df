// SPDX-License-Identifier: Apache-2.0
// What goes into the log of a pipeline: everything that changes, and not a line more.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/support/told_run.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;

struct Log {
  explicit Log(int hosts) : plan(told_plan(hosts)) {
    view = report::make_line_view([this](std::string_view part) { text += part; }, clock, 4096);
    view->run_started(plan, "r1", false);
  }
  [[nodiscard]] auto lines() const { return std::ranges::count(text, '\n'); }
  [[nodiscard]] bool has(std::string_view part) const { return text.find(part) != std::string::npos; }

  HandClock clock;
  plan::Plan plan;
  std::string text;
  std::unique_ptr<report::TickingView> view;
};

}  // namespace

TEST_CASE("A host that says the same again is told each ten percent or half a minute") {
  Log log(1);
  log.view->action_started(log.plan.actions[0]);
  for (int second = 0; second <= 300; ++second) {
    log.clock.passed = std::chrono::seconds(second);
    log.view->action_progress(log.plan.actions[0], second / 10, fmt::format("Updating, {} of 300 s", second));
  }
  CHECK(log.has("web-01: push ilo5_311.bin to the iLO: 30% Updating, 300 of 300 s\n"));
  CHECK(log.lines() >= 10);
  CHECK(log.lines() <= 14);
  log.view->action_progress(log.plan.actions[0], 30, "Verifying");
  CHECK(log.has(": 30% Verifying\n"));
}

TEST_CASE("The heartbeat comes each minute without events, names the slowest and says what is left") {
  Log log(8);
  for (std::size_t host = 0; host < 8; ++host) {
    log.view->host_started(log.plan.hosts[host].name);
    log.clock.passed += 1s;
    log.view->action_started(log.plan.actions[3 * host]);
  }
  log.view->action_progress(log.plan.actions[0], std::nullopt, "waiting for the BMC to answer");
  const auto before = log.lines();
  for (int tick = 0; tick < 590; ++tick) {
    log.clock.passed += 100ms;
    log.view->tick();
  }
  CHECK(log.lines() == before);
  log.clock.passed += 2s;
  log.view->tick();
  CHECK(log.lines() == before + 1);
  CHECK(log.has(
      "0 of 8 hosts finished, 8 at work; about 21m left; slowest: web-01 (push ilo5_311.bin to the iLO: waiting "
      "for the BMC to answer [1m"));
  CHECK_FALSE(log.has("web-08 (push"));
  log.clock.passed += 20min;
  log.view->tick();
  CHECK(log.has(", late])"));
}

TEST_CASE("What a run waits for is in every heartbeat") {
  Log log(2);
  log.view->run_waits("soak after canary", log.clock.now() + 15min);
  log.clock.passed += 61s;
  log.view->tick();
  CHECK(log.has("0 of 2 hosts finished, 0 at work; Waiting: soak after canary until 2026-11-21T04:15:00Z; about"));
}

TEST_CASE("Two thousand hosts at work do not flood the log") {
  Log log(2000);
  for (std::size_t host = 0; host < 2000; ++host) log.view->action_started(log.plan.actions[3 * host]);
  const auto begun = log.lines();
  for (int look = 0; look < 24; ++look) {  // two minutes, each host looked at every five seconds
    log.clock.passed += 5s;
    for (std::size_t host = 0; host < 2000; ++host) {
      log.view->action_progress(log.plan.actions[3 * host], look, fmt::format("Updating {}", look));
    }
    log.view->tick();
  }
  CHECK(log.lines() - begun <= 2000 + 3);  // each host once, and the heartbeats
}

TEST_CASE("Nothing of a BMC can drive the terminal that a log is read on") {
  Log log(1);
  log.view->action_started(log.plan.actions[0]);
  log.view->action_progress(log.plan.actions[0], 1, "\x1b[2J\x1b]0;owned\x07");
  CHECK(log.text.find('\x1b') == std::string::npos);
  CHECK(log.text.find('\x07') == std::string::npos);
}

}  // namespace firmform::tests
