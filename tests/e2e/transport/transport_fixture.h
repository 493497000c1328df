// SPDX-License-Identifier: Apache-2.0
// A CurlTransport on an event loop of its own, and servers with certificates of a test CA.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <optional>

#include "engine/http/curl_transport.h"
#include "tests/support/certificates.h"
#include "tests/support/https_server.h"
#include "tests/support/temporary_directory.h"

namespace firmform::tests {

using http::CurlTransport;
using http::Endpoint;
using http::Method;
using http::Request;
using http::Response;
using namespace std::chrono_literals;

inline const CertificateAuthority& test_ca() {
  static const CertificateAuthority ca;
  return ca;
}

inline HttpsServerOptions trusted_server() {
  HttpsServerOptions options;
  options.identity = test_ca().issue();
  return options;
}

inline HttpsServer::Handler always(ServerReply reply) {
  return [reply = std::move(reply)](const ServerRequest&) { return reply; };
}

inline ServerReply text_reply(std::string body, int status = 200) {
  ServerReply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

class Loop {
 public:
  explicit Loop(http::CurlTransportOptions options = {}) : transport(io, options) {
    std::ofstream(directory.path() / "ca.pem") << test_ca().certificate_pem();
  }

  /// An endpoint that trusts the test CA.
  [[nodiscard]] std::shared_ptr<const Endpoint> endpoint(const std::string& url, int max_connections = 2) const {
    http::TlsOptions tls;
    tls.ca_file = directory.path() / "ca.pem";
    return endpoint_with(url, tls, max_connections);
  }
  [[nodiscard]] static std::shared_ptr<const Endpoint> endpoint_with(const std::string& url, http::TlsOptions tls,
                                                                     int max_connections = 2) {
    return std::make_shared<const Endpoint>(Endpoint{url, std::move(tls), max_connections});
  }

  /// Starts a request; its result is in place when run() is over.
  std::shared_ptr<std::optional<Result<Response>>> start(Request request) {
    auto slot = std::make_shared<std::optional<Result<Response>>>();
    boost::asio::co_spawn(io, keep(transport, std::move(request), slot), boost::asio::detached);
    return slot;
  }

  /// Runs until nothing is left to do, which shows that no wait is left behind.
  void run() {
    io.restart();
    io.run();
  }

  Result<Response> send(Request request) {
    const auto slot = start(std::move(request));
    run();
    return std::move(**slot);
  }

  static Request request(Method method, std::shared_ptr<const Endpoint> endpoint, std::string target = "/") {
    Request result;
    result.method = method;
    result.endpoint = std::move(endpoint);
    result.target = std::move(target);
    return result;
  }

  static Request get(std::shared_ptr<const Endpoint> endpoint, std::string target = "/") {
    return request(Method::get, std::move(endpoint), std::move(target));
  }

  static Request post(std::shared_ptr<const Endpoint> endpoint, http::Body body, std::string target = "/") {
    Request result = request(Method::post, std::move(endpoint), std::move(target));
    result.body = std::move(body);
    return result;
  }

  TemporaryDirectory directory;
  boost::asio::io_context io;
  CurlTransport transport;

 private:
  static Task<void> keep(CurlTransport& transport, Request request,
                         std::shared_ptr<std::optional<Result<Response>>> slot) {
    slot->emplace(co_await transport.send(std::move(request)));
  }
};

}  // namespace firmform::tests
