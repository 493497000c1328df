// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/make_plan.h"

#include <utility>

#include "engine/plan/assemble.h"
#include "engine/plan/chain.h"
#include "engine/plan/codec.h"
#include "engine/plan/cycles.h"
#include "engine/plan/draft.h"
#include "engine/plan/fleet.h"
#include "engine/plan/held.h"
#include "engine/plan/host_plan.h"
#include "engine/plan/rollout.h"
#include "engine/plan/way_back.h"

namespace firmform::plan {
namespace {

std::vector<HostDraft> draft_hosts(const Scope& scope) {
  std::vector<HostDraft> hosts;
  for (const auto& [name, snapshot] : scope.inputs.inventory) {
    const auto desired = scope.inputs.desired.hosts.find(name);
    if (desired != scope.inputs.desired.hosts.end()) hosts.push_back(plan_host(scope, desired->second, snapshot));
  }
  block_waiting_hosts(scope, hosts);
  return hosts;
}

/// A host that has no time for its work holds up those that wait for it.
void hold_in_windows(const Scope& scope, std::vector<HostDraft>& hosts, std::vector<HostChain>& chains) {
  for (std::size_t i = 0; i < hosts.size(); ++i) hold_in_window(scope, hosts[i], chains[i]);
  block_waiting_hosts(scope, hosts);
  for (std::size_t i = 0; i < hosts.size(); ++i) drop_blocked(hosts[i], chains[i]);
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

}  // namespace

Parsed<Plan> make_plan(const Inputs& inputs, const Providers& providers) {
  Findings findings(inputs.sources);
  const Scope scope{inputs, providers, findings};
  if (!report_cycles(scope)) return {std::nullopt, findings.diagnostics()};
  std::vector<HostDraft> hosts = draft_hosts(scope);
  std::vector<HostChain> chains;
  if (!add_chains(scope, hosts, chains)) return {std::nullopt, findings.diagnostics()};
  hold_in_windows(scope, hosts, chains);
  for (HostDraft& host : hosts) note_ways_back(scope, host);
  Plan plan = assemble(inputs, std::move(hosts), std::move(chains));
  add_rollout(inputs, findings, plan);
  plan.header.id = compute_id(plan);
  return {std::move(plan), findings.diagnostics()};
}

}  // namespace firmform::plan
