// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/ilo.h"

#include <fmt/format.h>

#include <utility>

#include "providers/hpe/dialect.h"
#include "providers/hpe/engine_state.h"
#include "providers/hpe/ilo4.h"
#include "providers/hpe/update.h"
#include "providers/redfish/evidence.h"
#include "providers/redfish/follow.h"
#include "providers/redfish/read.h"
#include "providers/redfish/recipe.h"
#include "providers/redfish/resource.h"
#include "providers/redfish/send.h"

namespace firmform::hpe {
namespace {

using plan::ActionType;
using plan::Completion;
using redfish::Client;

Task<Result<json::Value>> read_update_service(Client& client) {
  return client.get(redfish::link(client.root(), "UpdateService"));
}

/// The upload form carries the session's token as a cookie and as its first part (ilo.md 6.1).
http::Form upload_form(const plan::Action& action, std::string_view token) {
  http::Form form;
  form.push_back({.name = "sessionKey", .filename = {}, .content_type = {}, .body = std::string(token)});
  form.push_back({.name = "parameters",
                  .filename = {},
                  .content_type = "application/json",
                  .body = json::dump(action.request->body)});
  form.push_back({.name = "file",
                  .filename = redfish::file_name(*action.image),
                  .content_type = "application/octet-stream",
                  .body = http::FileBody{action.image->path}});
  return form;
}

/// A read just before makes sure that the token is alive: an expired one would cost the whole upload, and the
/// form could not be repeated with the new one.
Task<Status> ensure_session(Client& client) {
  const auto alive = co_await read_update_service(client);
  if (!alive) co_return fail(alive.error());
  if (!client.token().empty()) co_return Status();
  client.forget_session();
  const Status connected = co_await client.connect();
  if (!connected) co_return fail(connected.error());
  if (!client.token().empty()) co_return Status();
  co_return fail(
      Error(Code::bmc_refused_update, "the iLO gave no session, and its upload form needs one; nothing was sent")
          .with_help("End sessions on the iLO that nobody uses, then plan again."));
}

Task<Result<Accepted>> upload(Client& client, plan::Action action) {
  const Status ready = co_await ensure_session(client);
  if (!ready) co_return fail(ready.error());
  const std::string_view token = client.token().reveal();
  http::Headers headers;
  headers.set("Cookie", fmt::format("sessionKey={}", token));
  auto reply = co_await client.write(action.request->method, action.request->target, std::move(headers),
                                     upload_form(action, token), redfish::upload_deadlines(action.image->size));
  if (!reply) co_return fail(reply.error());
  co_return Accepted{.status = reply->status, .task_uri = {}, .message = "the iLO has the file"};
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

}  // namespace

IloProvider::IloProvider() : StandardProvider(hpe::dialect()) {}

std::variant<Recipe, Impossible> IloProvider::plan_change(const ChangeRequest& request) const {
  return plan_update(request);
}

Task<Result<inventory::HostSnapshot>> IloProvider::read(Client& client) const {
  auto resources = co_await redfish::fetch(client);
  if (!resources) co_return fail(resources.error());
  if (client.facts().manager_type == "iLO 4") {
    resources = co_await with_ilo4_inventory(client, std::move(*resources));
  }
  inventory::HostSnapshot host = redfish::assemble(*resources, hpe::dialect());
  host.bmc = client.endpoint().url;
  co_return host;
}

Task<Result<Accepted>> IloProvider::perform(Client& client, const plan::Action& action) const {
  if (action.request->upload == plan::PlannedRequest::Upload::ilo_form) return upload(client, action);
  return redfish::send_planned(client, action);
}

Task<Result<Progress>> IloProvider::poll(Client& client, const plan::Action& action, const Accepted& accepted) const {
  if (action.completion == Completion::update_state) return follow_engine(client, action, accepted.task_uri);
  const bool flashes_itself = action.type == ActionType::flash && action.completion == Completion::bmc_back;
  if (flashes_itself) return follow_own_flash(client, action, accepted.task_uri);
  return redfish::follow(client, hpe::dialect(), action, accepted);
}

Task<Result<Probe>> IloProvider::probe(Client& client, const plan::Action& action) const {
  const auto resources = co_await redfish::fetch(client);
  if (!resources) co_return fail(resources.error());
  const inventory::HostSnapshot host = redfish::assemble(*resources, hpe::dialect());
  if (action.type != ActionType::flash) co_return redfish::weigh(action, host, resources->tasks);
  if (auto there = redfish::effect_is_there(action, host)) co_return *there;
  co_return weigh(action, engine_state(resources->update_service), resources->tasks);
}

}  // namespace firmform::hpe
