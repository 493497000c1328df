// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "spans_of_test.h"

using namespace firmform;
using namespace firmform::telemetry;
using tests::TracedWork;

TEST_CASE("spans lie below their parents, in one trace") {
  TracedWork work;
  const SpanId root = work.tracer.begin("root", std::nullopt);
  const SpanId child = work.tracer.begin("child", root);
  work.tracer.end(child);
  work.tracer.end(root);
  const auto spans = work.by_name();
  CHECK(spans.at("child").parent == root);
  CHECK_FALSE(spans.at("root").parent);
  CHECK(spans.at("root").trace == spans.at("child").trace);
  CHECK(spans.at("root").start < spans.at("child").start);
  CHECK(spans.at("child").end < spans.at("root").end);
}

TEST_CASE("the root lies below TRACEPARENT") {
  TracedWork work(TraceContext{.trace = {1, 2}, .parent = {3}});
  const SpanId root = work.tracer.begin("root", std::nullopt);
  work.tracer.end(work.tracer.begin("child", root));
  work.tracer.end(root);
  const auto spans = work.by_name();
  CHECK(spans.at("root").trace == TraceId{1, 2});
  CHECK(spans.at("root").parent == SpanId{3});
  CHECK(spans.at("root").parent_is_remote);
  CHECK_FALSE(spans.at("child").parent_is_remote);
}

TEST_CASE("nothing is recorded when the parent is not sampled") {
  TracedWork work(TraceContext{.trace = {1, 2}, .parent = {3}, .sampled = false});
  const SpanId root = work.tracer.begin("root", std::nullopt);
  CHECK_FALSE(root.valid());
  work.tracer.set(root, "a", true);
  work.tracer.event(root, "e");
  work.tracer.fail(root, "x");
  work.tracer.end(root);
  work.tracer.end_all();
  CHECK(work.queue.empty());
}

TEST_CASE("a parent that is ended first lasts as long as its children") {
  TracedWork work;
  const SpanId root = work.tracer.begin("root", std::nullopt);
  const SpanId middle = work.tracer.begin("middle", root);
  const SpanId leaf = work.tracer.begin("leaf", middle);
  work.tracer.end(root);
  work.tracer.end(middle);
  CHECK(work.queue.empty());
  work.tracer.end(leaf);
  const auto spans = work.by_name();
  REQUIRE(spans.size() == 3);
  CHECK(spans.at("leaf").end == spans.at("middle").end);
  CHECK(spans.at("middle").end == spans.at("root").end);
}

TEST_CASE("everything that is open can be ended at once") {
  TracedWork work;
  SpanId above = work.tracer.begin("0", std::nullopt);
  for (int i = 1; i < 5; ++i) above = work.tracer.begin(std::to_string(i), above);
  work.tracer.enter(above);
  work.tracer.end_all();
  CHECK(work.finished().size() == 5);
  CHECK_FALSE(work.tracer.scope());
}

TEST_CASE("requests belong to the work at their BMC, or else to what is done as a whole") {
  TracedWork work;
  const SpanId run = work.tracer.begin("run", std::nullopt);
  const SpanId host = work.tracer.begin("host", run);
  const SpanId action = work.tracer.begin("action", host);
  CHECK_FALSE(work.tracer.scope("https://a"));
  work.tracer.enter(run);
  work.tracer.enter("https://a", host);
  work.tracer.enter("https://a", action);
  CHECK(work.tracer.scope("https://a") == action);
  CHECK(work.tracer.scope("https://b") == run);
  work.tracer.leave("https://a", action);
  CHECK(work.tracer.scope("https://a") == host);
  work.tracer.leave("https://a", host);
  CHECK(work.tracer.scope("https://a") == run);
}

TEST_CASE("a key has one value, the last one given") {
  TracedWork work;
  const SpanId root = work.tracer.begin("root", std::nullopt, {{"a", std::string("1")}});
  work.tracer.set(root, "a", std::string("2"));
  work.tracer.end(root);
  const Span span = work.finished().front();
  REQUIRE(span.attributes.size() == 1);
  CHECK(tests::text_of(span, "a") == "2");
}

TEST_CASE("events are counted beyond a limit") {
  TracedWork work;
  const SpanId root = work.tracer.begin("root", std::nullopt);
  for (int i = 0; i < 200; ++i) work.tracer.event(root, "e");
  work.tracer.end(root);
  const Span span = work.finished().front();
  CHECK(span.events.size() == 128);
  CHECK(span.dropped_events == 72);
}

TEST_CASE("a full queue loses the oldest and counts it") {
  TracedWork work({}, {.spans = 4, .batch = 10});
  for (int i = 0; i < 7; ++i) work.tracer.end(work.tracer.begin(std::to_string(i), std::nullopt));
  CHECK(work.queue.lost() == 3);
  const auto spans = work.finished();
  REQUIRE(spans.size() == 4);
  CHECK(spans.front().name == "3");
}

TEST_CASE("a batch that was not sent is in the queue again, in order") {
  TracedWork work({}, {.spans = 4, .batch = 3});
  for (int i = 0; i < 4; ++i) work.tracer.end(work.tracer.begin(std::to_string(i), std::nullopt));
  {
    const SpanQueue::Batch abandoned(work.queue);
    CHECK(abandoned.spans().size() == 3);
    work.tracer.end(work.tracer.begin("later", std::nullopt));
  }
  CHECK(work.queue.lost() == 1);
  std::string names;
  while (!work.queue.empty()) {
    for (const Span& span : work.finished()) names += span.name + " ";
  }
  CHECK(names == "1 2 3 later ");
}

TEST_CASE("a whole batch wakes the sender") {
  TracedWork work({}, {.spans = 100, .batch = 3});
  int woken = 0;
  work.queue.on_batch([&] { ++woken; });
  for (int i = 0; i < 5; ++i) work.tracer.end(work.tracer.begin("s", std::nullopt));
  CHECK(woken == 1);
}

TEST_CASE("the clock never goes back") {
  const NanoClock clock = steady_nano_clock();
  NanoTime last = clock();
  CHECK(last > 1'700'000'000'000'000'000);
  for (int i = 0; i < 1000; ++i) {
    const NanoTime now = clock();
    CHECK(now >= last);
    last = now;
  }
}
