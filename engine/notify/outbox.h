// SPDX-License-Identifier: Apache-2.0
// Outbox: events on their way, in order, beside whatever else the event loop does. Nobody waits for a receiver.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <memory>

#include "engine/notify/notifier.h"

namespace firmform::notify {

class Outbox {
 public:
  /// The clock outlives the loop; the notifier is kept for as long as it is at work.
  Outbox(boost::asio::any_io_executor executor, Clock& clock, std::shared_ptr<Notifier> notifier);

  /// Returns at once. Where receivers are so slow that many events wait, the oldest that waits is given up.
  void post(Event event);

  /// Waits until all is sent, at most for `patience`. Returns what was not delivered: notification_failed.
  Task<std::vector<Error>> finish(Duration patience);

 private:
  struct State;
  static Task<void> work(std::shared_ptr<State> state);
  static Task<void> idle(std::shared_ptr<State> state);

  boost::asio::any_io_executor executor_;
  std::shared_ptr<State> state_;
};

}  // namespace firmform::notify
