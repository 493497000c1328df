// SPDX-License-Identifier: Apache-2.0
// How many at once, in which order, and what happens to those who stop waiting.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>

#include "tests/e2e/transport/transport_fixture.h"

namespace firmform::tests {
namespace {

ServerReply after(Duration delay) {
  ServerReply reply = text_reply("{}");
  reply.delay = delay;
  return reply;
}

/// Sends, and gives up after `patience`. True when the reply came in time.
Task<void> send_impatiently(CurlTransport& transport, Request request, Duration patience,
                            std::optional<bool>& replied) {
  using boost::asio::experimental::awaitable_operators::operator||;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, patience);
  const auto first = co_await (transport.send(std::move(request)) || timer.async_wait(boost::asio::use_awaitable));
  replied = first.index() == 0;
}

}  // namespace

TEST_CASE("an endpoint's connections are never more than its budget, and waiting costs no deadline") {
  const int budget = GENERATE(1, 2, 3);
  HttpsServer server(trusted_server(), always(after(100ms)));
  Loop loop({.slow_reply = 0ms});
  const auto endpoint = loop.endpoint(server.url(), budget);
  std::vector<std::shared_ptr<std::optional<Result<Response>>>> results;
  for (int i = 0; i < 24; ++i) {
    Request request = Loop::get(endpoint, "/" + std::to_string(i));
    request.deadlines.total = 2s;
    results.push_back(loop.start(std::move(request)));
  }
  loop.run();
  for (const auto& result : results) REQUIRE(result->has_value());
  for (const auto& result : results) REQUIRE((*result)->has_value());
  REQUIRE(server.most_connections() == budget);
  REQUIRE(server.most_requests_at_once() == budget);
  REQUIRE(server.connections() == budget);
}

TEST_CASE("those who wait for a connection are served in order of arrival") {
  HttpsServer server(trusted_server(), always(after(1ms)));
  Loop loop;
  const auto endpoint = loop.endpoint(server.url(), 1);
  std::vector<std::string> sent;
  for (int i = 0; i < 12; ++i) {
    sent.push_back("/" + std::to_string(i));
    loop.start(Loop::get(endpoint, sent.back()));
  }
  loop.run();
  std::vector<std::string> seen;
  for (const auto& request : server.requests()) seen.push_back(request.target);
  REQUIRE(seen == sent);
}

TEST_CASE("a fresh connection stays within the budget too") {
  HttpsServer server(trusted_server(), always(after(10ms)));
  Loop loop({.slow_reply = 0ms});
  const auto endpoint = loop.endpoint(server.url(), 2);
  for (int i = 0; i < 10; ++i) {
    Request request = Loop::get(endpoint);
    request.fresh_connection = i % 2 == 0;
    loop.start(std::move(request));
  }
  loop.run();
  REQUIRE(server.requests().size() == 10);
  REQUIRE(server.most_requests_at_once() == 2);
  REQUIRE(server.most_connections() <= 3);  // the server sees a replaced one close a moment after the new one opens
}

TEST_CASE("a host that replies faster than is worth another handshake gets no second connection") {
  HttpsServer server(trusted_server(), always(text_reply("{}")));
  Loop loop({.slow_reply = 1h});
  const auto endpoint = loop.endpoint(server.url(), 2);
  REQUIRE(loop.send(Loop::get(endpoint)));
  for (int i = 0; i < 20; ++i) loop.start(Loop::get(endpoint));
  loop.run();
  REQUIRE(server.requests().size() == 21);
  REQUIRE(server.connections() == 1);
}

TEST_CASE("endpoints do not wait for each other") {
  HttpsServer slow(trusted_server(), always(after(30s)));
  HttpsServer fast(trusted_server(), always(after(0ms)));
  Loop loop;
  std::array<std::optional<bool>, 4> slow_replied;
  std::optional<bool> fast_replied;
  const auto slow_endpoint = loop.endpoint(slow.url());
  const auto send = [&](const std::shared_ptr<const Endpoint>& endpoint, std::optional<bool>& replied) {
    boost::asio::co_spawn(loop.io, send_impatiently(loop.transport, Loop::get(endpoint), 2s, replied),
                          boost::asio::detached);
  };
  for (auto& replied : slow_replied) send(slow_endpoint, replied);
  send(loop.endpoint(fast.url()), fast_replied);
  loop.run();
  REQUIRE(fast_replied == true);
  for (const auto& replied : slow_replied) REQUIRE(replied == false);
}

TEST_CASE("no more handshakes are under way than allowed, however many hosts there are") {
  HttpsServerOptions options;
  options.addresses.clear();
  for (int i = 1; i <= 30; ++i) options.addresses.push_back("127.0.2." + std::to_string(i));
  options.identity = test_ca().issue({options.addresses});
  options.handshake_delay = 10ms;
  HttpsServer server(options, always(text_reply("{}")));
  const auto allowed = GENERATE(as<std::size_t>(), 3, 64);
  Loop loop({.expected_hosts = 30, .max_handshakes = allowed});
  std::vector<std::shared_ptr<std::optional<Result<Response>>>> results;
  for (std::size_t i = 0; i < 30; ++i) results.push_back(loop.start(Loop::get(loop.endpoint(server.url(i)))));
  loop.run();
  for (const auto& result : results) REQUIRE((*result)->has_value());
  REQUIRE(server.most_handshakes() == static_cast<int>(std::min<std::size_t>(allowed, 30)));
}

TEST_CASE("a host that cannot be reached gives its handshake back") {
  Loop loop({.expected_hosts = 4, .max_handshakes = 1});
  HttpsServer server(trusted_server(), always(text_reply("{}")));
  for (int i = 0; i < 3; ++i) loop.start(Loop::get(loop.endpoint("https://127.0.0.1:1")));
  for (int i = 0; i < 3; ++i) loop.start(Loop::get(Loop::endpoint_with(server.url(), {})));
  REQUIRE(loop.send(Loop::get(loop.endpoint(server.url()))));
}

TEST_CASE("who stops waiting is forgotten, wherever the request was, and the next one is served") {
  ServerReply slow = after(30s);
  HttpsServer server(trusted_server(),
                     [&](const ServerRequest& request) { return request.target == "/slow" ? slow : text_reply("{}"); });
  Loop loop;
  const auto endpoint = loop.endpoint(server.url(), 1);
  std::optional<bool> in_flight;
  std::optional<bool> queued;
  boost::asio::co_spawn(loop.io, send_impatiently(loop.transport, Loop::get(endpoint, "/slow"), 1500ms, in_flight),
                        boost::asio::detached);
  boost::asio::co_spawn(loop.io, send_impatiently(loop.transport, Loop::get(endpoint, "/queued"), 500ms, queued),
                        boost::asio::detached);
  const auto next = loop.start(Loop::get(endpoint, "/next"));
  loop.run();
  REQUIRE(in_flight == false);
  REQUIRE(queued == false);
  REQUIRE((*next)->has_value());
  REQUIRE(server.requests().size() == 2);
}

TEST_CASE("who stops waiting for a handshake gives the place to the next") {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor silent(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
  const std::string dead = "https://127.0.0.1:" + std::to_string(silent.local_endpoint().port());
  HttpsServer server(trusted_server(), always(text_reply("{}")));
  Loop loop({.expected_hosts = 4, .max_handshakes = 1});
  std::optional<bool> connecting;
  std::optional<bool> waiting;
  boost::asio::co_spawn(loop.io, send_impatiently(loop.transport, Loop::get(loop.endpoint(dead)), 200ms, connecting),
                        boost::asio::detached);
  boost::asio::co_spawn(loop.io, send_impatiently(loop.transport, Loop::get(loop.endpoint(dead)), 100ms, waiting),
                        boost::asio::detached);
  const auto next = loop.start(Loop::get(loop.endpoint(server.url())));
  loop.run();
  REQUIRE(connecting == false);
  REQUIRE(waiting == false);
  REQUIRE((*next)->has_value());
}

TEST_CASE("a transport may go away while requests are in flight and waiting") {
  HttpsServer server(trusted_server(), always(after(30s)));
  boost::asio::io_context io;
  Loop trusted;
  const auto endpoint = trusted.endpoint(server.url(), 1);
  std::optional<bool> first;
  std::optional<bool> second;
  {
    CurlTransport transport(io);
    boost::asio::co_spawn(io, send_impatiently(transport, Loop::get(endpoint), 20s, first), boost::asio::detached);
    boost::asio::co_spawn(io, send_impatiently(transport, Loop::get(endpoint), 20s, second), boost::asio::detached);
    for (int i = 0; i < 500 && server.requests().empty(); ++i) io.run_for(20ms);
  }
  REQUIRE(server.requests().size() == 1);
  REQUIRE_FALSE(first);
  REQUIRE_FALSE(second);
}

TEST_CASE("shards grow with the fleet, within bounds") {
  REQUIRE(http::shard_count(0) == 4);
  REQUIRE(http::shard_count(1000) == 4);
  REQUIRE(http::shard_count(4000) == 16);
  REQUIRE(http::shard_count(1'000'000) == 64);
}

}  // namespace firmform::tests
