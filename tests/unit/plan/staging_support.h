// SPDX-License-Identifier: Apache-2.0
// What tests of resources on a BMC ask of plans.
#pragma once

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/small_fleet.h"

namespace firmform::tests {

using plan::Change;
using plan::ChangeKind;
using plan::Plan;
using Texts = std::vector<std::string>;

inline constexpr std::uint64_t kMebi = 1U << 20U;

inline Plan plan_of(const SmallFleet& fleet) {
  Parsed<Plan> planned = fleet.plan();
  REQUIRE(planned.value);
  return *planned.value;
}

/// "create window:…", "blocked FF0338 repository:…" of everything but no-ops, in the order of addresses.
inline Texts changes(const Plan& plan) {
  Texts found;
  for (const Change& change : plan.changes) {
    if (change.kind == ChangeKind::no_op) continue;
    std::string text(to_string(change.kind));
    if (change.kind == ChangeKind::blocked) text += " " + to_string(change.reasons.back().code);
    found.push_back(text + " " + change.address);
  }
  return found;
}

/// Summaries of the actions, in their order.
inline Texts actions(const Plan& plan) {
  Texts found;
  for (const plan::Action& action : plan.actions) found.push_back(action.summary);
  return found;
}

inline const Change& change_of(const Plan& plan, const std::string& address) {
  const auto found = std::ranges::find(plan.changes, address, &Change::address);
  REQUIRE(found != plan.changes.end());
  return *found;
}

/// A fleet of one host whose BMC keeps images, a queue, windows and sets; nothing is wanted of it yet.
struct OneHost {
  explicit OneHost(std::vector<inventory::Component> components = {bmc("3.11")}) {
    fleet.add(staging_host("web-01", std::move(components)));
  }
  manifest::DesiredHost& desired() { return fleet.desired.hosts.at("web-01"); }
  inventory::Staging& staging() { return *fleet.inventory.at("web-01").staging; }
  void store(const std::string& file, std::uint64_t size = 32 * kMebi, bool locked = false) {
    staging().repository->images.push_back({.file = file, .size = size, .locked = locked});
  }
  SmallFleet fleet;
};

inline inventory::Step by_bmc(const std::string& name, const std::string& file) {
  return {.name = name, .file = file, .updatable_by = {inventory::Updater::bmc}};
}

}  // namespace firmform::tests
