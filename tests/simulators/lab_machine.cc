// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/lab_machine.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <fmt/format.h>

#include "engine/base/text.h"
#include "tests/simulators/image_fetch.h"

namespace firmform::simulators {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::use_awaitable;
using asio::ip::tcp;

constexpr std::uint64_t kMaxUpload = 512U << 20U;
constexpr auto kIdle = std::chrono::minutes(15);   ///< a kept-alive connection without a request
constexpr auto kStall = std::chrono::seconds(60);  ///< a request or an answer that does not move

UtcTime utc_now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

bool is_upload(const bhttp::request<bhttp::string_body>& request) {
  const auto type = request[bhttp::field::content_type];
  const std::string lower = to_lower({type.data(), type.size()});
  return lower.starts_with("multipart/") || lower.starts_with("application/octet-stream");
}

}  // namespace

LabMachine::LabMachine(LabServices& services, std::unique_ptr<Bmc> bmc)
    : services_(services), bmc_(std::move(bmc)), timer_(services.loop) {}

boost::system::error_code LabMachine::open() {
  boost::system::error_code problem;
  const tcp::endpoint address(asio::ip::address_v4::loopback(), port_);
  acceptor_ = std::make_unique<tcp::acceptor>(services_.loop);
  acceptor_->open(address.protocol(), problem);
  if (!problem) acceptor_->set_option(tcp::acceptor::reuse_address(true), problem);
  if (!problem) acceptor_->bind(address, problem);
  return problem;
}

Status LabMachine::bind(std::uint16_t port) {
  port_ = port;
  const boost::system::error_code problem = open();
  if (problem) {
    return fail(Error(Code::lab_failed, fmt::format("cannot listen on 127.0.0.1:{}: {}", port, problem.message()))
                    .with_help("Choose another --port, or leave it out to take free ones."));
  }
  port_ = acceptor_->local_endpoint().port();
  return {};
}

void LabMachine::start() {
  follow_up();
}

void LabMachine::listen() {
  boost::system::error_code problem;
  acceptor_->listen(tcp::acceptor::max_listen_connections, problem);
  listening_ = !problem;
  if (listening_) asio::co_spawn(services_.loop, accept(), asio::detached);
}

void LabMachine::follow_up() {
  for (const ImageOrder& order : bmc_->take_image_orders()) {
    asio::co_spawn(services_.loop, fetch(order), asio::detached);
  }
  if (bmc_->offline() && listening_) {
    // Bound but not listening: the port stays ours, and the kernel refuses connections.
    listening_ = false;
    acceptor_->close();
    static_cast<void>(open());
    for (Tls* connection : connections_) beast::get_lowest_layer(*connection).close();
  } else if (!bmc_->offline() && !listening_) {
    listen();
  }
  timer_.cancel();
  const std::optional<UtcTime> next = bmc_->next_event();
  if (!next) return;
  timer_.expires_after(std::max(*next - utc_now(), Duration(0)));
  timer_.async_wait([this](const boost::system::error_code& problem) {
    if (!problem) wake();
  });
}

void LabMachine::wake() {
  bmc_->advance(utc_now());
  follow_up();
}

Task<void> LabMachine::fetch(ImageOrder order) {
  Result<std::string> image = co_await fetch_image(order.url);
  bmc_->advance(utc_now());
  bmc_->deliver_image(order.id, std::move(image));
  follow_up();
}

Task<void> LabMachine::accept() {
  const tcp::acceptor* mine = acceptor_.get();
  while (mine == acceptor_.get()) {
    boost::system::error_code problem;
    tcp::socket socket = co_await acceptor_->async_accept(asio::redirect_error(use_awaitable, problem));
    // A restart of the machine has replaced the acceptor.
    if (problem == asio::error::operation_aborted || problem == asio::error::bad_descriptor) break;
    if (!problem) asio::co_spawn(services_.loop, serve(std::move(socket)), asio::detached);
  }
}

Task<void> LabMachine::serve(tcp::socket socket) {
  Tls stream(beast::tcp_stream(std::move(socket)), services_.tls);
  connections_.insert(&stream);
  beast::flat_buffer buffer;
  try {
    beast::get_lowest_layer(stream).socket().set_option(tcp::no_delay(true));
    beast::get_lowest_layer(stream).expires_after(kStall);
    co_await stream.async_handshake(asio::ssl::stream_base::server, use_awaitable);
    bool more = true;
    while (more) more = co_await serve_request(stream, buffer);
  } catch (const std::exception&) {
    // The peer went away, or the machine restarts: nothing to answer.
  }
  connections_.erase(&stream);
}

BmcResponse LabMachine::answer(const Parser& parser, std::string body) {
  const auto& request = parser.get();
  const std::string method(request.method_string());
  BmcRequest forwarded;
  const std::optional<http::Method> known = http::parse_method(method);
  if (!known) return {.status = 501, .headers = {}, .body = {}};
  forwarded.method = *known;
  forwarded.target = std::string(request.target());
  for (const auto& field : request) forwarded.headers.add(std::string(field.name_string()), std::string(field.value()));
  forwarded.body = std::move(body);
  bmc_->advance(utc_now());
  return bmc_->handle(forwarded);
}

Task<bool> LabMachine::refuse(Tls& stream, const Parser& parser, int status) {
  Reply reply(static_cast<bhttp::status>(status), 11);
  reply.keep_alive(false);
  reply.prepare_payload();
  services_.log(bmc_->options().name, std::string(parser.get().method_string()), std::string(parser.get().target()),
                status);
  co_await bhttp::async_write(stream, reply, use_awaitable);
  co_return false;
}

Task<bool> LabMachine::serve_request(Tls& stream, beast::flat_buffer& buffer) {
  Parser parser;
  parser.body_limit(kMaxUpload);
  beast::get_lowest_layer(stream).expires_after(kIdle);
  co_await bhttp::async_read_header(stream, buffer, parser, use_awaitable);
  beast::get_lowest_layer(stream).expires_after(kStall);
  if (parser.content_length().value_or(0) > kMaxUpload) {
    const bool more = co_await refuse(stream, parser, 413);
    co_return more;
  }
  if (parser.chunked() && is_upload(parser.get())) {
    const bool more = co_await refuse(stream, parser, 411);
    co_return more;
  }
  if (beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) {
    bhttp::response<bhttp::empty_body> go_on(bhttp::status::continue_, 11);
    co_await bhttp::async_write(stream, go_on, use_awaitable);
  }
  while (!parser.is_done()) {
    beast::get_lowest_layer(stream).expires_after(kStall);
    co_await bhttp::async_read_some(stream, buffer, parser, use_awaitable);
  }
  const bool keep_alive = parser.get().keep_alive();
  const bool head = parser.get().method() == bhttp::verb::head;
  const std::string method(parser.get().method_string());
  const std::string target(parser.get().target());
  BmcResponse response = answer(parser, std::move(parser.get().body()));
  services_.log(bmc_->options().name, method, target, response.drop ? 0 : response.status);
  follow_up();
  const Duration delay = response.delay + services_.reply_delay;
  if (delay > Duration(0)) {
    beast::get_lowest_layer(stream).expires_never();
    asio::steady_timer timer(services_.loop, delay);
    co_await timer.async_wait(use_awaitable);
  }
  if (response.drop) {
    beast::get_lowest_layer(stream).close();
    co_return false;
  }
  Reply reply(static_cast<bhttp::status>(response.status), 11);
  for (const auto& [name, value] : response.headers) reply.set(name, value);
  reply.keep_alive(keep_alive);
  reply.body() = std::move(response.body);
  // A HEAD, 204 or 304 has no body, and says no length.
  if (!head && response.status != 204 && response.status != 304) reply.prepare_payload();
  beast::get_lowest_layer(stream).expires_after(kStall);
  co_await bhttp::async_write(stream, reply, use_awaitable);
  co_return keep_alive;
}

}  // namespace firmform::simulators
