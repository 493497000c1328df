// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "providers/hpe/delivery.h"
#include "providers/hpe/dialect.h"
#include "providers/hpe/queued.h"
#include "providers/hpe/reset.h"
#include "providers/hpe/suitability.h"
#include "providers/redfish/recipe.h"

namespace firmform::hpe {
namespace {

using redfish::Role;

/// Upload, flash and restart of the iLO itself; the sources are in providers/README.md.
Duration own_flash(const inventory::HostSnapshot& host) {
  using namespace std::chrono_literals;
  constexpr std::array<std::pair<std::string_view, std::chrono::minutes>, 2> kSlower = {
      {{"iLO 6", 7min}, {"iLO 7", 8min}}};
  const auto generation = host.vendor_facts.find(std::string(kGeneration));
  for (const auto& [name, duration] : kSlower) {
    if (generation != host.vendor_facts.end() && generation->second == name) return duration;
  }
  return dialect().quirks.bmc.expected;
}

redfish::Timing timing_of(const ChangeRequest& request, Role role) {
  const redfish::Quirks& quirks = dialect().quirks;
  redfish::Timing timing = role == Role::bmc ? quirks.bmc : (role == Role::bios ? quirks.bios : quirks.device);
  if (role == Role::bmc) timing.expected = own_flash(request.host);
  if (request.image.package && request.image.package->install_seconds > 0) {
    const Duration install = std::chrono::seconds(request.image.package->install_seconds);
    timing.expected = std::min(std::max(timing.expected, install), timing.deadline);
  }
  return timing;
}

bool is_staged_only(Role role) {
  return role == Role::bios || role == Role::device;
}

/// One section of the image, or all of it. Only the last of them makes the iLO install anything.
plan::Action flash_action(const ChangeRequest& request, Delivery delivery, std::size_t number, std::size_t count) {
  const Role role = role_of(request);
  const bool is_last = number == count;
  plan::Action action = redfish::flash(request, timing_of(request, role), is_staged_only(role) || !is_last);
  action.summary = fmt::format("{} {} for {}{}", verb_of(delivery), request.image.name, request.component.name,
                               count == 1 ? "" : fmt::format(" (section {} of {})", number, count));
  action.request = std::move(delivery.request);
  action.image = std::move(delivery.image);
  action.completion = plan::Completion::update_state;
  if (role == Role::bmc && is_last) {
    action.completion = plan::Completion::bmc_back;
    action.restarts = plan::Restarts::bmc;
  }
  return action;
}

std::variant<Recipe, Impossible> plan_flash(const ChangeRequest& request) {
  const redfish::Quirks& quirks = dialect().quirks;
  const Role role = role_of(request);
  if (is_staged_only(role) && !waits_for_repair(request.host)) {
    if (auto refused = redfish::refuse_host_reset(request.host)) return std::move(*refused);
  }
  auto delivered = deliver({.host = request.host,
                            .policies = request.policies,
                            .image = request.image,
                            .name = request.image.name,
                            .concern = request.component.address,
                            .purpose = Purpose::flash,
                            .delivery = request.delivery,
                            .tpm_override = needs_tpm_override(request),
                            .simple_update_flashes = simple_update_flashes(request),
                            .targets = targets_among_equals(request),
                            .others = others_reached(request)});
  if (auto* refused = std::get_if<Impossible>(&delivered)) return std::move(*refused);
  auto& deliveries = std::get<std::vector<Delivery>>(delivered);
  Recipe recipe{.actions = {}, .needs_host_reset = is_staged_only(role), .warnings = warnings_about(request)};
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    recipe.actions.push_back(flash_action(request, std::move(deliveries[i]), i + 1, deliveries.size()));
  }
  recipe.verify = redfish::verify(request, is_staged_only(role) ? quirks.verify_after_reset : quirks.verify);
  return recipe;
}

}  // namespace

std::variant<Recipe, Impossible> plan_update(const ChangeRequest& request) {
  if (auto refused = refuse_change(request)) return std::move(*refused);
  return needs_queue(request) ? plan_queued(request) : plan_flash(request);
}

}  // namespace firmform::hpe
