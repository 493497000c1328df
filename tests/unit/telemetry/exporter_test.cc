// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/exporter.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "engine/json/value.h"
#include "spans_of_test.h"
#include "tests/support/fake_transport.h"

using namespace firmform;
using namespace firmform::telemetry;
using tests::FakeTransport;
using tests::reply;
using tests::TracedWork;

namespace {

constexpr auto kPost = http::Method::post;
constexpr const char* kTarget = "/v1/traces";

SteadyTime at(int seconds) {
  return SteadyTime(std::chrono::seconds(seconds));
}

class Sending {
 public:
  explicit Sending(int spans) : work({}, {.spans = 100, .batch = 3}) {
    for (int i = 0; i < spans; ++i) work.tracer.end(work.tracer.begin("s", std::nullopt));
    Collector collector;
    collector.endpoint.url = "https://c.example";
    collector.target = kTarget;
    collector.headers.emplace_back("Authorization", Secret("Bearer canary"));
    exporter = std::make_unique<Exporter>(work.queue, std::move(collector), Origin{}, at(0));
  }

  void drain(int seconds = 0) {
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, exporter->drain(transport, at(seconds)), boost::asio::detached);
    loop.run();
  }

  [[nodiscard]] std::vector<std::size_t> batches() const {
    std::vector<std::size_t> sizes;
    for (const http::Request& request : transport.requests()) {
      const auto body = json::parse(std::get<std::string>(request.body));
      sizes.push_back((*body)["resourceSpans"].items()[0]["scopeSpans"].items()[0]["spans"].items().size());
    }
    return sizes;
  }

  TracedWork work;
  FakeTransport transport;
  std::unique_ptr<Exporter> exporter;
};

}  // namespace

TEST_CASE("spans are sent in batches, with the headers asked for") {
  Sending sending(7);
  sending.transport.on(kPost, kTarget, reply(200, "{}"));
  sending.drain();
  CHECK(sending.batches() == std::vector<std::size_t>{3, 3, 1});
  CHECK(sending.work.queue.empty());
  CHECK(sending.work.queue.lost() == 0);
  CHECK(sending.exporter->problem().empty());
  const http::Request& request = sending.transport.requests().front();
  CHECK(request.headers.find("Content-Type") == "application/json");
  CHECK(request.headers.find("authorization") == "Bearer canary");
}

TEST_CASE("what a collector may take later stays in the queue") {
  for (const int status : {429, 502, 503, 504}) {
    Sending sending(7);
    sending.transport.on(kPost, kTarget, reply(status));
    sending.drain();
    CHECK(sending.batches().size() == 1);
    CHECK(sending.work.queue.lost() == 0);
    sending.transport.on(kPost, kTarget, reply(200));
    sending.drain();
    CHECK(sending.batches() == std::vector<std::size_t>{3, 3, 3, 1});
  }
}

TEST_CASE("what a collector refuses is lost and counted, and is not sent again") {
  for (const int status : {400, 401, 404, 413, 500}) {
    Sending sending(4);
    sending.transport.on(kPost, kTarget, reply(status, "Bearer canary is wrong"));
    sending.drain();
    CHECK(sending.batches() == std::vector<std::size_t>{3, 1});
    CHECK(sending.work.queue.lost() == 4);
    CHECK(sending.exporter->problem() == "https://c.example answered with HTTP status " + std::to_string(status));
  }
}

TEST_CASE("a collector that is not there costs one try") {
  Sending sending(7);
  sending.transport.on(kPost, kTarget, fail(Code::connection_refused, "connection refused"));
  sending.drain();
  CHECK(sending.batches().size() == 1);
  CHECK(sending.work.queue.lost() == 0);
  CHECK(sending.exporter->problem() == "connection refused");
}

TEST_CASE("rejected spans are counted") {
  Sending sending(3);
  sending.transport.on(kPost, kTarget, reply(200, R"({"partialSuccess":{"rejectedSpans":"2"}})"));
  sending.drain();
  CHECK(sending.work.queue.lost() == 2);
  CHECK(sending.exporter->problem() == "https://c.example rejected some of the spans");
}

TEST_CASE("a batch that is abandoned while it is sent is not lost") {
  class Silent final : public http::Transport {
   public:
    Task<Result<http::Response>> send(http::Request) override {
      SystemClock clock;
      co_await clock.sleep(std::chrono::hours(1));
      co_return tests::reply(200);
    }
  };
  Sending sending(5);
  {
    Silent silent;
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, sending.exporter->drain(silent, at(0)), boost::asio::detached);
    loop.poll();
    CHECK_FALSE(sending.work.queue.has_batch());
  }
  CHECK(sending.work.queue.has_batch());
  CHECK(sending.work.queue.lost() == 0);
}

TEST_CASE("it is time to send when a batch waits, or anything for five seconds") {
  Sending sending(1);
  CHECK_FALSE(sending.exporter->due(at(4)));
  CHECK(sending.exporter->due(at(5)));
  sending.transport.on(kPost, kTarget, reply(200));
  sending.drain(5);
  CHECK_FALSE(sending.exporter->due(at(60)));
  for (int i = 0; i < 3; ++i) sending.work.tracer.end(sending.work.tracer.begin("s", std::nullopt));
  CHECK(sending.exporter->due(at(5)));
}

TEST_CASE("a collector that fails is left alone for longer and longer") {
  Sending sending(7);
  sending.transport.on(kPost, kTarget, reply(503));
  int now = 0;
  for (const int pause : {10, 20, 40, 60, 60}) {
    sending.drain(now);
    CHECK_FALSE(sending.exporter->due(at(now + pause - 1)));
    now += pause;
    CHECK(sending.exporter->due(at(now)));
  }
  sending.transport.on(kPost, kTarget, reply(200));
  sending.drain(now);
  CHECK(sending.exporter->problem().empty());
}
