// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/snapshot_reading.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

#include "engine/apply/hosts.h"
#include "engine/inventory/recording.h"
#include "engine/inventory/tree_transport.h"

namespace firmform::cli {
namespace {

/// Reads one recorded tree through the provider that would read the BMC.
inventory::HostSnapshot read_recorded(const inventory::RecordedHost& recorded, UtcTime captured_at, const Providers& providers) {
  const apply::Target target{.name = recorded.name, .bmc = recorded.bmc};
  if (recorded.error) {
    inventory::HostSnapshot snapshot = apply::unread(target, *recorded.error, captured_at);
    snapshot.status = recorded.status;
    return snapshot;
  }
  boost::asio::io_context loop{1};
  SystemClock clock;
  inventory::TreeTransport transport(recorded.tree);
  redfish::Client client(transport, clock, std::make_shared<const http::Endpoint>(http::Endpoint{.url = recorded.bmc}), {});
  std::optional<Result<inventory::HostSnapshot>> result;
  boost::asio::co_spawn(loop, apply::read_host(client, providers, target, clock),
                        [&](std::exception_ptr problem, Result<inventory::HostSnapshot> snapshot) {
                          if (problem) std::rethrow_exception(problem);
                          result.emplace(std::move(snapshot));
                        });
  loop.run();
  if (!*result) return apply::unread(target, result->error(), captured_at);
  (*result)->captured_at = captured_at;
  return std::move(**result);
}

}  // namespace

Result<inventory::Inventory> read_snapshot(const std::filesystem::path& directory, const std::vector<std::string>& hosts) {
  const auto fleet = inventory::open_recording(directory);
  if (!fleet) return fail(fleet.error());
  const Providers providers = all_providers();
  inventory::Inventory inventory;
  for (const std::string& name : hosts) {
    const auto recorded = std::ranges::find(fleet->hosts, name, &inventory::RecordedHost::name);
    if (recorded == fleet->hosts.end()) {
      const Error error(Code::host_unreachable, "the host is not in the recorded inventory");
      inventory[name] = apply::unread({.name = name}, error, fleet->captured_at);
    } else {
      inventory[name] = read_recorded(*recorded, fleet->captured_at, providers);
    }
  }
  return inventory;
}

}  // namespace firmform::cli
