// SPDX-License-Identifier: Apache-2.0
// Every captured tree is read without loss.
#include "tests/conformance/providers/mockups.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/time_text.h"
#include "engine/json/value.h"
#include "tests/support/golden.h"

namespace firmform {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using inventory::Kind;
using tests::Mockup;
using tests::mockup_path;
using tests::mockups;

/// URI to verbatim version, straight from the files: version as JSON text, so that null and "" differ.
std::map<std::string, std::string> versions_on_disk(const Mockup& mockup) {
  std::map<std::string, std::string> versions;
  const auto tree = mockup_path(mockup.folder);
  const json::Value service = tests::resource(tree, "/redfish/v1/UpdateService");
  for (const std::string_view inventory : {"FirmwareInventory", "SoftwareInventory"}) {
    const std::string uri(service[inventory].text("@odata.id"));
    if (uri.empty()) continue;
    const json::Value collection = tests::resource(tree, uri);
    for (const json::Value& member : collection["Members"].items()) {
      const std::string member_uri(member.text("@odata.id"));
      versions[member_uri] = json::dump(tests::resource(tree, member_uri)["Version"]);
    }
  }
  return versions;
}

std::string as_json_text(const std::optional<std::string>& version) {
  return version ? json::dump(json::Value(*version)) : "null";
}

std::string flags(const Component& component) {
  std::string text;
  if (component.is_bmc) text += " bmc";
  if (component.is_bios) text += " bios";
  if (component.updateable) text += *component.updateable ? " updateable" : " fixed";
  return text;
}

std::string describe(const inventory::Staging& staging) {
  std::string text =
      fmt::format("keeps: queue {} windows {} install sets {} clock {}\n", staging.queue_uri, staging.windows_uri,
                  staging.install_sets_uri, staging.clock ? to_rfc3339(*staging.clock) : "unknown");
  if (staging.repository) {
    text += fmt::format("repository {} total {} free {}\n", staging.repository->uri, staging.repository->total_bytes,
                        staging.repository->free_bytes);
    for (const inventory::StoredImage& image : staging.repository->images) {
      text += fmt::format("{} | {} | {} | {} | {}{}\n", address_of(image), image.name, image.version, content_of(image),
                          image.activates, image.locked ? " locked" : "");
    }
  }
  for (const inventory::QueueEntry& entry : staging.queue) {
    text += fmt::format("{} | {}\n", address_of(entry), content_of(entry));
  }
  for (const inventory::Window& window : staging.windows) {
    text += fmt::format("{} | {}\n", address_of(window), content_of(window));
  }
  for (const inventory::InstallSet& set : staging.install_sets) {
    text += fmt::format("{} | {}\n", address_of(set), content_of(set));
  }
  return text;
}

std::string describe(const HostSnapshot& host) {
  const inventory::SystemFacts& system = host.system;
  const inventory::UpdateFacts& update = host.update;
  std::string text = fmt::format("provider {} vendor {} product {}\n", host.provider, host.vendor, host.product);
  text += fmt::format("system {} | {} | {} | {} | power {} | boot {} | discovery {} | tpm {}\n", system.uri,
                      system.manufacturer, system.model, system.serial, system.power_state, system.boot_progress,
                      system.discovery_complete ? fmt::format("{}", *system.discovery_complete) : "unknown",
                      system.tpm_active);
  text += fmt::format("reset {} [{}]\n", system.reset_target, fmt::join(system.reset_types, " "));
  text +=
      fmt::format("manager {} | {} | {} | reset {} [{}]\n", host.manager.uri, host.manager.model,
                  host.manager.firmware_version, host.manager.reset_target, fmt::join(host.manager.reset_types, " "));
  text += fmt::format("pull {} [{}] at [{}]\n", update.simple_update_target,
                      fmt::join(update.simple_update_protocols, " "), fmt::join(update.simple_update_apply_times, " "));
  text += fmt::format("push {} raw {} state '{}' max {}\n", update.multipart_push_uri, update.http_push_uri,
                      update.state, update.max_image_bytes.value_or(0));
  for (const auto& [key, value] : host.vendor_facts) text += fmt::format("fact {} = {}\n", key, value);
  for (const std::string& warning : host.warnings) text += fmt::format("warning {}\n", warning);
  if (!host.software_note.empty()) text += fmt::format("no software: {}\n", host.software_note);
  for (const inventory::Incident& incident : host.incidents) {
    text += fmt::format("incident {}: {}\n", incident.component, incident.text);
  }
  if (host.staging) text += describe(*host.staging);
  for (const Component& component : host.components) {
    text += fmt::format("{} | {} | {} | {} |{}{}\n", component.address, component.name, as_json_text(component.version),
                        inventory::to_string(component.slot), flags(component),
                        component.staged_version ? " staged " + *component.staged_version : "");
  }
  return text;
}

TEST_CASE("every captured tree is chosen by the provider of its vendor") {
  for (const Mockup& mockup : mockups()) {
    INFO(mockup.folder);
    CHECK(tests::read_tree(mockup_path(mockup.folder)).host.provider == mockup.provider);
  }
}

TEST_CASE("every inventory item of every captured tree appears exactly once with its verbatim version") {
  for (const Mockup& mockup : mockups()) {
    INFO(mockup.folder);
    const HostSnapshot host = tests::read_tree(mockup_path(mockup.folder)).host;
    std::map<std::string, std::string> read;
    for (const Component& component : host.components) {
      CHECK(read.emplace(component.uri, as_json_text(component.version)).second);
    }
    CHECK(read == versions_on_disk(mockup));
    const auto firmware = std::ranges::count(host.components, Kind::firmware, &Component::kind);
    CHECK(static_cast<std::size_t>(firmware) == mockup.firmware);
  }
}

TEST_CASE("addresses of every captured tree are unique and of the allowed characters") {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:=@#+-";
  for (const Mockup& mockup : mockups()) {
    INFO(mockup.folder);
    std::set<std::string> seen;
    for (const Component& component : tests::read_tree(mockup_path(mockup.folder)).host.components) {
      INFO(component.address);
      CHECK_FALSE(component.address.empty());
      CHECK(component.address.find_first_not_of(kAllowed) == std::string::npos);
      CHECK(seen.insert(component.address).second);
    }
  }
}

TEST_CASE("every captured tree shows one BMC firmware and at most one boot firmware that run") {
  for (const Mockup& mockup : mockups()) {
    INFO(mockup.folder);
    const HostSnapshot host = tests::read_tree(mockup_path(mockup.folder)).host;
    CHECK(std::ranges::count_if(host.components, &Component::is_bmc) == 1);
    CHECK(std::ranges::count_if(host.components, &Component::is_bios) == (mockup.provider == "openbmc" ? 0 : 1));
  }
}

TEST_CASE("inventories of the captured trees are the golden ones") {
  for (const Mockup& mockup : mockups()) {
    INFO(mockup.folder);
    const std::string text = describe(tests::read_tree(mockup_path(mockup.folder)).host);
    CHECK(text == tests::golden("golden/inventory/" + mockup.folder + ".txt", text));
  }
}

}  // namespace
}  // namespace firmform
