// SPDX-License-Identifier: Apache-2.0
// InProcessTransport: the client's transport with simulated BMCs at its other end instead of a network.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/http/transport.h"
#include "tests/simulators/bmc.h"

namespace firmform::simulators {

/// Where pulled images come from: bytes by URL, or why not.
using ImageSource = std::function<Result<std::string>(const std::string& url)>;

class InProcessTransport final : public http::Transport {
 public:
  /// `clock` must outlive the transport.
  InProcessTransport(Clock& clock, ImageSource images);

  /// `url` is what Endpoint::url says: scheme://host[:port].
  Bmc& add(const std::string& url, std::unique_ptr<Bmc> bmc);
  [[nodiscard]] Bmc& bmc(const std::string& url) { return *bmcs_.at(url); }

  /// An unknown host cannot be resolved, a restarting BMC refuses connections, a dropped answer is a lost connection.
  Task<Result<http::Response>> send(http::Request request) override;

  /// Lets all machines catch up with the clock, beyond what requests do.
  void settle();

 private:
  void catch_up(Bmc& bmc);
  void deliver(Bmc& bmc);

  Clock& clock_;
  ImageSource images_;
  std::map<std::string, std::unique_ptr<Bmc>> bmcs_;
};

}  // namespace firmform::simulators
