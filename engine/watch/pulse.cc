// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/pulse.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace firmform::watch {

Task<void> keep_beating(Pulse& pulse) {
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor);
  for (;;) {
    pulse.beat(std::chrono::steady_clock::now());
    timer.expires_after(std::chrono::seconds(1));
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

}  // namespace firmform::watch
