// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/verdict.h"

#include <catch2/catch.hpp>

using namespace firmform;
using manifest::Enforcement;
using plan::PolicyResult;
using policy::Override;
using policy::ProgramEnd;
using Outcome = PolicyResult::Outcome;

namespace {

const std::string kFailure = R"([{"filename":"-","namespace":"main","successes":1,
  "failures":[{"msg":"no","metadata":{"address":"web-02"}},{"msg":"no","metadata":{"address":"web-01"}}],
  "warnings":[{"msg":"hm"}]}])";
const std::string kPass = R"([{"filename":"-","namespace":"main","successes":3}])";

policy::Verdict verdict(int status, const std::string& out, Enforcement enforcement = Enforcement::deny) {
  return policy::verdict_of("conftest", {.enforcement = enforcement}, ProgramEnd{status, out, "oops\n"}, "p.yaml:3:5");
}

PolicyResult result(const std::string& rule, Outcome outcome, const std::string& message = "why") {
  return {.rule = rule, .outcome = outcome, .message = outcome == Outcome::passed ? "" : message};
}

}  // namespace

TEST_CASE("failures of a program are what its enforcement says, and its warnings warn") {
  const std::vector<std::pair<Enforcement, Outcome>> cases = {{Enforcement::warn, Outcome::warned},
                                                              {Enforcement::override_, Outcome::override_needed},
                                                              {Enforcement::deny, Outcome::denied}};
  for (const auto& [enforcement, outcome] : cases) {
    const auto found = verdict(1, kFailure, enforcement);
    CHECK_FALSE(found.undecided);
    REQUIRE(found.results.size() == 2);
    CHECK(found.results[0].rule == "conftest: main.failure");
    CHECK(found.results[0].outcome == outcome);
    CHECK(found.results[0].subjects == std::vector<std::string>{"web-01", "web-02"});
    CHECK(found.results[0].origin == "p.yaml:3:5");
    CHECK(found.results[1].rule == "conftest: main.warning");
    CHECK(found.results[1].outcome == Outcome::warned);
  }
}

TEST_CASE("a program that finds nothing passes") {
  const auto found = verdict(0, kPass);
  CHECK(found.results == std::vector<PolicyResult>{{.rule = "conftest: main", .origin = "p.yaml:3:5"}});
}

TEST_CASE("findings count whatever the status says, and a status counts where there are none") {
  CHECK(verdict(0, kFailure).results[0].outcome == Outcome::denied);
  CHECK(verdict(2, kFailure).results[0].outcome == Outcome::denied);
  for (const auto& found : {verdict(1, kPass), verdict(3, kFailure), verdict(101, kPass)}) {
    REQUIRE(found.results.size() == 1);
    CHECK(found.results[0].outcome == Outcome::denied);
    CHECK(found.results[0].rule == "conftest");
    REQUIRE(found.undecided);
    CHECK(found.undecided->code() == Code::policy_undecided);
    CHECK(found.undecided->notes() == std::vector<std::string>{"oops"});
  }
}

TEST_CASE("a program without a verdict denies, unless it could only warn") {
  const tl::unexpected<Error> late = fail(Code::policy_undecided, "it took longer than 1m");
  for (const auto& [enforcement, outcome] :
       {std::pair(Enforcement::warn, Outcome::warned), std::pair(Enforcement::override_, Outcome::denied),
        std::pair(Enforcement::deny, Outcome::denied)}) {
    const auto found = policy::verdict_of("opa", {.enforcement = enforcement}, late, "p.yaml:4:5");
    REQUIRE(found.results.size() == 1);
    CHECK(found.results[0].outcome == outcome);
    CHECK(found.results[0].message == "no verdict: it took longer than 1m");
    CHECK(found.undecided);
  }
}

TEST_CASE("of two judgements the stricter one counts, rule by rule") {
  const std::vector<PolicyResult> before = {result("a", Outcome::denied, "before"), result("b", Outcome::warned),
                                            result("c", Outcome::passed), result("d", Outcome::overridden, "before")};
  const auto both = policy::stricter({result("a", Outcome::passed), result("b", Outcome::denied),
                                      result("c", Outcome::warned), result("d", Outcome::passed)},
                                     before);
  REQUIRE(both.size() == 4);
  CHECK(both[0] == result("b", Outcome::denied));
  CHECK(both[1] == result("c", Outcome::warned));
  CHECK(both[2] == result("a", Outcome::denied, "before"));
  CHECK(both[3].rule == "d");
  CHECK(both[3].outcome == Outcome::override_needed);
}

TEST_CASE("the worst outcome is that of the result which is in the way most") {
  CHECK(policy::worst_outcome({}) == Outcome::passed);
  CHECK(policy::worst_outcome({result("a", Outcome::warned), result("b", Outcome::override_needed)}) ==
        Outcome::override_needed);
  CHECK(policy::worst_outcome({result("a", Outcome::overridden), result("b", Outcome::warned)}) == Outcome::overridden);
}

TEST_CASE("an override holds for what asks for it, with reason and person") {
  std::vector<PolicyResult> results = {result("small-steps", Outcome::override_needed),
                                       result("opa: main.deny", Outcome::override_needed),
                                       result("opa: main.warning", Outcome::warned)};
  REQUIRE(policy::override_results(results, {{"small-steps", "CVE"}, {"opa", "agreed"}}, "ann@ops"));
  CHECK(results[0].outcome == Outcome::overridden);
  CHECK(results[0].reason == "CVE");
  CHECK(results[0].by == "ann@ops");
  CHECK(results[1].outcome == Outcome::overridden);
  CHECK(results[1].reason == "agreed");
  CHECK(results[2] == result("opa: main.warning", Outcome::warned));
}

TEST_CASE("overrides that fit nothing are refused, and then none is made") {
  const std::vector<PolicyResult> results = {result("small-steps", Outcome::override_needed),
                                             result("no-way", Outcome::denied), result("fine", Outcome::passed)};
  const auto refused = [&](const std::string& rule) {
    std::vector<PolicyResult> changed = results;
    const Status status = policy::override_results(changed, {{"small-steps", "x"}, {rule, "x"}}, "ann@ops");
    REQUIRE_FALSE(status);
    CHECK(changed == results);
    return status.error().code();
  };
  CHECK(refused("no-way") == Code::policy_denied);
  CHECK(refused("fine") == Code::override_without_need);
  CHECK(refused("unknown") == Code::override_without_need);
}

TEST_CASE("an override of one rule of a program leaves its others") {
  std::vector<PolicyResult> results = {result("opa: main.deny", Outcome::override_needed),
                                       result("opa: net.deny", Outcome::override_needed)};
  REQUIRE(policy::override_results(results, {{"opa: net.deny", "x"}}, "ann@ops"));
  CHECK(results[0].outcome == Outcome::override_needed);
  CHECK(results[1].outcome == Outcome::overridden);
}
