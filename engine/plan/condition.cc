// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/make_plan.h"
#include "engine/version/version.h"

namespace firmform::plan {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using Failure = std::optional<std::string>;

std::string shown(const std::optional<std::string>& version) {
  return version ? fmt::format("\"{}\"", printable(*version)) : "no version";
}

Failure check_system(const Condition& condition, const HostSnapshot& snapshot) {
  const inventory::SystemFacts& system = snapshot.system;
  for (const std::string* identity : {&system.serial, &system.uuid, &snapshot.service_uuid}) {
    if (equals_ignoring_case(*identity, condition.value)) return std::nullopt;
  }
  return fmt::format("this is another machine: the plan was made for {}, and the BMC shows {}", condition.value,
                     system.serial.empty() ? system.uuid : system.serial);
}

Failure check_installed(const Condition& condition, const Component& component) {
  if (component.version.value_or("") == condition.value) return std::nullopt;
  return fmt::format("{} has {} and the plan was made for \"{}\"", component.address, shown(component.version),
                     condition.value);
}

Failure check_wanted(const Condition& condition, const Component& component) {
  const std::string& name = condition.scheme.empty() ? component.version_scheme : condition.scheme;
  const version::Scheme scheme = version::parse_scheme(name).value_or(version::Scheme::automatic);
  if (component.version && version::satisfies(*component.version, condition.value, scheme)) return std::nullopt;
  return fmt::format("{} has {}, wanted is \"{}\"", component.address, shown(component.version), condition.value);
}

Failure check_component(const Condition& condition, const HostSnapshot& snapshot) {
  const Component* component = snapshot.find(condition.component);
  if (component == nullptr) return fmt::format("{} is not in the inventory", condition.component);
  return condition.type == Condition::Type::installed_version ? check_installed(condition, *component)
                                                              : check_wanted(condition, *component);
}

Failure check_idle(const HostSnapshot& snapshot) {
  if (!snapshot.tasks.empty()) {
    const inventory::RunningTask& task = snapshot.tasks.front();
    return fmt::format("a task runs on the BMC: {} ({}, {})", printable(task.name), task.uri, task.state);
  }
  if (!inventory::is_busy(snapshot)) return std::nullopt;
  return fmt::format("an update runs on the BMC{}",
                     snapshot.update.state.empty() ? "" : fmt::format(" (state {})", snapshot.update.state));
}

Failure check_power(const Condition& condition, const HostSnapshot& snapshot) {
  if (equals_ignoring_case(snapshot.system.power_state, condition.value)) return std::nullopt;
  return fmt::format("the host's power state is {}, not {}", snapshot.system.power_state, condition.value);
}

Failure check_ready(const HostSnapshot& snapshot) {
  if (snapshot.system.discovery_complete.value_or(true)) return std::nullopt;
  return fmt::format("the host is in POST or device discovery{}",
                     snapshot.system.boot_progress.empty() ? "" : fmt::format(" ({})", snapshot.system.boot_progress));
}

Failure check_resource(const Condition& condition, const HostSnapshot& snapshot) {
  if (!snapshot.staging) return std::string("the BMC shows no repository, queue, windows or install sets");
  const auto content = inventory::content_at(*snapshot.staging, condition.component);
  if (condition.type == Condition::Type::resource_absent) {
    if (!content) return std::nullopt;
    return fmt::format("{} is on the BMC", condition.component);
  }
  if (!content) return fmt::format("{} is not on the BMC", condition.component);
  if (*content == condition.value) return std::nullopt;
  return fmt::format("{} is \"{}\", wanted is \"{}\"", condition.component, printable(*content), condition.value);
}

Failure check_queue(const HostSnapshot& snapshot) {
  if (!snapshot.staging) return std::nullopt;
  for (const inventory::QueueEntry& entry : snapshot.staging->queue) {
    if (inventory::blocks_queue(entry)) {
      return fmt::format("\"{}\" ({}) blocks the installation queue", printable(entry.step.name),
                         inventory::to_string(entry.state));
    }
  }
  return std::nullopt;
}

Failure check_clock(const Condition& condition, const HostSnapshot& snapshot) {
  if (!snapshot.staging || !snapshot.staging->clock) return std::nullopt;
  long allowed = 0;
  std::from_chars(condition.value.data(), condition.value.data() + condition.value.size(), allowed);
  const auto skew = std::chrono::abs(*snapshot.staging->clock - snapshot.captured_at);
  if (skew <= std::chrono::seconds(allowed)) return std::nullopt;
  return fmt::format("the BMC's clock is {} off", to_text(skew));
}

Failure check_time(const Condition& condition, const HostSnapshot& snapshot) {
  const auto latest = parse_rfc3339(condition.value);
  if (latest && snapshot.captured_at <= *latest) return std::nullopt;
  return fmt::format("it is after {}, and the work would not end in its window any more", condition.value);
}

Failure check_opening(const Condition& condition, const HostSnapshot& snapshot) {
  const auto opening = parse_rfc3339(condition.value);
  if (opening && snapshot.captured_at >= *opening) return std::nullopt;
  return fmt::format("the host's window opens at {}", condition.value);
}

Failure check_fact(const Condition& condition, const HostSnapshot& snapshot) {
  const auto found = snapshot.vendor_facts.find(condition.component);
  const std::string now = found == snapshot.vendor_facts.end() ? std::string() : found->second;
  if (now != condition.value) return std::nullopt;
  return now.empty() ? fmt::format("{} is not known yet", condition.component)
                     : fmt::format("{} is \"{}\" still", condition.component, printable(now));
}

}  // namespace

std::optional<std::string> check(const Condition& condition, const HostSnapshot& snapshot) {
  if (snapshot.status != inventory::HostStatus::ok) {
    return fmt::format("the host could not be read{}",
                       snapshot.error ? fmt::format(": {}", snapshot.error->message()) : "");
  }
  switch (condition.type) {
    case Condition::Type::same_system:
      return check_system(condition, snapshot);
    case Condition::Type::installed_version:
    case Condition::Type::wanted_version:
      return check_component(condition, snapshot);
    case Condition::Type::update_service_idle:
      return check_idle(snapshot);
    case Condition::Type::power_state:
      return check_power(condition, snapshot);
    case Condition::Type::host_ready:
      return check_ready(snapshot);
    case Condition::Type::resource_present:
    case Condition::Type::resource_absent:
      return check_resource(condition, snapshot);
    case Condition::Type::queue_unblocked:
      return check_queue(snapshot);
    case Condition::Type::not_later:
      return check_time(condition, snapshot);
    case Condition::Type::not_before:
      return check_opening(condition, snapshot);
    case Condition::Type::fact_changed:
      return check_fact(condition, snapshot);
    case Condition::Type::clock_agrees:
      return check_clock(condition, snapshot);
  }
  return "the condition is of an unknown type";
}

}  // namespace firmform::plan
