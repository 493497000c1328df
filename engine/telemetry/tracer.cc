// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/tracer.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <utility>

namespace firmform::telemetry {
namespace {

constexpr std::size_t kMostEvents = 128;  ///< per span
constexpr std::size_t kLongestMessage = 2000;

std::uint64_t nonzero(const RandomBits& random) {
  std::uint64_t value = 0;
  while (value == 0) value = random();
  return value;
}

void erase_last(std::vector<SpanId>& spans, SpanId span) {
  const auto found = std::find(spans.rbegin(), spans.rend(), span);
  if (found != spans.rend()) spans.erase(std::next(found).base());
}

}  // namespace

NanoClock steady_nano_clock() {
  using std::chrono::duration_cast;
  using std::chrono::nanoseconds;
  const auto wall = duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const auto begin = std::chrono::steady_clock::now();
  return [wall, begin] {
    return NanoTime{wall + duration_cast<nanoseconds>(std::chrono::steady_clock::now() - begin).count()};
  };
}

RandomBits random_bits() {
  std::random_device seed;
  auto engine = std::make_shared<std::mt19937_64>((std::uint64_t{seed()} << 32U) | seed());
  return [engine] { return (*engine)(); };
}

Tracer::Tracer(const std::optional<TraceContext>& parent, SpanQueue& queue, NanoClock now, RandomBits random)
    : queue_(queue), now_(std::move(now)), random_(std::move(random)) {
  if (!parent) {
    trace_.high = nonzero(random_);
    trace_.low = nonzero(random_);
    return;
  }
  trace_ = parent->trace;
  remote_ = parent->parent;
  recording_ = parent->sampled;
}

void Tracer::leave(SpanId span) {
  erase_last(scopes_, span);
}

void Tracer::leave(const std::string& bmc, SpanId span) {
  const auto found = by_bmc_.find(bmc);
  if (found == by_bmc_.end()) return;
  erase_last(found->second, span);
  if (found->second.empty()) by_bmc_.erase(found);
}

std::optional<SpanId> Tracer::scope() const {
  return scopes_.empty() ? std::nullopt : std::optional(scopes_.back());
}

std::optional<SpanId> Tracer::scope(const std::string& bmc) const {
  const auto found = by_bmc_.find(bmc);
  return found == by_bmc_.end() ? scope() : std::optional(found->second.back());
}

SpanId Tracer::begin(std::string name, std::optional<SpanId> parent, Attributes attributes, SpanKind kind) {
  if (!recording_) return {};
  Open open;
  open.span.trace = trace_;
  open.span.id = SpanId{nonzero(random_)};
  const auto above = parent ? open_.find(*parent) : open_.end();
  if (above != open_.end()) {
    open.span.parent = parent;
    ++above->second.children;
  } else {
    open.span.parent = remote_;
    open.span.parent_is_remote = remote_.has_value();
  }
  open.span.name = std::move(name);
  open.span.kind = kind;
  open.span.start = now_();
  open.span.attributes = std::move(attributes);
  const SpanId id = open.span.id;
  open_.emplace(id, std::move(open));
  return id;
}

Span* Tracer::find(SpanId span) {
  const auto found = open_.find(span);
  return found == open_.end() ? nullptr : &found->second.span;
}

void Tracer::set(SpanId span, std::string key, std::variant<std::string, std::int64_t, bool> value) {
  Span* open = find(span);
  if (open == nullptr) return;
  const auto same = std::ranges::find(open->attributes, key, &Attribute::key);
  if (same != open->attributes.end()) {
    same->value = std::move(value);
  } else {
    open->attributes.push_back({std::move(key), std::move(value)});
  }
}

void Tracer::event(SpanId span, std::string name, Attributes attributes) {
  Span* open = find(span);
  if (open == nullptr) return;
  if (open->events.size() >= kMostEvents) {
    ++open->dropped_events;
    return;
  }
  open->events.push_back({now_(), std::move(name), std::move(attributes)});
}

void Tracer::fail(SpanId span, std::string message) {
  Span* open = find(span);
  if (open == nullptr) return;
  if (message.size() > kLongestMessage) message.resize(kLongestMessage);
  open->status = SpanStatus::error;
  open->status_message = std::move(message);
}

void Tracer::end(SpanId span) {
  const auto found = open_.find(span);
  if (found == open_.end() || found->second.ended) return;
  found->second.ended = true;
  if (found->second.children == 0) finish(span, now_());
}

void Tracer::finish(SpanId span, NanoTime at) {
  const auto found = open_.find(span);
  Open open = std::move(found->second);
  open_.erase(found);
  open.span.end = at;
  const auto above = open.span.parent ? open_.find(*open.span.parent) : open_.end();
  queue_.push(std::move(open.span));
  if (above == open_.end()) return;
  --above->second.children;
  if (above->second.ended && above->second.children == 0) finish(above->first, at);
}

void Tracer::end_all() {
  std::vector<SpanId> spans;
  for (const auto& [id, open] : open_) spans.push_back(id);
  for (const SpanId span : spans) end(span);
  scopes_.clear();
  by_bmc_.clear();
}

}  // namespace firmform::telemetry
