// SPDX-License-Identifier: Apache-2.0
// Endpoint: a small HTTP server for metrics and health. It answers GET and HEAD, takes no bodies, and nobody can occupy
// it: a request has a few seconds in all, and connections beyond the limit wait.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/base/result.h"

namespace firmform::watch {

struct Answer {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

/// What GET of a path answers; called on the endpoint's executor.
using Respond = std::function<Answer(std::string_view path)>;

class Endpoint {
 public:
  /// `address`: "127.0.0.1:9783", "[::1]:9783", ":9783" for 127.0.0.1; port 0 is any free one. Fails with usage for
  /// what is no address, and with endpoint_unavailable.
  [[nodiscard]] static Result<std::unique_ptr<Endpoint>> listen(boost::asio::any_io_executor executor,
                                                                const std::string& address, Respond respond,
                                                                Duration patience = std::chrono::seconds(10));
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  /// Where it listens, with the port that it got.
  [[nodiscard]] const std::string& address() const;

 private:
  struct State;
  explicit Endpoint(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;  ///< also held by the connections' coroutines
};

}  // namespace firmform::watch
