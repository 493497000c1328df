// SPDX-License-Identifier: Apache-2.0
// Sends finished spans to the collector, over OTLP/HTTP in JSON. Whatever the collector does, the run never notices.
#pragma once

#include <string>

#include "engine/base/task.h"
#include "engine/http/transport.h"
#include "engine/telemetry/otlp_json.h"
#include "engine/telemetry/settings.h"
#include "engine/telemetry/span_queue.h"

namespace firmform::telemetry {

class Exporter {
 public:
  /// `queue` outlives the exporter.
  Exporter(SpanQueue& queue, Collector collector, Origin origin);

  /// Sends whenever a batch is there, and every five seconds. Never returns; it is abandoned together with its loop.
  Task<void> run(http::Transport& transport);
  /// Sends all that is there, until something fails. Each request may take `timeout`.
  Task<void> drain(http::Transport& transport, Duration timeout);
  [[nodiscard]] Duration timeout() const { return collector_.timeout; }
  /// Why spans did not arrive, the last time that some did not; empty when all did. No secrets.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  enum class Outcome { taken, refused, again };
  Task<Outcome> send_batch(http::Transport& transport, Duration timeout);
  [[nodiscard]] http::Request request_of(std::string body, Duration timeout) const;
  Outcome judge(const Result<http::Response>& response);

  SpanQueue& queue_;
  Collector collector_;
  std::shared_ptr<const http::Endpoint> endpoint_;
  Origin origin_;
  std::string problem_;
};

}  // namespace firmform::telemetry
