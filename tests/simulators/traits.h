// SPDX-License-Identifier: Apache-2.0
// What distinguishes the simulated machines from one another, as data. Durations are those of real machines;
// their sources are named in tests/simulators/README.md.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace firmform::simulators {

using Seconds = std::chrono::seconds;

/// The firmware inventory item that is a component: the member whose `property` matches `glob`.
struct ItemMatch {
  std::string_view property;
  std::string_view glob;  ///< empty: the machine has no such component
};

/// What makes a written image run; `Activates` of an iLO.
enum class Activation { immediately, host_reboot, device_reset, hard_power_cycle };

struct ComponentTraits {
  ItemMatch item;
  std::string_view family;       ///< images of another family do not fit
  std::string_view next;         ///< a version newer than the captured one, for the lab
  std::string_view file_prefix;  ///< of image names
  std::string_view file_suffix;
  std::string_view staged_id;  ///< inventory Id that shows a version waiting for activation (Lenovo)
  Seconds write{0};            ///< duration of the flash itself

  // Of the components that an iLO has beside itself and the System ROM.
  std::string_view key = {};   ///< "cpld", "sps" …
  std::string_view name = {};  ///< of its raw image in the repository
  Activation activation = Activation::host_reboot;
  bool package_by_uefi = false;  ///< its packages (.fwpkg) are installed in POST, its raw images by the iLO
};

/// Seconds after the reset of the host; ilo.md 13.4.
struct BootTraits {
  Seconds discovery_start{0};
  Seconds discovery_complete{0};
  Seconds post_complete{0};
  Seconds inventory_complete{0};
};

/// When a flashed BMC image takes over.
enum class BmcActivation { self_reset, manager_reset };
/// What a GET on the monitor of a finished task does.
enum class MonitorEnd {
  replay,         ///< returns the result for a while
  once,           ///< returns the result once, then 404 (OpenBMC)
  deletes_task,   ///< returns the result and forgets the task (Lenovo)
  task_document,  ///< returns the Task (iLO)
};
enum class IdStyle { plain, dell, image_hash };
/// How Manager.FirmwareVersion and ComputerSystem.BiosVersion spell what the firmware inventory shows.
enum class Spelling {
  same,
  lenovo,     ///< "42S-2.83": "TGBT42S 2.83 2023-07-05" and "U8E142S"
  with_date,  ///< BIOS "P79 v1.45": "P79 v1.45 (12/06/2017)"
};

/// Behaviour of the update service beside HPE's; redfish.md A.9 and B.
struct UpdateTraits {
  bool pull = false;               ///< SimpleUpdate works
  std::string_view multipart_uri;  ///< advertised as MultipartHttpPushUri
  std::string_view raw_uri;        ///< advertised as HttpPushUri
  bool force_parameter = false;    ///< ForceUpdate is known
  bool oem_parameter = false;      ///< Oem is known in UpdateParameters
  std::string_view only_target;    ///< the only inventory Id that Targets may name
  int max_targets = 10;
  std::string_view file_suffixes;          ///< comma separated; empty: any
  bool apply_time_in_service = false;      ///< raw pushes obey HttpPushUriOptions
  bool push_defaults_to_reset = false;     ///< multipart without an apply time means OnReset
  bool bad_image_refused_at_once = false;  ///< 400 to the push rather than a failed task
  bool skips_same_or_lower = false;        ///< succeeds without doing anything, unless forced
  bool immediate_restarts_host = false;    ///< applying BIOS at once reboots the host (Dell)
  BmcActivation bmc_activation = BmcActivation::self_reset;
  MonitorEnd monitor_end = MonitorEnd::replay;
  bool location_is_task = false;  ///< Location names the Task, not a monitor
  bool body_with_202 = true;
  bool tasks_survive_restart = false;
  Seconds task_purged_after{0};  ///< 0: never
  Seconds retry_after{0};        ///< header on 202; 0: none
  IdStyle ids = IdStyle::plain;
  Spelling spelling = Spelling::same;
};

struct ModelTraits {
  std::string_view name;
  std::string_view tree;  ///< folder of tests/mockups
  bool hpe = false;
  std::string_view base_registry;  ///< "Base.1.12"
  ComponentTraits bmc;
  ComponentTraits bios;
  std::span<const ComponentTraits> others = {};  ///< what else an iLO can flash
  std::string_view log;                          ///< URI of the event log's service; an iLO has its own
  Seconds transfer{10};                          ///< taking in an image of real size
  Seconds verify{15};
  Seconds reset_delay{5};  ///< from the end of a BMC flash to its restart
  Seconds outage{90};      ///< BMC away after a restart
  Seconds shutdown{25};    ///< graceful shutdown of the operating system
  BootTraits boot;
  int session_limit = 16;
  Seconds session_timeout{1800};
  UpdateTraits update;
};

[[nodiscard]] std::span<const ModelTraits> all_traits();
/// Null for an unknown model.
[[nodiscard]] const ModelTraits* find_traits(std::string_view model);

}  // namespace firmform::simulators
