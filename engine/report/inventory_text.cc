// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/base/text.h"
#include "engine/report/inventory_report.h"
#include "engine/report/staging_report.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using inventory::HostStatus;
using inventory::Inventory;
using inventory::Slot;

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : printable(text);
}

std::string or_dash(const std::optional<std::string>& text) {
  return text ? or_dash(*text) : "-";
}

std::string bmc_of(const HostSnapshot& host) {
  const std::string& model = host.manager.model.empty() ? host.product : host.manager.model;
  const std::string& version = host.manager.firmware_version;
  // HPE puts the model into the version: "iLO 5 v3.11".
  if (version.starts_with(model)) return or_dash(version);
  return or_dash(std::string(trim(fmt::format("{} {}", model, version))));
}

std::string updateable(const Component& component) {
  if (!component.updateable) return "?";
  return *component.updateable ? "yes" : "no";
}

Table hosts_table(const Inventory& inventory) {
  Table table({{"", 1}, {"HOST"}, {"STATUS", 6}, {"MODEL"}, {"BMC"}, {"POWER", 5}, {"COMPONENTS", 5, true}});
  for (const auto& [name, host] : inventory) {
    const bool ok = host.status == HostStatus::ok;
    table.add({ok ? "" : "?", name, std::string(to_string(host.status)), or_dash(host.system.model), bmc_of(host),
               or_dash(host.system.power_state), ok ? std::to_string(host.components.size()) : "-"},
              ok ? Ink::plain : Ink::red);
  }
  return table;
}

Table components_table(const HostSnapshot& host) {
  Table table({{"ADDRESS", 30}, {"NAME", 24}, {"VERSION", 12}, {"STAGED", 6}, {"UPDATE", 6}, {"KIND", 8}});
  std::vector<const Component*> ordered;
  for (const Component& component : host.components) ordered.push_back(&component);
  std::ranges::sort(ordered, {}, &Component::address);
  for (const Component* component : ordered) {
    // Only what runs now is changed by a plan; the other images of a device say what they are.
    std::string kind(to_string(component->kind));
    if (component->slot != Slot::active) kind += fmt::format(", {}", to_string(component->slot));
    table.add({component->address, or_dash(component->name), or_dash(component->version),
               or_dash(component->staged_version), updateable(*component), std::move(kind)});
  }
  return table;
}

std::string problem_of(const HostSnapshot& host, std::size_t width) {
  if (!host.error) return {};
  std::string text = paragraph(
      fmt::format("{}: {} {}", host.name, to_string(host.error->code()), printable(host.error->message())), 0, width);
  for (const std::string& note : host.error->notes()) text += paragraph(printable(note), 4, width);
  for (const std::string& help : host.error->help()) text += paragraph(printable(help), 4, width);
  return text;
}

std::string details_of(const HostSnapshot& host, const Style& style, std::size_t width) {
  std::string title = fmt::format("{}: {}", host.name, or_dash(host.system.model));
  if (!host.system.serial.empty()) title += fmt::format(", serial {}", printable(host.system.serial));
  std::string text = paragraph(title, 0, width) + components_table(host).render(width, style.color);
  if (!host.software_note.empty()) {
    text += paragraph(fmt::format("No software is shown: {}", printable(host.software_note)), 0, width);
  }
  if (host.staging) text += staging_text(*host.staging, width);
  for (const inventory::Incident& incident : host.incidents) {
    text += paragraph(
        fmt::format("! {} `firmform recover {}` shows the ways out.", printable(incident.text), host.name), 0, width);
  }
  for (const std::string& warning : host.warnings) text += paragraph(fmt::format("! {}", printable(warning)), 0, width);
  return text + "\n";
}

}  // namespace

std::string inventory_text(const Inventory& inventory, const Style& style) {
  constexpr int kNarrowest = 40;
  const auto width = static_cast<std::size_t>(std::max(style.width, kNarrowest));
  std::string text = hosts_table(inventory).render(width, style.color) + "\n";
  for (const auto& [name, host] : inventory) {
    if (host.status == HostStatus::ok) text += details_of(host, style, width);
  }
  std::size_t unread = 0;
  for (const auto& [name, host] : inventory) {
    text += problem_of(host, width);
    if (host.status != HostStatus::ok) ++unread;
  }
  return text + fmt::format("{} read, {} not.\n", counted(inventory.size() - unread, "host"), unread);
}

}  // namespace firmform::report
