// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/virtual_clock.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace firmform::simulate {

VirtualClock::VirtualClock(UtcTime start) : start_(start) {}

Task<void> VirtualClock::sleep(Duration duration) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto sleeper = std::make_shared<Sleeper>(executor);
  sleeper->wake.expires_at(boost::asio::steady_timer::time_point::max());
  // Leaves also when the coroutine is destroyed asleep, as in a program that was killed.
  const Entry entry(sleepers_, elapsed_ + std::max(duration, Duration(0)), sleeper);

  boost::system::error_code cancelled;
  co_await sleeper->wake.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
  if (sleeper->due) co_return;
  throw boost::system::system_error(boost::asio::error::operation_aborted);
}

bool VirtualClock::advance_to_next() {
  if (sleepers_.empty()) return false;
  elapsed_ = std::max(elapsed_, sleepers_.begin()->first);
  wake_due();
  return true;
}

void VirtualClock::advance(Duration duration) {
  elapsed_ += duration;
  wake_due();
}

void VirtualClock::wake_due() {
  while (!sleepers_.empty() && sleepers_.begin()->first <= elapsed_) {
    const auto sleeper = sleepers_.begin()->second;
    sleepers_.erase(sleepers_.begin());
    sleeper->due = true;
    sleeper->wake.cancel();
  }
}

}  // namespace firmform::simulate
