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
