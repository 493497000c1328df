// SPDX-License-Identifier: Apache-2.0
// Whatever happens in a run, the terminal stays whole: no line is too long, and in the end the cursor is back and only
// what was said for good is left.
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include "tests/support/told_run.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using apply::HostResult;

const std::string kTexts[] = {"Updating", "更新しています", "e\xCC\x81tat inconnu", std::string(300, 'x'), "\x1b[2J",
                              ""};

std::string some_text() {
  return kTexts[*rc::gen::inRange<std::size_t>(0, std::size(kTexts))];
}

std::optional<int> some_percent() {
  const int percent = *rc::gen::inRange(-20, 101);
  return percent < 0 ? std::nullopt : std::optional(percent);
}

/// One thing that a run may tell of a host; `step` is where each host is.
void tell_something(ToldRun& run, std::vector<std::size_t>& steps) {
  const auto host = *rc::gen::inRange<std::size_t>(0, steps.size());
  std::size_t& step = steps[host];
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      if (step == 0) run.begin(host);
      break;
    case 1:
      run.say(host, std::min<std::size_t>(step, 2), some_percent(), some_text());
      break;
    case 2:
      if (step < 3) run.step(host, step++);
      break;
    case 3:
      run.view->run_waits(some_text(), run.clock.now() + std::chrono::minutes(*rc::gen::inRange(-5, 500)));
      break;
    default:
      run.end(host,
              *rc::gen::element(HostResult::done, HostResult::failed, HostResult::deferred, HostResult::scheduled),
              Error(Code::update_failed, run.name(host) + ": " + some_text()));
  }
}

bool is_drawn(const std::string& history) {
  return history.find(" at work") != std::string::npos || history.find("so far") != std::string::npos ||
         history.find("░") != std::string::npos;
}

}  // namespace

TEST_CASE("No line is too long for the terminal, the frame stays within it, and nothing of it is left in the end") {
  rc::prop("a run on some terminal", [] {
    const auto columns = *rc::gen::inRange<std::size_t>(12, 140);
    const auto rows = *rc::gen::inRange<std::size_t>(4, 50);
    const int hosts = *rc::gen::element(1, 2, 7, 60);
    ToldRun run(told_plan(hosts), columns, rows, {.color = *rc::gen::arbitrary<bool>()});
    std::vector<std::size_t> steps(static_cast<std::size_t>(hosts), 0);
    run.pass(1s);
    const int events = *rc::gen::inRange(0, 60);
    for (int i = 0; i < events; ++i) {
      tell_something(run, steps);
      if (*rc::gen::inRange(0, 3) > 0) run.pass(std::chrono::seconds(*rc::gen::inRange(1, 2000)));
    }
    run.pass(1s);
    // What is kept may fold; what is redrawn may not.
    RC_ASSERT(run.screen.lost() == 0U);
    RC_ASSERT(run.screen.writes() <= static_cast<std::size_t>(events) + 2);
    run.finish();
    RC_ASSERT(run.screen.is_cursor_visible());
    RC_ASSERT(run.screen.folds());
    RC_ASSERT_FALSE(is_drawn(run.screen.history()));
    RC_ASSERT(run.screen.history().find("Starting run") == 0U || columns < 20);
  });
}

}  // namespace firmform::tests
