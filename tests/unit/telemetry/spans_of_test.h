// SPDX-License-Identifier: Apache-2.0
// A tracer with a clock and ids that tests can foretell.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/telemetry/tracer.h"

namespace firmform::tests {

class TracedWork {
 public:
  explicit TracedWork(std::optional<telemetry::TraceContext> parent = {}, telemetry::QueueLimits limits = {})
      : queue(limits), tracer(parent, queue, [this] { return now += 10; }, [this] { return ++last_id; }) {}

  /// What was finished, oldest first.
  std::vector<telemetry::Span> finished() {
    telemetry::SpanQueue::Batch batch(queue);
    std::vector<telemetry::Span> spans = batch.spans();
    batch.settle();
    return spans;
  }
  /// By name; of equal names the last one.
  std::map<std::string, telemetry::Span> by_name() {
    std::map<std::string, telemetry::Span> spans;
    for (telemetry::Span& span : finished()) spans[span.name] = span;
    return spans;
  }

  telemetry::NanoTime now = 1000;
  std::uint64_t last_id = 0;
  telemetry::SpanQueue queue;
  telemetry::Tracer tracer;
};

/// A text attribute; "" when absent.
inline std::string text_of(const telemetry::Span& span, const std::string& key) {
  for (const telemetry::Attribute& attribute : span.attributes) {
    const auto* text = std::get_if<std::string>(&attribute.value);
    if (attribute.key == key && text != nullptr) return *text;
  }
  return {};
}

/// A number; -1 when absent.
inline std::int64_t number_of(const telemetry::Span& span, const std::string& key) {
  for (const telemetry::Attribute& attribute : span.attributes) {
    const auto* number = std::get_if<std::int64_t>(&attribute.value);
    if (attribute.key == key && number != nullptr) return *number;
  }
  return -1;
}

}  // namespace firmform::tests
