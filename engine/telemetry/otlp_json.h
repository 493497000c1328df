// SPDX-License-Identifier: Apache-2.0
// Spans as the body of an OTLP/HTTP request, in the protocol's JSON: ids in hexadecimal digits, 64-bit numbers as
// decimal texts, enumerations as numbers (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/telemetry/span.h"

namespace firmform::telemetry {

/// Who sends: the attributes of the resource, and the program's version.
struct Origin {
  Attributes resource;
  std::string version;
  std::string trace_state;  ///< of every span
};

/// An ExportTraceServiceRequest. `spans` is not empty.
[[nodiscard]] std::string to_otlp_json(std::span<const Span> spans, const Origin& origin);

/// How many spans an ExportTraceServiceResponse says were rejected.
[[nodiscard]] std::uint64_t rejected_spans(std::string_view response);

}  // namespace firmform::telemetry
