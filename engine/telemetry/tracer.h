// SPDX-License-Identifier: Apache-2.0
// The spans that are open, and their places in the tree. What is finished goes to the queue.
#pragma once

#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "engine/telemetry/span_queue.h"
#include "engine/telemetry/trace_context.h"

namespace firmform::telemetry {

using NanoClock = std::function<NanoTime()>;
using RandomBits = std::function<std::uint64_t()>;

/// The system's time when it was made, and steady from then on: no span ends before it began.
[[nodiscard]] NanoClock steady_nano_clock();
[[nodiscard]] RandomBits random_bits();

/// Not thread-safe. A parent that is ended before its children ends with the last of them, so that children always lie
/// inside of their parents' time.
class Tracer {
 public:
  /// Below `parent`, or a new trace. When the parent is not sampled, nothing is recorded.
  Tracer(const std::optional<TraceContext>& parent, SpanQueue& queue, NanoClock now, RandomBits random);

  /// Where what begins next belongs: below `span`, until leave().
  void enter(SpanId span) { scopes_.push_back(span); }
  void leave(SpanId span);
  /// The same for requests to one BMC.
  void enter(const std::string& bmc, SpanId span) { by_bmc_[bmc].push_back(span); }
  void leave(const std::string& bmc, SpanId span);
  [[nodiscard]] std::optional<SpanId> scope() const;
  [[nodiscard]] std::optional<SpanId> scope(const std::string& bmc) const;

  /// Below `parent`, or below TRACEPARENT. Not valid when nothing is recorded; all that follows ignores such ids, and
  /// those of spans that are over.
  [[nodiscard]] SpanId begin(std::string name, std::optional<SpanId> parent, Attributes attributes = {},
                             SpanKind kind = SpanKind::internal);
  void set(SpanId span, std::string key, std::variant<std::string, std::int64_t, bool> value);
  void event(SpanId span, std::string name, Attributes attributes = {});
  void fail(SpanId span, std::string message);
  void end(SpanId span);
  /// Ends whatever is open.
  void end_all();

 private:
  struct Open {
    Span span;
    std::size_t children = 0;
    bool ended = false;
  };
  Span* find(SpanId span);
  void finish(SpanId span, NanoTime at);

  SpanQueue& queue_;
  NanoClock now_;
  RandomBits random_;
  TraceId trace_;
  std::optional<SpanId> remote_;
  bool recording_ = true;
  std::map<SpanId, Open> open_;
  std::vector<SpanId> scopes_;
  std::unordered_map<std::string, std::vector<SpanId>> by_bmc_;
};

}  // namespace firmform::telemetry
