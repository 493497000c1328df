// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/endpoint.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace firmform::watch {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t kLargestHead = 8U << 10U;
constexpr std::size_t kMostConnections = 64;
constexpr auto kBreath = std::chrono::seconds(1);

Error no_address(const std::string& text) {
  return Error(Code::usage, fmt::format("`{}` is no address to listen on", text))
      .with_help("give an IP address and a port, for example 127.0.0.1:9783 or [::1]:9783");
}

Result<tcp::endpoint> parse_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return fail(no_address(text));
  std::string host = text.substr(0, colon);
  if (host.empty()) host = "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data() + colon + 1, end, port);
  error_code wrong;
  const auto address = asio::ip::make_address(host, wrong);
  if (wrong || problem != std::errc() || stop != end) return fail(no_address(text));
  return tcp::endpoint(address, port);
}

error_code open(tcp::acceptor& acceptor, const tcp::endpoint& place) {
  error_code problem;
  acceptor.open(place.protocol(), problem);
  if (!problem) acceptor.set_option(tcp::acceptor::reuse_address(true), problem);
  if (!problem) acceptor.bind(place, problem);
  if (!problem) acceptor.listen(asio::socket_base::max_listen_connections, problem);
  return problem;
}

std::string describe(const tcp::endpoint& place) {
  const std::string host = place.address().to_string();
  return place.address().is_v6() ? fmt::format("[{}]:{}", host, place.port())
                                 : fmt::format("{}:{}", host, place.port());
}

using Request = bhttp::request<bhttp::empty_body>;
using Reply = bhttp::response<bhttp::string_body>;

Answer answer_to(const Request& request, const Respond& respond) {
  if (request.method() != bhttp::verb::get && request.method() != bhttp::verb::head) {
    return {.status = 405, .body = "only GET and HEAD\n"};
  }
  const std::string_view target(request.target().data(), request.target().size());
  return respond(target.substr(0, target.find('?')));
}

Reply reply_to(const Request& request, const Respond& respond) {
  Answer answer = answer_to(request, respond);
  Reply reply(static_cast<bhttp::status>(answer.status), request.version());
  reply.set(bhttp::field::content_type, answer.type);
  reply.set(bhttp::field::cache_control, "no-store");
  reply.set("X-Content-Type-Options", "nosniff");
  if (answer.status == 405) reply.set(bhttp::field::allow, "GET, HEAD");
  const std::size_t length = answer.body.size();
  if (request.method() != bhttp::verb::head) reply.body() = std::move(answer.body);
  reply.content_length(length);
  return reply;
}

bool is_of_http(const error_code& problem) {
  return problem.category() == bhttp::make_error_code(bhttp::error::bad_method).category();
}

Reply refusal() {
  Reply reply(bhttp::status::bad_request, 11);
  reply.set(bhttp::field::content_type, "text/plain; charset=utf-8");
  reply.body() = "not a request that is understood here\n";
  reply.prepare_payload();
  return reply;
}

}  // namespace

struct Endpoint::State {
  State(asio::any_io_executor loop, Respond with, Duration each)
      : executor(std::move(loop)),
        acceptor(executor),
        slot_free(executor, asio::steady_timer::time_point::max()),
        respond(std::move(with)),
        patience(each) {}

  asio::any_io_executor executor;
  tcp::acceptor acceptor;
  asio::steady_timer slot_free;  ///< cancelled when a connection ends
  Respond respond;
  Duration patience;
  std::string address;
  std::size_t open = 0;
  bool stopped = false;

  static Task<void> accept(std::shared_ptr<State> self);
  static Task<void> serve(std::shared_ptr<State> self, tcp::socket socket);
  Task<bool> serve_one(beast::tcp_stream& stream, beast::flat_buffer& buffer);
};

Task<void> Endpoint::State::accept(std::shared_ptr<State> self) {
  while (!self->stopped) {
    error_code problem;
    if (self->open >= kMostConnections) {
      co_await self->slot_free.async_wait(asio::redirect_error(asio::use_awaitable, problem));
      continue;
    }
    tcp::socket socket = co_await self->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, problem));
    if (self->stopped) co_return;
    if (problem) {
      // No file descriptor, or the peer was gone at once: the next one may do better, after a breath.
      asio::steady_timer breath(self->executor, kBreath);
      co_await breath.async_wait(asio::redirect_error(asio::use_awaitable, problem));
      continue;
    }
    ++self->open;
    asio::co_spawn(self->executor, serve(self, std::move(socket)), asio::detached);
  }
}

Task<void> Endpoint::State::serve(std::shared_ptr<State> self, tcp::socket socket) {
  const struct Leave {
    State& state;
    ~Leave() {
      --state.open;
      state.slot_free.cancel();
    }
  } leave{*self};
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer(kLargestHead);
  bool more = true;
  while (more && !self->stopped) more = co_await self->serve_one(stream, buffer);
  error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
}

/// True when the connection stays open for another request. One deadline for the whole of each step, however slowly
/// bytes trickle in or are taken.
Task<bool> Endpoint::State::serve_one(beast::tcp_stream& stream, beast::flat_buffer& buffer) {
  bhttp::request_parser<bhttp::empty_body> parser;
  parser.header_limit(kLargestHead);
  error_code problem;
  stream.expires_after(patience);
  co_await bhttp::async_read_header(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, problem));
  const bool malformed = problem && problem != bhttp::error::end_of_stream && is_of_http(problem);
  if (problem && !malformed) co_return false;
  Reply reply = malformed ? refusal() : reply_to(parser.get(), respond);
  // What follows the head of a request with a body is no request.
  const bool keep = !malformed && parser.is_done() && parser.get().keep_alive();
  reply.keep_alive(keep);
  const bool only_head = !malformed && parser.get().method() == bhttp::verb::head;
  bhttp::response_serializer<bhttp::string_body> serializer(reply);
  stream.expires_after(patience);
  if (only_head) {
    co_await bhttp::async_write_header(stream, serializer, asio::redirect_error(asio::use_awaitable, problem));
  } else {
    co_await bhttp::async_write(stream, serializer, asio::redirect_error(asio::use_awaitable, problem));
  }
  co_return keep && !problem;
}

Result<std::unique_ptr<Endpoint>> Endpoint::listen(asio::any_io_executor executor, const std::string& address,
                                                   Respond respond, Duration patience) {
  const auto place = parse_address(address);
  if (!place) return fail(place.error());
  auto state = std::make_shared<State>(std::move(executor), std::move(respond), patience);
  if (const error_code problem = open(state->acceptor, *place); problem) {
    return fail(
        Error(Code::endpoint_unavailable, fmt::format("cannot listen on {}: {}", describe(*place), problem.message())));
  }
  error_code ignored;
  state->address = describe(state->acceptor.local_endpoint(ignored));
  asio::co_spawn(state->executor, State::accept(state), asio::detached);
  return std::unique_ptr<Endpoint>(new Endpoint(std::move(state)));
}

Endpoint::~Endpoint() {
  state_->stopped = true;
  error_code ignored;
  state_->acceptor.close(ignored);
  state_->slot_free.cancel();
}

const std::string& Endpoint::address() const {
  return state_->address;
}

}  // namespace firmform::watch
