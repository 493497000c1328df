// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/make_plan.h"

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>

#include "engine/plan/chain.h"
#include "engine/plan/codec.h"
#include "engine/plan/cycles.h"
#include "engine/plan/dependencies.h"
#include "engine/plan/diff.h"
#include "engine/plan/draft.h"
#include "engine/plan/fleet.h"
#include "engine/plan/gates.h"
#include "engine/plan/recipes.h"

namespace firmform::plan {
namespace {

HostDraft draft_host(const Scope& scope, const manifest::DesiredHost& desired,
                     const inventory::HostSnapshot& snapshot) {
  HostDraft host = diff(scope, desired, snapshot);
  apply_gates(scope, host);
  add_recipes(scope, host);
  block_dependents(scope, host);
  add_reset(scope, host);
  // A restart that cannot be had blocks changes, and with them what waits for these; the restart is then
  // for those that are left.
  block_dependents(scope, host);
  add_reset(scope, host);
  return host;
}

std::vector<HostDraft> draft_hosts(const Scope& scope) {
  std::vector<HostDraft> hosts;
  for (const auto& [name, snapshot] : scope.inputs.inventory) {
    const auto desired = scope.inputs.desired.hosts.find(name);
    if (desired != scope.inputs.desired.hosts.end()) hosts.push_back(draft_host(scope, desired->second, snapshot));
  }
  block_waiting_hosts(scope, hosts);
  return hosts;
}

/// False when the changes of some host cannot be ordered.
bool add_chains(const Scope& scope, std::vector<HostDraft>& hosts, std::vector<HostChain>& chains) {
  bool possible = true;
  for (HostDraft& host : hosts) {
    chains.push_back(chain(host));
    const std::vector<Wait>& cycle = chains.back().cycle;
    if (cycle.empty()) continue;
    scope.findings.add(cycle_of_host(host, cycle));
    possible = false;
  }
  return possible;
}

http::TlsOptions tls_of(const manifest::Tls& tls, const std::filesystem::path& directory) {
  http::TlsOptions options{.verify = tls.verify, .ca_file = {}, .pin_sha256 = tls.pin_sha256};
  if (tls.ca_file) options.ca_file = directory / *tls.ca_file;
  return options;
}

PlannedHost planned_host(const HostDraft& host, const std::string& directory) {
  const inventory::HostSnapshot& snapshot = *host.snapshot;
  const manifest::DesiredHost& desired = *host.desired;
  return {.name = desired.name,
          .bmc = desired.bmc,
          .provider = snapshot.provider,
          .username = desired.credentials.username,
          .password = desired.credentials.password,
          .tls = tls_of(desired.tls, directory),
          .model = snapshot.system.model,
          .serial = snapshot.system.serial,
          .fingerprint = inventory::fingerprint(snapshot),
          .status = std::string(to_string(snapshot.status)),
          .problems = host.problems};
}

Plan assemble(const Inputs& inputs, std::vector<HostDraft> hosts, std::vector<HostChain> chains) {
  const manifest::Desired& desired = inputs.desired;
  Plan plan;
  plan.header = {.format_version = kPlanFormat,
                 .tool_version = inputs.tool_version,
                 .id = {},
                 .manifest_digest = desired.digest,
                 .directory = desired.directory,
                 .created_at = std::chrono::floor<std::chrono::seconds>(inputs.now)};
  plan.max_hosts_in_flight = static_cast<int>(desired.rollout.max_hosts_in_flight.value_or(0));
  plan.max_uploads_in_flight = static_cast<int>(desired.rollout.max_uploads_in_flight.value_or(0));
  if (desired.rollout.max_failures) plan.max_failures = static_cast<int>(*desired.rollout.max_failures);

  FleetActions fleet = join(hosts, std::move(chains));
  plan.actions = std::move(fleet.actions);
  plan.hosts.reserve(hosts.size());
  std::size_t changes = 0;
  for (const HostDraft& host : hosts) changes += host.changes.size();
  plan.changes.reserve(changes);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    plan.hosts.push_back(planned_host(hosts[i], desired.directory));
    const std::size_t begin = plan.changes.size();
    for (std::size_t j = 0; j < hosts[i].changes.size(); ++j) {
      Change& change = plan.changes.emplace_back(std::move(hosts[i].changes[j].change));
      change.actions = std::move(fleet.of_change[i][j]);
      std::ranges::sort(change.actions);
    }
    // Entries that match nothing may have the same text, but never the same place.
    const auto key = [](const Change& change) { return std::tie(change.address, change.origin); };
    std::ranges::sort(plan.changes.begin() + static_cast<std::ptrdiff_t>(begin), plan.changes.end(), {}, key);
  }
  plan.header.id = compute_id(plan);
  return plan;
}

}  // namespace

Parsed<Plan> make_plan(const Inputs& inputs, const Providers& providers) {
  Findings findings(inputs.sources);
  const Scope scope{inputs, providers, findings};
  if (!report_cycles(scope)) return {std::nullopt, findings.diagnostics()};
  std::vector<HostDraft> hosts = draft_hosts(scope);
  std::vector<HostChain> chains;
  if (!add_chains(scope, hosts, chains)) return {std::nullopt, findings.diagnostics()};
  return {assemble(inputs, std::move(hosts), std::move(chains)), findings.diagnostics()};
}

}  // namespace firmform::plan
