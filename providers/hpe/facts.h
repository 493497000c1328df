// SPDX-License-Identifier: Apache-2.0
// Facts of an iLO that only its provider understands: what its firmware offers, who we are on it, what went wrong.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/inventory/snapshot.h"
#include "providers/hpe/staging.h"

namespace firmform::hpe {

// Keys of HostSnapshot::vendor_facts, beside those of dialect.h.
inline constexpr std::string_view kAddFromUri = "hpe.add_from_uri";       ///< target of the action; absent: not offered
inline constexpr std::string_view kAuxCycle = "hpe.aux_cycle";            ///< target of the action that does it
inline constexpr std::string_view kPrivileges = "hpe.privileges";         ///< of our session, separated by blanks
inline constexpr std::string_view kUnlicensed = "hpe.unlicensed";         ///< what the licence hides
inline constexpr std::string_view kIntegrity = "hpe.integrity";           ///< result of the last scan: "OK"
inline constexpr std::string_view kIntegrityTime = "hpe.integrity_time";  ///< when that was
inline constexpr std::string_view kIntegrityCheck =
    "hpe.integrity_check";  ///< target of the action; absent: not offered
inline constexpr std::string_view kIntegrityBackground = "hpe.integrity_background";  ///< "off", "every 7 days"
inline constexpr std::string_view kIntegrityOnFailure = "hpe.integrity_on_failure";   ///< "LogOnly"

/// A vendor fact; empty when it is absent.
[[nodiscard]] std::string_view fact(const inventory::HostSnapshot& host, std::string_view key);

/// Whether our account has that privilege; true as well when the iLO does not say.
[[nodiscard]] bool may(const inventory::HostSnapshot& host, std::string_view privilege);
inline constexpr std::string_view kConfigPrivilege = "iLOConfigPriv";
inline constexpr std::string_view kResetPrivilege = "VirtualPowerAndResetPriv";
inline constexpr std::string_view kRecoveryPrivilege = "SystemRecoveryConfigPriv";

/// The iLO's own firmware, in numbers.
struct Firmware {
  int generation = 0;  ///< 5 of "iLO 5"; 0: unknown
  int major = 0;
  int minor = 0;
};
[[nodiscard]] Firmware firmware_of(const inventory::HostSnapshot& host);
/// `Targets` in queue entries, install sets and AddFromUri (ilo.md 2.2).
[[nodiscard]] bool takes_targets(const Firmware& firmware);
/// Whether an iLO of that firmware takes `command` in its queue; `in_set` in an install set (ilo.md 8.2).
[[nodiscard]] bool knows_command(const Firmware& firmware, std::string_view command, bool in_set);

/// Adds to `host` what the standard resources say beyond the standard.
void note_features(inventory::HostSnapshot& host, const redfish::Resources& resources);
/// Adds staging, privileges and incidents.
void note_extras(inventory::HostSnapshot& host, const redfish::Resources& resources, const Extras& extras);

}  // namespace firmform::hpe
