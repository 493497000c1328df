// SPDX-License-Identifier: Apache-2.0
#include "tests/support/https_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

namespace firmform::tests {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using asio::use_awaitable;

/// A number that goes up and down, and how high it was.
class Gauge {
 public:
  void up() { most_ = std::max(most_.load(), ++now_); }
  void down() { --now_; }
  [[nodiscard]] int most() const { return most_; }

 private:
  std::atomic<int> now_{0};
  std::atomic<int> most_{0};
};

class GaugeScope {
 public:
  explicit GaugeScope(Gauge& gauge) : gauge_(gauge) { gauge_.up(); }
  GaugeScope(const GaugeScope&) = delete;
  GaugeScope& operator=(const GaugeScope&) = delete;
  ~GaugeScope() { gauge_.down(); }

 private:
  Gauge& gauge_;
};

asio::ssl::context make_context(const HttpsServerOptions& options) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  if (!options.identity) return context;
  context.use_certificate_chain(asio::buffer(options.identity->certificate_pem));
  context.use_private_key(asio::buffer(options.identity->key_pem), asio::ssl::context::pem);
  if (options.tls11_only) SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_1_VERSION);
  return context;
}

Task<void> pause(Duration duration) {
  if (duration.count() <= 0) co_return;
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(use_awaitable);
}

std::string on_the_wire(const ServerReply& reply, unsigned version) {
  std::string text = version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  text += std::to_string(reply.status) + " ";
  text += beast::http::obsolete_reason(static_cast<beast::http::status>(reply.status));
  text += "\r\n";
  for (const auto& [name, value] : reply.headers) text += name + ": " + value + "\r\n";
  if (reply.status != 204) text += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
  return text + "\r\n" + reply.body;
}

}  // namespace

struct HttpsServer::State : std::enable_shared_from_this<HttpsServer::State> {
  State(HttpsServerOptions options_, Handler handler_)
      : options(std::move(options_)), handler(std::move(handler_)), tls(make_context(options)) {
    std::uint16_t port = 0;
    for (const std::string& address : options.addresses) {
      acceptors.emplace_back(io, tcp::endpoint(asio::ip::make_address(address), port));
      port = acceptors.back().local_endpoint().port();
    }
  }

  Task<void> accept(tcp::acceptor& acceptor);
  Task<void> greet(tcp::socket socket, int number);
  template <class Stream>
  Task<void> serve(Stream& stream, int number);
  template <class Stream>
  Task<bool> answer(Stream& stream, ServerReply reply, unsigned version);
  template <class Stream>
  Task<void> read_and_ignore(Stream& stream);

  HttpsServerOptions options;
  Handler handler;
  asio::io_context io{1};
  asio::ssl::context tls;
  std::deque<tcp::acceptor> acceptors;
  Gauge open;
  Gauge handshaking;
  Gauge handling;
  std::atomic<int> accepted{0};
  std::atomic<int> resumed{0};
  mutable std::mutex mutex;
  std::vector<ServerRequest> requests;  ///< under the mutex
  std::thread thread;
};

Task<void> HttpsServer::State::accept(tcp::acceptor& acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
    asio::co_spawn(io, greet(std::move(socket), ++accepted), asio::detached);
  }
}

Task<void> HttpsServer::State::greet(tcp::socket socket, int number) {
  const GaugeScope scope(open);
  try {
    if (!options.identity) {
      co_await serve(socket, number);
      co_return;
    }
    asio::ssl::stream<tcp::socket> stream(std::move(socket), tls);
    {
      const GaugeScope handshake(handshaking);
      co_await pause(options.handshake_delay);
    }
    co_await stream.async_handshake(asio::ssl::stream_base::server, use_awaitable);
    if (SSL_session_reused(stream.native_handle()) == 1) ++resumed;
    co_await serve(stream, number);
  } catch (const boost::system::system_error&) {
    // The peer went away, which is its right.
  }
}

template <class Stream>
Task<void> HttpsServer::State::serve(Stream& stream, int number) {
  beast::flat_buffer buffer;
  for (;;) {
    beast::http::request_parser<beast::http::string_body> parser;
    parser.body_limit(256U << 20U);
    co_await beast::http::async_read_header(stream, buffer, parser, use_awaitable);
    ServerRequest request;
    request.method = std::string(parser.get().method_string());
    request.target = std::string(parser.get().target());
    request.connection = number;
    for (const auto& field : parser.get()) {
      request.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    if (options.before_body) {
      auto early = options.before_body(request);
      if (early) {
        co_await answer(stream, std::move(*early), parser.get().version());
        co_await read_and_ignore(stream);
        co_return;
      }
    }
    co_await beast::http::async_read(stream, buffer, parser, use_awaitable);
    request.body = parser.get().body();

    const GaugeScope scope(handling);
    {
      const std::lock_guard lock(mutex);
      requests.push_back(request);
    }
    ServerReply reply = handler(request);
    co_await pause(reply.delay);
    const bool keep = co_await answer(stream, std::move(reply), parser.get().version());
    if (!keep || !parser.get().keep_alive()) co_return;
  }
}

/// False when the connection is to be closed.
template <class Stream>
Task<bool> HttpsServer::State::answer(Stream& stream, ServerReply reply, unsigned version) {
  if (reply.drop) co_return false;
  const std::string bytes = reply.raw ? *reply.raw : on_the_wire(reply, version);
  co_await asio::async_write(stream, asio::buffer(bytes), use_awaitable);  // at once: one TLS record, one segment
  if (reply.raw) co_return false;
  co_return !reply.close;
}

template <class Stream>
Task<void> HttpsServer::State::read_and_ignore(Stream& stream) {
  std::array<char, 65536> ignored;
  for (;;) co_await stream.async_read_some(asio::buffer(ignored), use_awaitable);
}

HttpsServer::HttpsServer(HttpsServerOptions options, Handler handler)
    : state_(std::make_shared<State>(std::move(options), std::move(handler))) {
  for (tcp::acceptor& acceptor : state_->acceptors) {
    asio::co_spawn(state_->io, state_->accept(acceptor), asio::detached);
  }
  state_->thread = std::thread([state = state_.get()] { state->io.run(); });
}

HttpsServer::~HttpsServer() {
  state_->io.stop();
  state_->thread.join();
}

std::uint16_t HttpsServer::port() const {
  return state_->acceptors.front().local_endpoint().port();
}

std::string HttpsServer::url(std::size_t address) const {
  const std::string scheme = state_->options.identity ? "https://" : "http://";
  return scheme + state_->options.addresses.at(address) + ":" + std::to_string(port());
}

std::vector<ServerRequest> HttpsServer::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

int HttpsServer::connections() const {
  return state_->accepted;
}
int HttpsServer::resumed_sessions() const {
  return state_->resumed;
}
int HttpsServer::most_connections() const {
  return state_->open.most();
}
int HttpsServer::most_handshakes() const {
  return state_->handshaking.most();
}
int HttpsServer::most_requests_at_once() const {
  return state_->handling.most();
}

}  // namespace firmform::tests
