// SPDX-License-Identifier: Apache-2.0
// What was seen on a host: plain values, read by a provider, never changed afterwards.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/inventory/staging.h"

namespace firmform::inventory {

enum class Kind { firmware, software };

/// Which of several images of one device an inventory item describes.
enum class Slot {
  active,     ///< runs now
  backup,     ///< redundant or inactive bank
  staged,     ///< waits for a reset
  previous,   ///< kept for rollback
  available,  ///< uploaded, not installed
  duplicate,  ///< a second entry for an active item (Dell's "Current")
};

[[nodiscard]] std::string_view to_string(Kind kind);
[[nodiscard]] std::string_view to_string(Slot slot);

struct Component {
  /// Stable and unique on its host, for machines: made by the provider from what does not change with
  /// firmware versions or discovery order. Characters: A-Z a-z 0-9 . _ : = @ # + -
  std::string address;
  std::string uri;                     ///< @odata.id as received
  std::string id;                      ///< the Redfish Id
  std::string name;                    ///< the Redfish Name, for people
  std::optional<std::string> version;  ///< verbatim; absent where null or missing
  std::optional<std::string> staged_version;
  std::optional<bool> updateable;  ///< absent: the BMC does not say
  Kind kind = Kind::firmware;
  Slot slot = Slot::active;
  std::string description;
  std::string device_class;          ///< HPE GUID, lower case
  std::vector<std::string> targets;  ///< HPE GUIDs, lower case
  std::string location;              ///< DeviceContext, FQDD, slot …
  std::string software_id;
  std::string manufacturer;
  std::string release_date;
  std::string lowest_supported_version;
  std::string version_scheme;        ///< VersionScheme as received
  std::string state;                 ///< Status.State
  std::vector<std::string> related;  ///< RelatedItem URIs
  /// The BMC's own firmware: flashing it restarts the BMC.
  bool is_bmc = false;
  /// The host's boot firmware (BIOS, System ROM).
  bool is_bios = false;
  std::optional<bool> reset_required;  ///< ResetRequiredOnUpdate; absent: the BMC does not say

  bool operator==(const Component&) const = default;
};

struct SystemFacts {
  std::string uri;
  std::string manufacturer;
  std::string model;
  std::string serial;
  std::string sku;
  std::string uuid;
  std::string power_state;  ///< "On", "Off", …
  std::string bios_version;
  std::string boot_progress;  ///< BootProgress.LastState or HPE PostState
  /// Whether the host's inventory can be trusted: false while it is in POST or discovery goes on.
  std::optional<bool> discovery_complete;
  std::string reset_target;
  std::vector<std::string> reset_types;  ///< allowable ResetType values
  bool tpm_active = false;

  bool operator==(const SystemFacts&) const = default;
};

struct ManagerFacts {
  std::string uri;
  std::string model;  ///< "iLO 5", "iDRAC 9", …
  std::string firmware_version;
  std::string reset_target;
  std::vector<std::string> reset_types;
  std::string date_time;  ///< the BMC's clock as received

  bool operator==(const ManagerFacts&) const = default;
};

struct UpdateFacts {
  std::string uri;  ///< empty: the BMC has no UpdateService
  bool service_enabled = true;
  std::string simple_update_target;                  ///< empty: no SimpleUpdate
  std::vector<std::string> simple_update_protocols;  ///< allowable TransferProtocol values, may be empty
  std::vector<std::string> simple_update_apply_times;
  std::vector<std::string> simple_update_parameters;  ///< from ActionInfo or AllowableValues; empty: unknown
  std::string start_update_target;
  std::string multipart_push_uri;
  std::vector<std::string> multipart_apply_times;
  std::string http_push_uri;
  std::optional<bool> push_targets_busy;
  std::optional<std::int64_t> max_image_bytes;
  std::string firmware_inventory_uri;
  std::string software_inventory_uri;
  /// Vendor's state of the update engine (HPE Oem.Hpe.State); "" where there is none.
  std::string state;
  std::optional<int> flash_percent;
  std::string result_message_id;  ///< HPE Oem.Hpe.Result.MessageId
  std::string downgrade_policy;
  bool supports_fwpkg = false;
  bool accepts_third_party = true;

  bool operator==(const UpdateFacts&) const = default;
};

/// A task or queue entry on the BMC that is not finished.
struct RunningTask {
  std::string uri;
  std::string name;
  std::string state;
  std::optional<int> percent;

  bool operator==(const RunningTask&) const = default;
};

/// Something that went wrong on the BMC earlier and is not repaired: a flash that was cut off, an image that the
/// BMC found to be invalid. Evidence for people; what to do about it is planned.
struct Incident {
  std::string component;  ///< address where known
  std::string text;       ///< what was found, in one sentence
  bool operator==(const Incident&) const = default;
};

enum class HostStatus {
  ok,
  unreachable,  ///< no connection, or it broke
  refused,      ///< the BMC answered and would not let us in, or TLS was not trusted
  failed,       ///< it answered, but not with a usable Redfish service
};

[[nodiscard]] std::string_view to_string(HostStatus status);

struct HostSnapshot {
  std::string name;
  std::string bmc;  ///< URL
  HostStatus status = HostStatus::ok;
  std::optional<Error> error;  ///< why, when status is not ok
  UtcTime captured_at{};
  std::string provider;  ///< name of the provider that read it
  std::string vendor;    ///< ServiceRoot.Vendor or what stands for it
  std::string product;
  std::string redfish_version;
  std::string service_uuid;
  SystemFacts system;
  ManagerFacts manager;
  UpdateFacts update;
  std::vector<RunningTask> tasks;
  std::vector<Component> components;  ///< sorted by address
  /// Absent: the BMC keeps no images, queue, windows or sets.
  std::optional<Staging> staging;
  std::vector<Incident> incidents;
  /// Why the software inventory is empty, where that is known ("no agent runs", "the host is off"); else empty.
  std::string software_note;
  std::vector<std::string> warnings;  ///< what could not be read, one sentence each
  /// Facts that only the provider understands ("hpe.external_manager"); compared, never interpreted.
  std::map<std::string, std::string> vendor_facts;

  [[nodiscard]] const Component* find(std::string_view address) const;
};

/// True while a flash, an upload or a task runs on the BMC, whoever started it.
[[nodiscard]] bool is_busy(const HostSnapshot& snapshot);

/// Digest over identity, versions and update state: what a plan for this host depends on.
[[nodiscard]] std::string fingerprint(const HostSnapshot& snapshot);

using Inventory = std::map<std::string, HostSnapshot>;

}  // namespace firmform::inventory
