// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/evidence.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/make_plan.h"
#include "providers/redfish/links.h"
#include "providers/redfish/read.h"
#include "providers/redfish/recipe.h"
#include "providers/redfish/resource.h"
#include "providers/redfish/task.h"

namespace firmform::redfish {
namespace {

using inventory::HostSnapshot;
using plan::ActionType;
using plan::Condition;

/// The version that the action was planned on; absent where it has no such condition.
const Condition* planned_version(const plan::Action& action) {
  const auto found = std::ranges::find(action.preconditions, Condition::Type::installed_version, &Condition::type);
  return found == action.preconditions.end() ? nullptr : &*found;
}

bool has_wanted_version(const plan::Action& action, const HostSnapshot& host) {
  return !is_staged_only(action) && std::ranges::none_of(action.postconditions, [&](const Condition& condition) {
    return plan::check(condition, host).has_value();
  });
}

/// The run's own image server has another address after each start: only the file's name stays.
std::string_view image_to_look_for(const plan::Action& action) {
  const std::string_view uri = action.request->body.text("ImageURI");
  const bool served = action.image && action.image->served;
  return served ? uri.substr(uri.rfind('/') + 1) : uri;
}

bool names_image(const json::Value& task, const plan::Action& action) {
  const std::string_view image = image_to_look_for(action);
  if (image.empty()) return false;
  const json::Value& body = task["Payload"]["JsonBody"];
  const std::string text = body.as_string() != nullptr ? *body.as_string() : json::dump(body);
  return text.find(image) != std::string::npos;
}

bool is_for(const json::Value& task, const plan::Action& action) {
  const std::string_view target = task["Payload"].text("TargetUri");
  return !target.empty() && same_link(target, action.request->target);
}

/// A restart of the host that is under way shows; one that is over, or never began, does not.
Probe weigh_host_reset(const HostSnapshot& host) {
  const bool in_post = host.system.power_state != "On" || host.system.discovery_complete == false;
  if (in_post) return {.evidence = Evidence::running, .task_uri = {}, .text = "the host is restarting"};
  return {.evidence = Evidence::ambiguous,
          .task_uri = {},
          .text = "the host is up; whether it was restarted does not show"};
}

}  // namespace

const json::Value* task_of(const plan::Action& action, const std::vector<json::Value>& tasks) {
  const auto made_by_it = [&](const json::Value& task) { return is_for(task, action) && names_image(task, action); };
  const auto found = std::ranges::find_if(tasks, made_by_it);
  return found == tasks.end() ? nullptr : &*found;
}

std::optional<Probe> effect_is_there(const plan::Action& action, const HostSnapshot& host) {
  if (has_wanted_version(action, host)) {
    return Probe{.evidence = Evidence::done, .task_uri = {}, .text = "the wanted version is installed"};
  }
  const Condition* planned = planned_version(action);
  if (planned == nullptr) return std::nullopt;
  const inventory::Component* component = host.find(planned->component);
  if (component == nullptr) return std::nullopt;
  const std::string now = component->version.value_or("");
  if (now != planned->value && is_staged_only(action)) {
    return Probe{.evidence = Evidence::done,
                 .task_uri = {},
                 .text = fmt::format("{} went from \"{}\" to \"{}\"", component->address, planned->value, now)};
  }
  if (component->staged_version && is_staged_only(action)) {
    return Probe{.evidence = Evidence::done,
                 .task_uri = {},
                 .text = fmt::format("\"{}\" is staged on {}", *component->staged_version, component->address)};
  }
  return std::nullopt;
}

Probe weigh(const plan::Action& action, const HostSnapshot& host, const std::vector<json::Value>& tasks) {
  if (auto there = effect_is_there(action, host)) return *there;
  if (action.type == ActionType::reset_host) return weigh_host_reset(host);
  if (const json::Value* task = task_of(action, tasks)) {
    return {.evidence = Evidence::running, .task_uri = uri_of(*task), .text = "its task is on the BMC"};
  }
  std::vector<const json::Value*> similar;
  for (const json::Value& task : tasks) {
    if (is_for(task, action)) similar.push_back(&task);
  }
  const auto is_unfinished = [](const json::Value* task) {
    const TaskPhase phase = view_task(*task).phase;
    return phase == TaskPhase::active || phase == TaskPhase::waiting;
  };
  const auto unfinished = std::ranges::find_if(similar, is_unfinished);
  if (unfinished != similar.end()) {
    return {.evidence = Evidence::running, .task_uri = uri_of(**unfinished), .text = "a task of such a request runs"};
  }
  if (!host.tasks.empty()) {
    return {.evidence = Evidence::running,
            .task_uri = host.tasks.front().uri,
            .text = fmt::format("task {} runs on the BMC", host.tasks.front().name)};
  }
  if (inventory::is_busy(host) && !host.update.push_targets_busy.value_or(false)) {
    return {.evidence = Evidence::running, .task_uri = {}, .text = "an update runs on the BMC"};
  }
  if (!similar.empty()) {
    return {.evidence = Evidence::ambiguous,
            .task_uri = {},
            .text = "the BMC has finished tasks of such requests, and which of them was ours does not show"};
  }
  return {.evidence = Evidence::not_started,
          .task_uri = {},
          .text = "the BMC is at rest, its version is the old one, and it has no task of the request"};
}

Task<Result<Probe>> probe_host(Client& client, const Dialect& dialect, const plan::Action& action) {
  const auto resources = co_await fetch(client);
  if (!resources) co_return fail(resources.error());
  co_return weigh(action, assemble(*resources, dialect), resources->tasks);
}

}  // namespace firmform::redfish
