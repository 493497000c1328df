// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/hosts.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>

#include "engine/apply/sync.h"

namespace firmform::apply {
namespace {

/// Shared by the coroutines of one read_fleet call.
struct Fleet {
  Connector& connector;
  const Providers& providers;
  Clock& clock;
  ReadOptions options;
  Semaphore slots;
  Signal finished;
  std::size_t left;
  inventory::Inventory inventory;
};

Task<inventory::HostSnapshot> read_target(Fleet& fleet, const Target& target) {
  auto client = fleet.connector.client(target);
  if (!client) co_return unread(target, client.error(), fleet.clock.now());
  if (fleet.options.connected) fleet.options.connected(target, **client);
  auto snapshot = co_await read_host(**client, fleet.providers, target, fleet.clock);
  co_await (*client)->logout();
  if (!snapshot) co_return unread(target, snapshot.error(), fleet.clock.now());
  co_return std::move(*snapshot);
}

/// One host, whatever happens to it: a bug in reading one must not stop the others.
Task<void> read_one(std::shared_ptr<Fleet> fleet, Target target) {
  const Semaphore::Permit permit = co_await fleet->slots.acquire();
  std::optional<Error> bug;
  try {
    inventory::HostSnapshot snapshot = co_await read_target(*fleet, target);
    if (fleet->options.finished) fleet->options.finished(snapshot);
    fleet->inventory[target.name] = std::move(snapshot);
  } catch (const std::exception& exception) {
    bug = Error(Code::internal_error, exception.what());
  }
  if (bug) fleet->inventory[target.name] = unread(target, *bug, fleet->clock.now());
  --fleet->left;
  if (fleet->left == 0) fleet->finished.notify();
}

}  // namespace

Target target_of(const manifest::DesiredHost& host, const std::filesystem::path& directory) {
  Target target{host.name, host.bmc, {}, host.credentials.username, host.credentials.password};
  target.tls.verify = host.tls.verify;
  target.tls.pin_sha256 = host.tls.pin_sha256;
  if (host.tls.ca_file) target.tls.ca_file = directory / *host.tls.ca_file;
  target.password = with_absolute_paths(std::move(target.password), directory);
  return target;
}

Target target_of(const plan::PlannedHost& host) {
  return {host.name, host.bmc, host.tls, host.username, host.password};
}

Connector::Connector(http::Transport& transport, Clock& clock, Secrets& secrets, redfish::ClientOptions options)
    : transport_(transport), clock_(clock), secrets_(secrets), options_(options) {}

Result<std::unique_ptr<redfish::Client>> Connector::client(const Target& target) {
  auto password = secrets_.resolve(target.password);
  if (!password) return fail(password.error());
  auto endpoint = std::make_shared<const http::Endpoint>(http::Endpoint{target.bmc, target.tls});
  return std::make_unique<redfish::Client>(transport_, clock_, std::move(endpoint),
                                           redfish::Login{target.username, std::move(*password)}, options_);
}

inventory::HostStatus status_of(Code code) {
  const auto number = static_cast<int>(code);
  if (code == Code::tls_untrusted || code == Code::tls_wrong_name || code == Code::tls_wrong_pin ||
      code == Code::login_refused || code == Code::access_denied || code == Code::session_expired ||
      code == Code::credentials_unavailable) {
    return inventory::HostStatus::refused;
  }
  constexpr int kFirstNetworkCode = 400;
  constexpr int kFirstRedfishCode = 500;
  if (number >= kFirstNetworkCode && number < kFirstRedfishCode) return inventory::HostStatus::unreachable;
  return inventory::HostStatus::failed;
}

inventory::HostSnapshot unread(const Target& target, const Error& error, UtcTime at) {
  inventory::HostSnapshot snapshot;
  snapshot.name = target.name;
  snapshot.bmc = target.bmc;
  snapshot.status = status_of(error.code());
  snapshot.error = error;
  snapshot.captured_at = at;
  return snapshot;
}

Task<Result<inventory::HostSnapshot>> read_host(redfish::Client& client, const Providers& providers,
                                                const Target& target, Clock& clock) {
  const Status connected = co_await client.connect();
  if (!connected) co_return fail(connected.error());
  const Provider& provider = providers.choose(client.facts());
  Result<inventory::HostSnapshot> snapshot = co_await provider.read(client);
  if (!snapshot) co_return snapshot;
  snapshot->name = target.name;
  snapshot->bmc = target.bmc;
  // A BMC that its service root does not name may turn out to be another provider's while it is read.
  if (snapshot->provider.empty()) snapshot->provider = provider.name();
  snapshot->captured_at = clock.now();
  co_return snapshot;
}

Task<inventory::Inventory> read_fleet(std::vector<Target> targets, Connector& connector, const Providers& providers,
                                      Clock& clock, ReadOptions options) {
  auto fleet = std::make_shared<Fleet>(
      Fleet{connector, providers, clock, options, Semaphore(options.parallelism), {}, targets.size(), {}});
  const auto executor = co_await boost::asio::this_coro::executor;
  for (Target& target : targets) {
    boost::asio::co_spawn(executor, read_one(fleet, std::move(target)), [](std::exception_ptr problem) {
      if (problem) std::rethrow_exception(problem);
    });
  }
  while (fleet->left > 0) co_await fleet->finished.wait();
  co_return std::move(fleet->inventory);
}

}  // namespace firmform::apply
