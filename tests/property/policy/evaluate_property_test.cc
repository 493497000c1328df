// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <random>

#include "engine/policy/verdict.h"
#include "tests/support/policy_plan.h"

using namespace firmform;
using manifest::PolicyRule;
using plan::ChangeKind;
using tests::judged;
using tests::PolicyPlan;
using tests::word;
using Outcome = plan::PolicyResult::Outcome;

namespace {

constexpr std::array kKinds = {ChangeKind::no_op,   ChangeKind::update, ChangeKind::downgrade, ChangeKind::create,
                               ChangeKind::delete_, ChangeKind::invoke, ChangeKind::pending,   ChangeKind::blocked};

int upto(int most) {
  return *rc::gen::inRange(0, most + 1);
}

PolicyPlan any_plan() {
  PolicyPlan made;
  const int hosts = 1 + upto(5);
  for (int i = 0; i < hosts; ++i) {
    auto& host = made.host(fmt::format("host-{}", i));
    host.labels["rack"] = fmt::format("r{}", upto(1));
    if (upto(1) == 1) host.window = plan::HeldWindow{.name = "night"};
    for (int part = upto(3); part > 0; --part) {
      auto& change = made.change(fmt::format("host-{}", i), fmt::format("Part.{}", part),
                                 kKinds[static_cast<std::size_t>(upto(7))], static_cast<plan::Restarts>(upto(2)));
      if (upto(1) == 1) change.way_back = plan::WayBack{.kind = static_cast<plan::WayBack::Kind>(upto(4))};
    }
  }
  return made;
}

PolicyRule any_rule() {
  PolicyRule rule;
  if (upto(2) == 0) rule.host = word("host-[0-9]");
  if (upto(2) == 0) rule.host = word("host-*");
  if (upto(3) == 0) rule.labels["rack"] = word("r0");
  if (upto(2) == 0) rule.changes = {word("update"), word("downgrade")};
  if (upto(3) == 0) rule.restarts = upto(1) == 0 ? "host" : "bmc";
  if (upto(3) == 0) rule.one_way = upto(1) == 0;
  if (upto(3) == 0) rule.in_window = upto(1) == 0;
  if (upto(3) == 0) rule.component = word("Part.1");
  if (!rule.component && upto(3) == 0) rule.together = {word("Part.1"), word("Part.2")};
  if (upto(2) == 0) rule.more_than = tests::share(upto(99), upto(1) == 0);
  return rule;
}

bool speaks(const plan::Plan& plan, const PolicyRule& rule) {
  return judged(plan, rule).outcome != Outcome::passed;
}

}  // namespace

TEST_CASE("the order of hosts and changes makes no difference") {
  rc::prop("shuffled plans are judged alike", [] {
    PolicyPlan made = any_plan();
    const PolicyRule rule = any_rule();
    const auto before = judged(made.plan, rule);
    std::minstd_rand random(static_cast<unsigned>(upto(1000)));
    std::ranges::shuffle(made.plan.hosts, random);
    std::ranges::shuffle(made.plan.changes, random);
    RC_ASSERT(judged(made.plan, rule) == before);
  });
}

TEST_CASE("a higher limit never speaks where a lower one does not") {
  rc::prop("more_than is monotone", [] {
    const PolicyPlan made = any_plan();
    PolicyRule rule = any_rule();
    const bool percent = upto(1) == 0;
    const int low = upto(99);
    const int high = low + upto(99 - low);
    rule.more_than = tests::share(low, percent);
    const bool with_low = speaks(made.plan, rule);
    rule.more_than = tests::share(high, percent);
    RC_ASSERT(with_low || !speaks(made.plan, rule));
  });
}

TEST_CASE("one more selection never makes a rule speak") {
  rc::prop("selections only narrow", [] {
    const PolicyPlan made = any_plan();
    PolicyRule rule = any_rule();
    const bool before = speaks(made.plan, rule);
    rule.model = word(upto(1) == 0 ? "ProLiant*" : "Other");
    RC_ASSERT(before || !speaks(made.plan, rule));
  });
}

TEST_CASE("a plan without changes passes every rule, and one more change never makes it pass a rule of changes") {
  rc::prop("more changes, no fewer objections", [] {
    PolicyPlan made = any_plan();
    PolicyRule rule = any_rule();
    PolicyPlan empty;
    empty.plan.hosts = made.plan.hosts;
    RC_ASSERT(!speaks(empty.plan, rule));
    const bool before = speaks(made.plan, rule);
    made.change("host-0", "Part.9", ChangeKind::update);
    RC_ASSERT(!before || speaks(made.plan, rule));
  });
}

TEST_CASE("subjects are sorted, unique, and there exactly when the rule speaks") {
  rc::prop("subjects", [] {
    const PolicyPlan made = any_plan();
    const auto result = judged(made.plan, any_rule());
    RC_ASSERT(std::ranges::is_sorted(result.subjects));
    RC_ASSERT(std::ranges::adjacent_find(result.subjects) == result.subjects.end());
    RC_ASSERT(result.subjects.empty() == (result.outcome == Outcome::passed));
    RC_ASSERT(result.message.empty() == (result.outcome == Outcome::passed));
  });
}

TEST_CASE("joining judgements never makes one milder") {
  rc::prop("the stricter result wins", [] {
    std::vector<plan::PolicyResult> now;
    std::vector<plan::PolicyResult> before;
    for (int i = upto(4); i > 0; --i) {
      now.push_back({.rule = fmt::format("r{}", upto(2)), .outcome = static_cast<Outcome>(upto(4))});
      before.push_back({.rule = fmt::format("r{}", upto(2)), .outcome = static_cast<Outcome>(upto(4))});
    }
    const auto both = policy::stricter(now, before);
    const auto denied = [](const auto& results) { return policy::worst_outcome(results) == Outcome::denied; };
    RC_ASSERT(denied(both) == (denied(now) || denied(before)));
    RC_ASSERT(policy::stricter(both, before).size() == both.size());
  });
}
