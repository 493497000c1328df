// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/host_plan.h"

#include "engine/plan/dependencies.h"
#include "engine/plan/diff.h"
#include "engine/plan/gates.h"
#include "engine/plan/install_sets.h"
#include "engine/plan/paths.h"
#include "engine/plan/queue.h"
#include "engine/plan/recipes.h"
#include "engine/plan/repository.h"
#include "engine/plan/resource.h"
#include "engine/plan/restarts.h"
#include "engine/plan/stores.h"
#include "engine/plan/windows.h"

namespace firmform::plan {
namespace {

/// What a blocked change takes with it. A restart that cannot be had blocks changes, and with them what waits for
/// these; the ways and restarts are then for those that are left.
void follow_blocked(const Scope& scope, HostDraft& host) {
  for (int round = 0; round < 2; ++round) {
    block_behind(scope, host);
    block_dependents(scope, host);
    arrange(scope, host);
    add_resets(scope, host);
  }
  drop_unneeded(host);
}

void plan_firmware(const Scope& scope, HostDraft& host) {
  apply_gates(scope, host);
  choose_window(scope, host);
  add_recipes(scope, host);
  follow_blocked(scope, host);
  settle_appointment(scope, host);
  follow_blocked(scope, host);
}

void tidy(const Scope& scope, HostDraft& host) {
  if (!has_work(host)) return;
  tidy_queue(scope, host);
  tidy_windows(scope, host);
  remove_unwanted(scope, host);
}

/// Something but firmware is there or wanted.
bool concerns_resources(const HostDraft& host) {
  return host.staging() != nullptr || host.desired->repository || !host.desired->install_sets.empty();
}

/// What firmware needs on the BMC, and what the manifest wants there beside it.
void plan_resources(const Scope& scope, HostDraft& host) {
  separate_stores(scope, host);
  clear_queue(scope, host);
  follow_blocked(scope, host);
  plan_install_sets(scope, host);
  store_declared(scope, host);
  remove_absent_windows(scope, host);
  add_window(scope, host);
  remove_unwanted(scope, host);
  tidy(scope, host);
  check_stores(scope, host);
  check_window_limit(scope, host);
  follow_blocked(scope, host);
}

/// Comes when it is known what restarts the host and what does not.
void plan_restarts(const Scope& scope, HostDraft& host) {
  queue_restarts(scope, host);
  clear_queue(scope, host);
  follow_blocked(scope, host);
  heed_others(scope, host);
  heed_leftovers(scope, host);
}

/// Categories of settings that are put back where a flash changed them.
std::vector<std::string> restored_settings(const Scope& scope) {
  std::vector<std::string> categories;
  if (!scope.inputs.desired.config_guard) return categories;
  for (const auto& [category, action] : scope.inputs.desired.config_guard->categories) {
    if (action == manifest::GuardAction::restore) categories.push_back(category);
  }
  return categories;
}

}  // namespace

HostDraft plan_host(const Scope& scope, const manifest::DesiredHost& desired, const inventory::HostSnapshot& snapshot) {
  HostDraft host = diff(scope, desired, snapshot);
  if (!host.problems.empty()) return host;
  host.restored = restored_settings(scope);
  find_host_gates(scope, host);
  plan_firmware(scope, host);
  if (concerns_resources(host)) {
    plan_resources(scope, host);
    plan_restarts(scope, host);
  }
  host.rehearsal.reset();
  return host;
}

}  // namespace firmform::plan
