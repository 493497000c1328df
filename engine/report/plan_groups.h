// SPDX-License-Identifier: Apache-2.0
// Hosts of a plan that go through the same changes, so that 5,000 hosts read like one.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.h"

namespace firmform::report {

/// One line of a host's group: a component that changes or is blocked, or a restart of the host.
struct PlanRow {
  enum class Kind { update, downgrade, blocked, restart };
  Kind kind = Kind::update;
  std::string component;
  std::string from;
  std::string to;
  std::string steps;
  std::string reboot;
  Duration expected{0};
  bool operator==(const PlanRow&) const = default;
};

/// What becomes of something else than firmware, or of firmware that the BMC has in its queue.
struct ResourceLine {
  enum class Kind { create, change, remove, invoke, pending, blocked };
  Kind kind = Kind::create;
  std::string text;
  std::vector<std::string> details;
  bool operator==(const ResourceLine&) const = default;
};

/// Why a host is restarted where one restart is not enough.
struct RestartLine {
  std::string activates;
  std::vector<std::string> because;  ///< it is not shared with the one before; empty for the first
  bool operator==(const RestartLine&) const = default;
};

struct PlanGroup {
  std::vector<std::string> hosts;       ///< sorted
  std::vector<PlanRow> rows;            ///< in the order in which they are carried out, blocked ones last
  std::vector<ResourceLine> resources;  ///< ditto, what is pending in between
  std::vector<RestartLine> restarts;    ///< in order; empty where one is enough
};

/// Hosts where something changes or is blocked: changing groups first, larger ones before smaller ones.
[[nodiscard]] std::vector<PlanGroup> group_hosts(const plan::Plan& plan);

/// A cause, and what it concerns.
struct ReasonGroup {
  const plan::Reason* reason;  ///< of the first component concerned
  std::set<std::string_view> hosts;
  std::size_t components = 0;
};

/// Reasons of blocked changes, or of the others (warnings): one group per rule and line of the manifest, and one
/// for what says the same of several components.
[[nodiscard]] std::vector<ReasonGroup> group_reasons(const plan::Plan& plan, bool of_blocked);

/// Changes that cannot be undone.
struct NoReturn {
  bool is_door = false;  ///< the BMC or the device refuses to go back; else the catalog has no image
  std::string text;      ///< why, of a door
  std::set<std::string> components;
  std::set<std::string_view> hosts;
};

/// Doors first; what lacks an image of the installed version is one group.
[[nodiscard]] std::vector<NoReturn> no_returns(const plan::Plan& plan);

}  // namespace firmform::report
