// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "providers/hpe/dialect.h"
#include "providers/hpe/facts.h"
#include "providers/hpe/integrity.h"
#include "providers/hpe/object_id.h"
#include "providers/redfish/recipe.h"

namespace firmform::hpe {
namespace {

using inventory::address_of;
using inventory::content_of;
using inventory::HostSnapshot;
using inventory::InstallSet;
using inventory::QueueEntry;
using inventory::Staging;
using inventory::Step;
using inventory::Updater;
using inventory::Window;
using plan::Action;
using plan::ActionType;
using plan::Condition;
using Refusal = std::optional<Impossible>;

template <class Resource>
Condition present(const Resource& resource) {
  return {.type = Condition::Type::resource_present, .component = address_of(resource), .value = content_of(resource)};
}

Condition absent(std::string address) {
  return {.type = Condition::Type::resource_absent, .component = std::move(address)};
}

Condition unblocked() {
  return {.type = Condition::Type::queue_unblocked};
}

Condition clock_agrees(const manifest::Policies& policies) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(policies.max_clock_skew).count();
  return {.type = Condition::Type::clock_agrees, .value = std::to_string(seconds)};
}

bool is_timed(const QueueEntry& entry) {
  return !entry.window_id.empty() || entry.start_after || entry.expire;
}

Action quick(ActionType type, std::string address, std::string summary, plan::PlannedRequest request) {
  Action action;
  action.type = type;
  action.components = {std::move(address)};
  action.summary = std::move(summary);
  action.request = std::move(request);
  action.completion = plan::Completion::immediate;
  action.expected = kQuick;
  action.deadline = kQuickDeadline;
  return action;
}

plan::PlannedRequest removal(std::string uri) {
  return {.method = http::Method::delete_, .target = std::move(uri), .body = nullptr};
}

void set_time(json::Object& body, std::string key, const std::optional<UtcTime>& time) {
  if (time) body.set(std::move(key), to_rfc3339(*time));
}

json::Array texts_of(const std::vector<Updater>& updaters) {
  json::Array texts;
  for (const Updater updater : updaters) texts.emplace_back(inventory::to_string(updater));
  return texts;
}

/// Always with Command: without it the iLO takes an entry and binds it to nothing (ilo.md 8.3).
json::Object step_body(const Step& step) {
  json::Object body{{"Name", step.name}, {"Command", step.command}};
  if (!step.file.empty()) body.set("Filename", step.file);
  if (!step.updatable_by.empty()) body.set("UpdatableBy", texts_of(step.updatable_by));
  if (step.wait_seconds > 0) body.set("WaitTimeSeconds", step.wait_seconds);
  if (step.timeout_minutes > 0) body.set("ExecutionTimeoutMinutes", step.timeout_minutes);
  json::Array targets;
  for (const std::string& target : step.targets) targets.emplace_back(target);
  if (!targets.empty()) body.set("Targets", std::move(targets));
  return body;
}

json::Object entry_body(const QueueEntry& entry) {
  json::Object body = step_body(entry.step);
  if (!entry.window_id.empty()) body.set("MaintenanceWindow", entry.window_id);
  set_time(body, "StartAfter", entry.start_after);
  set_time(body, "Expire", entry.expire);
  if (entry.tpm_override) body.set("TPMOverride", true);
  if (entry.update_recovery_set) body.set("UpdateRecoverySet", true);
  return body;
}

/// Steps that do not say who does them get what the stored image says; commands are the iLO's.
Step completed(Step step, const Staging& staging) {
  if (!step.updatable_by.empty()) return step;
  if (step.command != "ApplyUpdate") {
    step.updatable_by = {Updater::bmc};
  } else if (staging.repository) {
    if (const auto* image = staging.repository->find(step.file)) step.updatable_by = image->updatable_by;
  }
  return step;
}

InstallSet completed(InstallSet set, const Staging& staging) {
  for (Step& step : set.steps) step = completed(std::move(step), staging);
  return set;
}

Impossible not_offered(std::string_view what) {
  return impossible(Code::feature_not_offered, fmt::format("this iLO has no {}", what));
}

Refusal refuse_step(const HostSnapshot& host, const Step& step, bool in_set) {
  const Firmware firmware = firmware_of(host);
  if (!knows_command(firmware, step.command, in_set)) {
    return impossible(
        Code::feature_not_offered,
        fmt::format("{} {}.{:02} does not take the command {} in {}", fact(host, kGeneration), firmware.major,
                    firmware.minor, step.command, in_set ? "an install set" : "its installation queue"));
  }
  if (!step.targets.empty() && !takes_targets(firmware)) {
    return impossible(Code::feature_not_offered,
                      fmt::format("{} {}.{:02} updates all devices that fit {}; it cannot be told which of them",
                                  fact(host, kGeneration), firmware.major, firmware.minor, step.file));
  }
  return std::nullopt;
}

Refusal refuse_recovery(const HostSnapshot& host, bool concerned) {
  if (!concerned || may(host, kRecoveryPrivilege)) return std::nullopt;
  return impossible(Code::privilege_missing,
                    fmt::format("the account lacks the privilege {} (Recovery Set), without which the iLO lets nobody "
                                "change the recovery set",
                                kRecoveryPrivilege));
}

std::string work_of(const Step& step) {
  return step.file.empty() ? step.command : fmt::format("{} {}", step.command, step.file);
}

/// One alternative of ResourceWrite each. The planner sees to limits, locks and policies.
class Writer {
 public:
  Writer(const ResourceRequest& request, const Staging& staging)
      : request_(request), host_(request.host), staging_(staging) {}

  Actions operator()(const StoreImage& write) const {
    if (!staging_.repository) return not_offered("repository");
    if (auto refused = refuse_recovery(host_, write.update_recovery_set)) return *refused;
    const inventory::StoredImage stored{.file = write.image.name};
    return store({.host = host_,
                  .policies = request_.policies,
                  .image = write.image,
                  .name = write.image.name,
                  .concern = address_of(stored),
                  .purpose = Purpose::store,
                  .delivery = request_.delivery,
                  .update_recovery_set = write.update_recovery_set});
  }

  Actions operator()(const RemoveImage& write) const {
    Action action = quick(ActionType::remove, address_of(write.image),
                          fmt::format("remove {} from the repository", write.image.file), removal(write.image.uri));
    action.preconditions = {present(write.image)};
    action.postconditions = {absent(address_of(write.image))};
    return std::vector{std::move(action)};
  }

  Actions operator()(const CreateWindow& write) const {
    if (staging_.windows_uri.empty()) return not_offered("maintenance windows");
    const Window& window = write.window;
    json::Object body{{"Name", window.name}};
    if (!window.description.empty()) body.set("Description", window.description);
    set_time(body, "StartAfter", window.start);
    set_time(body, "Expire", window.end);
    Action action = quick(ActionType::create, address_of(window), fmt::format("create the window \"{}\"", window.name),
                          {.target = staging_.windows_uri, .body = std::move(body)});
    action.preconditions = {absent(address_of(window)), clock_agrees(request_.policies)};
    action.postconditions = {present(window)};
    return std::vector{std::move(action)};
  }

  /// Only what differs: a new name gives the window a new Id, and entries lose it.
  Actions operator()(const ChangeWindow& write) const {
    json::Object body;
    if (write.to.name != write.from.name) body.set("Name", write.to.name);
    if (write.to.description != write.from.description) body.set("Description", write.to.description);
    if (write.to.start != write.from.start) set_time(body, "StartAfter", write.to.start);
    if (write.to.end != write.from.end) set_time(body, "Expire", write.to.end);
    Action action =
        quick(ActionType::change, address_of(write.to), fmt::format("change the window \"{}\"", write.to.name),
              {.method = http::Method::patch, .target = write.from.uri, .body = std::move(body)});
    action.preconditions = {present(write.from), clock_agrees(request_.policies)};
    action.postconditions = {present(write.to)};
    return std::vector{std::move(action)};
  }

  Actions operator()(const RemoveWindow& write) const {
    Action action = quick(ActionType::remove, address_of(write.window),
                          fmt::format("remove the window \"{}\"", write.window.name), removal(write.window.uri));
    action.preconditions = {present(write.window)};
    action.postconditions = {absent(address_of(write.window))};
    return std::vector{std::move(action)};
  }

  Actions operator()(const CreateInstallSet& write) const {
    if (staging_.install_sets_uri.empty()) return not_offered("install sets");
    const InstallSet set = completed(write.set, staging_);
    if (auto refused = refuse_set(set)) return *refused;
    json::Object body{{"Name", set.name}};
    if (!set.description.empty()) body.set("Description", set.description);
    body.set("IsRecovery", set.is_recovery);
    body.set("Sequence", sequence(set));
    Action action = quick(ActionType::create, address_of(set), fmt::format("create the install set \"{}\"", set.name),
                          {.target = staging_.install_sets_uri, .body = std::move(body)});
    action.preconditions = {absent(address_of(set))};
    action.postconditions = {present(set)};
    return std::vector{std::move(action)};
  }

  /// A new name gives the set a new Id and URI (ilo.md 10.2).
  Actions operator()(const ChangeInstallSet& write) const {
    const InstallSet to = completed(write.to, staging_);
    if (auto refused = refuse_set(to)) return *refused;
    if (auto refused = refuse_recovery(host_, write.from.is_recovery)) return *refused;
    json::Object body{{"Name", to.name}};
    if (to.description != write.from.description) body.set("Description", to.description);
    body.set("Sequence", sequence(to));
    Action action = quick(ActionType::change, address_of(to), fmt::format("change the install set \"{}\"", to.name),
                          {.method = http::Method::patch, .target = write.from.uri, .body = std::move(body)});
    action.preconditions = {present(write.from)};
    action.postconditions = {present(to)};
    return std::vector{std::move(action)};
  }

  Actions operator()(const RemoveInstallSet& write) const {
    if (auto refused = refuse_recovery(host_, write.set.is_recovery)) return *refused;
    Action action = quick(ActionType::remove, address_of(write.set),
                          fmt::format("remove the install set \"{}\"", write.set.name), removal(write.set.uri));
    action.preconditions = {present(write.set)};
    action.postconditions = {absent(address_of(write.set))};
    return std::vector{std::move(action)};
  }

  Actions operator()(const InvokeInstallSet& write) const {
    if (staging_.queue_uri.empty()) return not_offered("installation queue");
    if (write.set.invoke_target.empty()) {
      return impossible(Code::feature_not_offered,
                        fmt::format("the iLO offers no Invoke for the install set \"{}\"", write.set.name));
    }
    if (auto refused = refuse_recovery(host_, write.update_recovery_set)) return *refused;
    Action action = quick(ActionType::invoke, address_of(write.set),
                          fmt::format("put the {} steps of the install set \"{}\" into the queue",
                                      write.set.steps.size(), write.set.name),
                          {.target = write.set.invoke_target, .body = invoke_body(write)});
    add_invoke_conditions(action, write);
    return std::vector{std::move(action)};
  }

  Actions operator()(const Enqueue& write) const {
    if (staging_.queue_uri.empty()) return not_offered("installation queue");
    QueueEntry entry = write.entry;
    entry.step = completed(std::move(entry.step), staging_);
    const bool installs = entry.step.command == "ApplyUpdate";
    entry.tpm_override = installs && entry.tpm_override;
    entry.update_recovery_set = installs && entry.update_recovery_set;
    if (auto refused = refuse_step(host_, entry.step, false)) return *refused;
    if (auto refused = refuse_recovery(host_, entry.update_recovery_set)) return *refused;
    if (auto refused = refuse_unbound(entry.step)) return *refused;
    return std::vector{enqueue(host_, request_.policies, entry)};
  }

  Actions operator()(const Dequeue& write) const {
    Action action = dequeue(host_, write.entry);
    action.preconditions = {present(write.entry)};
    return std::vector{std::move(action)};
  }

  Actions operator()(const CheckIntegrity&) const { return plan_integrity_check(host_); }

 private:
  [[nodiscard]] Refusal refuse_set(const InstallSet& set) const {
    if (auto refused = refuse_recovery(host_, set.is_recovery)) return refused;
    for (const Step& step : set.steps) {
      if (auto refused = refuse_step(host_, step, true)) return refused;
    }
    return std::nullopt;
  }

  [[nodiscard]] static Refusal refuse_unbound(const Step& step) {
    if (step.command != "ApplyUpdate") return std::nullopt;
    if (step.file.empty()) {
      return impossible(Code::image_missing, fmt::format("the queue entry \"{}\" names no stored image", step.name));
    }
    if (!step.updatable_by.empty()) return std::nullopt;
    return impossible(Code::image_missing,
                      fmt::format("{} is not in the repository, so who installs it is not known", step.file),
                      {"Store it first, or say who installs it."});
  }

  [[nodiscard]] static json::Array sequence(const InstallSet& set) {
    json::Array steps;
    for (const Step& step : set.steps) steps.emplace_back(step_body(step));
    return steps;
  }

  [[nodiscard]] static json::Object invoke_body(const InvokeInstallSet& write) {
    json::Object body{{"ClearTaskQueue", write.clear_queue}, {"UpdateRecoverySet", write.update_recovery_set}};
    if (write.tpm_override) body.set("TPMOverride", true);
    if (!write.window_id.empty()) body.set("MaintenanceWindow", write.window_id);
    set_time(body, "StartAfter", write.start_after);
    set_time(body, "Expire", write.expire);
    return body;
  }

  /// The entry that the iLO makes of a step.
  [[nodiscard]] QueueEntry entry_of(const Step& step, const InvokeInstallSet& write) const {
    const bool installs = step.command == "ApplyUpdate";
    return {.step = completed(step, staging_),
            .window_id = write.window_id,
            .start_after = write.start_after,
            .expire = write.expire,
            .tpm_override = installs && write.tpm_override,
            .update_recovery_set = installs && write.update_recovery_set};
  }

  /// The iLO refuses a set while an entry of the same name is in the queue (ilo.md 10.4).
  void add_invoke_conditions(Action& action, const InvokeInstallSet& write) const {
    action.preconditions = {present(write.set)};
    if (!write.clear_queue) action.preconditions.push_back(unblocked());
    if (!write.window_id.empty() || write.start_after || write.expire) {
      action.preconditions.push_back(clock_agrees(request_.policies));
    }
    for (const Step& step : write.set.steps) {
      const QueueEntry entry = entry_of(step, write);
      if (!write.clear_queue) action.preconditions.push_back(absent(address_of(entry)));
      action.postconditions.push_back(present(entry));
    }
  }

  const ResourceRequest& request_;
  const HostSnapshot& host_;
  const Staging& staging_;
};

/// A megabyte a second is slow for an iLO; a tenth of that is broken.
redfish::Timing store_timing(const Delivery& delivery) {
  using namespace std::chrono_literals;
  const std::uint64_t bytes = delivery.image.length == 0 ? delivery.image.size : delivery.image.length;
  const auto megabytes = static_cast<std::int64_t>(bytes >> 20U);
  return {.expected = 30s + megabytes * 1s, .deadline = 20min + megabytes * 10s};
}

Action store_action(const Handover& handover, Delivery delivery, std::size_t number, std::size_t count) {
  const inventory::StoredImage stored{.file = handover.name, .size = handover.image.size};
  const redfish::Timing timing = store_timing(delivery);
  Action action;
  action.type = ActionType::store;
  action.components = {handover.concern};
  action.summary = fmt::format("{} {} into the repository{}", verb_of(delivery), handover.name,
                               count == 1 ? "" : fmt::format(" (section {} of {})", number, count));
  action.request = std::move(delivery.request);
  action.image = std::move(delivery.image);
  action.completion = plan::Completion::update_state;
  action.preconditions = {redfish::idle()};
  // Only a whole file shows, and of a URL nobody may know the size.
  const bool shows = number == count && handover.image.size > 0;
  action.postconditions = {shows ? present(stored) : redfish::idle()};
  action.expected = timing.expected;
  action.deadline = timing.deadline;
  return action;
}

}  // namespace

Actions store(const Handover& handover) {
  auto delivered = deliver(handover);
  if (auto* refused = std::get_if<Impossible>(&delivered)) return std::move(*refused);
  auto& deliveries = std::get<std::vector<Delivery>>(delivered);
  std::vector<Action> actions;
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    actions.push_back(store_action(handover, std::move(deliveries[i]), i + 1, deliveries.size()));
  }
  return actions;
}

Action enqueue(const HostSnapshot& host, const manifest::Policies& policies, const QueueEntry& entry) {
  Action action = quick(ActionType::create, address_of(entry),
                        fmt::format("put {} into the installation queue", work_of(entry.step)),
                        {.target = host.staging->queue_uri, .body = entry_body(entry)});
  action.preconditions = {absent(address_of(entry)), unblocked()};
  if (is_timed(entry)) action.preconditions.push_back(clock_agrees(policies));
  action.postconditions = {present(entry)};
  if (entry.step.command == "ResetServer") action.restarts = plan::Restarts::host;
  if (entry.step.command == "ResetBmc") action.restarts = plan::Restarts::bmc;
  return action;
}

Action dequeue(const HostSnapshot& host, const QueueEntry& entry) {
  std::string uri = entry.uri.empty() ? member_uri(host.staging->queue_uri, entry.step.name) : entry.uri;
  Action action =
      quick(ActionType::remove, address_of(entry),
            fmt::format("remove \"{}\" from the installation queue", entry.step.name), removal(std::move(uri)));
  action.postconditions = {absent(address_of(entry))};
  return action;
}

Actions plan_resource(const ResourceRequest& request) {
  if (is_ilo4(request.host)) {
    return impossible(Code::unsupported_generation,
                      "an iLO 4 has no repository, queue, windows, install sets or integrity check");
  }
  const bool needs_place = !std::holds_alternative<CheckIntegrity>(request.write);
  if (!request.host.staging && needs_place) return not_offered("repository, queue, windows or install sets");
  const Staging none;
  return std::visit(Writer(request, request.host.staging ? *request.host.staging : none), request.write);
}

}  // namespace firmform::hpe
