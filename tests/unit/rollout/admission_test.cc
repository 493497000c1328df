// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/support/rollout_fleet.h"

namespace firmform::tests {
namespace {

using rollout::Admission;
using rollout::Budget;
using rollout::make_budgets;

manifest::Rollout limits(const std::vector<std::pair<std::string, manifest::Share>>& per_label) {
  manifest::Rollout settings;
  for (const auto& [label, limit] : per_label) settings.per_label.emplace_back(manifest::Text{label, {}}, limit);
  return settings;
}

}  // namespace

TEST_CASE("N7: each value of a limited label has a budget of its own") {
  const std::vector<rollout::Subject> hosts = {
      subject("a", {{"rack", "r1"}, {"feed", "left"}}), subject("b", {{"rack", "r1"}, {"feed", "right"}}),
      subject("c", {{"rack", "r2"}, {"feed", "left"}}), subject("d", {{"feed", "left"}}), subject("e")};
  const auto budgets =
      make_budgets(limits({{"rack", {.value = 1}}, {"feed", {.value = 50, .percent = true}}}), hosts, labels_of(hosts));
  REQUIRE(budgets.size() == 4);
  CHECK(budgets[0].label == "rack");
  CHECK(budgets[0].value == "r1");
  CHECK(budgets[0].limit == 1);
  CHECK(budgets[0].hosts == std::set<std::string>{"a", "b"});
  CHECK(budgets[2].value == "left");
  CHECK(budgets[2].limit == 1);
  CHECK(budgets[2].arithmetic == "50% of 3 hosts = 1.5, rounded down to 1");
  CHECK(budgets[3].arithmetic == "50% of 1 host = 0.5, and never less than 1");
}

TEST_CASE("A percentage of a budget is of the hosts of the manifest, not of those with changes") {
  std::map<std::string, Labels> fleet;
  for (const auto& host : subjects(40)) fleet[host.name] = {{"rack", "r1"}};
  const auto budgets = make_budgets(limits({{"rack", {.value = 10, .percent = true}}}),
                                    {subject("h001", {{"rack", "r1"}}), subject("h002", {{"rack", "r1"}})}, fleet);
  REQUIRE(budgets.size() == 1);
  CHECK(budgets[0].limit == 4);
  CHECK(budgets[0].hosts.size() == 2);
}

TEST_CASE("A host begins only while all its budgets have a place") {
  Admission admission({Budget{"rack", "r1", 1, {"a", "b"}, {}}, Budget{"feed", "left", 2, {"a", "b", "c", "d"}, {}}},
                      10);
  CHECK(admission.admit("a"));
  CHECK(admission.obstacle("b") == "rack r1: 1 of 1 in work");
  CHECK_FALSE(admission.admit("b"));
  CHECK(admission.admit("c"));
  CHECK_FALSE(admission.admit("d"));
  CHECK(admission.obstacle("d") == "feed left: 2 of 2 in work");
  CHECK(admission.admit("of no budget"));
  CHECK(admission.in_work() == 3);
  admission.leave("a");
  CHECK(admission.obstacle("b").empty());
  CHECK(admission.admit("b"));
}

TEST_CASE("Being admitted twice takes one place, and leaving twice gives back one") {
  Admission admission({Budget{"rack", "r1", 2, {"a", "b", "c"}, {}}}, 10);
  CHECK(admission.admit("a"));
  CHECK(admission.admit("a"));
  CHECK(admission.obstacle("a").empty());
  CHECK(admission.admit("b"));
  admission.leave("a");
  admission.leave("a");
  CHECK(admission.admit("c"));
  CHECK_FALSE(admission.admit("a"));
}

TEST_CASE("A host that was in work before a crash has its places, even beyond the limit") {
  Admission admission({Budget{"rack", "r1", 1, {"a", "b", "c"}, {}}}, 1);
  admission.readmit("a");
  admission.readmit("b");
  CHECK(admission.in_work() == 2);
  CHECK(admission.obstacle("c") == "rack r1: 2 of 1 in work");
  admission.leave("a");
  CHECK_FALSE(admission.admit("c"));
  admission.leave("b");
  CHECK(admission.admit("c"));
}

TEST_CASE("H6: a host that is refused does not keep others from beginning") {
  Admission admission({Budget{"rack", "r1", 1, {"a", "b"}, {}}}, 3);
  CHECK(admission.admit("a"));
  std::vector<std::string> begun;
  for (const std::string host : {"b", "c", "d"}) {
    if (admission.admit(host)) begun.push_back(host);
  }
  CHECK(begun == std::vector<std::string>{"c", "d"});
}

TEST_CASE("H30: of 10,000 hosts never more are in work than may be") {
  constexpr int kLimit = 64;
  Admission admission({}, kLimit);
  std::vector<std::string> waiting;
  for (int i = 0; i < 10'000; ++i) waiting.push_back(fmt::format("h{:05}", i));
  std::size_t next = 0;
  std::vector<std::string> working;
  std::size_t most = 0;
  while (next < waiting.size() || !working.empty()) {
    while (next < waiting.size() && admission.admit(waiting[next])) working.push_back(waiting[next++]);
    most = std::max(most, admission.in_work());
    REQUIRE(admission.in_work() <= kLimit);
    REQUIRE(admission.in_work() == working.size());
    const bool is_full_or_last = working.size() == kLimit || next == waiting.size();
    REQUIRE(is_full_or_last);
    admission.leave(working.back());
    working.pop_back();
  }
  CHECK(most == kLimit);
}

TEST_CASE("Zero means any number of hosts") {
  Admission admission({}, 0);
  for (const auto& host : subjects(100)) CHECK(admission.admit(host.name));
  CHECK(admission.in_work() == 100);
}

}  // namespace firmform::tests
