// SPDX-License-Identifier: Apache-2.0
// The retry classifier: a pure decision from what was asked and what came back. It never lets a request
// repeat that a BMC may have acted on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/http/message.h"

namespace firmform::http {

/// One finished attempt.
struct Attempt {
  Method method = Method::get;
  int number = 1;               ///< 1 for the first
  std::optional<Code> failure;  ///< transport failure, absent when a response came
  int status = 0;
  std::optional<std::string> retry_after;  ///< header as received: seconds or HTTP-date
  std::vector<std::string> message_ids;    ///< of @Message.ExtendedInfo, as received
};

struct RetryPolicy {
  int max_attempts = 4;
  Duration first_delay = std::chrono::seconds(1);
  Duration max_delay = std::chrono::seconds(30);
};

enum class Verdict {
  done,   ///< the response stands, good or bad
  again,  ///< repeat after `delay`
  login,  ///< the session is gone: log in once, then repeat
};

struct Decision {
  Verdict verdict = Verdict::done;
  Duration delay{0};
};

/// `jitter` in [0, 1) spreads the delays; `now` serves HTTP-dates in Retry-After.
[[nodiscard]] Decision classify(const Attempt& attempt, const RetryPolicy& policy, double jitter, UtcTime now);

/// True when one of the messages says "not now": busy, restarting, not ready yet.
[[nodiscard]] bool says_busy(const std::vector<std::string>& message_ids);

/// Last segment of a MessageId: "Base.1.18.ResourceInUse" gives "ResourceInUse".
[[nodiscard]] std::string_view message_key(std::string_view message_id);

}  // namespace firmform::http
