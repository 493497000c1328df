// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/evaluate.h"

#include <catch2/catch.hpp>

#include "engine/policy/describe.h"
#include "tests/support/policy_plan.h"

using namespace firmform;
using manifest::Enforcement;
using manifest::PolicyRule;
using plan::ChangeKind;
using plan::Restarts;
using tests::judged;
using tests::PolicyPlan;
using tests::share;
using tests::word;
using Outcome = plan::PolicyResult::Outcome;
using Texts = std::vector<std::string>;

namespace {

constexpr const char* kRom = "SystemRomActive";
constexpr const char* kBmc = "SystemBMC";

/// web-01 updates both components, web-02 goes back with its ROM, db-01 has a blocked change and one that is none.
PolicyPlan three_hosts() {
  PolicyPlan made;
  made.host("db-01").labels = {{"tier", "data"}};
  made.host("web-01").labels = {{"tier", "front"}, {"rack", "a12"}};
  made.host("web-02").labels = {{"tier", "front"}, {"rack", "a13"}};
  made.change("db-01", kBmc, ChangeKind::no_op);
  made.change("db-01", kRom, ChangeKind::blocked);
  made.change("web-01", kBmc, ChangeKind::update, Restarts::bmc);
  made.change("web-01", kRom, ChangeKind::update, Restarts::host);
  made.change("web-02", kRom, ChangeKind::downgrade, Restarts::host);
  return made;
}

Texts subjects(const PolicyRule& rule) {
  return judged(three_hosts().plan, rule).subjects;
}

}  // namespace

TEST_CASE("a rule speaks against the changes that all its selections fit") {
  CHECK(subjects({.host = word("web-*")}) ==
        Texts{"web-01/SystemBMC", "web-01/SystemRomActive", "web-02/SystemRomActive"});
  CHECK(subjects({.component = word("System ROM")}) == Texts{"web-01/SystemRomActive", "web-02/SystemRomActive"});
  CHECK(subjects({.component = word("SystemB*")}) == Texts{"web-01/SystemBMC"});
  CHECK(subjects({.labels = {{"rack", word("a13")}}}) == Texts{"web-02/SystemRomActive"});
  CHECK(subjects({.labels = {{"rack", word("a12")}, {"tier", word("data")}}}).empty());
  CHECK(subjects({.model = word("ProLiant*")}).size() == 3);
  CHECK(subjects({.model = word("PowerEdge*")}).empty());
  CHECK(subjects({.restarts = "bmc"}) == Texts{"web-01/SystemBMC"});
  CHECK(subjects({.host = word("web-01"), .restarts = "host"}) == Texts{"web-01/SystemRomActive"});
}

TEST_CASE("without kinds a rule is about all changes that do something, and about others when they are named") {
  CHECK(subjects({.host = word("db-*")}).empty());
  CHECK(subjects({.changes = {word("blocked")}}) == Texts{"db-01/SystemRomActive"});
  CHECK(subjects({.changes = {word("downgrade"), word("blocked")}}) ==
        Texts{"db-01/SystemRomActive", "web-02/SystemRomActive"});
}

TEST_CASE("doors that close and doors that do not are told apart") {
  PolicyPlan made = three_hosts();
  using Kind = plan::WayBack::Kind;
  made.plan.changes[2].way_back = plan::WayBack{.kind = Kind::image};
  made.plan.changes[3].way_back = plan::WayBack{.kind = Kind::one_way};
  made.plan.changes[4].way_back = plan::WayBack{.kind = Kind::no_image};
  CHECK(judged(made.plan, {.one_way = true}).subjects == Texts{"web-01/SystemRomActive"});
  CHECK(judged(made.plan, {.one_way = false}).subjects == Texts{"web-01/SystemBMC"});
}

TEST_CASE("a change is in a window when the run keeps its host in one or the BMC waits for one") {
  PolicyPlan made = three_hosts();
  made.plan.hosts[1].window = plan::HeldWindow{.name = "night"};
  made.plan.changes[4].scheduled = plan::Appointment{.window = "night"};
  CHECK(judged(made.plan, {.in_window = true}).subjects.size() == 3);
  CHECK(judged(made.plan, {.in_window = false}).outcome == Outcome::passed);
  made.plan.changes[4].scheduled.reset();
  CHECK(judged(made.plan, {.in_window = false}).subjects == Texts{"web-02/SystemRomActive"});
}

TEST_CASE("a limit of hosts holds up to its number, and a percentage is of all hosts of the plan") {
  const PolicyPlan made = three_hosts();
  CHECK(judged(made.plan, {.more_than = share(2, false)}).outcome == Outcome::passed);
  CHECK(judged(made.plan, {.more_than = share(67, true)}).outcome == Outcome::passed);
  const auto result = judged(made.plan, {.more_than = share(66, true)});
  CHECK(result.outcome == Outcome::denied);
  CHECK(result.subjects == Texts{"web-01", "web-02"});
  CHECK(result.message == "change, on too many hosts: 2 of 3 hosts = 67 % > 66 %");
  CHECK(judged(made.plan, {.more_than = share(1, false)}).message == "change, on too many hosts: 2 of 3 hosts > 1");
}

TEST_CASE("the numbers of a limit show that it is passed") {
  CHECK(policy::excess(44, 48, {25, true}) == "44 of 48 hosts = 92 % > 25 %");
  CHECK(policy::excess(2501, 10'000, {25, true}) == "2501 of 10000 hosts = 25.01 % > 25 %");
  CHECK(policy::excess(1, 3, {33, true}) == "1 of 3 hosts = 33.3 % > 33 %");
  CHECK(policy::excess(1, 3, {0, true}) == "1 of 3 hosts = 33 % > 0 %");
}

TEST_CASE("components that must not change together are found per host") {
  PolicyPlan made = three_hosts();
  made.change("web-02", "NIC.1", ChangeKind::update);
  const PolicyRule rule{.together = {word("iLO 5"), word("System ROM")}};
  CHECK(judged(made.plan, rule).subjects == Texts{"web-01/SystemBMC", "web-01/SystemRomActive"});
  CHECK(judged(made.plan, {.host = word("web-02"), .together = rule.together}).outcome == Outcome::passed);
  const auto result = judged(made.plan, {.more_than = share(1, false), .together = rule.together});
  CHECK(result.outcome == Outcome::passed);
}

TEST_CASE("enforcement decides what becomes of the plan") {
  const PolicyPlan made = three_hosts();
  const std::vector<std::pair<Enforcement, Outcome>> cases = {{Enforcement::warn, Outcome::warned},
                                                              {Enforcement::override_, Outcome::override_needed},
                                                              {Enforcement::deny, Outcome::denied}};
  for (const auto& [enforcement, outcome] : cases) {
    CHECK(judged(made.plan, {.enforcement = enforcement, .changes = {word("downgrade")}}).outcome == outcome);
    CHECK(judged(made.plan, {.enforcement = enforcement, .changes = {word("delete")}}).outcome == Outcome::passed);
  }
}

TEST_CASE("a result names its rule and place, and what passes has nothing else") {
  const PolicyPlan made = three_hosts();
  const auto against = judged(made.plan, {.message = "ask the storage team", .changes = {word("downgrade")}}, "no-way");
  CHECK(against.rule == "no-way");
  CHECK(against.origin == "rules.yaml:1:1");
  CHECK(against.message == "ask the storage team (1 change on 1 host)");
  const auto passed = judged(made.plan, {.message = "ask the storage team", .changes = {word("delete")}});
  CHECK(passed == plan::PolicyResult{.rule = "rule", .origin = "rules.yaml:1:1"});
}

TEST_CASE("a rule without words of its own is put into words") {
  CHECK(
      policy::describe({.host = word("web-*"),
                        .component = word("System ROM*"),
                        .labels = {{"rack", word("a12")}},
                        .changes = {word("update"), word("downgrade")},
                        .restarts = "host",
                        .one_way = true,
                        .in_window = false}) ==
      "update or downgrade of `System ROM*` that restarts the host without a way back outside of maintenance windows, "
      "on hosts `web-*`, with the label `rack: a12`");
  CHECK(policy::describe({.restarts = "bmc", .together = {word("iLO 5"), word("System ROM")}}) ==
        "change of `iLO 5` and `System ROM` together that restarts the BMC");
}

TEST_CASE("an empty plan passes every rule") {
  const PolicyPlan made;
  CHECK(judged(made.plan, {.changes = {word("update")}}).outcome == Outcome::passed);
  CHECK(judged(made.plan, {.more_than = share(0, true)}).outcome == Outcome::passed);
}
