// SPDX-License-Identifier: Apache-2.0
// What one vendor's BMC does differently from the standard: data first, and the few pure functions that data
// cannot express. Sources are named in providers/README.md.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/inventory/snapshot.h"
#include "providers/provider.h"

namespace firmform::redfish {

struct Resources;

/// What a component is, as far as an update cares.
enum class Role {
  bmc,          ///< the BMC's own firmware
  bios,         ///< boot firmware: active after a restart of the host
  device,       ///< belongs to the host: active after a restart of the host
  independent,  ///< active as soon as it is written
};

struct Timing {
  Duration expected;
  Duration deadline;
};

/// What goes into `Targets` of a request.
enum class TargetRule {
  component,  ///< the component's own URI
  empty,      ///< an empty array: the image decides
  absent,     ///< the property is left out
};

struct Quirks {
  std::string_view name = "redfish";
  std::string_view vendor;  ///< shown when the service root names none

  TargetRule push_targets = TargetRule::component;
  TargetRule pull_targets = TargetRule::component;
  bool bmc_target_is_manager = false;              ///< the BMC is named by its Manager: inventory Ids are random
  bool oem_object_in_push = false;                 ///< parameters of a push need `"Oem": {}`
  bool raw_push = true;                            ///< HttpPushUri takes the bare image
  bool raw_push_is_for_bmc = false;                ///< a bare image always goes to the BMC
  bool assumes_push_apply_times = false;           ///< pushes take Immediate and OnReset, listed or not
  bool force_on_downgrade = false;                 ///< without ForceUpdate an older version is skipped in silence
  bool bmc_needs_reset = false;                    ///< new BMC firmware runs only after Manager.Reset
  std::string_view staged_apply_time = "OnReset";  ///< for what a restart of the host activates
  std::string_view settings_apply_time;            ///< a PATCH of pending BIOS settings must say it; empty: need not
  bool boot_order_is_writable = true;              ///< ComputerSystem.Boot.BootOrder takes a PATCH

  Timing bmc{std::chrono::minutes(8), std::chrono::minutes(20)};
  Timing bios{std::chrono::minutes(5), std::chrono::minutes(40)};
  Timing device{std::chrono::minutes(5), std::chrono::minutes(30)};
  Timing bmc_reset{std::chrono::minutes(4), std::chrono::minutes(20)};
  Timing host_reset{std::chrono::minutes(10), std::chrono::minutes(40)};
  Timing verify{std::chrono::minutes(1), std::chrono::minutes(15)};
  Timing verify_after_reset{std::chrono::minutes(5), std::chrono::minutes(40)};
};

/// Quirks and the functions that go with them. All pure; null where the standard does.
struct Dialect {
  Quirks quirks;
  int (*match)(const ServiceFacts& facts) = nullptr;
  /// Tells this dialect by its Manager, for BMCs whose service root shows nothing.
  bool (*recognise)(const Resources& resources) = nullptr;
  /// Takes over what only the vendor's part of an inventory item says.
  void (*describe)(inventory::Component& component, const json::Value& item) = nullptr;
  /// Gives all components addresses, slots, staged versions, is_bmc and is_bios.
  void (*identify)(std::vector<inventory::Component>& components, const Resources& resources) = nullptr;
  /// Takes over the vendor's facts of the host.
  void (*enrich)(inventory::HostSnapshot& host, const Resources& resources) = nullptr;
  /// Takes over what only the vendor's part of the system says of the host's health.
  void (*describe_health)(inventory::Health& health, const Resources& resources) = nullptr;
  Role (*role)(const inventory::Component& component) = nullptr;
  /// Why this component cannot be changed at all.
  std::optional<plan::Reason> (*refuse)(const ChangeRequest& request) = nullptr;
};

/// The dialect of a service that follows the standard.
[[nodiscard]] const Dialect& standard_dialect();

}  // namespace firmform::redfish
