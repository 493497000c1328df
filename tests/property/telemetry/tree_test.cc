// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <map>
#include <vector>

#include "engine/telemetry/trace_context.h"
#include "engine/telemetry/tracer.h"

using namespace firmform::telemetry;

TEST_CASE("whatever is begun and ended in whatever order, the spans form a tree") {
  rc::prop("one root at most, known parents, children inside of their parents' time", [] {
    NanoTime now = 0;
    std::uint64_t last_id = 0;
    SpanQueue queue({.spans = 100'000, .batch = 100'000});
    Tracer tracer({}, queue, [&] { return ++now; }, [&] { return ++last_id; });
    std::vector<SpanId> begun{tracer.begin("root", std::nullopt)};
    for (const int choice : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1000))) {
      // The root stays open, as it does for as long as the program runs.
      const SpanId span = begun[static_cast<std::size_t>(choice) % begun.size()];
      if (choice % 2 == 0 || span == begun.front()) {
        begun.push_back(tracer.begin("span", tracer.scope().value_or(begun.front())));
        if (choice % 3 == 0) tracer.enter(begun.back());
      } else {
        tracer.leave(span);
        tracer.end(span);
      }
    }
    tracer.end_all();
    std::map<SpanId, Span> spans;
    SpanQueue::Batch batch(queue);
    for (const Span& span : batch.spans()) spans[span.id] = span;
    batch.settle();
    RC_ASSERT(spans.size() == begun.size());
    for (const auto& [id, span] : spans) {
      RC_ASSERT(span.start <= span.end);
      RC_ASSERT(span.parent.has_value() == (id != begun.front()));
      if (!span.parent) continue;
      RC_ASSERT(spans.contains(*span.parent));
      const Span& parent = spans.at(*span.parent);
      RC_ASSERT(parent.start <= span.start);
      RC_ASSERT(span.end <= parent.end);
    }
  });
}

TEST_CASE("what is written as a traceparent is read as the same") {
  rc::prop("ids and flag", [](std::uint64_t high, std::uint64_t low, std::uint64_t parent, bool sampled) {
    RC_PRE((high != 0 || low != 0) && parent != 0);
    const auto context = parse_trace_parent(
        fmt::format("00-{}-{}-{:02x}", to_hex(TraceId{high, low}), to_hex(SpanId{parent}), sampled ? 1 : 0));
    RC_ASSERT(context.has_value());
    RC_ASSERT(context->trace == (TraceId{high, low}));
    RC_ASSERT(context->parent == SpanId{parent});
    RC_ASSERT(context->sampled == sampled);
  });
}

TEST_CASE("any text at all is a traceparent or none, and a tracestate or none") {
  rc::prop("no crash", [](const std::string& text) {
    static_cast<void>(parse_trace_parent(text));
    const std::string state = checked_trace_state(text);
    RC_ASSERT(state.find('\n') == std::string::npos);
  });
}
