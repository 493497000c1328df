// SPDX-License-Identifier: Apache-2.0
// The inventory that a plan was made for, told from the plan alone.
#include <algorithm>
#include <map>

#include "engine/simulate/resources.h"
#include "engine/simulate/simulate.h"

namespace firmform::simulate {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using plan::Condition;

Component& component_at(HostSnapshot& host, const std::string& address) {
  const auto found = std::ranges::find(host.components, address, &Component::address);
  if (found != host.components.end()) return *found;
  Component made;
  made.address = address;
  made.name = address;
  made.updateable = true;
  return host.components.emplace_back(std::move(made));
}

bool is_of_staging(const Condition& condition) {
  return condition.type == Condition::Type::resource_present || condition.type == Condition::Type::resource_absent;
}

inventory::Staging& staging_of(HostSnapshot& host) {
  constexpr std::uint64_t kPlenty = std::uint64_t{1} << 40U;
  if (!host.staging) {
    host.staging = inventory::Staging{};
    host.staging->repository = inventory::Repository{.total_bytes = kPlenty, .free_bytes = kPlenty};
  }
  return *host.staging;
}

/// What must hold before the first action that says so was true when the plan was made, unless another action of the
/// plan brings it.
class Guess {
 public:
  explicit Guess(HostSnapshot& host) : host_(host) {}

  void read(const plan::Action& action) {
    for (const Condition& condition : action.preconditions) learn(condition);
    for (const Condition& condition : action.postconditions) {
      if (condition.type == Condition::Type::wanted_version) component_at(host_, condition.component);
      if (is_of_staging(condition)) {
        staging_of(host_);
        brought_[condition.component] = true;
      }
    }
  }

 private:
  void learn(const Condition& condition) {
    if (condition.type == Condition::Type::same_system) host_.system.serial = condition.value;
    if (condition.type == Condition::Type::power_state) host_.system.power_state = condition.value;
    if (condition.type == Condition::Type::installed_version) {
      Component& component = component_at(host_, condition.component);
      if (!known_[condition.component] && !condition.value.empty()) component.version = condition.value;
      known_[condition.component] = true;
    }
    if (!is_of_staging(condition)) return;
    inventory::Staging& staging = staging_of(host_);
    const bool is_there = condition.type == Condition::Type::resource_present && !brought_[condition.component];
    if (is_there && !inventory::content_at(staging, condition.component)) {
      // What cannot be taken apart shows as a broken precondition, in words.
      static_cast<void>(put(staging, condition.component, condition.value));
    }
  }

  HostSnapshot& host_;
  std::map<std::string, bool> known_;
  std::map<std::string, bool> brought_;
};

}  // namespace

inventory::Inventory inventory_of(const plan::Plan& plan) {
  inventory::Inventory inventory;
  std::map<std::string, Guess> guesses;
  for (const plan::PlannedHost& host : plan.hosts) {
    HostSnapshot& made = inventory[host.name];
    made.name = host.name;
    made.bmc = host.bmc;
    made.provider = host.provider;
    made.captured_at = plan.header.created_at;
    made.system.model = host.model;
    made.system.serial = host.serial;
    made.system.power_state = "On";
    made.update.uri = "/redfish/v1/UpdateService";
    guesses.try_emplace(host.name, made);
  }
  for (const plan::Change& change : plan.changes) {
    const auto host = inventory.find(change.host);
    if (host == inventory.end() || change.resource != plan::ResourceType::firmware) continue;
    Component& component = component_at(host->second, change.address);
    component.name = change.name;
    component.version = change.from;
    component.staged_version = change.staged;
  }
  for (const plan::Action& action : plan.actions) {
    if (const auto guess = guesses.find(action.host); guess != guesses.end()) guess->second.read(action);
  }
  for (auto& [name, host] : inventory) std::ranges::sort(host.components, {}, &Component::address);
  return inventory;
}

}  // namespace firmform::simulate
