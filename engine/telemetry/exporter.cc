// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/exporter.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace firmform::telemetry {
namespace {

using Timer = boost::asio::steady_timer;

constexpr Duration kInterval = std::chrono::seconds(5);
constexpr Duration kLongestPause = std::chrono::minutes(1);

/// Waits until `duration` is over or the timer is cancelled.
Task<void> wait(std::shared_ptr<Timer> timer, Duration duration) {
  timer->expires_after(duration);
  boost::system::error_code cancelled;
  co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
}

bool may_be_sent_again(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

Exporter::Exporter(SpanQueue& queue, Collector collector, Origin origin)
    : queue_(queue),
      collector_(std::move(collector)),
      endpoint_(std::make_shared<const http::Endpoint>(collector_.endpoint)),
      origin_(std::move(origin)) {}

Task<void> Exporter::run(http::Transport& transport) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto timer = std::make_shared<Timer>(executor);
  queue_.on_batch([weak = std::weak_ptr<Timer>(timer)] {
    if (const auto waiting = weak.lock()) waiting->cancel();
  });
  Duration pause = kInterval;
  for (;;) {
    co_await wait(timer, pause);
    const bool failed_before = !problem_.empty();
    problem_.clear();
    co_await drain(transport, collector_.timeout);
    // A collector that does not answer is left alone for longer and longer, however full the queue is.
    pause = problem_.empty() ? kInterval : std::min(failed_before ? 2 * pause : pause, kLongestPause);
  }
}

Task<void> Exporter::drain(http::Transport& transport, Duration timeout) {
  while (!queue_.empty()) {
    const Outcome outcome = co_await send_batch(transport, timeout);
    if (outcome == Outcome::again) co_return;
  }
}

Task<Exporter::Outcome> Exporter::send_batch(http::Transport& transport, Duration timeout) {
  SpanQueue::Batch batch(queue_);
  const Result<http::Response> response =
      co_await transport.send(request_of(to_otlp_json(batch.spans(), origin_), timeout));
  const Outcome outcome = judge(response);
  if (outcome == Outcome::again) co_return outcome;
  if (outcome == Outcome::refused) queue_.count_lost(batch.spans().size());
  batch.settle();
  co_return outcome;
}

http::Request Exporter::request_of(std::string body, Duration timeout) const {
  http::Request request;
  request.method = http::Method::post;
  request.endpoint = endpoint_;
  request.target = collector_.target;
  request.headers.add("Content-Type", "application/json");
  for (const auto& [name, value] : collector_.headers) request.headers.set(name, std::string(value.reveal()));
  request.body = std::move(body);
  request.deadlines = {.connect = timeout, .idle = timeout, .total = timeout};
  request.max_response_bytes = 1U << 16U;
  return request;
}

Exporter::Outcome Exporter::judge(const Result<http::Response>& response) {
  if (!response) {
    problem_ = response.error().message();
    return Outcome::again;
  }
  if (response->status / 100 != 2) {
    problem_ = fmt::format("{} answered with HTTP status {}", endpoint_->url, response->status);
    return may_be_sent_again(response->status) ? Outcome::again : Outcome::refused;
  }
  const std::uint64_t rejected = rejected_spans(response->body);
  queue_.count_lost(rejected);
  if (rejected > 0) problem_ = fmt::format("{} rejected some of the spans", endpoint_->url);
  return Outcome::taken;
}

}  // namespace firmform::telemetry
