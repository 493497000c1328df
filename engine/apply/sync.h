// SPDX-License-Identifier: Apache-2.0
// Waiting between coroutines of the one event loop. Not thread-safe; the loop is the only thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <list>
#include <utility>

#include "engine/base/task.h"

namespace firmform::apply {

/// Wakes everybody who waits; waiters look at the state they wait for themselves.
class Signal {
 public:
  Task<void> wait() {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                    boost::asio::steady_timer::time_point::max());
    const auto place = waiting_.insert(waiting_.end(), &timer);
    const Leave leave{waiting_, place};
    boost::system::error_code ignored;  // being cancelled is how a notification arrives
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }

  /// How often there was a notification; for wait_after().
  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// Returns at once when there was a notification since `count`: what came between looking and waiting is not missed.
  Task<void> wait_after(std::uint64_t count) {
    if (count_ == count) co_await wait();
  }

  void notify() {
    ++count_;
    for (boost::asio::steady_timer* timer : waiting_) timer->cancel();
  }

 private:
  using Waiting = std::list<boost::asio::steady_timer*>;
  struct Leave {
    Waiting& waiting;
    Waiting::iterator place;
    ~Leave() { waiting.erase(place); }
  };
  Waiting waiting_;
  std::uint64_t count_ = 0;
};

/// A counting semaphore, first come first served. A capacity of 0 means no limit.
class Semaphore {
 public:
  explicit Semaphore(int capacity) : free_(capacity), unlimited_(capacity <= 0) {}

  /// Gives its place back when destroyed.
  class Permit {
   public:
    Permit() = default;
    explicit Permit(Semaphore* semaphore) : semaphore_(semaphore) {}
    Permit(Permit&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(semaphore_, other.semaphore_);
      return *this;
    }
    ~Permit() {
      if (semaphore_ != nullptr) semaphore_->release();
    }

   private:
    Semaphore* semaphore_ = nullptr;
  };

  [[nodiscard]] bool would_wait() const { return !unlimited_ && free_ <= 0; }

  Task<Permit> acquire() {
    if (unlimited_) co_return Permit();
    if (free_ > 0) {
      --free_;
      co_return Permit(this);
    }
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                    boost::asio::steady_timer::time_point::max());
    Waiter self{&timer, false};
    const auto place = waiting_.insert(waiting_.end(), &self);
    const Leave leave{*this, self, place};
    boost::system::error_code ignored;  // being cancelled is how the place is handed over
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    if (!self.granted) throw boost::system::system_error(boost::asio::error::operation_aborted);
    co_return Permit(this);
  }

 private:
  struct Waiter {
    boost::asio::steady_timer* timer;
    bool granted;
  };
  using Waiting = std::list<Waiter*>;
  struct Leave {
    Semaphore& semaphore;
    Waiter& self;
    Waiting::iterator place;
    ~Leave() {
      if (!self.granted) semaphore.waiting_.erase(place);
    }
  };

  /// Hands the place to who waits longest, so that nobody overtakes.
  void release() {
    if (waiting_.empty()) {
      ++free_;
      return;
    }
    Waiter* next = waiting_.front();
    waiting_.pop_front();
    next->granted = true;
    next->timer->cancel();
  }

  int free_;
  bool unlimited_;
  Waiting waiting_;
};

}  // namespace firmform::apply
