// SPDX-License-Identifier: Apache-2.0
// Where traces go, from the variables that every user of OpenTelemetry sets.
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/secret.h"
#include "engine/http/message.h"
#include "engine/telemetry/span.h"
#include "engine/telemetry/trace_context.h"

namespace firmform::telemetry {

struct Collector {
  http::Endpoint endpoint;
  std::string target;                                   ///< path and query; may hold a token: not for messages
  std::vector<std::pair<std::string, Secret>> headers;  ///< API keys, most of the time
  Duration timeout = std::chrono::seconds(10);          ///< of one request
};

struct Settings {
  std::optional<Collector> collector;  ///< absent: nothing is traced
  Attributes resource;                 ///< service.name is among them
  std::optional<TraceContext> parent;  ///< of TRACEPARENT
  std::vector<std::string> problems;   ///< why traces that were asked for are not sent, or not as asked; no secrets
};

/// The value of a variable; absent and empty are the same.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

/// Traces are on when OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT is set, and neither
/// OTEL_SDK_DISABLED nor OTEL_TRACES_EXPORTER turns them off. Only the protocol http/json is spoken. Headers are sent
/// over plain http to this machine alone.
[[nodiscard]] Settings read_settings(const Environment& environment, const std::string& version);

}  // namespace firmform::telemetry
