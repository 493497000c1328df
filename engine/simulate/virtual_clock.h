// SPDX-License-Identifier: Apache-2.0
// VirtualClock: time that stands still while the event loop has work and jumps to the next sleeper when it
// has none. With run(), hours of waiting take microseconds and every run takes the same steps.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "engine/base/clock.h"

namespace firmform::simulate {

class VirtualClock final : public Clock {
 public:
  /// Starts on 2026-11-21T02:00:00Z unless told otherwise.
  explicit VirtualClock(UtcTime start = UtcTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) +
                                                std::chrono::hours(2)));

  [[nodiscard]] UtcTime now() const override { return start_ + elapsed_; }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime(elapsed_); }
  Task<void> sleep(Duration duration) override;

  /// Time since the start.
  [[nodiscard]] Duration elapsed() const { return elapsed_; }
  /// Jumps to the earliest sleeper and wakes it (and those of the same instant). False when nobody sleeps.
  bool advance_to_next();
  /// Lets `duration` pass at once, waking whoever is due.
  void advance(Duration duration);

 private:
  struct Sleeper {
    explicit Sleeper(boost::asio::any_io_executor executor) : wake(std::move(executor)) {}
    boost::asio::steady_timer wake;  ///< never expires; cancelled to wake
    bool due = false;
  };
  using Sleepers = std::multimap<Duration, std::shared_ptr<Sleeper>>;
  struct Entry {
    Entry(Sleepers& all, Duration due, std::shared_ptr<Sleeper> sleeper)
        : sleepers(all), self(*sleeper), place(all.emplace(due, std::move(sleeper))) {}
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() {
      if (!self.due) sleepers.erase(place);
    }
    Sleepers& sleepers;
    Sleeper& self;
    Sleepers::iterator place;
  };
  void wake_due();

  UtcTime start_;
  Duration elapsed_{0};
  Sleepers sleepers_;
};

namespace detail {

/// Runs the loop until `finished`, letting time jump when the loop is idle. Throws when nothing can ever
/// happen again: the coroutine waits for something that no one will do.
template <class Finished>
void run_until(boost::asio::io_context& io, VirtualClock& clock, Finished finished) {
  while (!finished()) {
    io.restart();
    const bool worked = io.poll() > 0;
    if (finished() || worked) continue;
    if (!clock.advance_to_next()) throw std::logic_error("virtual clock: the task waits for ever");
  }
}

template <class T>
Task<void> keep_result(Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

}  // namespace detail

/// Runs `task` to its end under virtual time and returns what it returns; its exceptions come through.
inline void run(boost::asio::io_context& io, VirtualClock& clock, Task<void> task) {
  bool finished = false;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr error) {
    failure = std::move(error);
    finished = true;
  });
  detail::run_until(io, clock, [&] { return finished; });
  if (failure) std::rethrow_exception(failure);
}

template <class T>
T run(boost::asio::io_context& io, VirtualClock& clock, Task<T> task) {
  std::optional<T> result;
  run(io, clock, detail::keep_result(std::move(task), result));
  return std::move(*result);
}

}  // namespace firmform::simulate
