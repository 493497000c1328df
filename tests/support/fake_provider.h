// SPDX-License-Identifier: Apache-2.0
// A provider for tests of the planner: plans one push per change, in constant time, and never touches a BMC.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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
    Recipe recipe{.actions = {flash(request)},
                  .needs_host_reset = request.component.is_bios || request.component.reset_required.value_or(false),
                  .verify = verify(request)};
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

  Task<Result<inventory::HostSnapshot>> read(redfish::Client&) const override { co_return never(); }
  Task<Result<Accepted>> perform(redfish::Client&, const plan::Action&) const override { co_return never(); }
  Task<Result<Progress>> poll(redfish::Client&, const plan::Action&, const Accepted&) const override {
    co_return never();
  }
  Task<Result<Probe>> probe(redfish::Client&, const plan::Action&) const override { co_return never(); }

 private:
  static tl::unexpected<Error> never() { return fail(Code::internal_error, "the fake provider only plans"); }

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
