// SPDX-License-Identifier: Apache-2.0
// Sends finished spans to the collector, over OTLP/HTTP in JSON. Whatever the collector does, the run never notices.
#pragma once

#include <memory>
#include <string>

#include "engine/base/clock.h"
#include "engine/base/task.h"
#include "engine/http/transport.h"
#include "engine/telemetry/otlp_json.h"
#include "engine/telemetry/settings.h"
#include "engine/telemetry/span_queue.h"

namespace firmform::telemetry {

class Exporter {
 public:
  /// `queue` outlives the exporter; `now` is when it begins.
  Exporter(SpanQueue& queue, Collector collector, Origin origin, SteadyTime now);

  /// Whether drain() should be called: when a batch waits, or something for five seconds. A collector that did not
  /// take the last one is left alone for longer and longer, however full the queue is.
  [[nodiscard]] bool due(SteadyTime now) const;
  /// Sends all that is there and what comes meanwhile, until something fails. Not while it is sending().
  Task<void> drain(http::Transport& transport, SteadyTime now);
  [[nodiscard]] bool sending() const { return sending_; }
  /// Why spans did not arrive, the last time that some did not; empty when all did. No secrets.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  enum class Outcome { taken, refused, again };
  Task<Outcome> send_batch(http::Transport& transport);
  [[nodiscard]] http::Request request_of(std::string body) const;
  Outcome judge(const Result<http::Response>& response);

  SpanQueue& queue_;
  Collector collector_;
  std::shared_ptr<const http::Endpoint> endpoint_;
  Origin origin_;
  std::string problem_;
  SteadyTime last_;
  int failures_ = 0;  ///< in a row
  bool sending_ = false;
};

}  // namespace firmform::telemetry
