// SPDX-License-Identifier: Apache-2.0
// Spans as values, in the words of OpenTelemetry (opentelemetry-proto, trace/v1/trace.proto).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace firmform::telemetry {

/// Nanoseconds since 1970, UTC.
using NanoTime = std::int64_t;

struct TraceId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const TraceId&) const = default;
  [[nodiscard]] bool valid() const { return high != 0 || low != 0; }
};

struct SpanId {
  std::uint64_t value = 0;
  auto operator<=>(const SpanId&) const = default;
  [[nodiscard]] bool valid() const { return value != 0; }
};

/// 32 and 16 lower-case hexadecimal digits.
[[nodiscard]] std::string to_hex(TraceId id);
[[nodiscard]] std::string to_hex(SpanId id);

struct Attribute {
  std::string key;
  std::variant<std::string, std::int64_t, bool> value;
  bool operator==(const Attribute&) const = default;
};

using Attributes = std::vector<Attribute>;

struct SpanEvent {
  NanoTime time = 0;
  std::string name;
  Attributes attributes;
};

enum class SpanKind { internal = 1, client = 3 };        ///< numbers of the protocol
enum class SpanStatus { unset = 0, ok = 1, error = 2 };  ///< too

struct Span {
  TraceId trace;
  SpanId id;
  std::optional<SpanId> parent;
  bool parent_is_remote = false;  ///< it came with TRACEPARENT
  std::string name;               ///< of the kind of work, so that equal work has equal names
  SpanKind kind = SpanKind::internal;
  NanoTime start = 0;
  NanoTime end = 0;
  Attributes attributes;  ///< no key twice
  std::vector<SpanEvent> events;
  std::uint32_t dropped_events = 0;
  SpanStatus status = SpanStatus::unset;
  std::string status_message;
};

}  // namespace firmform::telemetry
