// SPDX-License-Identifier: Apache-2.0
// Bmc: a simulated BMC as a state machine under a clock that its owner turns. One model serves the
// sockets of `firmform lab` and the in-process transport of the tests. It follows what real machines do,
// never what the client would like.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/http/message.h"
#include "engine/json/value.h"

namespace firmform::simulators {

struct BmcRequest {
  http::Method method = http::Method::get;
  std::string target;  ///< path and query as on the request line
  http::Headers headers;
  std::string body;
};

struct BmcResponse {
  int status = 200;
  http::Headers headers;
  std::string body;
  bool drop = false;  ///< close the connection without an answer
  Duration delay{0};  ///< wait before answering
};

/// A write request (POST, PATCH, DELETE, PUT) that reached the BMC, whatever the answer was. Logins and logouts
/// are not among them. Tests count flashes with it.
struct WriteRecord {
  UtcTime at{};
  std::string method;
  std::string target;
  int status = 0;  ///< of the answer, even where a fault kept it from the client
};

struct BmcOptions {
  std::string model = "ilo5";  ///< one of bmc_models()
  std::string name = "lab-01";
  std::string username = "admin";
  std::string password;
  double speed = 1.0;  ///< durations of the machine are divided by this; timeouts of sessions are not
  json::Value faults;  ///< an array; see tests/simulators/README.md
  std::uint64_t seed = 1;
};

/// An image that a BMC wants to pull. The owner fetches it and calls deliver_image().
struct ImageOrder {
  std::uint64_t id = 0;
  std::string url;
};

class Bmc {
 public:
  virtual ~Bmc() = default;
  [[nodiscard]] virtual const BmcOptions& options() const = 0;
  /// True while the BMC restarts: connections are refused.
  [[nodiscard]] virtual bool offline() const = 0;
  /// Answers as of the last advance().
  virtual BmcResponse handle(const BmcRequest& request) = 0;
  /// Lets time pass: flashes progress, POST runs, the BMC comes back. Call before each request, and at next_event().
  virtual void advance(UtcTime now) = 0;
  /// When something will happen by itself; empty when the BMC rests.
  [[nodiscard]] virtual std::optional<UtcTime> next_event() const = 0;
  /// Images wanted since the last call. Call after handle(), advance() and deliver_image().
  virtual std::vector<ImageOrder> take_image_orders() = 0;
  /// The bytes, or why they could not be had. An order that a restart has made obsolete is ignored.
  virtual void deliver_image(std::uint64_t order, Result<std::string> image) = 0;

  // For tests: what the hardware knows, whatever the API shows.
  [[nodiscard]] virtual const std::vector<WriteRecord>& writes() const = 0;
  /// Number of flashes that the hardware really began.
  [[nodiscard]] virtual int flashes() const = 0;
  /// The running version of "bmc" or "bios" in the spelling of the firmware inventory; empty when it has none.
  [[nodiscard]] virtual std::string running_version(const std::string& component) const = 0;
  /// Number of times that the host began to boot.
  [[nodiscard]] virtual int host_boots() const = 0;
  /// Number of times that the BMC restarted.
  [[nodiscard]] virtual int bmc_restarts() const = 0;
  [[nodiscard]] virtual std::size_t open_sessions() const = 0;
};

/// Fails with Code::lab_failed for an unknown model and for faults that are not understood.
[[nodiscard]] Result<std::unique_ptr<Bmc>> make_bmc(BmcOptions options, UtcTime now);
/// ilo5, ilo5-old, ilo6, ilo7, idrac9, xcc, openbmc, redfish.
[[nodiscard]] std::vector<std::string> bmc_models();

/// An image that simulated BMCs of that model take for `component` ("bmc", "bios"; on iLOs what traits.cc lists:
/// "cpld", "sps", "ie", "pdt"): right header, digest, padding.
/// `version` is written as in the firmware inventory; an iLO's date may be left out. `size` is about that of the whole
/// image.
[[nodiscard]] std::string make_image(const std::string& model, const std::string& component, const std::string& version,
                                     std::size_t size);
/// The name under which a vendor would ship that image: "ilo5_312.bin", "U46_2.36_07_10_2025.signed.flash".
[[nodiscard]] std::string image_file_name(const std::string& model, const std::string& component,
                                          const std::string& version);
/// The same image wrapped as an HPE firmware package with payload.json, whose updater is the component's own: the iLO
/// ("bmc", "bios", "cpld") or UEFI ("sps", "ie", "pdt").
[[nodiscard]] Result<std::string> make_fwpkg(const std::string& model, const std::string& component,
                                             const std::string& version, std::size_t size,
                                             const std::string& minimum_active_version = {});
/// "ilo5_312.fwpkg", "SPSGen10Plus_04.04.04.702.fwpkg".
[[nodiscard]] std::string package_file_name(const std::string& model, const std::string& component,
                                            const std::string& version);
/// The same image as a smart component, which is good only with a detached signature. `updater`: "Bmc", "Uefi",
/// "RuntimeAgent".
[[nodiscard]] Result<std::string> make_smart_component(const std::string& model, const std::string& component,
                                                       const std::string& version, std::size_t size,
                                                       const std::string& updater);
/// The detached signature of a file or of a piece of one.
[[nodiscard]] std::string make_compsig(std::string_view bytes);

}  // namespace firmform::simulators
