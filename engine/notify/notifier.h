// SPDX-License-Identifier: Apache-2.0
// Notifier: posts events to receivers. An event is as safe to repeat as a read, for it carries an id.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/apply/secrets.h"
#include "engine/base/secret.h"
#include "engine/http/transport.h"
#include "engine/notify/receiver.h"

namespace firmform::notify {

/// Lives on the thread of the event loop; transport and clock outlive it.
class Notifier {
 public:
  /// Asks for the receivers' keys at once, which may take a while: nothing blocks later. A receiver whose key cannot
  /// be had is sent nothing.
  Notifier(http::Transport& transport, Clock& clock, apply::Secrets& secrets, std::vector<Receiver> receivers);

  /// Posts to every receiver that wants such events, to all at the same time: at most three attempts each, after a
  /// failed connection, a lost reply, 429, 500, 502, 503 and 504. Returns what was not delivered: notification_failed,
  /// one for each receiver.
  Task<std::vector<Error>> send(Event event);

 private:
  struct Known {
    Receiver receiver;
    std::optional<Result<Secret>> key;
  };
  Task<Status> deliver(std::shared_ptr<const Known> known, Event event);

  http::Transport& transport_;
  Clock& clock_;
  std::vector<std::shared_ptr<const Known>> receivers_;
};

}  // namespace firmform::notify
