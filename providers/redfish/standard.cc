// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/standard.h"

#include <algorithm>
#include <utility>

#include "providers/redfish/evidence.h"
#include "providers/redfish/follow.h"
#include "providers/redfish/health.h"
#include "providers/redfish/identity.h"
#include "providers/redfish/log.h"
#include "providers/redfish/read.h"
#include "providers/redfish/recipe.h"
#include "providers/redfish/send.h"
#include "providers/redfish/settings.h"
#include "providers/redfish/update.h"

namespace firmform::redfish {

const Dialect& standard_dialect() {
  static const Dialect dialect{
      .quirks = {}, .match = [](const ServiceFacts&) { return 1; }, .identify = identify_by_id, .role = standard_role};
  return dialect;
}

StandardProvider::StandardProvider(Dialect dialect, std::vector<Dialect> others)
    : dialect_(std::move(dialect)), others_(std::move(others)) {}

std::variant<Recipe, Impossible> StandardProvider::plan_change(const ChangeRequest& request) const {
  return plan_update(request, dialect_);
}

std::variant<plan::Action, Impossible> StandardProvider::plan_host_reset(
    const inventory::HostSnapshot& host, const std::vector<std::string>& components) const {
  return host_reset(host, components, dialect_.quirks.host_reset);
}

std::vector<plan::PlannedRequest> StandardProvider::plan_settings(const inventory::Settings& wanted,
                                                                  const inventory::Settings& present) const {
  return put_back(wanted, present, dialect_.quirks);
}

Task<Result<inventory::HostSnapshot>> StandardProvider::read(Client& client) const {
  const auto resources = co_await fetch(client);
  if (!resources) co_return fail(resources.error());
  const auto is_it = [&](const Dialect& other) { return other.recognise != nullptr && other.recognise(*resources); };
  const auto other = std::ranges::find_if(others_, is_it);
  inventory::HostSnapshot host = assemble(*resources, other == others_.end() ? dialect_ : *other);
  host.bmc = client.endpoint().url;
  co_return host;
}

Task<Result<Accepted>> StandardProvider::perform(Client& client, const plan::Action& action) const {
  return send_planned(client, action);
}

Task<Result<Progress>> StandardProvider::poll(Client& client, const plan::Action& action,
                                              const Accepted& accepted) const {
  return follow(client, dialect_, action, accepted);
}

Task<Result<Probe>> StandardProvider::probe(Client& client, const plan::Action& action) const {
  return probe_host(client, dialect_, action);
}

Task<Result<std::vector<LogEntry>>> StandardProvider::read_log(Client& client, std::optional<UtcTime> since) const {
  return read_event_logs(client, since);
}

Task<Result<inventory::Health>> StandardProvider::read_health(Client& client, std::optional<UtcTime> since) const {
  auto health = co_await redfish::read_health(client, dialect_);
  if (!health || !since) co_return health;
  const auto entries = co_await read_log(client, since);
  if (!entries) co_return fail(entries.error());
  health->log_entries = count_warnings(*entries);
  co_return health;
}

Task<Result<inventory::Settings>> StandardProvider::read_settings(Client& client,
                                                                  std::vector<std::string> categories) const {
  return redfish::read_settings(client, dialect_.quirks, std::move(categories));
}

}  // namespace firmform::redfish
