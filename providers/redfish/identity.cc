// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "engine/base/text.h"
#include "engine/version/version.h"
#include "providers/redfish/links.h"
#include "providers/redfish/resource.h"

namespace firmform::redfish {
namespace {

using inventory::Component;
using inventory::Slot;

bool is_address_character(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool digit = c >= '0' && c <= '9';
  return letter || digit || std::string_view("._:=@#+-").find(c) != std::string_view::npos;
}

/// Numeric Ids in order of number, all others behind them in order of text.
std::tuple<unsigned long, std::string, std::string> order_of(const Component& component) {
  unsigned long number = 0;
  const char* const end = component.id.data() + component.id.size();
  const auto [stopped, error] = std::from_chars(component.id.data(), end, number);
  if (error != std::errc() || stopped != end) number = std::numeric_limits<unsigned long>::max();
  return {number, component.id, component.uri};
}

using Groups = std::map<std::string, std::vector<std::size_t>>;

Groups by_address(const std::vector<Component>& components) {
  Groups groups;
  for (std::size_t i = 0; i < components.size(); ++i) groups[components[i].address].push_back(i);
  return groups;
}

void add_details(std::vector<Component>& components, const std::vector<Naming>& namings) {
  for (const auto& [address, group] : by_address(components)) {
    if (group.size() < 2) continue;
    for (const std::size_t i : group) {
      const Naming& naming = namings[i];
      if (!naming.detail.empty()) components[i].address = naming.base + "+" + naming.detail + naming.suffix;
    }
  }
}

void add_numbers(std::vector<Component>& components) {
  Groups groups = by_address(components);
  std::set<std::string> taken;
  for (const auto& [address, group] : groups) taken.insert(address);
  for (auto& [address, group] : groups) {
    std::ranges::sort(group, {}, [&](std::size_t i) { return order_of(components[i]); });
    int number = 2;
    for (std::size_t k = 1; k < group.size(); ++k) {
      while (!taken.insert(fmt::format("{}#{}", address, number)).second) ++number;
      components[group[k]].address = fmt::format("{}#{}", address, number++);
    }
  }
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return to_lower(text).find(part) != std::string::npos;
}

bool is_related_to(const Component& component, std::string_view uri) {
  const auto names = [&](const std::string& related) { return same_link(related, uri); };
  return !uri.empty() && std::ranges::any_of(component.related, names);
}

bool is_bios_item(const Component& component) {
  const auto is_bios_resource = [](const std::string& related) { return link_key(related).ends_with("/bios"); };
  return std::ranges::any_of(component.related, is_bios_resource) || contains_ignoring_case(component.id, "bios") ||
         equals_ignoring_case(component.id, "UEFI");
}

bool is_bmc_item(const Component& component, std::string_view manager_uri) {
  return is_related_to(component, manager_uri) || equals_ignoring_case(component.id, "BMC");
}

constexpr std::string_view kPending = "-Pending";

/// "UEFI-Pending" is what waits for "UEFI"; "BMC-Backup", "Backup_BMC" and standby banks do not run.
Slot slot_of(const Component& component) {
  if (component.id.ends_with(kPending) || component.id.starts_with("Staging_")) return Slot::staged;
  if (component.id.ends_with("-Backup") || component.id.starts_with("Backup_") || component.id.starts_with("Golden_")) {
    return Slot::backup;
  }
  if (component.state == "StandbySpare" || component.state == "StandbyOffline") return Slot::backup;
  return Slot::active;
}

/// Id of the component that a staged one waits to replace.
std::string replaced_id(const Component& staged) {
  const std::string_view id = staged.id;
  constexpr std::string_view kStaging = "Staging_";
  if (id.starts_with(kStaging)) return std::string(id.substr(kStaging.size()));
  return std::string(id.substr(0, id.size() - std::min(id.size(), kPending.size())));
}

void hand_over_staged_versions(std::vector<Component>& components) {
  for (const Component& staged : components) {
    if (staged.slot != Slot::staged) continue;
    const std::string id = replaced_id(staged);
    const auto is_it = [&](const Component& other) { return other.slot == Slot::active && other.id == id; };
    const auto active = std::ranges::find_if(components, is_it);
    if (active != components.end()) stage(*active, staged);
  }
}

}  // namespace

std::string slug(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const char next = is_address_character(c) ? c : '-';
    if (next == '-' && (result.empty() || result.back() == '-')) continue;
    result += next;
  }
  while (result.ends_with('-')) result.pop_back();
  return result;
}

std::string slot_suffix(Slot slot) {
  return slot == Slot::active ? "" : fmt::format("@{}", to_string(slot));
}

void assign_addresses(std::vector<Component>& components, std::vector<Naming> namings) {
  for (std::size_t i = 0; i < components.size(); ++i) {
    Naming& naming = namings[i];
    if (naming.base.empty()) naming.base = "item";
    if (components[i].kind == inventory::Kind::software) naming.base.insert(0, kSoftwarePrefix);
    components[i].address = naming.base + naming.suffix;
  }
  add_details(components, namings);
  add_numbers(components);
}

void stage(Component& active, const Component& staged) {
  if (staged.version && !version::is_unknown(*staged.version)) active.staged_version = staged.version;
}

void identify_by_id(std::vector<Component>& components, const Resources& resources) {
  const std::string manager_uri = uri_of(resources.manager);
  std::vector<Naming> namings;
  for (Component& component : components) {
    component.slot = slot_of(component);
    const bool is_candidate = component.kind == inventory::Kind::firmware && component.slot == Slot::active;
    component.is_bios = is_candidate && is_bios_item(component);
    component.is_bmc = is_candidate && !component.is_bios && is_bmc_item(component, manager_uri);
    namings.push_back({.base = slug(component.id.empty() ? component.name : component.id), .detail = {}, .suffix = {}});
  }
  hand_over_staged_versions(components);
  assign_addresses(components, std::move(namings));
}

Role standard_role(const Component& component) {
  if (component.is_bmc) return Role::bmc;
  if (component.is_bios) return Role::bios;
  if (component.reset_required) return *component.reset_required ? Role::device : Role::independent;
  const bool is_power_supply =
      contains_ignoring_case(component.id, "psu") || contains_ignoring_case(component.id, "powersuppl") ||
      std::ranges::any_of(component.related,
                          [](const std::string& related) { return contains_ignoring_case(related, "/powersuppl"); });
  return is_power_supply ? Role::independent : Role::device;
}

}  // namespace firmform::redfish
