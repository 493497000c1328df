// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/pulse.h"

#include <catch2/catch.hpp>

namespace firmform::tests {

using namespace std::chrono_literals;
using watch::Pulse;

TEST_CASE("A watch lives while it beats, and hangs when it has not for too long") {
  const Pulse::Time start{1h};
  Pulse pulse(start);
  CHECK(pulse.is_alive(start + Pulse::kPatience));
  CHECK_FALSE(pulse.is_alive(start + Pulse::kPatience + 1ms));
  pulse.beat(start + 1h);
  CHECK(pulse.is_alive(start + 1h + Pulse::kPatience));
}

}  // namespace firmform::tests
