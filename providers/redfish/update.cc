// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "providers/redfish/recipe.h"

namespace firmform::redfish {
namespace {

using inventory::UpdateFacts;
using plan::PlannedRequest;
using Texts = std::vector<std::string>;

constexpr std::string_view kApplyTime = "@Redfish.OperationApplyTime";
constexpr std::string_view kOnStartUpdate = "OnStartUpdateRequest";

bool offers(const Texts& values, std::string_view value) {
  return std::ranges::find(values, value) != values.end();
}

bool takes(const Texts& parameters, std::string_view name) {
  return parameters.empty() || offers(parameters, name);
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

Timing timing_of(Role role, const Quirks& quirks) {
  switch (role) {
    case Role::bmc:
      return quirks.bmc;
    case Role::bios:
      return quirks.bios;
    case Role::device:
    case Role::independent:
      return quirks.device;
  }
  return quirks.device;
}

/// One change on its way to a recipe.
class Updater {
 public:
  Updater(const ChangeRequest& request, const Dialect& dialect)
      : request_(request),
        quirks_(dialect.quirks),
        update_(request.host.update),
        role_(dialect.role(request.component)) {}

  std::variant<Recipe, Impossible> plan() {
    if (needs_host_reset()) {
      if (auto refused = refuse_host_reset(request_.host)) return *refused;
    }
    if (auto refused = refuse_image(request_)) return *refused;
    auto delivery = is_pulled(request_.image) ? pull() : push();
    if (auto* refused = std::get_if<Impossible>(&delivery)) return std::move(*refused);
    return recipe(std::get<PlannedRequest>(std::move(delivery)));
  }

 private:
  using Delivery = std::variant<PlannedRequest, Impossible>;

  [[nodiscard]] bool needs_host_reset() const { return role_ == Role::bios || role_ == Role::device; }
  [[nodiscard]] bool needs_bmc_reset() const { return role_ == Role::bmc && quirks_.bmc_needs_reset; }

  Delivery pull() const {
    const std::string protocol = upper(scheme_of(request_.image.url));
    if (update_.simple_update_target.empty()) return no_path("it has no SimpleUpdate to pull a URL with");
    if (!takes(update_.simple_update_protocols, protocol)) {
      return no_path(fmt::format("SimpleUpdate pulls by {}, not by {}",
                                 fmt::join(update_.simple_update_protocols, ", "), protocol));
    }
    PlannedRequest request;
    request.target = update_.simple_update_target;
    json::Object body{{"ImageURI", request_.image.url}};
    if (takes(update_.simple_update_parameters, "TransferProtocol")) body.set("TransferProtocol", protocol);
    if (takes(update_.simple_update_parameters, "Targets")) add_targets(body, quirks_.pull_targets);
    const bool forced = quirks_.force_on_downgrade || offers(update_.simple_update_parameters, "ForceUpdate");
    add_force(body, forced);
    add_apply_time(body, update_.simple_update_apply_times);
    request.body = std::move(body);
    return request;
  }

  Delivery push() const {
    if (!update_.multipart_push_uri.empty()) return multipart();
    if (update_.http_push_uri.empty() || !quirks_.raw_push) return no_path("it has no push URI that takes a file");
    if (quirks_.raw_push_is_for_bmc && role_ != Role::bmc) {
      return no_path("what is pushed to its HttpPushUri always goes to the BMC itself");
    }
    PlannedRequest request;
    request.target = update_.http_push_uri;
    request.upload = PlannedRequest::Upload::raw;
    return request;
  }

  [[nodiscard]] PlannedRequest multipart() const {
    Texts apply_times = update_.multipart_apply_times;
    if (apply_times.empty() && quirks_.assumes_push_apply_times) apply_times = {"Immediate", "OnReset"};
    json::Object parameters;
    add_targets(parameters, quirks_.push_targets);
    add_force(parameters, quirks_.force_on_downgrade);
    add_apply_time(parameters, apply_times);
    if (quirks_.oem_object_in_push) parameters.set("Oem", json::Object());
    PlannedRequest request;
    request.target = update_.multipart_push_uri;
    request.upload = PlannedRequest::Upload::multipart;
    request.body = std::move(parameters);
    return request;
  }

  void add_targets(json::Object& body, TargetRule rule) const {
    const bool by_manager = role_ == Role::bmc && quirks_.bmc_target_is_manager;
    const std::string& target = by_manager ? request_.host.manager.uri : request_.component.uri;
    switch (rule) {
      case TargetRule::component:
        return body.set("Targets", json::Array{target});
      case TargetRule::empty:
        return body.set("Targets", json::Array());
      case TargetRule::absent:
        return;
    }
  }

  void add_force(json::Object& body, bool known) const {
    if (known && request_.kind == plan::ChangeKind::downgrade) body.set("ForceUpdate", true);
  }

  /// What needs a restart of the host is staged for it; everything else starts at once. A BMC that knows
  /// nothing else is told to stage, and StartUpdate follows.
  void add_apply_time(json::Object& body, const Texts& offered) const {
    const std::string_view wish = needs_host_reset() ? quirks_.staged_apply_time : "Immediate";
    for (const std::string_view value : {wish, std::string_view("Immediate"), kOnStartUpdate}) {
      if (!offers(offered, value)) continue;
      return body.set(std::string(kApplyTime), std::string(value));
    }
  }

  std::variant<Recipe, Impossible> recipe(PlannedRequest request) const {
    const bool starts_later = request.body.text(kApplyTime) == kOnStartUpdate;
    const bool staged_only = needs_host_reset() || needs_bmc_reset() || starts_later;
    plan::Action action = flash(request_, timing_of(role_, quirks_), staged_only);
    action.request = std::move(request);
    action.completion = plan::Completion::task;
    Recipe recipe{.actions = {std::move(action)}, .warnings = warnings_about(request_.image)};
    if (starts_later) {
      if (update_.start_update_target.empty()) return no_path("it stages images and has no StartUpdate to go on with");
      recipe.actions.push_back(start_update());
    }
    if (role_ == Role::bmc && !needs_bmc_reset()) {
      recipe.actions.back().completion = plan::Completion::bmc_back;
      recipe.actions.back().restarts = plan::Restarts::bmc;
    }
    if (needs_bmc_reset()) {
      auto reset = bmc_reset(request_, quirks_.bmc_reset);
      if (auto* refused = std::get_if<Impossible>(&reset)) return std::move(*refused);
      recipe.actions.push_back(std::get<plan::Action>(std::move(reset)));
    }
    recipe.needs_host_reset = needs_host_reset();
    recipe.verify = verify(request_, needs_host_reset() ? quirks_.verify_after_reset : quirks_.verify);
    return recipe;
  }

  [[nodiscard]] plan::Action start_update() const {
    const bool staged_only = needs_host_reset() || needs_bmc_reset();
    plan::Action action = flash(request_, timing_of(role_, quirks_), staged_only);
    action.type = plan::ActionType::start_update;
    action.summary = fmt::format("start the staged update of {}", request_.component.name);
    action.image.reset();
    action.request = PlannedRequest{.target = update_.start_update_target, .body = json::Object()};
    action.completion = plan::Completion::task;
    return action;
  }

  [[nodiscard]] Impossible no_path(std::string why) const {
    return {{.code = Code::no_update_path,
             .text = fmt::format("{} cannot be delivered to this BMC: {}", request_.image.name, why),
             .help = {}}};
  }

  const ChangeRequest& request_;
  const Quirks& quirks_;
  const UpdateFacts& update_;
  Role role_;
};

}  // namespace

std::variant<Recipe, Impossible> plan_update(const ChangeRequest& request, const Dialect& dialect) {
  if (dialect.refuse != nullptr) {
    if (auto reason = dialect.refuse(request)) return Impossible{std::move(*reason)};
  }
  return Updater(request, dialect).plan();
}

}  // namespace firmform::redfish
