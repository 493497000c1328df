// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/image_fetch.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

namespace firmform::simulators {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::use_awaitable;

struct Address {
  bool tls = false;
  std::string host;
  std::string port;
  std::string target;
};

Address parse_url(const std::string& url) {
  Address address;
  const std::size_t scheme = url.find("://");
  address.tls = url.substr(0, scheme) == "https";
  const std::size_t start = scheme + 3;
  const std::size_t slash = url.find('/', start);
  const std::string authority = url.substr(start, slash == std::string::npos ? slash : slash - start);
  const std::size_t colon = authority.rfind(':');
  address.host = authority.substr(0, colon);
  address.port = colon == std::string::npos ? (address.tls ? "443" : "80") : authority.substr(colon + 1);
  address.target = slash == std::string::npos ? "/" : url.substr(slash);
  return address;
}

template <class Stream>
Task<std::pair<int, std::string>> get(Stream& stream, const Address& address) {
  bhttp::request<bhttp::empty_body> request(bhttp::verb::get, address.target, 11);
  request.set(bhttp::field::host, fmt::format("{}:{}", address.host, address.port));
  request.set(bhttp::field::connection, "close");
  co_await bhttp::async_write(stream, request, use_awaitable);
  beast::flat_buffer buffer;
  bhttp::response_parser<bhttp::string_body> parser;
  parser.body_limit(512U << 20U);
  co_await bhttp::async_read(stream, buffer, parser, use_awaitable);
  co_return std::pair(static_cast<int>(parser.get().result_int()), std::move(parser.get().body()));
}

Task<std::pair<int, std::string>> connect_and_get(const Address& address) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto endpoints = co_await resolver.async_resolve(address.host, address.port, use_awaitable);
  beast::tcp_stream tcp(executor);
  tcp.expires_after(std::chrono::seconds(60));
  co_await tcp.async_connect(endpoints, use_awaitable);
  if (!address.tls) {
    std::pair<int, std::string> answer = co_await get(tcp, address);
    co_return answer;
  }
  asio::ssl::context context(asio::ssl::context::tls_client);
  beast::ssl_stream<beast::tcp_stream> tls(std::move(tcp), context);
  co_await tls.async_handshake(asio::ssl::stream_base::client, use_awaitable);
  std::pair<int, std::string> answer = co_await get(tls, address);
  co_return answer;
}

}  // namespace

Task<Result<std::string>> fetch_image(std::string url) {
  const Address address = parse_url(url);
  std::string problem;
  std::pair<int, std::string> answer;
  try {
    answer = co_await connect_and_get(address);
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (!problem.empty()) co_return fail(Code::connection_refused, fmt::format("{}: {}", url, problem));
  if (answer.first != 200) co_return fail(Code::unexpected_reply, fmt::format("{}: status {}", url, answer.first));
  co_return std::move(answer.second);
}

}  // namespace firmform::simulators
