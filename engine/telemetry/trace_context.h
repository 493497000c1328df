// SPDX-License-Identifier: Apache-2.0
// W3C Trace Context, as build systems hand it on in TRACEPARENT and TRACESTATE. https://www.w3.org/TR/trace-context/
#pragma once

#include <string>
#include <string_view>

#include "engine/telemetry/span.h"

namespace firmform::telemetry {

struct TraceContext {
  TraceId trace;
  SpanId parent;
  bool sampled = true;
  std::string state;  ///< passed on as it came
};

/// "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01". Empty for whatever the standard says to ignore: other
/// lengths, capital letters, zero ids, version ff.
[[nodiscard]] std::optional<TraceContext> parse_trace_parent(std::string_view text);

/// `text` when it is a well-formed list of at most 32 vendors' entries, else empty.
[[nodiscard]] std::string checked_trace_state(std::string_view text);

}  // namespace firmform::telemetry
