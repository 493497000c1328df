// SPDX-License-Identifier: Apache-2.0
#include "engine/http/retry.h"

#include <catch2/catch.hpp>

#include "engine/base/time_text.h"

namespace firmform::http {
namespace {

using namespace std::chrono_literals;

const UtcTime kNow = *parse_rfc3339("2026-11-21T02:00:00Z");
const RetryPolicy kPolicy;  // 4 attempts, 1 s, doubling, 30 s at most

Decision decide(const Attempt& attempt, double jitter = 0) {
  return classify(attempt, kPolicy, jitter, kNow);
}

Attempt replied(Method method, int status, std::vector<std::string> ids = {}) {
  Attempt attempt;
  attempt.method = method;
  attempt.status = status;
  attempt.message_ids = std::move(ids);
  return attempt;
}

Attempt failed(Method method, Code code, int number = 1) {
  Attempt attempt;
  attempt.method = method;
  attempt.number = number;
  attempt.failure = code;
  return attempt;
}

}  // namespace

TEST_CASE("a success stands") {
  REQUIRE(decide(replied(Method::get, 200)).verdict == Verdict::done);
  REQUIRE(decide(replied(Method::post, 202)).verdict == Verdict::done);
}

TEST_CASE("a read is repeated after a failed connection and after a lost reply") {
  for (const Code code :
       {Code::connection_refused, Code::connect_timeout, Code::tls_failed, Code::no_reply, Code::connection_lost}) {
    REQUIRE(decide(failed(Method::get, code)).verdict == Verdict::again);
    REQUIRE(decide(failed(Method::head, code)).verdict == Verdict::again);
  }
}

TEST_CASE("a failure that repeats itself for sure is not repeated") {
  for (const Code code : {Code::tls_untrusted, Code::tls_wrong_name, Code::tls_wrong_pin, Code::ca_file_unreadable,
                          Code::bad_request_address, Code::reply_too_large}) {
    REQUIRE(decide(failed(Method::get, code)).verdict == Verdict::done);
  }
}

TEST_CASE("a PATCH or DELETE is repeated only when it was not sent") {
  for (const Method method : {Method::patch, Method::delete_, Method::put}) {
    REQUIRE(decide(failed(method, Code::connection_refused)).verdict == Verdict::again);
    REQUIRE(decide(failed(method, Code::connection_lost)).verdict == Verdict::done);
    REQUIRE(decide(failed(method, Code::no_reply)).verdict == Verdict::done);
    REQUIRE(decide(replied(method, 503)).verdict == Verdict::done);
  }
}

TEST_CASE("reads are repeated on the statuses of a busy BMC") {
  for (const int status : {429, 500, 502, 503, 504})
    REQUIRE(decide(replied(Method::get, status)).verdict == Verdict::again);
  for (const int status : {400, 403, 404, 405, 409, 412, 501}) {
    REQUIRE(decide(replied(Method::get, status)).verdict == Verdict::done);
  }
}

TEST_CASE("an internal error is given fewer attempts than a busy BMC") {
  Attempt attempt = replied(Method::get, 500);
  attempt.number = 3;
  REQUIRE(decide(attempt).verdict == Verdict::done);
  attempt.status = 503;
  REQUIRE(decide(attempt).verdict == Verdict::again);
  attempt.number = 4;
  REQUIRE(decide(attempt).verdict == Verdict::done);
}

TEST_CASE("a failure that used up its deadline is repeated once") {
  REQUIRE(decide(failed(Method::get, Code::connect_timeout, 1)).verdict == Verdict::again);
  REQUIRE(decide(failed(Method::get, Code::connect_timeout, 2)).verdict == Verdict::done);
  REQUIRE(decide(failed(Method::get, Code::no_reply, 2)).verdict == Verdict::done);
  REQUIRE(decide(failed(Method::get, Code::connection_lost, 2)).verdict == Verdict::again);
}

TEST_CASE("a message that says busy makes a refused read worth repeating, whatever its registry version") {
  REQUIRE(decide(replied(Method::get, 400, {"iLO.2.30.ResourceNotReadyRetry"})).verdict == Verdict::again);
  REQUIRE(decide(replied(Method::get, 409, {"Base.1.4.ResourceInUse"})).verdict == Verdict::again);
  REQUIRE(decide(replied(Method::get, 409, {"Base.1.18.ResourceInUseX"})).verdict == Verdict::done);
  REQUIRE(decide(replied(Method::post, 400, {"iLO.2.30.ResourceNotReadyRetry"})).verdict == Verdict::done);
}

TEST_CASE("401 asks for a login, unless the message says that it is about privileges") {
  REQUIRE(decide(replied(Method::get, 401)).verdict == Verdict::login);
  REQUIRE(decide(replied(Method::post, 401, {"Base.1.18.NoValidSession"})).verdict == Verdict::login);
  REQUIRE(decide(replied(Method::get, 401, {"Base.1.18.InsufficientPrivilege"})).verdict == Verdict::done);
}

TEST_CASE("delays double up to the longest, and jitter takes away up to half") {
  const RetryPolicy many{20, 1s, 30s};
  Attempt attempt = replied(Method::get, 503);
  std::vector<Duration> delays;
  for (attempt.number = 1; attempt.number <= 7; ++attempt.number) {
    delays.push_back(classify(attempt, many, 0, kNow).delay);
  }
  REQUIRE(delays == std::vector<Duration>{1s, 2s, 4s, 8s, 16s, 30s, 30s});
  attempt.number = 3;
  REQUIRE(classify(attempt, many, 0.5, kNow).delay == 3s);
}

TEST_CASE("Retry-After is honoured as seconds and as a date") {
  Attempt attempt = replied(Method::get, 503);
  attempt.retry_after = "7";
  REQUIRE(decide(attempt).delay == 7s);
  attempt.retry_after = "Sat, 21 Nov 2026 02:00:12 GMT";
  REQUIRE(decide(attempt).delay == 12s);
  attempt.retry_after = "Sat, 21 Nov 2026 01:00:00 GMT";
  REQUIRE(decide(attempt).delay == 0s);
}

TEST_CASE("Retry-After that is absurd or malformed falls back on the policy") {
  Attempt attempt = replied(Method::get, 503);
  attempt.retry_after = "86400";
  REQUIRE(decide(attempt).delay == 30s);
  attempt.retry_after = "99999999999999999999";
  REQUIRE(decide(attempt).delay <= 30s);
  attempt.retry_after = "soon";
  REQUIRE(decide(attempt).delay == 1s);
  attempt.retry_after = "-5";
  REQUIRE(decide(attempt).delay >= 0s);
}

TEST_CASE("the key of a message id is its last segment") {
  REQUIRE(message_key("Base.1.18.ResourceInUse") == "ResourceInUse");
  REQUIRE(message_key("iLO.2.14.0.Foo") == "Foo");
  REQUIRE(message_key("Bare") == "Bare");
  REQUIRE(message_key("").empty());
}

}  // namespace firmform::http
