// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/ilo.h"

#include <fmt/format.h>

#include <utility>

#include "providers/hpe/dialect.h"
#include "providers/hpe/engine_state.h"
#include "providers/hpe/evidence.h"
#include "providers/hpe/facts.h"
#include "providers/hpe/ilo4.h"
#include "providers/hpe/integrity.h"
#include "providers/hpe/log.h"
#include "providers/hpe/object_id.h"
#include "providers/hpe/preflight.h"
#include "providers/hpe/reset.h"
#include "providers/hpe/resources.h"
#include "providers/hpe/send.h"
#include "providers/hpe/staging.h"
#include "providers/hpe/update.h"
#include "providers/redfish/evidence.h"
#include "providers/redfish/follow.h"
#include "providers/redfish/read.h"
#include "providers/redfish/resource.h"

namespace firmform::hpe {
namespace {

using plan::ActionType;
using plan::Completion;
using redfish::Client;

Task<Result<json::Value>> read_update_service(Client& client) {
  return client.get(redfish::link(client.root(), "UpdateService"));
}

/// The task, as long as the iLO has it: it forgets them soon, and all of them when it restarts.
Task<std::optional<redfish::TaskView>> read_task(Client& client, std::string uri) {
  if (uri.empty()) co_return std::nullopt;
  const auto task = co_await client.get(uri);
  if (!task) co_return std::nullopt;
  co_return redfish::view_task(*task);
}

Task<Result<Progress>> follow_engine(Client& client, plan::Action action, std::string task_uri) {
  const auto service = co_await read_update_service(client);
  if (!service) co_return fail(service.error());
  const EngineState engine = engine_state(*service);
  std::optional<redfish::TaskView> task;
  if (engine.phase != EnginePhase::busy) task = co_await read_task(client, task_uri);
  co_return progress_of(action, engine, task);
}

/// The engine first, then the restart, then the version that the iLO came back with.
Task<Result<Progress>> follow_own_flash(Client& client, plan::Action action, std::string task_uri) {
  auto engine = co_await follow_engine(client, action, std::move(task_uri));
  if (!engine) {
    co_return Progress{.state = ProgressState::running,
                       .percent = {},
                       .text = fmt::format("the iLO restarts ({})", engine.error().message())};
  }
  if (engine->state != ProgressState::succeeded) co_return engine;
  co_return co_await redfish::follow_inventory(client, dialect(), action);
}

Task<Result<Progress>> follow_check(Client& client, plan::Action action) {
  const auto service = co_await read_update_service(client);
  if (!service) co_return fail(service.error());
  co_return progress_of_check(action, *service);
}

/// An entry that an agent in the operating system works on.
Task<Result<Progress>> follow_entry(Client& client, std::string uri) {
  const auto item = co_await client.get(uri);
  if (!item && item.error().code() == Code::resource_missing) {
    co_return Progress{.state = ProgressState::gone, .percent = {}, .text = "the queue entry is gone"};
  }
  if (!item) co_return fail(item.error());
  co_return progress_of(queue_entry(*item));
}

Task<Result<inventory::HostSnapshot>> read_all(Client& client, redfish::Resources resources) {
  inventory::HostSnapshot host = redfish::assemble(resources, dialect());
  host.bmc = client.endpoint().url;
  const auto extras = co_await fetch_extras(client, resources);
  if (!extras) co_return fail(extras.error());
  note_extras(host, resources, *extras);
  co_return host;
}

}  // namespace

IloProvider::IloProvider() : StandardProvider(hpe::dialect()) {}

std::variant<Recipe, Impossible> IloProvider::plan_change(const ChangeRequest& request) const {
  return plan_update(request);
}

std::variant<std::vector<plan::Action>, Impossible> IloProvider::plan_resource(const ResourceRequest& request) const {
  return hpe::plan_resource(request);
}

std::string IloProvider::window_id(const inventory::HostSnapshot&, std::string_view name) const {
  return object_id(name);
}

std::variant<plan::Action, Impossible> IloProvider::plan_host_reset(const inventory::HostSnapshot& host,
                                                                    const std::vector<std::string>& components) const {
  return plan_reset(host, components);
}

std::vector<plan::Reason> IloProvider::preflight(const inventory::HostSnapshot& host) const {
  return hpe::preflight(host);
}

std::vector<RecoveryWay> IloProvider::recovery(const inventory::HostSnapshot& host) const {
  return hpe::recovery(host);
}

std::optional<IntegrityState> IloProvider::integrity(const inventory::HostSnapshot& host) const {
  return integrity_state(host);
}

Task<Result<inventory::HostSnapshot>> IloProvider::read(Client& client) const {
  auto resources = co_await redfish::fetch(client);
  if (!resources) co_return fail(resources.error());
  if (client.facts().manager_type == "iLO 4") {
    resources = co_await with_ilo4_inventory(client, std::move(*resources));
  }
  co_return co_await read_all(client, std::move(*resources));
}

Task<Result<Accepted>> IloProvider::perform(Client& client, const plan::Action& action) const {
  return send(client, action);
}

Task<Result<Progress>> IloProvider::poll(Client& client, const plan::Action& action, const Accepted& accepted) const {
  if (checks_integrity(action)) return follow_check(client, action);
  if (action.completion == Completion::update_state) return follow_engine(client, action, accepted.task_uri);
  const bool flashes_itself = action.type == ActionType::flash && action.completion == Completion::bmc_back;
  if (flashes_itself) return follow_own_flash(client, action, accepted.task_uri);
  const bool waits_for_entry = action.type == ActionType::create && action.completion == Completion::task;
  if (waits_for_entry) return follow_entry(client, accepted.task_uri);
  return redfish::follow(client, hpe::dialect(), action, accepted);
}

Task<Result<Probe>> IloProvider::probe(Client& client, const plan::Action& action) const {
  const auto resources = co_await redfish::fetch(client);
  if (!resources) co_return fail(resources.error());
  const auto host = co_await read_all(client, *resources);
  if (!host) co_return fail(host.error());
  if (checks_integrity(action)) co_return weigh_check(action, *host);
  if (auto told = weigh_resources(action, *host)) co_return *told;
  const bool moves_image = action.type == ActionType::flash || action.type == ActionType::store;
  if (!moves_image) co_return redfish::weigh(action, *host, resources->tasks);
  if (auto there = redfish::effect_is_there(action, *host)) co_return *there;
  co_return weigh(action, engine_state(resources->update_service), resources->tasks);
}

Task<Result<std::vector<LogEntry>>> IloProvider::read_log(Client& client, std::optional<UtcTime> since) const {
  return read_logs(client, since);
}

}  // namespace firmform::hpe
