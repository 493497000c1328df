// SPDX-License-Identifier: Apache-2.0
#include "providers/openbmc/openbmc.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/base/text.h"
#include "providers/redfish/identity.h"
#include "providers/redfish/links.h"
#include "providers/redfish/read.h"
#include "providers/redfish/resource.h"

namespace firmform::openbmc {
namespace {

using inventory::Component;
using inventory::Slot;
using redfish::Naming;
using redfish::Resources;

int match(const ServiceFacts& facts) {
  if (equals_ignoring_case(facts.vendor, "OpenBMC")) return 100;
  const auto is_ours = [](const std::string& key) { return equals_ignoring_case(key, "OpenBMC"); };
  return std::ranges::any_of(facts.oem_keys, is_ours) ? 60 : 0;
}

/// Firmware of vendors that build on OpenBMC names its vendor in the service root and is theirs to know.
bool recognise(const Resources& resources) {
  const bool vendor_is_named = !resources.root.text("Vendor").empty();
  return !vendor_is_named && resources.manager["Oem"].find("OpenBmc") != nullptr;
}

bool is_hexadecimal(std::string_view text) {
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// "VR0_1755532122" is the device VR0.
std::string without_random_part(const std::string& id) {
  const std::size_t mark = id.rfind('_');
  const bool has_random_part = mark != std::string::npos && mark > 0 && is_hexadecimal(id.substr(mark + 1));
  return has_random_part ? id.substr(0, mark) : id;
}

bool is_related_to(const Component& component, std::string_view part) {
  const auto holds = [&](const std::string& related) {
    return redfish::link_key(related).find(part) != std::string::npos;
  };
  return std::ranges::any_of(component.related, holds);
}

/// The image that the Manager runs; every other image of the BMC is a bank that does not run.
bool is_active(const Component& component, const Resources& resources) {
  const std::string running = redfish::link(resources.manager["Links"], "ActiveSoftwareImage");
  const bool is_bmc = component.slot == Slot::active && purpose_of(component) == "bmc";
  if (is_bmc && !running.empty()) return redfish::same_link(component.uri, running);
  return component.state != "StandbySpare" && component.state != "Disabled";
}

/// Banks of one purpose in order of version, so that random Ids do not number them.
void sort_by_version(std::vector<Component>& components) {
  std::ranges::sort(components, {}, [](const Component& c) { return std::pair(c.version.value_or(""), c.id); });
}

void identify(std::vector<Component>& components, const Resources& resources) {
  sort_by_version(components);
  std::vector<Naming> namings;
  for (Component& component : components) {
    const std::string purpose = purpose_of(component);
    if (!is_active(component, resources)) component.slot = Slot::backup;
    component.is_bmc = component.slot == Slot::active && purpose == "bmc";
    component.is_bios = component.slot == Slot::active && purpose == "bios";
    namings.push_back({.base = redfish::slug(purpose), .detail = {}, .suffix = redfish::slot_suffix(component.slot)});
  }
  redfish::assign_addresses(components, std::move(namings));
}

redfish::Quirks quirks() {
  using namespace std::chrono_literals;
  redfish::Quirks data;
  data.name = "openbmc";
  data.vendor = "OpenBMC";
  data.bmc_target_is_manager = true;
  data.raw_push_is_for_bmc = true;
  data.assumes_push_apply_times = true;
  data.bmc = {.expected = 8min, .deadline = 20min};
  return data;
}

}  // namespace

std::string purpose_of(const Component& component) {
  constexpr std::string_view kImage = " image";
  std::string_view description = component.description;
  if (is_related_to(component, "/managers/") || description == "BMC image") return "bmc";
  if (is_related_to(component, "/bios") || description == "Host image") return "bios";
  if (description.ends_with(kImage) && description.size() > kImage.size()) {
    description.remove_suffix(kImage.size());
    const bool says_nothing = description == "Unknown" || description == "Other";
    if (!says_nothing) return to_lower(description);
  }
  return without_random_part(component.id);
}

const redfish::Dialect& dialect() {
  static const redfish::Dialect bmcweb{
      .quirks = quirks(), .match = match, .recognise = recognise, .identify = identify, .role = redfish::standard_role};
  return bmcweb;
}

}  // namespace firmform::openbmc
