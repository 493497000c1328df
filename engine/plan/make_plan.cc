// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/make_plan.h"

#include <utility>

#include "engine/plan/assemble.h"
#include "engine/plan/chain.h"
#include "engine/plan/cycles.h"
#include "engine/plan/draft.h"
#include "engine/plan/fleet.h"
#include "engine/plan/host_plan.h"

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
  return {assemble(inputs, std::move(hosts), std::move(chains)), findings.diagnostics()};
}

}  // namespace firmform::plan
