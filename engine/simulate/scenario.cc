// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/scenario.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/simulate/chance.h"

namespace firmform::simulate {
namespace {

constexpr int kNewest = 5;
constexpr int kLastEntry = 120;  // of a journal, before which a program may die

std::array<int, kParts> random_versions(Sequence& random) {
  std::array<int, kParts> versions{};
  for (int& version : versions) version = random.one_in(8) ? 0 : random.between(1, kNewest);
  return versions;
}

void add_hosts(Scenario& scenario, Sequence& random) {
  const int count = random.one_in(6) ? random.between(13, 40) : random.between(1, 12);
  // Few lineages, as in a fleet that was kept in step for a while.
  std::vector<std::array<int, kParts>> lineages(static_cast<std::size_t>(random.between(1, 3)));
  for (auto& lineage : lineages) lineage = random_versions(random);
  for (int i = 0; i < count; ++i) {
    scenario.hosts.push_back({.name = fmt::format("h{:02}", i),
                              .rack = random.between(1, 3),
                              .feed = random.between(1, 2),
                              .model = random.between(1, 2),
                              .answers = !random.one_in(15),
                              .installed = lineages[random.below(lineages.size())]});
  }
}

/// A baseline without an entry is none.
std::ptrdiff_t wanted_parts(const Scenario& scenario) {
  return std::ranges::count(scenario.entries, true, &ScenarioEntry::wanted);
}

void add_entries(Scenario& scenario, Sequence& random) {
  for (std::size_t part = 0; part < kParts; ++part) {
    ScenarioEntry& entry = scenario.entries[part];
    entry.wanted = !random.one_in(3);
    entry.version = random.between(2, kNewest);
    if (entry.version > 2 && random.one_in(4)) entry.via = random.between(2, entry.version - 1);
    // Only earlier parts, so that there is no cycle.
    if (part > 0 && random.one_in(3)) entry.requires_part = random.below(part);
    entry.by_version = random.one_in(2);
  }
  if (wanted_parts(scenario) == 0) scenario.entries.front().wanted = true;
}

void add_rollout(Scenario& scenario, Sequence& random) {
  if (random.one_in(2)) {
    scenario.canary = random.one_in(2);
    scenario.batches = random.one_in(2) ? std::vector<std::string>{"1", "25%"} : std::vector<std::string>{"50%"};
    scenario.soak_minutes = random.one_in(2) ? random.between(5, 30) : 0;
  }
  if (random.one_in(2)) scenario.per_rack = random.between(1, 2);
  if (random.one_in(3)) scenario.per_feed_percent = 50;
  if (random.one_in(2)) scenario.max_hosts = random.between(1, 6);
  if (random.one_in(3)) scenario.max_uploads = random.between(1, 3);
  if (random.one_in(3)) scenario.max_failures = random.between(0, 3);
}

void add_trouble(Scenario& scenario, Sequence& random) {
  if (random.one_in(2)) {
    for (const Fault fault : kAllFaults) {
      if (random.one_in(3)) scenario.faults.set(fault, 0.02 * random.between(1, 10));
    }
  }
  const int crashes = random.one_in(2) ? 0 : random.between(1, 3);
  for (int i = 0; i < crashes; ++i) scenario.crashes.insert(random.between(1, kLastEntry));
}

std::string version_text(int major) {
  return fmt::format("{}.0", major);
}

std::string image_name(std::size_t part, int version) {
  return fmt::format("{}-{}.bin", kPartNames[part], version);
}

std::string entry_text(const Scenario& scenario, std::size_t part) {
  const ScenarioEntry& entry = scenario.entries[part];
  std::string text = fmt::format("      - {{component: {}, version: \"{}\", version_scheme: dotted, image: {}",
                                 kPartNames[part], version_text(entry.version), image_name(part, entry.version));
  if (entry.via > 0) {
    text +=
        fmt::format(", via: [{{version: \"{}\", image: {}}}]", version_text(entry.via), image_name(part, entry.via));
  }
  const auto& required = entry.requires_part;
  if (!required || !scenario.entries[*required].wanted) return text + "}\n";
  if (entry.by_version) {
    const int version = scenario.entries[*required].version;
    text += fmt::format(", requires: [\"{} >= {}\"]", kPartNames[*required], version_text(version));
  } else {
    text += fmt::format(", after: [{}]", kPartNames[*required]);
  }
  return text + "}\n";
}

std::string rollout_text(const Scenario& scenario) {
  std::string text = fmt::format("rollout:\n  seed: {}\n", scenario.seed % 1000);
  if (scenario.canary) text += "  canary: {hosts: 1, cover: [model]}\n";
  if (!scenario.batches.empty()) text += fmt::format("  batches: [\"{}\"]\n", fmt::join(scenario.batches, "\", \""));
  if (scenario.soak_minutes > 0) text += fmt::format("  soak: {}m\n", scenario.soak_minutes);
  if (scenario.health) text += "  health: {bmc: true, sensors: true, post: true}\n";
  if (scenario.max_failures) text += fmt::format("  max_failures: {}\n", *scenario.max_failures);
  std::vector<std::string> limits;
  if (scenario.max_hosts > 0) limits.push_back(fmt::format("hosts: {}", scenario.max_hosts));
  if (scenario.max_uploads > 0) limits.push_back(fmt::format("uploads: {}", scenario.max_uploads));
  std::vector<std::string> labels;
  if (scenario.per_rack > 0) labels.push_back(fmt::format("rack: {}", scenario.per_rack));
  if (scenario.per_feed_percent > 0) labels.push_back(fmt::format("feed: \"{}%\"", scenario.per_feed_percent));
  if (!labels.empty()) limits.push_back(fmt::format("per_label: {{{}}}", fmt::join(labels, ", ")));
  if (!limits.empty()) text += fmt::format("  max_in_flight: {{{}}}\n", fmt::join(limits, ", "));
  return text;
}

inventory::Component component_of(std::size_t part, int version) {
  inventory::Component component;
  component.address = kPartNames[part];
  component.uri = fmt::format("/redfish/v1/UpdateService/FirmwareInventory/{}", kPartNames[part]);
  component.id = kPartNames[part];
  component.name = kPartNames[part];
  component.version = version_text(version);
  component.updateable = true;
  component.is_bmc = part == 0;
  component.is_bios = part == 1;
  if (part > 1) component.reset_required = part == 2;
  return component;
}

inventory::HostSnapshot snapshot_of(const ScenarioHost& host) {
  inventory::HostSnapshot snapshot;
  snapshot.name = host.name;
  snapshot.bmc = fmt::format("https://{}.example", host.name);
  if (!host.answers) {
    snapshot.status = inventory::HostStatus::unreachable;
    snapshot.error = Error(Code::connect_timeout, "no connection within 10s");
    return snapshot;
  }
  snapshot.provider = "redfish";
  snapshot.vendor = "Contoso";
  snapshot.system = {.uri = "/redfish/v1/Systems/1",
                     .manufacturer = "Contoso",
                     .model = fmt::format("Server {}", host.model),
                     .serial = "SN-" + host.name,
                     .power_state = "On",
                     .reset_target = "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset",
                     .reset_types = {"GracefulRestart", "ForceRestart"}};
  snapshot.manager = {.uri = "/redfish/v1/Managers/1",
                      .model = "Contoso BMC",
                      .reset_target = "/redfish/v1/Managers/1/Actions/Manager.Reset",
                      .reset_types = {"GracefulRestart"}};
  snapshot.update.uri = "/redfish/v1/UpdateService";
  snapshot.update.multipart_push_uri = "/redfish/v1/UpdateService/upload";
  snapshot.update.multipart_apply_times = {"Immediate", "OnReset"};
  for (std::size_t part = 0; part < kParts; ++part) {
    if (host.installed[part] > 0) snapshot.components.push_back(component_of(part, host.installed[part]));
  }
  std::ranges::sort(snapshot.components, {}, &inventory::Component::address);
  return snapshot;
}

/// Adds a copy of `scenario` that `cut` has made simpler.
template <class Cut>
void add(std::vector<Scenario>& all, const Scenario& scenario, Cut cut) {
  cut(all.emplace_back(scenario));
}

}  // namespace

Scenario random_scenario(std::uint64_t seed) {
  Sequence random(seed);
  Scenario scenario{.seed = seed, .entries = {}, .faults = {}, .crashes = {}};
  add_hosts(scenario, random);
  add_entries(scenario, random);
  scenario.downgrades = random.one_in(3);
  scenario.chain = random.one_in(5) && scenario.hosts.size() > 1;
  scenario.window = random.one_in(3);
  scenario.freeze = random.one_in(6);
  scenario.health = random.one_in(3);
  add_rollout(scenario, random);
  add_trouble(scenario, random);
  return scenario;
}

std::vector<Scenario> simpler(const Scenario& scenario) {
  std::vector<Scenario> all;
  const std::size_t count = scenario.hosts.size();
  if (count > 1) {
    add(all, scenario, [&](Scenario& less) { less.hosts.resize(count / 2); });
    add(all, scenario, [&](Scenario& less) {
      less.hosts.erase(less.hosts.begin(), less.hosts.begin() + static_cast<std::ptrdiff_t>(count / 2));
    });
    for (std::size_t i = 0; i < count; ++i) {
      add(all, scenario,
          [&](Scenario& less) { less.hosts.erase(less.hosts.begin() + static_cast<std::ptrdiff_t>(i)); });
    }
  }
  if (!scenario.crashes.empty()) {
    add(all, scenario, [](Scenario& less) { less.crashes.clear(); });
    for (const int crash : scenario.crashes) {
      add(all, scenario, [&](Scenario& less) { less.crashes.erase(crash); });
    }
  }
  for (const Fault fault : kAllFaults) {
    if (scenario.faults.rate(fault) > 0) {
      add(all, scenario, [&](Scenario& less) { less.faults.set(fault, 0); });
    }
  }
  for (std::size_t part = 0; part < kParts; ++part) {
    if (!scenario.entries[part].wanted) continue;
    if (wanted_parts(scenario) > 1) {
      add(all, scenario, [&](Scenario& less) { less.entries[part].wanted = false; });
    }
    if (scenario.entries[part].via > 0) add(all, scenario, [&](Scenario& less) { less.entries[part].via = 0; });
    const auto& required = scenario.entries[part].requires_part;
    if (required && scenario.entries[*required].wanted) {
      add(all, scenario, [&](Scenario& less) { less.entries[part].requires_part.reset(); });
    }
  }
  for (bool Scenario::* const flag :
       {&Scenario::window, &Scenario::freeze, &Scenario::health, &Scenario::canary, &Scenario::chain}) {
    if (scenario.*flag) add(all, scenario, [&](Scenario& less) { less.*flag = false; });
  }
  for (int Scenario::* const number : {&Scenario::soak_minutes, &Scenario::per_rack, &Scenario::per_feed_percent,
                                       &Scenario::max_hosts, &Scenario::max_uploads}) {
    if (scenario.*number > 0) add(all, scenario, [&](Scenario& less) { less.*number = 0; });
  }
  if (!scenario.batches.empty()) add(all, scenario, [](Scenario& less) { less.batches.clear(); });
  if (scenario.max_failures) add(all, scenario, [](Scenario& less) { less.max_failures.reset(); });
  return all;
}

std::string manifest_of(const Scenario& scenario) {
  std::string text =
      "firmform: v1\n"
      "credentials:\n  bmc: {username: admin, password: {env: BMC_PASSWORD}}\n"
      "hosts:\n";
  for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
    const ScenarioHost& host = scenario.hosts[i];
    text += fmt::format("  {0}: {{bmc: \"https://{0}.example\", labels: {{rack: r{1}, feed: f{2}}}{3}}}\n", host.name,
                        host.rack, host.feed,
                        scenario.chain && i == 1 ? fmt::format(", after: [{}]", scenario.hosts[0].name) : "");
  }
  text += fmt::format("defaults: {{credentials: bmc, baseline: all{}}}\n",
                      scenario.window ? ", maintenance_window: nights" : "");
  text += "catalog: [{directory: images}]\nbaselines:\n  all:\n    firmware:\n";
  for (std::size_t part = 0; part < kParts; ++part) {
    if (scenario.entries[part].wanted) text += entry_text(scenario, part);
  }
  if (scenario.window) {
    text += "maintenance_windows:\n  nights: {schedule: \"0 1 * * *\", duration: 4h, time_zone: Europe/Paris}\n";
  }
  if (scenario.freeze) {
    text += "freeze_periods:\n  audit: {start: 2026-11-21T03:00:00Z, end: 2026-11-22T12:00:00Z, reason: audit}\n";
  }
  if (scenario.downgrades) text += "policies: {downgrade: allow}\n";
  return text + rollout_text(scenario);
}

inventory::Inventory inventory_of(const Scenario& scenario) {
  inventory::Inventory inventory;
  for (const ScenarioHost& host : scenario.hosts) inventory[host.name] = snapshot_of(host);
  return inventory;
}

catalog::Catalog catalog_of(const Scenario& scenario) {
  constexpr std::uintmax_t kSize = 32U << 20U;
  catalog::Catalog catalog;
  const auto offer = [&](std::size_t part, int version) {
    catalog::CatalogImage image;
    image.name = image_name(part, version);
    image.path = "/images/" + image.name;
    image.size = kSize;
    image.sha256 = std::string(64, 'a');
    catalog.add(std::move(image));
  };
  for (std::size_t part = 0; part < kParts; ++part) {
    offer(part, scenario.entries[part].version);
    if (scenario.entries[part].via > 0) offer(part, scenario.entries[part].via);
  }
  return catalog;
}

std::string describe(const Scenario& scenario) {
  std::string text;
  for (const ScenarioHost& host : scenario.hosts) {
    text += fmt::format("  {}: Server {}", host.name, host.model);
    if (!host.answers) text += ", does not answer";
    for (std::size_t part = 0; part < kParts && host.answers; ++part) {
      if (host.installed[part] > 0) text += fmt::format(", {} {}.0", kPartNames[part], host.installed[part]);
    }
    text += "\n";
  }
  text += fmt::format("  faults: {}\n", scenario.faults.describe());
  if (!scenario.crashes.empty()) {
    text +=
        fmt::format("  the program dies before these entries of its journal: {}\n", fmt::join(scenario.crashes, ", "));
  }
  return text;
}

}  // namespace firmform::simulate
