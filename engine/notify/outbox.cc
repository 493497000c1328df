// SPDX-License-Identifier: Apache-2.0
#include "engine/notify/outbox.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <deque>

#include "engine/apply/sync.h"
#include "engine/base/text.h"

namespace firmform::notify {
namespace {

constexpr std::size_t kMostWaiting = 100;

}  // namespace

/// Shared with the coroutines, which an abandoned loop destroys in any order.
struct Outbox::State {
  Clock& clock;
  std::shared_ptr<Notifier> notifier;
  std::deque<Event> waiting;
  bool working = false;
  std::vector<Error> failed;
  apply::Signal changed;
};

Outbox::Outbox(boost::asio::any_io_executor executor, Clock& clock, std::shared_ptr<Notifier> notifier)
    : executor_(std::move(executor)),
      state_(std::make_shared<State>(
          State{.clock = clock, .notifier = std::move(notifier), .waiting = {}, .failed = {}, .changed = {}})) {}

void Outbox::post(Event event) {
  if (state_->waiting.size() == kMostWaiting) {
    state_->failed.emplace_back(Code::notification_failed,
                                fmt::format("the event `{}` was not sent: too many waited for slow receivers",
                                            to_string(state_->waiting.front().kind)));
    state_->waiting.pop_front();
  }
  state_->waiting.push_back(std::move(event));
  if (state_->working) return;
  state_->working = true;
  boost::asio::co_spawn(executor_, work(state_), boost::asio::detached);
}

Task<void> Outbox::work(std::shared_ptr<State> state) {
  while (!state->waiting.empty()) {
    Event event = std::move(state->waiting.front());
    state->waiting.pop_front();
    std::vector<Error> failed = co_await state->notifier->send(std::move(event));
    for (Error& error : failed) state->failed.push_back(std::move(error));
  }
  state->working = false;
  state->changed.notify();
}

Task<void> Outbox::idle(std::shared_ptr<State> state) {
  while (state->working) co_await state->changed.wait();
}

Task<std::vector<Error>> Outbox::finish(Duration patience) {
  using namespace boost::asio::experimental::awaitable_operators;
  const std::shared_ptr<State> state = state_;
  if (state->working) co_await (idle(state) || state->clock.sleep(patience));
  if (state->working) {
    state->failed.emplace_back(Code::notification_failed,
                               fmt::format("{} not sent, for receivers are too slow",
                                           counted(state->waiting.size() + 1, "event was", "events were")));
  }
  co_return std::move(state->failed);
}

}  // namespace firmform::notify
