// SPDX-License-Identifier: Apache-2.0
// A provider for tests of the planner: plans one push per change, in constant time, and never touches a BMC. Images
// whose name begins with "queued" and all work in a window go through a repository and an installation queue.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/time_text.h"
#include "engine/plan/naming.h"
#include "providers/provider.h"

namespace firmform::tests {

class FakeProvider : public Provider {
 public:
  /// Changes a recipe before it is handed out, for tests of broken contracts.
  using Spoil = std::function<void(Recipe&)>;

  explicit FakeProvider(Spoil spoil = {}) : spoil_(std::move(spoil)) {}

  [[nodiscard]] std::string_view name() const override { return "fake"; }
  [[nodiscard]] int match(const ServiceFacts&) const override { return 1; }

  [[nodiscard]] std::variant<Recipe, Impossible> plan_change(const ChangeRequest& request) const override {
    if (request.image.name.starts_with("unfit")) {
      return Impossible{{Code::image_not_applicable, "\"" + request.image.name + "\" is for another device", {}}};
    }
    Recipe recipe =
        request.appointment || request.image.name.starts_with("queued") ? through_queue(request) : at_once(request);
    if (request.image.sha256.empty()) {
      recipe.warnings.push_back({Code::unpinned_image, "nothing proves what the BMC gets", {}});
    }
    if (spoil_) spoil_(recipe);
    return recipe;
  }

  [[nodiscard]] std::variant<plan::Action, Impossible> plan_host_reset(
      const inventory::HostSnapshot& host, const std::vector<std::string>& components) const override {
    if (host.system.power_state == "Off") return Impossible{{Code::host_is_off, "it is off", {}}};
    plan::Action action;
    action.type = plan::ActionType::reset_host;
    action.components = components;
    action.summary = "restart the server";
    action.request = plan::PlannedRequest{.target = "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset",
                                          .body = json::Object{{"ResetType", "GracefulRestart"}}};
    action.completion = plan::Completion::host_ready;
    action.preconditions = {{.type = plan::Condition::Type::update_service_idle}};
    action.postconditions = {{.type = plan::Condition::Type::host_ready}};
    action.expected = std::chrono::minutes(8);
    action.deadline = std::chrono::minutes(30);
    action.restarts = plan::Restarts::host;
    return action;
  }

  [[nodiscard]] std::variant<std::vector<plan::Action>, Impossible> plan_resource(
      const ResourceRequest& request) const override {
    const bool checks = std::holds_alternative<CheckIntegrity>(request.write);
    if (!request.host.staging && !checks) return Provider::plan_resource(request);
    return std::visit([&](const auto& write) { return std::vector{plan_write(write)}; }, request.write);
  }

  [[nodiscard]] std::string window_id(const inventory::HostSnapshot&, std::string_view name) const override {
    return "id of " + std::string(name);
  }

  [[nodiscard]] std::vector<plan::Reason> preflight(const inventory::HostSnapshot& host) const override {
    const auto why = host.vendor_facts.find("fake.preflight");
    if (why == host.vendor_facts.end()) return {};
    return {{Code::privilege_missing, why->second, {}}};
  }

  [[nodiscard]] std::vector<RecoveryWay> recovery(const inventory::HostSnapshot&) const override {
    return {{.name = "retry", .text = "flashes the same image again", .available = true},
            {.name = "recovery-set", .text = "flashes the recovery set", .why_not = "there is none"}};
  }

  Task<Result<inventory::HostSnapshot>> read(redfish::Client&) const override { co_return never(); }
  Task<Result<Accepted>> perform(redfish::Client&, const plan::Action&) const override { co_return never(); }
  Task<Result<Progress>> poll(redfish::Client&, const plan::Action&, const Accepted&) const override {
    co_return never();
  }
  Task<Result<Probe>> probe(redfish::Client&, const plan::Action&) const override { co_return never(); }

 private:
  static tl::unexpected<Error> never() { return fail(Code::internal_error, "the fake provider only plans"); }

  static bool needs_host_reset(const ChangeRequest& request) {
    return request.component.is_bios || request.component.reset_required.value_or(false);
  }

  static Recipe at_once(const ChangeRequest& request) {
    return {.actions = {flash(request)}, .needs_host_reset = needs_host_reset(request), .verify = verify(request)};
  }

  static Recipe through_queue(const ChangeRequest& request) {
    const std::string name =
        plan::queue_entry_name(request.image.name, request.image.sha256, {request.component.address});
    const inventory::QueueEntry entry{.step = {.name = name, .file = request.image.name},
                                      .window_id = request.appointment ? request.appointment->id : std::string()};
    Recipe recipe{.actions = {plan_write(StoreImage{request.image}), plan_write(Enqueue{entry})},
                  .needs_host_reset = needs_host_reset(request),
                  .verify = verify(request),
                  .scheduled = request.appointment.has_value()};
    recipe.verify.expected = std::chrono::minutes(6);
    if (!recipe.scheduled) recipe.cleanup = {plan_write(Dequeue{entry})};
    return recipe;
  }

  static plan::Action write(plan::ActionType type, const std::string& address, std::string summary) {
    plan::Action action;
    action.type = type;
    action.components = {address};
    action.summary = std::move(summary);
    action.request = plan::PlannedRequest{.target = "/redfish/v1/" + std::string(to_string(type)),
                                          .body = json::Object{{"Address", address}}};
    action.expected = std::chrono::seconds(2);
    action.deadline = std::chrono::minutes(5);
    return action;
  }

  // Bodies say everything of a resource, for the model of a BMC in property tests.
  static json::Value body_of(const inventory::StoredImage& image) {
    return json::Object{{"File", image.file}, {"Size", image.size}};
  }
  static json::Value body_of(const inventory::Window& window) {
    return json::Object{{"Name", window.name},
                        {"Description", window.description},
                        {"Start", to_rfc3339(window.start.value_or(UtcTime{}))},
                        {"End", to_rfc3339(window.end.value_or(UtcTime{}))}};
  }
  static json::Value body_of(const inventory::Step& step) {
    json::Array updaters;
    for (const inventory::Updater updater : step.updatable_by) updaters.emplace_back(to_string(updater));
    return json::Object{
        {"Name", step.name}, {"Command", step.command}, {"File", step.file}, {"UpdatableBy", std::move(updaters)}};
  }
  static json::Value body_of(const inventory::InstallSet& set) {
    json::Array steps;
    for (const inventory::Step& step : set.steps) steps.push_back(body_of(step));
    return json::Object{{"Name", set.name},
                        {"Description", set.description},
                        {"IsRecovery", set.is_recovery},
                        {"Steps", std::move(steps)}};
  }
  static json::Value body_of(const inventory::QueueEntry& entry) {
    return json::Object{{"Step", body_of(entry.step)}, {"Window", entry.window_id}};
  }

  template <class T>
  static plan::Action make(plan::ActionType type, const T& resource) {
    const std::string address = inventory::address_of(resource);
    plan::Action action = write(type, address, fmt::format("{} {}", to_string(type), address));
    action.request->body = body_of(resource);
    action.postconditions = {{.type = plan::Condition::Type::resource_present,
                              .component = address,
                              .value = inventory::content_of(resource)}};
    return action;
  }

  template <class T>
  static plan::Action remove(const T& resource) {
    const std::string address = inventory::address_of(resource);
    plan::Action action = write(plan::ActionType::remove, address, "remove " + address);
    action.postconditions = {{.type = plan::Condition::Type::resource_absent, .component = address}};
    return action;
  }

  static plan::Action plan_write(const StoreImage& store) {
    plan::Action action =
        make(plan::ActionType::store, inventory::StoredImage{.file = store.image.name, .size = store.image.size});
    action.image = plan::Image{.name = store.image.name,
                               .path = store.image.path,
                               .url = store.image.url,
                               .sha256 = store.image.sha256,
                               .size = store.image.size};
    action.expected = std::chrono::minutes(1);
    return action;
  }
  static plan::Action plan_write(const RemoveImage& request) { return remove(request.image); }
  static plan::Action plan_write(const CreateWindow& request) { return make(plan::ActionType::create, request.window); }
  static plan::Action plan_write(const ChangeWindow& request) { return make(plan::ActionType::change, request.to); }
  static plan::Action plan_write(const RemoveWindow& request) { return remove(request.window); }
  static plan::Action plan_write(const CreateInstallSet& request) {
    return make(plan::ActionType::create, request.set);
  }
  static plan::Action plan_write(const ChangeInstallSet& request) { return make(plan::ActionType::change, request.to); }
  static plan::Action plan_write(const RemoveInstallSet& request) { return remove(request.set); }
  static plan::Action plan_write(const Enqueue& request) {
    plan::Action action = make(plan::ActionType::create, request.entry);
    if (request.entry.step.command == "ResetServer") action.restarts = plan::Restarts::host;
    return action;
  }
  static plan::Action plan_write(const Dequeue& request) { return remove(request.entry); }
  static plan::Action plan_write(const CheckIntegrity&) {
    plan::Action action = write(plan::ActionType::invoke, std::string(plan::kIntegrityAddress), "check the firmware");
    action.postconditions = {{.type = plan::Condition::Type::fact_changed, .component = "fake.checked"}};
    return action;
  }
  static plan::Action plan_write(const InvokeInstallSet& request) {
    plan::Action action = make(plan::ActionType::invoke, request.set);
    for (const inventory::Step& step : request.set.steps) {
      action.postconditions.push_back({.type = plan::Condition::Type::resource_present,
                                       .component = std::string(inventory::kQueuePrefix) + step.name,
                                       .value = step.name});
    }
    return action;
  }

  static plan::Action flash(const ChangeRequest& request) {
    plan::Action action;
    action.type = plan::ActionType::flash;
    action.components = {request.component.address};
    action.summary = "push " + request.image.name;
    action.request = plan::PlannedRequest{.target = "/redfish/v1/UpdateService/upload",
                                          .body = json::Object{{"Targets", json::Array{request.component.uri}}},
                                          .upload = plan::PlannedRequest::Upload::multipart};
    action.image = plan::Image{.name = request.image.name,
                               .path = request.image.path,
                               .url = request.image.url,
                               .sha256 = request.image.sha256,
                               .size = request.image.size};
    action.completion = plan::Completion::task;
    action.preconditions = {{.type = plan::Condition::Type::update_service_idle},
                            {.type = plan::Condition::Type::installed_version,
                             .component = request.component.address,
                             .value = request.component.version.value_or("")}};
    action.postconditions = {{.type = plan::Condition::Type::update_service_idle}};
    action.expected = std::chrono::minutes(request.component.is_bmc ? 4 : 5);
    action.deadline = std::chrono::minutes(40);
    action.restarts = request.component.is_bmc ? plan::Restarts::bmc : plan::Restarts::nothing;
    return action;
  }

  static plan::Action verify(const ChangeRequest& request) {
    plan::Action action;
    action.type = plan::ActionType::verify;
    action.components = {request.component.address};
    action.summary = "see that " + request.component.name + " is " + request.entry.version.value;
    action.postconditions = {{.type = plan::Condition::Type::wanted_version,
                              .component = request.component.address,
                              .value = request.entry.version.value}};
    action.expected = std::chrono::minutes(1);
    action.deadline = std::chrono::minutes(15);
    return action;
  }

  Spoil spoil_;
};

inline Providers fake_providers(FakeProvider::Spoil spoil = {}) {
  std::vector<std::unique_ptr<Provider>> providers;
  providers.push_back(std::make_unique<FakeProvider>(std::move(spoil)));
  return Providers(std::move(providers));
}

}  // namespace firmform::tests
