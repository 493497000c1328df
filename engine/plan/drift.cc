// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/drift.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/version/version.h"

namespace firmform::plan {
namespace {

using manifest::DriftPolicy;

bool has(const Change& change, std::initializer_list<Code> codes) {
  return std::ranges::any_of(
      change.reasons, [&](const Reason& reason) { return std::ranges::find(codes, reason.code) != codes.end(); });
}

/// Restarts and checks are asked for by a person; queue entries and windows of the BMC serve firmware.
bool is_declared(const Change& change) {
  switch (change.resource) {
    case ResourceType::firmware:
    case ResourceType::stored_image:
    case ResourceType::install_set:
      return true;
    case ResourceType::window:
    case ResourceType::queue_entry:
    case ResourceType::restart:
    case ResourceType::integrity:
      return false;
  }
  return false;
}

bool is_known(const std::optional<std::string>& version) {
  return version && !version::is_unknown(*version);
}

/// By the versions alone, for changes that a plan holds up for other reasons.
DriftClass by_version(const Change& change) {
  if (change.kind == ChangeKind::downgrade || has(change, {Code::downgrade_denied})) return DriftClass::newer;
  if (!is_known(change.from) || has(change, {Code::version_incomparable})) return DriftClass::unknown;
  switch (version::compare(*change.from, change.to)) {
    case version::Ordering::less:
      return DriftClass::older;
    case version::Ordering::greater:
      return DriftClass::newer;
    case version::Ordering::equal:
      return DriftClass::format_only;
    case version::Ordering::incomparable:
      return change.kind == ChangeKind::update ? DriftClass::older : DriftClass::unknown;
  }
  return DriftClass::unknown;
}

std::optional<DriftClass> classify_firmware(const Change& change) {
  if (has(change, {Code::component_not_found, Code::component_ambiguous, Code::baseline_not_applicable,
                   Code::baseline_conflict, Code::entries_disagree})) {
    return DriftClass::unmatched;
  }
  if (change.kind == ChangeKind::no_op) {
    if (has(change, {Code::other_version_staged})) return DriftClass::staged;
    if (change.from && *change.from != change.to) return DriftClass::format_only;
    return std::nullopt;
  }
  if (change.kind == ChangeKind::pending || has(change, {Code::already_staged})) return DriftClass::pending_restart;
  if (has(change, {Code::external_manager, Code::foreign_work, Code::foreign_queue_entry})) return DriftClass::foreign;
  if (has(change, {Code::other_version_staged})) return DriftClass::staged;
  return by_version(change);
}

DriftEntry unreadable(const PlannedHost& host, DriftPolicy policy) {
  return {.drift = DriftClass::unreachable,
          .policy = policy,
          .host = host.name,
          .component = {},
          .name = {},
          .from = {},
          .staged = {},
          .to = {},
          .origin = {},
          .reasons = host.problems};
}

/// It would simply be made: what is to be heeded then is said by the plan.
bool is_plain(const Change& change) {
  return change.kind == ChangeKind::update || change.kind == ChangeKind::downgrade;
}

DriftEntry entry_of(const Change& change, DriftClass drift, DriftPolicy policy) {
  return {.drift = drift,
          .policy = policy,
          .host = change.host,
          .component = change.address,
          .name = change.name,
          .from = change.from,
          .staged = change.staged,
          .to = change.to,
          .origin = change.origin,
          .reasons = is_plain(change) ? std::vector<Reason>() : change.reasons};
}

class Collector {
 public:
  Collector(const manifest::Policies& policies, const std::vector<DriftClass>& only)
      : policies_(policies), only_(only) {}

  template <class Make>
  void add(DriftClass drift, const std::string& host, Make make) {
    if (!only_.empty() && std::ranges::find(only_, drift) == only_.end()) return;
    ++result.counts[drift];
    if (seen_.emplace(drift, host).second) ++result.hosts_of_class[drift];
    const DriftPolicy policy = policy_of(drift, policies_);
    if (policy == DriftPolicy::ignore) return;
    drifted_.insert(host);
    result.entries.push_back(make(policy));
  }

  [[nodiscard]] std::size_t drifted() const { return drifted_.size(); }

  Drift result;

 private:
  const manifest::Policies& policies_;
  const std::vector<DriftClass>& only_;
  std::set<std::pair<DriftClass, std::string>> seen_;
  std::set<std::string> drifted_;
};

}  // namespace

const std::vector<DriftClass>& drift_classes() {
  static const std::vector<DriftClass> classes = {
      DriftClass::older,           DriftClass::newer,      DriftClass::format_only, DriftClass::staged,
      DriftClass::pending_restart, DriftClass::unknown,    DriftClass::unmatched,   DriftClass::foreign,
      DriftClass::content,         DriftClass::unreachable};
  return classes;
}

std::string_view to_string(DriftClass drift) {
  switch (drift) {
    case DriftClass::older:
      return "older";
    case DriftClass::newer:
      return "newer";
    case DriftClass::format_only:
      return "format_only";
    case DriftClass::staged:
      return "staged";
    case DriftClass::pending_restart:
      return "pending_restart";
    case DriftClass::unknown:
      return "unknown";
    case DriftClass::unmatched:
      return "unmatched";
    case DriftClass::foreign:
      return "foreign";
    case DriftClass::content:
      return "content";
    case DriftClass::unreachable:
      return "unreachable";
  }
  return "unknown";
}

std::string_view meaning_of(DriftClass drift) {
  switch (drift) {
    case DriftClass::older:
      return "installed is older than wanted";
    case DriftClass::newer:
      return "installed is newer than wanted";
    case DriftClass::format_only:
      return "the same version, written in another way";
    case DriftClass::staged:
      return "a version that nobody wants waits for a restart";
    case DriftClass::pending_restart:
      return "the wanted version waits for a restart or its window";
    case DriftClass::unknown:
      return "the installed version is not known, or cannot be compared";
    case DriftClass::unmatched:
      return "the manifest names what the host does not have";
    case DriftClass::foreign:
      return "others manage the BMC, or have work in it";
    case DriftClass::content:
      return "install sets or stored images are not as wanted";
    case DriftClass::unreachable:
      return "the host could not be read";
  }
  return "not known";
}

std::optional<DriftClass> parse_drift_class(std::string_view text) {
  for (const DriftClass drift : drift_classes()) {
    if (to_string(drift) == text) return drift;
  }
  return std::nullopt;
}

std::optional<DriftClass> classify(const Change& change) {
  if (!is_declared(change)) return std::nullopt;
  if (change.resource == ResourceType::firmware) return classify_firmware(change);
  return change.kind == ChangeKind::no_op ? std::nullopt : std::optional(DriftClass::content);
}

DriftPolicy policy_of(DriftClass drift, const manifest::Policies& policies) {
  const auto said = policies.drift.find(std::string(to_string(drift)));
  if (said != policies.drift.end()) return said->second;
  switch (drift) {
    case DriftClass::format_only:
      return DriftPolicy::ignore;
    case DriftClass::staged:
    case DriftClass::pending_restart:
    case DriftClass::foreign:
      return DriftPolicy::report;
    case DriftClass::older:
    case DriftClass::newer:
    case DriftClass::unknown:
    case DriftClass::unmatched:
    case DriftClass::content:
    case DriftClass::unreachable:
      return DriftPolicy::fail;
  }
  return DriftPolicy::fail;
}

Exit Drift::exit() const {
  Exit exit = Exit::ok;
  for (const DriftEntry& entry : entries) {
    if (entry.policy != DriftPolicy::fail) continue;
    const bool is_host = entry.drift == DriftClass::unreachable && !entry.reasons.empty();
    exit = worst(exit, is_host ? info(entry.reasons.back().code).exit : info(Code::host_drifted).exit);
  }
  return exit;
}

Drift drift_of(const Plan& plan, const manifest::Policies& policies, const std::vector<DriftClass>& only) {
  Collector collector(policies, only);
  auto change = plan.changes.begin();
  for (const PlannedHost& host : plan.hosts) {
    if (host.status != "ok") {
      collector.add(DriftClass::unreachable, host.name, [&](DriftPolicy policy) { return unreadable(host, policy); });
    }
    for (; change != plan.changes.end() && change->host == host.name; ++change) {
      const std::optional<DriftClass> drift = classify(*change);
      if (!drift) continue;
      collector.add(*drift, host.name, [&](DriftPolicy policy) { return entry_of(*change, *drift, policy); });
    }
  }
  collector.result.hosts = plan.hosts.size();
  collector.result.hosts_in_line = plan.hosts.size() - collector.drifted();
  return std::move(collector.result);
}

}  // namespace firmform::plan
