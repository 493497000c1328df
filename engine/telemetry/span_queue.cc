// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/span_queue.h"

#include <algorithm>
#include <utility>

namespace firmform::telemetry {

void SpanQueue::push(Span span) {
  if (spans_.size() >= limits_.spans) {
    spans_.pop_front();
    ++lost_;
  }
  spans_.push_back(std::move(span));
  if (spans_.size() == limits_.batch && wake_) wake_();
}

void SpanQueue::lose_all() {
  lost_ += spans_.size();
  spans_.clear();
}

SpanQueue::Batch::Batch(SpanQueue& queue) : queue_(queue) {
  const std::size_t count = std::min(queue.spans_.size(), queue.limits_.batch);
  spans_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    spans_.push_back(std::move(queue.spans_.front()));
    queue.spans_.pop_front();
  }
}

SpanQueue::Batch::~Batch() {
  while (!spans_.empty()) {
    if (queue_.spans_.size() >= queue_.limits_.spans) {
      queue_.lost_ += spans_.size();
      return;
    }
    queue_.spans_.push_front(std::move(spans_.back()));
    spans_.pop_back();
  }
}

}  // namespace firmform::telemetry
