// SPDX-License-Identifier: Apache-2.0
// Bmc: a simulated BMC as a state machine under a clock that its owner turns. One model serves the
// sockets of `firmform lab` and the in-process transport of the tests. It follows what real machines do,
// never what the client would like.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/http/message.h"
#include "engine/json/value.h"

namespace firmform::simulators {

struct BmcRequest {
  http::Method method = http::Method::get;
  std::string target;           ///< path and query as on the request line
  http::Headers headers;
  std::string body;
};

struct BmcResponse {
  int status = 200;
  http::Headers headers;
  std::string body;
  bool drop = false;            ///< close the connection without an answer
  Duration delay{0};
};

/// A write that the BMC acted on, for tests that count flashes.
struct WriteRecord {
  UtcTime at{};
  std::string method;
  std::string target;
  int status = 0;
};

struct BmcOptions {
  std::string model = "ilo5";   ///< ilo5, ilo5-old, ilo6, ilo7, idrac9, xcc, openbmc, redfish
  std::string name = "lab-01";
  std::string username = "admin";
  std::string password;
  double speed = 1.0;           ///< durations are divided by this
  json::Value faults;           ///< see tests/simulators/README.md
  std::uint64_t seed = 1;
};

/// Fetches an image for a BMC that pulls: bytes, or why not. Called from advance().
using ImageFetcher = std::function<Result<std::string>(const std::string& url)>;

class Bmc {
 public:
  virtual ~Bmc() = default;
  /// True while the BMC restarts: connections are refused or dropped.
  [[nodiscard]] virtual bool offline() const = 0;
  virtual BmcResponse handle(const BmcRequest& request) = 0;
  /// Lets time pass: flashes progress, POST runs, the BMC comes back. Call before each request, and when idle.
  virtual void advance(UtcTime now) = 0;
  [[nodiscard]] virtual const std::vector<WriteRecord>& writes() const = 0;
  /// Number of flashes that the hardware really began.
  [[nodiscard]] virtual int flashes() const = 0;
};

[[nodiscard]] Result<std::unique_ptr<Bmc>> make_bmc(BmcOptions options, UtcTime now, ImageFetcher fetch);
[[nodiscard]] std::vector<std::string> bmc_models();

/// An image that simulated BMCs of that model take for `component` ("bmc", "bios"): right header, digest, padding.
[[nodiscard]] std::string make_image(const std::string& model, const std::string& component,
                                     const std::string& version, std::size_t size);

}  // namespace firmform::simulators
