// SPDX-License-Identifier: Apache-2.0
// HttpsServer: a small server on loopback with a thread of its own, for tests of what goes over the wire.
// It can misbehave: drop, stall, truncate, answer before it has read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/http/message.h"
#include "tests/support/certificates.h"

namespace firmform::tests {

struct ServerRequest {
  std::string method;
  std::string target;
  http::Headers headers;
  std::string body;
  int connection = 0;  ///< counts from 1, in order of accepting
};

struct ServerReply {
  int status = 200;
  http::Headers headers;
  std::string body;
  Duration delay{0};
  bool drop = false;               ///< close without a reply
  bool close = false;              ///< close after the reply, without having announced it
  std::optional<std::string> raw;  ///< these bytes instead of a proper reply; then the connection closes
};

struct HttpsServerOptions {
  std::optional<Identity> identity;  ///< absent: plain HTTP
  bool tls11_only = false;
  std::vector<std::string> addresses{"127.0.0.1"};  ///< all on one port
  Duration handshake_delay{0};                      ///< between accepting and the server's part of the handshake
  /// Asked after the header: a reply here goes out before the body is read, and the rest is read and ignored.
  std::function<std::optional<ServerReply>(const ServerRequest&)> before_body;
};

class HttpsServer {
 public:
  using Handler = std::function<ServerReply(const ServerRequest&)>;

  /// Listens on a port that is free on the first address. The handler is called on the server's thread.
  HttpsServer(HttpsServerOptions options, Handler handler);
  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;
  ~HttpsServer();

  [[nodiscard]] std::uint16_t port() const;
  /// "https://127.0.0.1:4711"
  [[nodiscard]] std::string url(std::size_t address = 0) const;
  [[nodiscard]] std::vector<ServerRequest> requests() const;
  [[nodiscard]] int connections() const;            ///< accepted so far
  [[nodiscard]] int resumed_sessions() const;       ///< handshakes that took up an earlier TLS session
  [[nodiscard]] int most_connections() const;       ///< open at the same time
  [[nodiscard]] int most_handshakes() const;        ///< delayed at the same time
  [[nodiscard]] int most_requests_at_once() const;  ///< between reading and answering

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace firmform::tests
