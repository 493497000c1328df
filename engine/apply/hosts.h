// SPDX-License-Identifier: Apache-2.0
// From a host's name in manifest or plan to a Redfish client, and from a fleet to an inventory.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/apply/secrets.h"
#include "engine/http/transport.h"
#include "engine/inventory/snapshot.h"
#include "engine/manifest/desired.h"
#include "engine/plan/plan.h"
#include "providers/provider.h"
#include "providers/redfish/client.h"

namespace firmform::apply {

/// What is needed to reach one BMC.
struct Target {
  std::string name;
  std::string bmc;
  http::TlsOptions tls;
  std::string username;
  manifest::PasswordSource password;
};

/// Paths in the manifest become absolute by `directory`.
[[nodiscard]] Target target_of(const manifest::DesiredHost& host, const std::filesystem::path& directory);
[[nodiscard]] Target target_of(const plan::PlannedHost& host);

/// Makes clients and keeps what they share.
class Connector {
 public:
  Connector(http::Transport& transport, Clock& clock, Secrets& secrets, redfish::ClientOptions options = {});
  /// Does not touch the network. Fails with credentials_unavailable.
  [[nodiscard]] Result<std::unique_ptr<redfish::Client>> client(const Target& target);

 private:
  http::Transport& transport_;
  Clock& clock_;
  Secrets& secrets_;
  redfish::ClientOptions options_;
};

/// How a failure of reading counts: unreachable, refused or failed.
[[nodiscard]] inventory::HostStatus status_of(Code code);

/// A snapshot of a host that could not be read.
[[nodiscard]] inventory::HostSnapshot unread(const Target& target, const Error& error, UtcTime at);

struct ReadOptions {
  int parallelism = 512;  ///< hosts at a time
  /// Called for each host as soon as it is read; for progress.
  std::function<void(const inventory::HostSnapshot&)> finished;
  /// Called with each client before it is used; for recording.
  std::function<void(const Target&, redfish::Client&)> connected;
};

/// Reads all targets, each on its own: one dead BMC is one row. Never fails as a whole.
Task<inventory::Inventory> read_fleet(std::vector<Target> targets, Connector& connector, const Providers& providers,
                                      Clock& clock, ReadOptions options);

/// Connects if need be and reads one host.
Task<Result<inventory::HostSnapshot>> read_host(redfish::Client& client, const Providers& providers,
                                                const Target& target, Clock& clock);

}  // namespace firmform::apply
