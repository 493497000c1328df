// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/standard.h"

#include <algorithm>
#include <utility>

#include "providers/redfish/evidence.h"
#include "providers/redfish/follow.h"
#include "providers/redfish/identity.h"
#include "providers/redfish/read.h"
#include "providers/redfish/recipe.h"
#include "providers/redfish/send.h"
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

}  // namespace firmform::redfish
