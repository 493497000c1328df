// SPDX-License-Identifier: Apache-2.0
#include "engine/image_server/route.h"

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace firmform::image_server {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

// Any port does: connecting a UDP socket only asks the kernel for its route.
constexpr std::string_view kPort = "443";

Task<std::vector<udp::endpoint>> endpoints_of(std::string host) {
  error_code problem;
  const asio::ip::address address = asio::ip::make_address(host, problem);
  if (!problem) co_return std::vector{udp::endpoint(address, 443)};
  udp::resolver resolver(co_await asio::this_coro::executor);
  const auto found = co_await resolver.async_resolve(host, kPort, asio::redirect_error(asio::use_awaitable, problem));
  std::vector<udp::endpoint> endpoints;
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  co_return endpoints;
}

}  // namespace

std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  std::string authority = url.substr(scheme == std::string::npos ? 0 : scheme + 3);
  authority = authority.substr(0, authority.find('/'));
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.find(':'));
}

Task<Result<asio::ip::address>> local_address_towards(std::string url) {
  const auto executor = co_await asio::this_coro::executor;
  const std::vector<udp::endpoint> endpoints = co_await endpoints_of(host_of(url));
  for (const udp::endpoint& endpoint : endpoints) {
    error_code problem;
    udp::socket socket(executor);
    socket.open(endpoint.protocol(), problem);
    if (!problem) socket.connect(endpoint, problem);
    if (problem) continue;
    const udp::endpoint local = socket.local_endpoint(problem);
    if (!problem) co_return local.address();
  }
  co_return fail(Error(Code::image_server_failed, fmt::format("no route leads from this machine to {}", url))
                     .with_help("give the address that BMCs reach this machine by: `image_server: {address: …}`"));
}

}  // namespace firmform::image_server
