// SPDX-License-Identifier: Apache-2.0
#include "engine/notify/notifier.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include "engine/apply/sync.h"
#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/http/retry.h"
#include "engine/notify/signature.h"

namespace firmform::notify {
namespace {

constexpr http::RetryPolicy kRetries{.max_attempts = 3};
constexpr http::Deadlines kDeadlines{
    .connect = std::chrono::seconds(5), .idle = std::chrono::seconds(10), .total = std::chrono::seconds(10)};
constexpr std::size_t kMostReplyBytes = 1U << 20U;

http::Request request_of(const Receiver& receiver, const Event& event, const std::optional<Result<Secret>>& key) {
  http::Request request;
  request.method = http::Method::post;
  request.endpoint = receiver.endpoint;
  request.target = receiver.target;
  request.headers.add("Content-Type", "application/json");
  request.headers.add("User-Agent", "firmform");
  request.headers.add("X-Firmform-Event", std::string(to_string(event.kind)));
  request.headers.add("X-Firmform-Delivery", event.id);
  request.headers.add("X-Firmform-Timestamp", to_rfc3339(event.at));
  if (key) request.headers.add("X-Signature", signature_of(event.body, **key));
  request.body = event.body;
  request.deadlines = kDeadlines;
  request.max_response_bytes = kMostReplyBytes;
  return request;
}

bool is_success(const Result<http::Response>& response) {
  return response && response->status >= 200 && response->status < 300;
}

http::Attempt attempt_of(const Result<http::Response>& response, int number) {
  // The retry rules let a read be repeated where the peer may have acted on it, which holds for events too.
  http::Attempt attempt{.method = http::Method::get, .number = number};
  if (!response) {
    attempt.failure = response.error().code();
    return attempt;
  }
  attempt.status = response->status;
  if (const auto after = response->headers.find("Retry-After")) attempt.retry_after = std::string(*after);
  return attempt;
}

Error undelivered(const Receiver& receiver, const Event& event, const Result<http::Response>& response, int attempts) {
  const std::string who = fmt::format("`{}` ({})", receiver.name, receiver.endpoint->url);
  const std::string tries = counted(static_cast<std::size_t>(attempts), "attempt");
  if (!response) {
    return Error(Code::notification_failed,
                 fmt::format("{} did not take the event `{}` in {}", who, to_string(event.kind), tries))
        .with_note(response.error().one_line());
  }
  Error error(Code::notification_failed, fmt::format("{} answered the event `{}` with {} in {}", who,
                                                     to_string(event.kind), response->status, tries));
  if (response->status < 300 || response->status >= 400) return error;
  return error.with_help("redirects are not followed: put the final address into `url:`");
}

/// What the deliveries of one event share; it outlives whoever waits for them.
struct Round {
  Event event;
  std::vector<Error> failed;
  std::size_t left = 0;
  apply::Signal done;
};

}  // namespace

Notifier::Notifier(http::Transport& transport, Clock& clock, apply::Secrets& secrets, std::vector<Receiver> receivers)
    : transport_(transport), clock_(clock) {
  for (Receiver& receiver : receivers) {
    Known known{.receiver = std::move(receiver), .key = std::nullopt};
    if (known.receiver.key) known.key = secrets.resolve(*known.receiver.key);
    receivers_.push_back(std::make_shared<const Known>(std::move(known)));
  }
}

Task<std::vector<Error>> Notifier::send(Event event) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto round = std::make_shared<Round>();
  round->event = std::move(event);
  for (const auto& known : receivers_) {
    if (!known->receiver.wants(round->event.kind)) continue;
    ++round->left;
    const auto tell = [round](const std::exception_ptr& thrown, const Status& delivered) {
      if (thrown) {
        round->failed.emplace_back(Code::internal_error, "a notification ended in an exception");
      } else if (!delivered) {
        round->failed.push_back(delivered.error());
      }
      --round->left;
      round->done.notify();
    };
    boost::asio::co_spawn(executor, deliver(known, round->event), tell);
  }
  while (round->left > 0) co_await round->done.wait();
  co_return std::move(round->failed);
}

Task<Status> Notifier::deliver(std::shared_ptr<const Known> known, Event event) {
  const Receiver& receiver = known->receiver;
  if (known->key && !*known->key) {
    const Error& reason = known->key->error();
    co_return fail(
        Error(Code::notification_failed, fmt::format("`{}` was sent nothing, for its key cannot be had", receiver.name))
            .with_note(reason.one_line()));
  }
  for (int number = 1;; ++number) {
    const Result<http::Response> response = co_await transport_.send(request_of(receiver, event, known->key));
    if (is_success(response)) co_return Status();
    const http::Decision decision = http::classify(attempt_of(response, number), kRetries, 0.0, clock_.now());
    if (decision.verdict != http::Verdict::again) co_return fail(undelivered(receiver, event, response, number));
    co_await clock_.sleep(decision.delay);
  }
}

}  // namespace firmform::notify
