// SPDX-License-Identifier: Apache-2.0
// An iLO's host as a value, made by hand: small enough for a test to say what matters in it.
#pragma once

#include <string>

#include "engine/base/time_text.h"
#include "engine/inventory/snapshot.h"

namespace firmform::tests {

inline constexpr const char* kUpdateService = "/redfish/v1/UpdateService";

inline inventory::InstallSet recovery_set() {
  inventory::InstallSet set;
  set.uri = std::string(kUpdateService) + "/InstallSets/a74b22b6";
  set.id = "a74b22b6";
  set.name = "System Recovery Set";
  set.description = "Essential System Firmware Components";
  set.is_recovery = true;
  set.invoke_target = set.uri + "/Actions/HpeComponentInstallSet.Invoke";
  set.steps = {{.name = "iLO 5", .file = "ilo5_271.bin", .updatable_by = {inventory::Updater::bmc}},
               {.name = "Reset the server", .command = "ResetServer", .updatable_by = {inventory::Updater::bmc}}};
  return set;
}

/// iLO 5 3.11 with one stored image and its recovery set.
inline inventory::HostSnapshot ilo_host() {
  inventory::HostSnapshot host;
  host.provider = "hpe";
  host.captured_at = *parse_rfc3339("2026-11-21T02:00:00Z");
  host.vendor_facts = {
      {"hpe.generation", "iLO 5"},
      {"hpe.add_from_uri", std::string(kUpdateService) + "/Actions/Oem/Hpe/HpeiLOUpdateServiceExt.AddFromUri"}};
  host.manager.firmware_version = "iLO 5 v3.11";
  host.update.uri = kUpdateService;
  host.update.http_push_uri = "/cgi-bin/uploadFile";
  host.system.power_state = "On";
  host.components = {
      {.address = "SystemRomBackup", .version = "U46 v1.80 (07/05/2023)", .description = "SystemRomBackup"}};
  inventory::Staging staging;
  const inventory::StoredImage image{.uri = std::string(kUpdateService) + "/ComponentRepository/051e264c",
                                     .id = "051e264c",
                                     .file = "ilo5_271.bin",
                                     .size = 33557060,
                                     .locked = true,
                                     .updatable_by = {inventory::Updater::bmc}};
  staging.repository =
      inventory::Repository{.uri = std::string(kUpdateService) + "/ComponentRepository", .images = {image}};
  staging.queue_uri = std::string(kUpdateService) + "/UpdateTaskQueue";
  staging.windows_uri = std::string(kUpdateService) + "/MaintenanceWindows";
  staging.install_sets_uri = std::string(kUpdateService) + "/InstallSets";
  staging.install_sets = {recovery_set()};
  staging.clock = host.captured_at;
  host.staging = staging;
  return host;
}

}  // namespace firmform::tests
