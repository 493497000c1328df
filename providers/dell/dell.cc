// SPDX-License-Identifier: Apache-2.0
#include "providers/dell/dell.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "engine/base/text.h"
#include "providers/redfish/identity.h"
#include "providers/redfish/read.h"

namespace firmform::dell {
namespace {

using inventory::Component;
using inventory::Slot;
using redfish::Naming;
using redfish::Role;

int match(const ServiceFacts& facts) {
  if (equals_ignoring_case(facts.vendor, "Dell")) return 100;
  return std::ranges::find(facts.oem_keys, "Dell") != facts.oem_keys.end() ? 60 : 0;
}

Slot slot_of(std::string_view prefix) {
  if (prefix == "Previous") return Slot::previous;
  if (prefix == "Current") return Slot::duplicate;
  if (prefix == "Available") return Slot::available;
  return Slot::active;
}

bool is_at(const Component& component, std::string_view fqdd_prefix) {
  return component.location.starts_with(fqdd_prefix);
}

/// "159:BIOS.Setup.1-1": what stays when the version changes.
std::string key_of(const Component& component, const InventoryId& id) {
  const std::string& software_id = component.software_id.empty() ? id.component : component.software_id;
  return redfish::slug(software_id + ":" + id.fqdd);
}

void identify(std::vector<Component>& components, const redfish::Resources&) {
  std::vector<Naming> namings;
  std::set<std::string> installed;
  for (Component& component : components) {
    const auto id = parse_inventory_id(component.id);
    if (id) component.slot = slot_of(id->slot);
    if (id) component.location = id->fqdd;
    namings.push_back({.base = id ? key_of(component, *id) : redfish::slug(component.id), .detail = {}, .suffix = {}});
    if (component.slot == Slot::active) installed.insert(namings.back().base);
  }
  for (std::size_t i = 0; i < components.size(); ++i) {
    Component& component = components[i];
    // "Current" repeats "Installed"; where it stands alone it is what runs.
    if (component.slot == Slot::duplicate && installed.insert(namings[i].base).second) component.slot = Slot::active;
    namings[i].suffix = component.slot == Slot::duplicate ? "@current" : redfish::slot_suffix(component.slot);
    component.is_bmc = component.slot == Slot::active && is_at(component, "iDRAC.");
    component.is_bios = component.slot == Slot::active && is_at(component, "BIOS.");
  }
  redfish::assign_addresses(components, std::move(namings));
}

/// What the iDRAC applies to itself at once; all else is a job for the next restart of the host.
Role role(const Component& component) {
  constexpr std::array<std::string_view, 5> kIndependent = {"USC.", "DriverPack.", "Diagnostics.", "ServiceModule.",
                                                            "OSCollector."};
  if (component.is_bmc) return Role::bmc;
  if (component.is_bios) return Role::bios;
  const auto holds = [&](std::string_view prefix) { return is_at(component, prefix); };
  return std::ranges::any_of(kIndependent, holds) ? Role::independent : Role::device;
}

/// "15G Monolithic" is an iDRAC 9: the iDRAC follows the generation of the server.
void enrich(inventory::HostSnapshot& host, const redfish::Resources&) {
  constexpr int kFirstOfIdrac8 = 12;
  constexpr int kFirstOfIdrac9 = 14;
  constexpr int kFirstOfIdrac10 = 17;
  int generation = 0;
  const std::string& model = host.manager.model;
  const auto [end, error] = std::from_chars(model.data(), model.data() + model.size(), generation);
  const bool is_generation = error == std::errc() && end != model.data() + model.size() && *end == 'G';
  if (!is_generation || generation < kFirstOfIdrac8) return;
  if (generation < kFirstOfIdrac9) {
    host.manager.model = "iDRAC 8";
  } else {
    host.manager.model = generation < kFirstOfIdrac10 ? "iDRAC 9" : "iDRAC 10";
  }
}

std::optional<plan::Reason> refuse(const ChangeRequest& request) {
  if (!is_at(request.component, "CPLD.")) return std::nullopt;
  return plan::Reason{.code = Code::reset_not_offered,
                      .text = fmt::format("{} becomes active only by an AC power cycle, which this version does not "
                                          "drive",
                                          request.component.name),
                      .help = {"Update it by hand and cut the power of the server."}};
}

redfish::Quirks quirks() {
  using namespace std::chrono_literals;
  redfish::Quirks data;
  data.name = "dell";
  data.vendor = "Dell";
  data.push_targets = redfish::TargetRule::empty;
  data.pull_targets = redfish::TargetRule::absent;
  data.oem_object_in_push = true;
  data.raw_push = false;  // its HttpPushUri is a form in two steps
  data.assumes_push_apply_times = true;
  data.settings_apply_time = "OnReset";  // without it no job is made, and the settings pend for ever
  data.bmc = {.expected = 12min, .deadline = 30min};
  data.host_reset = {.expected = 12min, .deadline = 45min};
  // Staged jobs run during POST, and the inventory is collected after it.
  data.verify_after_reset = {.expected = 10min, .deadline = 60min};
  return data;
}

}  // namespace

std::optional<InventoryId> parse_inventory_id(std::string_view id) {
  const std::size_t first = id.find('-');
  const std::size_t place = id.find("__");
  if (first == std::string_view::npos || place == std::string_view::npos || place < first) return std::nullopt;
  const std::string_view middle = id.substr(first + 1, place - first - 1);
  const std::size_t second = middle.find('-');
  if (second == std::string_view::npos) return std::nullopt;
  InventoryId parts{.slot = std::string(id.substr(0, first)),
                    .component = std::string(middle.substr(0, second)),
                    .fqdd = std::string(id.substr(place + 2))};
  if (parts.fqdd.empty() || parts.component.empty()) return std::nullopt;
  return parts;
}

const redfish::Dialect& dialect() {
  static const redfish::Dialect idrac{
      .quirks = quirks(), .match = match, .identify = identify, .enrich = enrich, .role = role, .refuse = refuse};
  return idrac;
}

}  // namespace firmform::dell
