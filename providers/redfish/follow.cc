// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/follow.h"

#include <fmt/format.h>

#include <utility>

#include "engine/plan/make_plan.h"
#include "providers/redfish/read.h"
#include "providers/redfish/recipe.h"
#include "providers/redfish/replies.h"
#include "providers/redfish/resource.h"
#include "providers/redfish/task.h"

namespace firmform::redfish {
namespace {

Progress running(std::string text, std::optional<int> percent = std::nullopt) {
  return {.state = ProgressState::running, .percent = percent, .text = std::move(text)};
}

Progress done(std::string text) {
  return {.state = ProgressState::succeeded, .percent = 100, .text = std::move(text)};
}

/// What waits for a restart is done for an action that only stages, and not yet for any other.
Progress progress_of(const TaskView& view, const plan::Action& action) {
  switch (view.phase) {
    case TaskPhase::active:
      return running(view.text, view.percent);
    case TaskPhase::waiting:
      return is_staged_only(action) ? done(view.text) : running(view.text, view.percent);
    case TaskPhase::succeeded:
      return done(view.text);
    case TaskPhase::failed:
      return {.state = ProgressState::failed, .percent = view.percent, .text = view.text};
  }
  return running(view.text);
}

std::optional<std::string> first_broken(const std::vector<plan::Condition>& conditions,
                                        const inventory::HostSnapshot& host) {
  for (const plan::Condition& condition : conditions) {
    if (auto why = plan::check(condition, host)) return why;
  }
  return std::nullopt;
}

/// A BMC that has just restarted may answer one request and refuse the next; reads are repeated and hide it. Only good
/// answers in a row, each at the first try, count.
Task<bool> answers_steadily(Client& client) {
  constexpr int kGoodAnswers = 3;
  const std::string uri = link(client.root(), "Managers");
  for (int answers = 0; !uri.empty() && answers < kGoodAnswers; ++answers) {
    const auto response = co_await client.exchange(http::Method::get, uri, {}, {}, {});
    const bool good = response && is_success(response->status) && parse_document(*response, uri).has_value();
    if (!good) co_return false;
  }
  co_return true;
}

}  // namespace

Task<Result<inventory::HostSnapshot>> read_host(Client& client, const Dialect& dialect) {
  const auto resources = co_await fetch(client);
  if (!resources) co_return fail(resources.error());
  inventory::HostSnapshot host = assemble(*resources, dialect);
  host.bmc = client.endpoint().url;
  co_return host;
}

Task<Result<Progress>> follow_task(Client& client, const plan::Action& action, const Accepted& accepted) {
  if (accepted.task_uri.empty()) co_return done("accepted without a task");
  auto task = co_await client.get(accepted.task_uri);
  if (!task && task.error().code() == Code::resource_missing) {
    co_return Progress{.state = ProgressState::gone, .percent = {}, .text = "the BMC no longer has the task"};
  }
  if (!task) co_return fail(task.error());
  TaskView view = view_task(*task);
  if (view.phase == TaskPhase::succeeded && !view.job_uri.empty()) {
    const auto job = co_await client.get(view.job_uri);
    if (job) view = view_task(*job);
  }
  co_return progress_of(view, action);
}

Task<Result<Progress>> follow_host(Client& client, const Dialect& dialect) {
  const auto resources = co_await fetch_system(client);
  if (!resources) co_return fail(resources.error());
  const inventory::SystemFacts system = assemble(*resources, dialect).system;
  const bool is_off = !system.power_state.empty() && system.power_state != "On";
  if (is_off) co_return running(fmt::format("power is {}", system.power_state));
  if (system.discovery_complete == false)
    co_return running(fmt::format("in POST or discovery: {}", system.boot_progress));
  co_return done("the host is up");
}

Task<Result<Progress>> follow_inventory(Client& client, const Dialect& dialect, const plan::Action& action) {
  const auto host = co_await read_host(client, dialect);
  if (!host) co_return running(fmt::format("the BMC restarts ({})", host.error().message()));
  if (auto why = first_broken(action.postconditions, *host)) co_return running(std::move(*why));
  const bool steady = co_await answers_steadily(client);
  if (!steady) co_return running("the BMC is back, and does not answer every request yet");
  co_return done("the new version is installed");
}

Task<Result<Progress>> follow_bmc(Client& client, const Dialect& dialect, const plan::Action& action,
                                  const Accepted& accepted) {
  if (!accepted.task_uri.empty()) {
    auto task = co_await follow_task(client, action, accepted);
    if (!task) co_return running(fmt::format("the BMC restarts ({})", task.error().message()));
    if (task->state == ProgressState::running || task->state == ProgressState::failed) co_return task;
  }
  co_return co_await follow_inventory(client, dialect, action);
}

Task<Result<Progress>> follow(Client& client, const Dialect& dialect, const plan::Action& action,
                              const Accepted& accepted) {
  switch (action.completion) {
    case plan::Completion::immediate:
      co_return done("accepted");
    case plan::Completion::task:
      co_return co_await follow_task(client, action, accepted);
    case plan::Completion::host_ready:
      co_return co_await follow_host(client, dialect);
    case plan::Completion::bmc_back:
      co_return co_await follow_bmc(client, dialect, action, accepted);
    case plan::Completion::update_state:
      break;
  }
  co_return fail(Code::internal_error, "this BMC has no state of its update engine to follow");
}

}  // namespace firmform::redfish
