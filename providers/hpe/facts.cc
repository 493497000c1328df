// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/http/retry.h"
#include "providers/hpe/dialect.h"
#include "providers/hpe/engine_state.h"
#include "providers/redfish/resource.h"

namespace firmform::hpe {
namespace {

using inventory::HostSnapshot;

void note(HostSnapshot& host, std::string_view key, std::string_view value) {
  if (!value.empty()) host.vendor_facts[std::string(key)] = value;
}

/// Reads the number at the start of `text` and takes it away, with the separator behind it.
int take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return 0;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return number;
}

bool at_least(const Firmware& firmware, int major, int minor) {
  return firmware.major > major || (firmware.major == major && firmware.minor >= minor);
}

/// Most captures have the actions at Oem.Hpe.Actions; some iLO 6 are said to have them in the standard place.
std::string_view action_target(const json::Value& service, const std::string& name) {
  const std::string key = "#HpeiLOUpdateServiceExt." + name;
  const std::string_view target = oem(service)["Actions"][key].text("target");
  return target.empty() ? service["Actions"]["Oem"]["Hpe"][key].text("target") : target;
}

void note_aux_cycle(HostSnapshot& host, const json::Value& system) {
  const json::Value& reset = oem(system)["Actions"]["#HpeComputerSystemExt.SystemReset"];
  const std::vector<std::string> types = redfish::texts(reset["ResetType@Redfish.AllowableValues"]);
  if (std::ranges::find(types, "AuxCycle") != types.end()) note(host, kAuxCycle, reset.text("target"));
}

/// Both properties are absent without a security licence (ilo.md 2.2).
void note_licence(HostSnapshot& host, const json::Value& engine) {
  if (engine.is_null()) return;
  const bool hides_both = engine["DowngradePolicy"].is_null() && engine["FirmwareIntegrity"].is_null();
  if (hides_both) note(host, kUnlicensed, "downgrade policy, firmware integrity check");
}

void note_integrity(HostSnapshot& host, const json::Value& service) {
  const json::Value& integrity = oem(service)["FirmwareIntegrity"];
  if (integrity.is_null()) return;
  note(host, kIntegrity, integrity.text("LastScanResult"));
  note(host, kIntegrityTime, integrity.text("LastScanTime"));
  note(host, kIntegrityCheck, action_target(service, "StartFirmwareIntegrityCheck"));
  note(host, kIntegrityOnFailure, integrity.text("OnIntegrityFailure"));
  if (const auto scans = integrity["EnableBackgroundScan"].as_bool()) {
    const auto days = integrity["ScanEveryDays"].as_int().value_or(0);
    note(host, kIntegrityBackground,
         !*scans    ? "off"
         : days > 0 ? fmt::format("every {}", counted(static_cast<std::size_t>(days), "day"))
                    : "on");
  }
}

std::string why_no_software(const HostSnapshot& host, const json::Value& system) {
  const auto is_software = [](const inventory::Component& component) {
    return component.kind == inventory::Kind::software;
  };
  if (std::ranges::any_of(host.components, is_software)) return {};
  if (!host.system.power_state.empty() && host.system.power_state != "On") {
    return "the host is off: software is listed only while its operating system runs";
  }
  const std::string_view agent = oem(system)["DeviceDiscoveryComplete"].text("AMSDeviceDiscovery");
  if (agent == "NoAMS") {
    return "no Agentless Management Service (AMS) runs in the operating system, and it is what lists the software";
  }
  if (agent == "Initial" || agent == "Busy")
    return "the Agentless Management Service (AMS) is not done with its listing";
  return {};
}

void note_privileges(HostSnapshot& host, const json::Value& session) {
  std::vector<std::string> granted;
  for (const json::Member& privilege : oem(session)["Privileges"].members()) {
    if (privilege.value.as_bool().value_or(false)) granted.push_back(privilege.key);
  }
  std::ranges::sort(granted);
  const bool is_told = oem(session)["Privileges"].is_object();
  if (is_told) host.vendor_facts[std::string(kPrivileges)] = fmt::format("{}", fmt::join(granted, " "));
}

/// The component that an invalid image was taken from, by its class.
std::string address_of_class(const HostSnapshot& host, std::string_view device_class) {
  const auto is_it = [&](const inventory::Component& component) {
    return !device_class.empty() && component.slot == inventory::Slot::active &&
           equals_ignoring_case(component.device_class, device_class);
  };
  const auto found = std::ranges::find_if(host.components, is_it);
  return found == host.components.end() ? std::string() : found->address;
}

/// A scan since then found the firmware that runs to be good: the image is kept as evidence only.
bool is_repaired(const json::Value& integrity, const json::Value& image) {
  const auto scanned = parse_rfc3339(integrity.text("LastScanTime"));
  const auto found = parse_rfc3339(image.text("Created"));
  const std::string_view result = integrity.text("LastScanResult");
  return scanned && found && *scanned > *found && (result == "OK" || result == "Repaired");
}

/// Firmware that is broken keeps a host from getting through POST, or the update that broke it shows.
bool runs_well(const HostSnapshot& host, const json::Value& service) {
  const bool is_up = host.system.power_state == "On" && host.system.discovery_complete == true;
  return is_up && engine_state(service).phase != EnginePhase::error;
}

void note_invalid_images(HostSnapshot& host, const json::Value& service, const redfish::Collection& images) {
  for (const json::Value& image : images.members) {
    const std::string_view when = image.text("Created");
    const std::string text = fmt::format("the iLO found firmware to be invalid and keeps it as evidence: {} ({}){}",
                                         printable(image.text("Name")), printable(image.text("Filename")),
                                         when.empty() ? "" : fmt::format(", at {}", printable(when)));
    if (is_repaired(oem(service)["FirmwareIntegrity"], image)) {
      host.warnings.push_back(text + "; a later integrity scan found nothing wrong");
    } else if (runs_well(host, service)) {
      host.warnings.push_back(text + "; the host runs, and the iLO's last update did not end in an error");
    } else {
      host.incidents.push_back({.component = address_of_class(host, image.text("DeviceClass")), .text = text});
    }
  }
}

/// The image was refused before anything of it was written.
bool came_to_nothing(const json::Value& service) {
  constexpr std::array<std::string_view, 4> kHalfway = {"UpdateInterrupted", "UpdateFailed", "UpdateFailedInPOST",
                                                        "UpdateCancelled"};
  const json::Value& engine = oem(service);
  const std::string_view key = http::message_key(engine["Result"].text("MessageId"));
  if (key.empty() || !engine["FlashProgressPercent"].is_null()) return false;
  return std::ranges::find(kHalfway, key) == kHalfway.end();
}

void note_failed_engine(HostSnapshot& host, const json::Value& service) {
  const EngineState engine = engine_state(service);
  if (engine.phase != EnginePhase::error) return;
  std::string text = "the iLO's last update ended in an error";
  if (!engine.result.empty()) text += ": " + engine.result;
  if (came_to_nothing(service)) {
    host.warnings.push_back(std::move(text));
  } else {
    host.incidents.push_back({.component = {}, .text = std::move(text)});
  }
}

}  // namespace

std::string_view fact(const HostSnapshot& host, std::string_view key) {
  const auto found = host.vendor_facts.find(std::string(key));
  return found == host.vendor_facts.end() ? std::string_view() : std::string_view(found->second);
}

bool may(const HostSnapshot& host, std::string_view privilege) {
  const auto told = host.vendor_facts.find(std::string(kPrivileges));
  if (told == host.vendor_facts.end()) return true;
  const std::vector<std::string> granted = split(told->second, ' ');
  return std::ranges::find(granted, privilege) != granted.end();
}

Firmware firmware_of(const HostSnapshot& host) {
  Firmware firmware;
  std::string_view generation = fact(host, kGeneration);
  constexpr std::string_view kName = "iLO ";
  if (generation.starts_with(kName)) generation.remove_prefix(kName.size());
  firmware.generation = take_number(generation);
  // "iLO 5 v3.11" and "1.14.00 May 28 2025".
  std::string_view version = host.manager.firmware_version;
  if (const auto at = version.find(" v"); at != std::string_view::npos) version.remove_prefix(at + 2);
  firmware.major = take_number(version);
  firmware.minor = take_number(version);
  return firmware;
}

bool takes_targets(const Firmware& firmware) {
  if (firmware.generation == 5) return at_least(firmware, 2, 98);
  if (firmware.generation == 6) return at_least(firmware, 1, 53);
  return firmware.generation >= 7;
}

bool knows_command(const Firmware& firmware, std::string_view command, bool in_set) {
  constexpr std::array<std::string_view, 4> kAlways = {"ApplyUpdate", "ResetServer", "ResetBmc", "Wait"};
  if (std::ranges::find(kAlways, command) != kAlways.end()) return true;
  const bool is_late = firmware.generation >= 6 || (firmware.generation == 5 && at_least(firmware, 3, 0));
  if (command == "PendingReset") return is_late;
  if (!in_set) return false;
  if (command == "BootToUefi") return is_late;
  return command == "HostPoweroff" && is_late && firmware.generation < 7;
}

void note_features(HostSnapshot& host, const redfish::Resources& resources) {
  const json::Value& engine = oem(resources.update_service);
  note(host, kAddFromUri, action_target(resources.update_service, "AddFromUri"));
  note_integrity(host, resources.update_service);
  note_licence(host, engine);
  note_aux_cycle(host, resources.system);
  host.software_note = why_no_software(host, resources.system);
}

void note_extras(HostSnapshot& host, const redfish::Resources& resources, const Extras& extras) {
  host.staging = staging(resources, extras);
  note_privileges(host, extras.session);
  if (extras.invalid_images) note_invalid_images(host, resources.update_service, *extras.invalid_images);
  note_failed_engine(host, resources.update_service);
  std::ranges::copy(extras.warnings, std::back_inserter(host.warnings));
}

}  // namespace firmform::hpe
