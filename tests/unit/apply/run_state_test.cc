// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/run_state.h"

#include <catch2/catch.hpp>

using namespace firmform;
using apply::ActionState;
using journal::Event;
using journal::EventKind;

namespace {

Event event(EventKind kind, std::string task_uri = {}) {
  Event result;
  result.kind = kind;
  result.action = 0;
  result.task_uri = std::move(task_uri);
  return result;
}

ActionState after(std::vector<Event> events) {
  return apply::fold(1, events)[0].state;
}

}  // namespace

TEST_CASE("the journal tells where an action stands") {
  CHECK(after({}) == ActionState::pending);
  CHECK(after({event(EventKind::intent)}) == ActionState::intended);
  CHECK(after({event(EventKind::intent), event(EventKind::uncertain)}) == ActionState::intended);
  CHECK(after({event(EventKind::intent), event(EventKind::refused)}) == ActionState::pending);
  CHECK(after({event(EventKind::intent), event(EventKind::accepted), event(EventKind::detached)}) ==
        ActionState::accepted);
  CHECK(after({event(EventKind::intent), event(EventKind::uncertain), event(EventKind::observed)}) ==
        ActionState::intended);
  CHECK(after({event(EventKind::intent), event(EventKind::accepted), event(EventKind::succeeded)}) ==
        ActionState::succeeded);
  CHECK(after({event(EventKind::intent), event(EventKind::unknown)}) == ActionState::unknown);
  CHECK(after({event(EventKind::skipped)}) == ActionState::skipped);
}

TEST_CASE("the task to follow survives") {
  const std::vector<Event> events = {event(EventKind::intent),
                                     event(EventKind::accepted, "/redfish/v1/TaskService/Tasks/7"),
                                     event(EventKind::detached)};
  CHECK(apply::fold(1, events)[0].task_uri == "/redfish/v1/TaskService/Tasks/7");
}

TEST_CASE("events of unknown actions change nothing") {
  Event stray = event(EventKind::succeeded);
  stray.action = 5;
  const std::vector<Event> events = {stray};
  CHECK(apply::fold(1, events)[0].state == ActionState::pending);
}
