// SPDX-License-Identifier: Apache-2.0
// Faults as data: what goes wrong on a simulated BMC, read from a JSON array. See tests/simulators/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/json/value.h"

namespace firmform::simulators {

/// Settings that a flash brings back to their defaults.
struct SettingsReset {
  std::string after = "bmc";            ///< "bmc", "bios", or the key of another part
  std::vector<std::string> categories;  ///< "bios", "boot", "bmc", "network"; empty: those of the part
};

/// What is not well with the machine, from the start or after a flash. Values of Redfish's Health; empty: as it is.
struct Illness {
  std::string after;  ///< empty: from the start
  std::string system;
  std::string bmc;
  std::string sensor;  ///< glob over the names of fans, temperatures and power supplies
  std::string sensor_health = "Critical";
  int log_entries = 0;  ///< warnings in the event log
};

/// Boots after a flash that never leave POST.
struct PostHang {
  std::string after = "bios";
  int boots = 0;  ///< 0: all from then on
};

/// Work of somebody else that was under way at the start.
struct ForeignTask {
  std::string name = "Firmware Update";
  Duration lasts{0};  ///< 0: for ever
};

/// The time after a flash in which the host's power must not be touched.
struct PowerHold {
  std::string after = "bios";
  Duration lasts{0};
};

/// Faults and settings that are part of the machine's state.
struct ModelFaults {
  bool login_refused = false;
  bool no_update_service = false;
  bool update_busy = false;          ///< somebody else's update never ends
  bool reassign_ids = false;         ///< the firmware inventory is numbered anew in each boot of the host
  bool did_not_take = false;         ///< flashes report success and change nothing
  std::string wrong_version;         ///< flashes install this version instead
  bool flash_fails = false;          ///< flashes break off half-way
  bool lose_tasks = false;           ///< tasks are gone as soon as they are announced
  Duration clock_skew{0};            ///< of the BMC's clock against the true time
  std::optional<bool> tpm;           ///< a TPM is enabled; default: as captured
  bool tpm_refused_at_once = false;  ///< the missing override is answered with 400, not found out later
  std::optional<bool> update_fwpkg;  ///< Capabilities.UpdateFWPKG
  std::string downgrade_policy;      ///< DowngradePolicy of an iLO
  bool host_off = false;             ///< the host is off at the start
  std::string task_state;            ///< TaskState of a task that is being worked on; empty: as it should be
  bool quick_tasks = false;          ///< a task is finished before anybody can look at it
  bool blocked_updates = false;      ///< tasks end as Completed with a Warning, and nothing is done
  bool settings_read_only = false;   ///< every PATCH of settings is refused
  Duration unstable{0};              ///< after a restart of the BMC every other request is answered with 503
  std::vector<SettingsReset> settings_resets;
  std::vector<Illness> illnesses;
  std::optional<PostHang> post_hang;
  std::optional<ForeignTask> foreign_task;
  std::optional<PowerHold> power_hold;
  std::optional<int> session_limit;
  std::optional<Duration> session_timeout;

  // iLO alone.
  bool unlicensed = false;
  std::optional<std::vector<std::string>> privileges;  ///< of the account; default: all
  bool power_loss_in_flash = false;                    ///< the power fails in the middle of the first flash
  bool push_refused_empty = false;                     ///< every push is answered with an empty 400
  bool expand_stubs = false;                           ///< $expand of repository and queue gives links only
  bool bios_by_bmc_needs_uefi = false;                 ///< a System ROM package queued for the BMC is not flashed
  std::optional<int> queue_limit;                      ///< entries
  std::optional<std::uint64_t> repository_bytes;       ///< size of the component repository
  std::uint64_t repository_used = 0;                   ///< of that taken by what nobody lists
  std::vector<std::pair<std::string, json::Value>> disagreements;  ///< choices of ilo_rules.h, by name
  std::vector<json::Value> queue_entries;                          ///< made by somebody else before the start
  bool agent = false;                                              ///< an agent runs in the operating system
  std::string agent_mode = "AutoDeploy";
  std::string agent_service_state = "Running";
};

/// A fault of single answers.
struct WireFault {
  enum class Kind { drop, delay, status, html, truncate, redirect, not_found, expire_sessions, restart_bmc };
  Kind kind = Kind::drop;
  std::string method = "*";  ///< glob
  std::string path = "*";    ///< glob over the path without query
  int nth = 1;               ///< first matching request that is hit
  int times = 1;             ///< how many are hit; 0: all from then on
  bool after = false;        ///< the BMC acts on the request first
  int status = 503;
  int retry_after = 0;  ///< seconds; 0: no header
  Duration delay{0};
  std::string location;
  int seen = 0;  ///< matching requests so far
};

struct Faults {
  ModelFaults model;
  std::vector<WireFault> wire;
};

/// Fails with Code::lab_failed for unknown names and keys.
[[nodiscard]] Result<Faults> read_faults(const json::Value& faults);

}  // namespace firmform::simulators
