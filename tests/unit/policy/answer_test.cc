// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/answer.h"

#include <catch2/catch.hpp>

using namespace firmform;
using policy::Finding;
using policy::read_answer;
using Level = Finding::Level;
using Texts = std::vector<std::string>;

namespace {

std::string reason_against(std::string_view text) {
  const auto answer = read_answer(text);
  if (answer) return "it was understood";
  CHECK(answer.error().code() == Code::policy_undecided);
  return answer.error().message();
}

std::vector<Finding> found(std::string_view text) {
  return read_answer(text).value();
}

std::string sarif_of(const std::string& results) {
  return R"({"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[{"id":"a","defaultConfiguration":)"
         R"({"level":"error"}},{"id":"b"}]}},"results":[)" +
         results + "]}]}";
}

}  // namespace

TEST_CASE("the results of conftest are read with their namespaces") {
  const auto findings = found(R"([
    {"filename": "-", "namespace": "main", "successes": 2,
     "warnings": [{"msg": "  a spare ROM\nis old "}],
     "failures": [{"msg": "no downgrade", "metadata": {"query": "data.main.deny_downgrade",
                                                       "address": "web-01/SystemRomActive"}},
                  {"msg": "too many", "metadata": {"address": ["web-01", "web-02", 3]}}]},
    {"filename": "-", "namespace": "lib.limits", "successes": 1}])");
  REQUIRE(findings.size() == 4);
  CHECK(findings[0] == Finding{"main.deny_downgrade", Level::failure, "no downgrade", {"web-01/SystemRomActive"}});
  CHECK(findings[1] == Finding{"main.failure", Level::failure, "too many", {"web-01", "web-02"}});
  CHECK(findings[2].rule == "main.warning");
  CHECK(findings[2].level == Level::warning);
  CHECK(findings[2].message.find('\n') == std::string::npos);
  CHECK(findings[3] == Finding{"lib.limits", Level::passed, "", {}});
}

TEST_CASE("exceptions of conftest pass, and count as checked") {
  const auto findings = found(
      R"([{"filename":"-","namespace":"main","successes":0,"exceptions":[{"msg":"data.main.exception[_][_] == \"x\""}]}])");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].level == Level::passed);
}

TEST_CASE("an answer that checked nothing is no verdict") {
  CHECK(reason_against("[]") == "its answer says that no rule was checked");
  CHECK(reason_against(R"([{"filename":"-","namespace":"mian","successes":0}])") ==
        "its answer says that no rule was checked");
  CHECK(reason_against(" \n") == "it wrote nothing to its standard output");
}

TEST_CASE("other forms are refused") {
  CHECK(reason_against("PASS - 3 tests").starts_with("its answer is no JSON"));
  CHECK(reason_against("{}") == "its answer is neither conftest's JSON nor SARIF");
  CHECK(reason_against("true") == "its answer is neither conftest's JSON nor SARIF");
  CHECK(reason_against(R"({"result": {"allow": true}})") == "its answer is neither conftest's JSON nor SARIF");
  CHECK(reason_against(R"([{"msg": "no"}])") == "its answer is a list, and not of results as conftest has them");
  CHECK(reason_against(R"([{"filename":"-","namespace":"main","successes":1,"failures":{}}])") ==
        "its answer has results that are no list");
  CHECK(reason_against(R"([{"filename":"-","namespace":"main","successes":1,"failures":[{"message":"x"}]}])") ==
        "its answer has a result without `msg`");
  CHECK(reason_against(R"([{"filename":"-","filename":"-","namespace":"main","successes":1}])")
            .starts_with("its answer is no JSON"));
}

TEST_CASE("the levels of SARIF decide, and rules give them where results do not") {
  const auto findings = found(sarif_of(R"(
    {"ruleId":"a","message":{"text":"by the rule"}},
    {"ruleIndex":0,"message":{"text":"by its place"}},
    {"ruleId":"b","message":{"text":"by default"},
     "locations":[{"logicalLocations":[{"fullyQualifiedName":"web-01/SystemBMC"},{"name":"web-02"}]}]},
    {"ruleId":"a","level":"note","message":{"text":"only said"}},
    {"ruleId":"b","level":"error","message":{"text":"by itself"}},
    {"ruleId":"b","kind":"pass","message":{"text":"fine"}},
    {"ruleId":"b","kind":"review","message":{"text":"look"}})"));
  REQUIRE(findings.size() == 5);
  CHECK(findings[0] == Finding{"a", Level::failure, "by the rule", {}});
  CHECK(findings[1] == Finding{"a", Level::failure, "by its place", {}});
  CHECK(findings[2] == Finding{"b", Level::warning, "by default", {"web-01/SystemBMC", "web-02"}});
  CHECK(findings[3] == Finding{"b", Level::failure, "by itself", {}});
  CHECK(findings[4] == Finding{"b", Level::warning, "look", {}});
}

TEST_CASE("SARIF without results passes, and accepted suppressions take results out") {
  CHECK(found(sarif_of("")) == std::vector<Finding>{{"", Level::passed, "", {}}});
  const std::string suppressed =
      R"({"ruleId":"a","message":{"text":"known"},"suppressions":[{"kind":"external","status":"STATUS"}]})";
  const auto with = [&](const std::string& status) {
    std::string text = suppressed;
    text.replace(text.find("STATUS"), 6, status);
    return found(sarif_of(text)).front().level;
  };
  CHECK(with("accepted") == Level::passed);
  CHECK(with("underReview") == Level::failure);
  CHECK(with("rejected") == Level::failure);
}

TEST_CASE("SARIF that leaves the verdict open is no verdict") {
  CHECK(reason_against(R"({"version":"2.0.0","runs":[{"results":[]}]})") == "its SARIF is not of version 2.1.0");
  CHECK(reason_against(R"({"version":"2.1.0","runs":[]})") == "its SARIF has no run");
  CHECK(reason_against(R"({"version":"2.1.0","runs":[{}]})") == "its SARIF has a run without `results`");
  CHECK(
      reason_against(R"({"version":"2.1.0","runs":[{"invocations":[{"executionSuccessful":false}],"results":[]}]})") ==
      "its SARIF says that it did not run to its end");
  CHECK(reason_against(sarif_of(R"({"level":"fatal","message":{"text":"x"}})")) ==
        "its SARIF has a result with an unknown `level` or `kind`");
  CHECK(reason_against(sarif_of(R"({"level":"error"})")) == "its SARIF has a result without `message.text`");
}

TEST_CASE("texts of programs are cut where nobody would read on") {
  const std::string wordy = R"([{"filename":"-","namespace":"main","successes":0,"failures":[{"msg":")" +
                            std::string(999, 'x') + "äöü" + std::string(100'000, 'x') + R"("}]}])";
  const std::string message = found(wordy).front().message;
  CHECK(message == std::string(999, 'x') + "…");
}
