// SPDX-License-Identifier: Apache-2.0
// OpenTelemetry traces of one invocation of the program, when OTEL_EXPORTER_OTLP_ENDPOINT asks for them. All of this
// does nothing when they are off.
#pragma once

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string_view>

#include "engine/apply/hosts.h"
#include "engine/apply/view.h"
#include "engine/cli/verb.h"
#include "engine/telemetry/span.h"

namespace firmform::cli {

/// Once, before the verb. The root span begins here.
void begin_tracing(std::string_view verb);
/// Once, after it: ends all spans and sends them, for a few seconds at most. What could not be sent is told as a
/// warning; the exit code stays. A verb that asked no BMC leaves no trace.
void end_tracing(Exit exit, const Context& context);

/// `transport` with a span for each request.
[[nodiscard]] std::unique_ptr<http::Transport> with_request_spans(std::unique_ptr<http::Transport> transport);

/// Null when traces are off.
[[nodiscard]] std::unique_ptr<apply::View> make_trace_view();

/// Finished spans are sent from time to time while `loop` runs.
void send_traces_from(boost::asio::io_context& loop);

/// Spans of the reading of a fleet and of its hosts, for as long as it lives.
class ReadingSpans {
 public:
  /// Hooks into the callbacks of `options`.
  ReadingSpans(apply::ReadOptions& options, std::size_t hosts);
  ReadingSpans(const ReadingSpans&) = delete;
  ReadingSpans& operator=(const ReadingSpans&) = delete;
  ~ReadingSpans();

 private:
  telemetry::SpanId span_;
};

}  // namespace firmform::cli
