// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/preflight.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "providers/hpe/dialect.h"
#include "providers/hpe/facts.h"

namespace firmform::hpe {
namespace {

using inventory::HostSnapshot;
using inventory::InstallSet;
using inventory::QueueEntry;

std::string busy_with(const HostSnapshot& host) {
  if (!host.tasks.empty()) return fmt::format("the task {} runs", printable(host.tasks.front().name));
  if (host.update.state.empty()) return "an update runs";
  return fmt::format("its update engine is {}{}", printable(host.update.state),
                     host.update.flash_percent ? fmt::format(" ({} %)", *host.update.flash_percent) : "");
}

const InstallSet* recovery_set(const HostSnapshot& host) {
  if (!host.staging) return nullptr;
  const auto found = std::ranges::find_if(host.staging->install_sets, &InstallSet::is_recovery);
  return found == host.staging->install_sets.end() ? nullptr : &*found;
}

/// Why the recovery set cannot be used now; empty when it can.
std::string why_not_recovery_set(const HostSnapshot& host, const InstallSet& set) {
  const inventory::Staging& staging = *host.staging;
  if (set.invoke_target.empty()) return "the iLO does not offer to invoke it";
  if (!staging.repository) return "the iLO's repository cannot be read";
  for (const inventory::Step& step : set.steps) {
    if (!step.file.empty() && staging.repository->find(step.file) == nullptr) {
      return fmt::format("its file {} is not in the repository", printable(step.file));
    }
    if (staging.find_queue_entry(step.name) != nullptr) {
      return fmt::format("an entry \"{}\" is in the installation queue already", printable(step.name));
    }
  }
  if (const QueueEntry* head = staging.head()) {
    return fmt::format("\"{}\" ({}) stands before it in the installation queue", printable(head->step.name),
                       inventory::to_string(head->state));
  }
  if (inventory::is_busy(host)) return busy_with(host);
  return {};
}

RecoveryWay retry(const HostSnapshot& host) {
  RecoveryWay way{.name = "retry",
                  .text = "Plan and apply again: the iLO gets the image once more and flashes it over what is there.",
                  .available = !inventory::is_busy(host),
                  .why_not = {},
                  .invoke = {}};
  if (!way.available) way.why_not = busy_with(host) + "; wait until that is over";
  if (way.available && host.system.discovery_complete == false) {
    way.available = false;
    way.why_not = fmt::format(
        "the host is in POST; where it hangs there, switch it off first: firmform reset {} host -type ForceOff",
        host.name);
  }
  return way;
}

RecoveryWay invoke_recovery_set(const HostSnapshot& host) {
  RecoveryWay way{
      .name = "recovery-set",
      .text = "Invoke the System Recovery Set: the iLO flashes the essential firmware from its own repository.",
      .available = false,
      .why_not = "the iLO has no recovery set",
      .invoke = {}};
  const InstallSet* set = recovery_set(host);
  if (set == nullptr) return way;
  const auto restarts = [](const inventory::Step& step) { return step.command == "ResetServer"; };
  if (std::ranges::any_of(set->steps, restarts)) way.text += " It ends with a restart of the server.";
  if (host.system.tpm_active) way.text += " The TPM is overridden: disk encryption may ask for its recovery key.";
  way.why_not = why_not_recovery_set(host, *set);
  way.available = way.why_not.empty();
  if (way.available) way.invoke = InvokeInstallSet{.set = *set, .tpm_override = host.system.tpm_active};
  return way;
}

std::optional<RecoveryWay> redundant_rom(const HostSnapshot& host) {
  const auto is_backup = [](const inventory::Component& component) {
    return component.description == "SystemRomBackup" && component.version.has_value();
  };
  const auto found = std::ranges::find_if(host.components, is_backup);
  if (found == host.components.end()) return std::nullopt;
  return RecoveryWay{
      .name = "redundant-rom",
      .text = fmt::format("Swap to the redundant System ROM ({}): on the iLO's web page under Firmware, or in the "
                          "server's setup.",
                          printable(*found->version)),
      .available = false,
      .why_not = "the iLO offers no Redfish action for it: it is done by hand",
      .invoke = {}};
}

}  // namespace

std::vector<plan::Reason> preflight(const HostSnapshot& host) {
  std::vector<plan::Reason> reasons;
  const auto refuse = [&](Code code, std::string text, std::vector<std::string> help = {}) {
    reasons.push_back({.code = code, .text = std::move(text), .help = std::move(help)});
  };
  if (is_ilo4(host)) {
    refuse(Code::unsupported_generation, "an iLO 4 is read, and not changed by this version");
    return reasons;
  }
  if (!may(host, kConfigPrivilege)) {
    refuse(Code::privilege_missing,
           fmt::format("the account lacks the privilege {} (Configure iLO Settings), which all update work needs",
                       kConfigPrivilege));
  }
  if (inventory::is_busy(host)) refuse(Code::update_service_busy, busy_with(host));
  return reasons;
}

std::vector<RecoveryWay> recovery(const HostSnapshot& host) {
  std::vector<RecoveryWay> ways;
  if (host.incidents.empty()) return ways;
  ways.push_back(retry(host));
  ways.push_back(invoke_recovery_set(host));
  if (auto swap = redundant_rom(host)) ways.push_back(std::move(*swap));
  return ways;
}

}  // namespace firmform::hpe
