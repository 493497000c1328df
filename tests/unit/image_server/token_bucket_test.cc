// SPDX-License-Identifier: Apache-2.0
#include "engine/image_server/token_bucket.h"

#include <catch2/catch.hpp>

using namespace firmform::image_server;
using namespace std::chrono_literals;

namespace {

const TokenBucket::Time kStart = TokenBucket::Time(1h);

}  // namespace

TEST_CASE("without a cap nothing waits") {
  TokenBucket bucket(0);
  CHECK(bucket.take(UINT64_MAX, kStart) == 0s);
  CHECK(bucket.take(UINT64_MAX, kStart) == 0s);
}

TEST_CASE("over a long time no more goes out than the cap allows") {
  TokenBucket bucket(1000);
  TokenBucket::Time now = kStart;
  for (int i = 0; i < 100; ++i) now += bucket.take(500, now);
  // 50,000 bytes at 1,000 a second; the last 500 were let go at its beginning, and a tenth of a second was saved up.
  CHECK(now - kStart >= 49s);
  CHECK(now - kStart <= 50s);
}

TEST_CASE("all who wait share the cap in the order in which they came") {
  TokenBucket bucket(1000);
  const auto first = bucket.take(1000, kStart);
  const auto second = bucket.take(1000, kStart);
  const auto third = bucket.take(1000, kStart);
  CHECK(first == 0s);
  CHECK(second - first == 900ms);
  CHECK(third - second == 1s);
}

TEST_CASE("a long rest gives no more than a tenth of a second of credit") {
  TokenBucket bucket(1000);
  CHECK(bucket.take(100, kStart) == 0s);
  CHECK(bucket.take(100, kStart + 1h) == 0s);
  CHECK(bucket.take(100, kStart + 1h) == 0s);
  CHECK(bucket.take(100, kStart + 1h) == 100ms);
}
