// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include "engine/base/time_text.h"
#include "engine/http/pin.h"
#include "engine/http/retry.h"
#include "engine/http/transport.h"

namespace firmform::http {
namespace {

Attempt any_attempt() {
  Attempt attempt;
  attempt.method =
      *rc::gen::element(Method::get, Method::head, Method::post, Method::patch, Method::put, Method::delete_);
  attempt.number = *rc::gen::inRange(1, 40);
  if (*rc::gen::arbitrary<bool>()) {
    attempt.failure = *rc::gen::elementOf([] {
      std::vector<Code> codes;
      for (const CodeInfo& entry : code_table()) codes.push_back(entry.code);
      return codes;
    }());
  } else {
    attempt.status = *rc::gen::inRange(100, 600);
  }
  if (*rc::gen::arbitrary<bool>()) attempt.retry_after = *rc::gen::arbitrary<std::string>();
  if (*rc::gen::arbitrary<bool>()) attempt.retry_after = std::to_string(*rc::gen::inRange(0, 100000));
  attempt.message_ids = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "Base.1.18.ResourceInUse", "iLO.2.3.ResetInProgress", "Base.1.0.GeneralError", "Base.1.18.NoValidSession", ""));
  return attempt;
}

RetryPolicy any_policy() {
  RetryPolicy policy;
  policy.max_attempts = *rc::gen::inRange(1, 20);
  policy.first_delay = Duration(*rc::gen::inRange(0, 60000));
  policy.max_delay = Duration(*rc::gen::inRange(0, 120000));
  return policy;
}

double any_jitter() {
  return *rc::gen::inRange(0, 1000) / 1000.0;
}

const UtcTime kNow = *parse_rfc3339("2026-11-21T02:00:00Z");

}  // namespace

TEST_CASE("no POST is ever repeated by the classifier") {
  rc::prop("for any outcome", [] {
    Attempt attempt = any_attempt();
    attempt.method = Method::post;
    RC_ASSERT(classify(attempt, any_policy(), any_jitter(), kNow).verdict != Verdict::again);
  });
}

TEST_CASE("no write is ever repeated once it may have been sent") {
  rc::prop("for any outcome", [] {
    const Attempt attempt = any_attempt();
    const Decision decision = classify(attempt, any_policy(), any_jitter(), kNow);
    const bool is_read = attempt.method == Method::get || attempt.method == Method::head;
    if (decision.verdict != Verdict::again || is_read) return;
    RC_ASSERT(attempt.failure.has_value());
    RC_ASSERT(was_not_sent(*attempt.failure));
  });
}

TEST_CASE("delays stay within the policy") {
  rc::prop("for any outcome", [] {
    const RetryPolicy policy = any_policy();
    const Decision decision = classify(any_attempt(), policy, any_jitter(), kNow);
    RC_ASSERT(decision.delay >= Duration(0));
    RC_ASSERT(decision.delay <= policy.max_delay);
  });
}

TEST_CASE("attempts end") {
  rc::prop("at the policy's number", [] {
    const RetryPolicy policy = any_policy();
    Attempt attempt = any_attempt();
    attempt.number = policy.max_attempts;
    RC_ASSERT(classify(attempt, policy, any_jitter(), kNow).verdict != Verdict::again);
  });
}

TEST_CASE("the classifier decides the same for the same input") {
  rc::prop("for any outcome", [] {
    const Attempt attempt = any_attempt();
    const RetryPolicy policy = any_policy();
    const double jitter = any_jitter();
    const Decision once = classify(attempt, policy, jitter, kNow);
    const Decision twice = classify(attempt, policy, jitter, kNow);
    RC_ASSERT(once.verdict == twice.verdict);
    RC_ASSERT(once.delay == twice.delay);
  });
}

TEST_CASE("normalizing a pin twice changes nothing more") {
  rc::prop("for any digest", [] {
    const auto bytes = *rc::gen::container<std::string>(32, rc::gen::arbitrary<char>());
    const auto pin = normalize_pin(base64(bytes));
    RC_ASSERT(pin.has_value());
    RC_ASSERT(*pin == base64(bytes));
    RC_ASSERT(normalize_pin(*pin) == pin);
  });
  rc::prop("for any text", [](const std::string& text) {
    if (const auto pin = normalize_pin(text)) RC_ASSERT(normalize_pin(*pin) == pin);
  });
}

}  // namespace firmform::http
