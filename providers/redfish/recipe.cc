// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "engine/base/text.h"
#include "providers/redfish/facts.h"

namespace firmform::redfish {
namespace {

using inventory::HostSnapshot;
using plan::ActionType;
using plan::Condition;

/// The first of `preferred` that is offered; empty when none is.
std::string first_offered(std::span<const std::string_view> preferred, const std::vector<std::string>& offered) {
  for (const std::string_view type : preferred) {
    if (std::ranges::find(offered, type) != offered.end()) return std::string(type);
  }
  return {};
}

Impossible no_reset(std::string_view what, const std::vector<std::string>& offered) {
  return {{.code = Code::reset_not_offered,
           .text = fmt::format("the BMC offers no way to restart {}", what),
           .help = {offered.empty() ? "It lists no reset types."
                                    : fmt::format("It offers: {}.", fmt::join(offered, ", "))}}};
}

plan::PlannedRequest reset_request(const std::string& target, std::string type) {
  plan::PlannedRequest request;
  request.target = target;
  request.body = json::Object{{"ResetType", std::move(type)}};
  return request;
}

}  // namespace

Condition idle() {
  return {.type = Condition::Type::update_service_idle};
}
Condition host_ready() {
  return {.type = Condition::Type::host_ready};
}
Condition powered_on() {
  return {.type = Condition::Type::power_state, .value = "On"};
}

Condition unchanged(const inventory::Component& component) {
  return {.type = Condition::Type::installed_version,
          .component = component.address,
          .value = component.version.value_or("")};
}

Condition wanted(const ChangeRequest& request) {
  return {.type = Condition::Type::wanted_version,
          .component = request.component.address,
          .value = request.entry.version.value,
          .scheme = request.entry.version_scheme ? request.entry.version_scheme->value : std::string()};
}

bool is_staged_only(const plan::Action& action) {
  const auto asks_for_version = [](const Condition& condition) {
    return condition.type == Condition::Type::wanted_version;
  };
  return std::ranges::none_of(action.postconditions, asks_for_version);
}

plan::Action flash(const ChangeRequest& request, Timing timing, bool staged_only) {
  const catalog::CatalogImage& image = request.image;
  plan::Action action;
  action.type = ActionType::flash;
  action.components = {request.component.address};
  action.summary = is_pulled(image) ? fmt::format("let the BMC pull {} for {}", image.name, request.component.name)
                                    : fmt::format("push {} for {}", image.name, request.component.name);
  action.image = plan::Image{.name = image.name,
                             .path = is_pulled(image) ? std::string() : image.path,
                             .url = is_pulled(image) ? image.url : std::string(),
                             .sha256 = image.sha256,
                             .size = image.size};
  action.preconditions = {idle(), unchanged(request.component)};
  action.postconditions = {staged_only ? idle() : wanted(request)};
  action.expected = timing.expected;
  action.deadline = timing.deadline;
  return action;
}

plan::Action verify(const ChangeRequest& request, Timing timing) {
  plan::Action action;
  action.type = ActionType::verify;
  action.components = {request.component.address};
  action.summary = fmt::format("verify that {} runs {}", request.component.name, request.entry.version.value);
  action.postconditions = {wanted(request)};
  action.expected = timing.expected;
  action.deadline = timing.deadline;
  return action;
}

std::variant<plan::Action, Impossible> bmc_reset(const ChangeRequest& request, Timing timing) {
  constexpr std::array<std::string_view, 2> kPreferred = {"GracefulRestart", "ForceRestart"};
  const inventory::ManagerFacts& manager = request.host.manager;
  const std::string type = first_offered(kPreferred, manager.reset_types);
  if (manager.reset_target.empty() || type.empty()) return no_reset("itself", manager.reset_types);
  plan::Action action;
  action.type = ActionType::reset_bmc;
  action.components = {request.component.address};
  action.summary = fmt::format("restart the BMC ({})", type);
  action.request = reset_request(manager.reset_target, type);
  action.completion = plan::Completion::bmc_back;
  action.preconditions = {idle()};
  action.postconditions = {wanted(request)};
  action.expected = timing.expected;
  action.deadline = timing.deadline;
  action.restarts = plan::Restarts::bmc;
  return action;
}

std::variant<plan::Action, Impossible> host_reset(const HostSnapshot& host, const std::vector<std::string>& components,
                                                  Timing timing) {
  constexpr std::array<std::string_view, 3> kPreferred = {"GracefulRestart", "ForceRestart", "PowerCycle"};
  if (auto refused = refuse_host_reset(host)) return *refused;
  const std::string type = first_offered(kPreferred, host.system.reset_types);
  plan::Action action;
  action.type = ActionType::reset_host;
  action.components = components;
  action.summary = fmt::format("restart the host ({})", type);
  action.request = reset_request(host.system.reset_target, type);
  action.completion = plan::Completion::host_ready;
  action.preconditions = {idle(), powered_on(), host_ready()};
  action.postconditions = {powered_on(), host_ready()};
  action.expected = timing.expected;
  action.deadline = timing.deadline;
  action.restarts = plan::Restarts::host;
  return action;
}

std::optional<Impossible> refuse_host_reset(const HostSnapshot& host) {
  constexpr std::array<std::string_view, 3> kFitting = {"GracefulRestart", "ForceRestart", "PowerCycle"};
  if (!host.system.power_state.empty() && host.system.power_state != "On") {
    return Impossible{{.code = Code::host_is_off,
                       .text = fmt::format("the host's power state is {}", printable(host.system.power_state)),
                       .help = {}}};
  }
  if (host.system.discovery_complete == false) {
    return Impossible{{.code = Code::host_not_ready,
                       .text = fmt::format("the host is in POST or discovery ({})", host.system.boot_progress),
                       .help = {}}};
  }
  const auto waiting = host.vendor_facts.find(std::string(kWaitingTasks));
  if (waiting != host.vendor_facts.end()) {
    return Impossible{{.code = Code::update_service_busy,
                       .text = fmt::format("work of others waits for a restart of the host ({}), and the restart that "
                                           "this change needs would start it",
                                           printable(waiting->second)),
                       .help = {"Restart the host, or remove that work, then plan again."}}};
  }
  const bool offered = !first_offered(kFitting, host.system.reset_types).empty();
  if (host.system.reset_target.empty() || !offered) return no_reset("the host", host.system.reset_types);
  return std::nullopt;
}

std::optional<Impossible> refuse_image(const ChangeRequest& request) {
  const catalog::CatalogImage& image = request.image;
  const auto limit = request.host.update.max_image_bytes;
  if (limit && *limit > 0 && image.size > static_cast<std::uintmax_t>(*limit)) {
    return Impossible{
        {.code = Code::image_too_large,
         .text = fmt::format("{} has {} bytes, and the BMC takes at most {}", image.name, image.size, *limit),
         .help = {}}};
  }
  const bool plain = is_pulled(image) && scheme_of(image.url) == "http";
  if (plain && request.policies.plain_http_image == manifest::Permission::deny) {
    return Impossible{{.code = Code::unpinned_image,
                       .text = fmt::format("the BMC would pull {} over plain http", image.url),
                       .help = {}}};
  }
  return std::nullopt;
}

std::vector<plan::Reason> warnings_about(const catalog::CatalogImage& image) {
  if (!is_pulled(image) || scheme_of(image.url) != "http") return {};
  return {{.code = Code::unpinned_image,
           .text = fmt::format("the BMC pulls {} over plain http; nothing proves what it gets", image.url),
           .help = {}}};
}

bool is_pulled(const catalog::CatalogImage& image) {
  return image.path.empty();
}

std::string scheme_of(std::string_view url) {
  return to_lower(url.substr(0, url.find("://")));
}

std::string file_name(const plan::Image& image) {
  std::string_view name = image.path.empty() ? image.url : image.path;
  name = name.substr(0, name.find_first_of("?#"));
  return std::string(name.substr(name.rfind('/') + 1));
}

}  // namespace firmform::redfish
