// SPDX-License-Identifier: Apache-2.0
// Finished spans that wait to be sent. Bounded: when it is full the oldest goes, so that a collector that is slow or
// dead never costs more than this memory.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "engine/telemetry/span.h"

namespace firmform::telemetry {

struct QueueLimits {
  std::size_t spans = 16'384;
  std::size_t batch = 512;
};

class SpanQueue {
 public:
  explicit SpanQueue(QueueLimits limits = {}) : limits_(limits) {}

  void push(Span span);
  [[nodiscard]] bool empty() const { return spans_.empty(); }
  [[nodiscard]] bool has_batch() const { return spans_.size() >= limits_.batch; }
  /// Spans that were not sent and never will be.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  void count_lost(std::uint64_t spans) { lost_ += spans; }
  void lose_all();
  /// Called when a whole batch waits.
  void on_batch(std::function<void()> wake) { wake_ = std::move(wake); }

  /// The oldest spans, out of the queue for as long as they are being sent. What is neither settled nor lost when a
  /// batch goes away, because its sender was abandoned, is in the queue again.
  class Batch {
   public:
    explicit Batch(SpanQueue& queue);
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    ~Batch();
    [[nodiscard]] const std::vector<Span>& spans() const { return spans_; }
    void settle() { spans_.clear(); }

   private:
    SpanQueue& queue_;
    std::vector<Span> spans_;
  };

 private:
  QueueLimits limits_;
  std::deque<Span> spans_;
  std::uint64_t lost_ = 0;
  std::function<void()> wake_;
};

}  // namespace firmform::telemetry
