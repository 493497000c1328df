// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/contract.h"

#include <functional>

#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

using Actions = std::vector<plan::Action>;

/// What the contract has against a window's creation that `spoil` changed.
Texts violations_after(const std::function<void(Actions&)>& spoil) {
  const inventory::HostSnapshot host = staging_host("web-01", {});
  const manifest::Policies policies;
  const ResourceRequest request{
      .host = host, .policies = policies, .write = CreateWindow{{.name = "tonight", .start = kNow, .end = kNow}}};
  auto actions = std::get<Actions>(FakeProvider().plan_resource(request));
  spoil(actions);
  return plan::violations_of_write(actions, request);
}

}  // namespace

TEST_CASE("The actions of a write say what they send and what is there afterwards") {
  CHECK(violations_after([](Actions&) {}).empty());
  const auto refused = [](const std::function<void(plan::Action&)>& spoil) {
    CHECK(violations_after([&](Actions& actions) { spoil(actions.front()); }).size() == 1);
  };
  SECTION("no request") {
    refused([](plan::Action& action) { action.request.reset(); });
  }
  SECTION("no path") {
    refused([](plan::Action& action) { action.request->target = "https://elsewhere.example/"; });
  }
  SECTION("no result") {
    refused(
        [](plan::Action& action) { action.postconditions = {{.type = plan::Condition::Type::update_service_idle}}; });
  }
  SECTION("a result of nothing") {
    refused([](plan::Action& action) { action.postconditions.front().component = "tonight"; });
  }
  SECTION("a removal that leaves it") {
    refused([](plan::Action& action) { action.type = plan::ActionType::remove; });
  }
  SECTION("a flash") {
    refused([](plan::Action& action) { action.type = plan::ActionType::flash; });
  }
  SECTION("another host") {
    refused([](plan::Action& action) { action.host = "web-02"; });
  }
  SECTION("a component that is not there") {
    refused([](plan::Action& action) { action.components = {"Ghost"}; });
  }
  SECTION("no action") {
    CHECK(violations_after([](Actions& actions) { actions.clear(); }).size() == 1);
  }
}

TEST_CASE("A recipe keeps to the window that it was given, and needs none that it was not") {
  OneHost host({bmc("2.46")});
  host.fleet.entry("iLO 5", "3.11", "ilo5.bin");
  const auto code_with = [&](bool scheduled) {
    const Parsed<Plan> planned = host.fleet.plan([&](Recipe& recipe) { recipe.scheduled = scheduled; });
    const plan::Change& change = planned.value->changes.front();
    return change.kind == ChangeKind::blocked ? std::optional(change.reasons.front().code) : std::nullopt;
  };
  CHECK_FALSE(code_with(false));
  CHECK(code_with(true) == Code::internal_error);
  host.fleet.window(host.desired(), kNow + std::chrono::hours(10), kNow + std::chrono::hours(14));
  CHECK_FALSE(code_with(true));
  CHECK(code_with(false) == Code::internal_error);
}

}  // namespace firmform::tests
