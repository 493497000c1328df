// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/exporter.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace firmform::telemetry {
namespace {

constexpr Duration kInterval = std::chrono::seconds(5);
constexpr Duration kLongestPause = std::chrono::minutes(1);

bool may_be_sent_again(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

Exporter::Exporter(SpanQueue& queue, Collector collector, Origin origin, SteadyTime now)
    : queue_(queue),
      collector_(std::move(collector)),
      endpoint_(std::make_shared<const http::Endpoint>(collector_.endpoint)),
      origin_(std::move(origin)),
      last_(now) {}

bool Exporter::due(SteadyTime now) const {
  if (sending_ || queue_.empty()) return false;
  if (failures_ == 0) return queue_.has_batch() || now - last_ >= kInterval;
  constexpr int kMostDoublings = 4;
  return now - last_ >= std::min(kInterval * (1 << std::min(failures_, kMostDoublings)), kLongestPause);
}

Task<void> Exporter::drain(http::Transport& transport, SteadyTime now) {
  last_ = now;
  sending_ = true;
  problem_.clear();
  Outcome outcome = Outcome::taken;
  while (!queue_.empty() && outcome != Outcome::again) outcome = co_await send_batch(transport);
  failures_ = outcome == Outcome::taken ? 0 : failures_ + 1;
  sending_ = false;
}

Task<Exporter::Outcome> Exporter::send_batch(http::Transport& transport) {
  SpanQueue::Batch batch(queue_);
  const Result<http::Response> response = co_await transport.send(request_of(to_otlp_json(batch.spans(), origin_)));
  const Outcome outcome = judge(response);
  if (outcome == Outcome::again) co_return outcome;
  if (outcome == Outcome::refused) queue_.count_lost(batch.spans().size());
  batch.settle();
  co_return outcome;
}

http::Request Exporter::request_of(std::string body) const {
  http::Request request;
  request.method = http::Method::post;
  request.endpoint = endpoint_;
  request.target = collector_.target;
  request.headers.add("Content-Type", "application/json");
  for (const auto& [name, value] : collector_.headers) request.headers.set(name, std::string(value.reveal()));
  request.body = std::move(body);
  const Duration timeout = collector_.timeout;
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
