// SPDX-License-Identifier: Apache-2.0
#include "engine/inventory/snapshot.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "engine/json/value.h"

namespace firmform::inventory {
namespace {

json::Value or_null(const std::optional<std::string>& text) {
  return text ? json::Value(*text) : json::Value();
}

json::Value facts_of(const Component& component) {
  json::Object facts{{"address", component.address},
                     {"version", or_null(component.version)},
                     {"staged", or_null(component.staged_version)},
                     {"slot", to_string(component.slot)}};
  if (component.updateable) facts.append("updateable", *component.updateable);
  return facts;
}

json::Value identity_of(const HostSnapshot& snapshot) {
  return json::Object{
      {"vendor", snapshot.vendor},    {"model", snapshot.system.model},        {"serial", snapshot.system.serial},
      {"uuid", snapshot.system.uuid}, {"service_uuid", snapshot.service_uuid}, {"manager", snapshot.manager.model}};
}

/// In one order, whatever the order in which they were read.
json::Value facts_of(const std::vector<Component>& components) {
  std::vector<const Component*> ordered;
  for (const Component& component : components) ordered.push_back(&component);
  std::ranges::sort(ordered, {}, &Component::address);
  json::Array array;
  for (const Component* component : ordered) array.push_back(facts_of(*component));
  return array;
}

/// What is kept on the BMC. Entries that are over vanish by themselves; the clock and the agent move by themselves.
json::Value facts_of(const Staging& staging) {
  json::Object kept;
  if (staging.repository) {
    for (const StoredImage& image : staging.repository->images) kept.set(address_of(image), content_of(image));
  }
  json::Array queue;
  for (const QueueEntry& entry : staging.queue) {
    if (entry.state == QueueState::complete) continue;
    queue.push_back(json::Object{{"name", entry.step.name},
                                 {"content", content_of(entry)},
                                 {"state", to_string(entry.state)},
                                 {"bound", entry.is_bound}});
  }
  kept.append("queue", std::move(queue));
  for (const Window& window : staging.windows) kept.set(address_of(window), content_of(window));
  for (const InstallSet& set : staging.install_sets) kept.set(address_of(set), content_of(set));
  return kept;
}

/// Firmware that is known to be broken. What an update engine says of its last work passes by itself.
json::Value facts_of(const std::vector<Incident>& incidents) {
  json::Array broken;
  for (const Incident& incident : incidents) {
    if (!incident.component.empty()) broken.push_back(incident.component + ": " + incident.text);
  }
  return broken;
}

/// Facts about our own session are not the host's, and times of background work pass by themselves.
bool is_lasting(std::string_view vendor_fact) {
  return !vendor_fact.ends_with(".privileges") && !vendor_fact.ends_with("_time");
}

/// HPE names ten states of its update engine, and firmware adds to them: what is not known to be rest is work.
bool is_rest(std::string_view update_state) {
  constexpr std::array<std::string_view, 5> kRest = {"", "idle", "complete", "completed", "error"};
  return std::ranges::find(kRest, to_lower(update_state)) != kRest.end();
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::firmware:
      return "firmware";
    case Kind::software:
      return "software";
  }
  return "firmware";
}

std::string_view to_string(Slot slot) {
  switch (slot) {
    case Slot::active:
      return "active";
    case Slot::backup:
      return "backup";
    case Slot::staged:
      return "staged";
    case Slot::previous:
      return "previous";
    case Slot::available:
      return "available";
    case Slot::duplicate:
      return "duplicate";
  }
  return "active";
}

std::string_view to_string(HostStatus status) {
  switch (status) {
    case HostStatus::ok:
      return "ok";
    case HostStatus::unreachable:
      return "unreachable";
    case HostStatus::refused:
      return "refused";
    case HostStatus::failed:
      return "failed";
  }
  return "failed";
}

const Component* HostSnapshot::find(std::string_view address) const {
  const auto found = std::ranges::find(components, address, &Component::address);
  return found == components.end() ? nullptr : &*found;
}

bool is_busy(const HostSnapshot& snapshot) {
  const auto updates = [](const Component& component) { return component.state == "Updating"; };
  return !snapshot.tasks.empty() || snapshot.update.push_targets_busy.value_or(false) ||
         !is_rest(snapshot.update.state) || std::ranges::any_of(snapshot.components, updates);
}

std::string fingerprint(const HostSnapshot& snapshot) {
  json::Object vendor_facts;
  for (const auto& [key, value] : snapshot.vendor_facts) {
    if (is_lasting(key)) vendor_facts.append(key, value);
  }
  json::Object facts{{"identity", identity_of(snapshot)},
                     {"power", snapshot.system.power_state},
                     {"components", facts_of(snapshot.components)},
                     {"update_enabled", snapshot.update.service_enabled},
                     {"update_busy", is_busy(snapshot)},
                     {"vendor_facts", std::move(vendor_facts)},
                     {"incidents", facts_of(snapshot.incidents)}};
  // Whether there is a way back depends on it.
  if (!snapshot.update.downgrade_policy.empty()) facts.append("downgrade_policy", snapshot.update.downgrade_policy);
  if (snapshot.staging) facts.append("staging", facts_of(*snapshot.staging));
  return sha256_hex(json::dump_canonical(facts));
}

}  // namespace firmform::inventory
