// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/rollback.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/baseline.h"
#include "engine/plan/select.h"
#include "engine/plan/version_images.h"
#include "engine/version/version.h"

namespace firmform::plan {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using inventory::Inventory;
using manifest::Baseline;
using manifest::Desired;
using manifest::FirmwareEntry;
using version::Scheme;

Scheme scheme_of(const Component& component) {
  return version::parse_scheme(component.version_scheme).value_or(Scheme::automatic);
}

/// The run sent something for it that may have changed it.
bool was_begun(const Plan& run, const Change& change, const std::set<ActionId>& sent) {
  return std::ranges::any_of(change.actions, [&](ActionId id) {
    const Action& action = run.actions[id];
    return action.request && action.type != ActionType::store && sent.contains(id);
  });
}

/// The version that the run was to install, or one on the way there.
bool is_of_run(const Change& change, const Component& component) {
  const auto is_it = [&](const std::string& version) {
    return version::satisfies(*component.version, version, scheme_of(component));
  };
  return is_it(change.to) || std::ranges::any_of(change.path, is_it);
}

class Finder {
 public:
  Finder(const Plan& run, const std::set<ActionId>& sent, const Inventory& inventory)
      : run_(run), sent_(sent), inventory_(inventory) {}

  Undoing find() {
    for (const auto& [name, snapshot] : inventory_) refuse_host(name, snapshot);
    for (const Change& change : run_.changes) {
      if (change.resource != ResourceType::firmware || !was_begun(run_, change, sent_)) continue;
      const auto host = inventory_.find(change.host);
      if (host != inventory_.end() && !is_refused_.contains(change.host)) look_at(change, host->second);
    }
    return std::move(undoing_);
  }

 private:
  void refuse_host(const std::string& name, const HostSnapshot& snapshot) {
    if (snapshot.error) return refuse(name, {}, snapshot.error->with_context(name));
    const PlannedHost* planned = run_.host(name);
    const bool is_other = planned != nullptr && !planned->serial.empty() && planned->serial != snapshot.system.serial;
    if (!is_other) return;
    refuse(name, {},
           Error(Code::host_moved, fmt::format("{} is another machine than the one that the run changed: its serial "
                                               "number is {}, and it was {}",
                                               name, printable(snapshot.system.serial), printable(planned->serial))));
  }

  void refuse(const std::string& host, const std::string& address, Error error) {
    if (address.empty()) is_refused_.insert(host);
    undoing_.refused.push_back({host, address, std::move(error)});
  }

  void settle(const Change& change, std::string_view text) {
    undoing_.settled.push_back(fmt::format("{}/{} {}", change.host, change.address, text));
  }

  void look_at(const Change& change, const HostSnapshot& snapshot) {
    const Component* component = snapshot.find(change.address);
    if (component == nullptr) return settle(change, "is not there any more");
    if (!component->version || version::is_unknown(*component->version)) {
      return refuse(change.host, change.address,
                    Error(Code::version_incomparable,
                          fmt::format("{}/{}: the installed version is not known", change.host, change.address)));
    }
    const std::string& installed = *component->version;
    if (!change.from || version::is_unknown(*change.from)) {
      return refuse(change.host, change.address,
                    Error(Code::version_incomparable,
                          fmt::format("{}/{}: what was installed before is not known", change.host, change.address)));
    }
    if (version::satisfies(installed, *change.from, scheme_of(*component))) {
      return settle(change, fmt::format("is at \"{}\", as it was before", printable(installed)));
    }
    if (!is_of_run(change, *component)) {
      return settle(change, fmt::format("is at \"{}\" by now, which the run did not install", printable(installed)));
    }
    undoing_.undos.push_back({change.host, change.address, change.name, installed, *change.from});
  }

  const Plan& run_;
  const std::set<ActionId>& sent_;
  const Inventory& inventory_;
  std::set<std::string> is_refused_;
  Undoing undoing_;
};

const Component* component_of(const Undo& undo, const Inventory& inventory) {
  const auto host = inventory.find(undo.host);
  return host == inventory.end() ? nullptr : host->second.find(undo.address);
}

/// The entry of the host's baseline that is about the component now; null when there is none.
const FirmwareEntry* present_entry(const Baseline* baseline, const HostSnapshot& host, const Component& component) {
  if (baseline == nullptr) return nullptr;
  for (const FirmwareEntry& entry : baseline->firmware) {
    const std::vector<const Component*> meant = matching(entry.component.value, host);
    if (std::ranges::find(meant, &component) != meant.end()) return &entry;
  }
  return nullptr;
}

/// What the manifest says of the version before, turned to this one component.
FirmwareEntry entry_before(const Undo& undo, const VersionImage& found) {
  FirmwareEntry entry;
  if (found.entry != nullptr) entry = *found.entry;
  if (found.step != nullptr) {
    entry.image = found.step->image;
    entry.sha256 = found.step->sha256;
    entry.from = found.step->from;
    entry.requires_ = found.step->requires_;
    entry.version.span = found.step->version.span;
  }
  if (found.entry == nullptr) entry.image = manifest::Text{found.image->name, {}};
  entry.component.value = manifest::Selector{.name = undo.address};
  entry.version.value = undo.before;
  entry.after.clear();  // an order among entries of another baseline
  entry.via.clear();
  entry.separate_restart.clear();
  entry.every = false;
  entry.allow_downgrade = true;
  return entry;
}

/// What the version that is installed now needs, as long as it is installed: rules that the way back must keep, too.
std::optional<manifest::Constraint> while_installed(const Undo& undo, const FirmwareEntry* entry) {
  if (entry == nullptr || (entry->requires_.empty() && entry->conflicts.empty())) return std::nullopt;
  return manifest::Constraint{.when = {fmt::format("{} = {}", undo.address, undo.installed), entry->version.span},
                              .requires_ = entry->requires_,
                              .conflicts = entry->conflicts,
                              .span = entry->span};
}

Error without_image(const Undo& undo) {
  return Error(Code::image_missing,
               fmt::format("{}/{}: the catalog has no image of \"{}\", which was installed before the run", undo.host,
                           undo.address, printable(undo.before)))
      .with_help("add the package of that version to a directory of `catalog:`, or name its image in any baseline");
}

class Builder {
 public:
  Builder(const Desired& desired, const catalog::Catalog& catalog, const Inventory& inventory, Undoing& undoing)
      : desired_(desired), inventory_(inventory), undoing_(undoing), images_(desired, catalog) {}

  Desired build() {
    std::vector<Undo> all = std::move(undoing_.undos);
    undoing_.undos.clear();
    // The last that was changed is the first to go back, where nothing else orders it.
    for (auto undo = all.rbegin(); undo != all.rend(); ++undo) add(*undo);
    std::ranges::reverse(undoing_.undos);
    std::ranges::sort(undoing_.refused, {},
                      [](const NotUndone& refused) { return std::tie(refused.host, refused.address); });
    Desired result = desired_;
    result.hosts.clear();
    result.absent_windows.clear();
    for (auto& [name, baseline] : baselines_) result.hosts[name] = host_with(name, std::move(baseline));
    return result;
  }

 private:
  void add(const Undo& undo) {
    const auto host = desired_.hosts.find(undo.host);
    if (host == desired_.hosts.end()) {
      return refuse(undo, Error(Code::unknown_host, fmt::format("the manifest has no host {} any more", undo.host)));
    }
    const HostSnapshot& snapshot = inventory_.at(undo.host);
    const Component& component = *component_of(undo, inventory_);
    const auto images = images_.find(snapshot, component, undo.before);
    if (images.empty()) return refuse(undo, without_image(undo));
    const BaselineDecision decision = choose_baseline(host->second, snapshot);
    const Baseline* present = decision.choice == nullptr ? nullptr : decision.choice->baseline.get();
    Baseline& baseline = baseline_of(undo.host, present);
    baseline.firmware.push_back(entry_before(undo, images.front()));
    if (auto rule = while_installed(undo, present_entry(present, snapshot, component))) {
      baseline.constraints.push_back(std::move(*rule));
    }
    undoing_.undos.push_back(undo);
  }

  void refuse(const Undo& undo, Error error) {
    undoing_.refused.push_back({undo.host, undo.address, std::move(error)});
  }

  Baseline& baseline_of(const std::string& host, const Baseline* present) {
    const auto [place, is_new] = baselines_.try_emplace(host);
    if (is_new && present != nullptr) place->second.constraints = present->constraints;
    return place->second;
  }

  [[nodiscard]] manifest::DesiredHost host_with(const std::string& name, Baseline baseline) const {
    manifest::DesiredHost host = desired_.hosts.at(name);
    host.baselines = {{.name = "rollback",
                       .baseline = std::make_shared<const Baseline>(std::move(baseline)),
                       .precedence = manifest::kHostPrecedence,
                       .model = std::nullopt,
                       .span = host.span,
                       .assigned_by = "rollback"}};
    host.install_sets.clear();
    host.repository.reset();
    return host;
  }

  const Desired& desired_;
  const Inventory& inventory_;
  Undoing& undoing_;
  VersionImages images_;
  std::map<std::string, Baseline> baselines_;
};

}  // namespace

Undoing find_undos(const Plan& run, const std::set<ActionId>& sent, const Inventory& inventory) {
  return Finder(run, sent, inventory).find();
}

std::vector<catalog::VersionWanted> versions_to_restore(const std::vector<Undo>& undos, const Inventory& inventory) {
  std::vector<catalog::VersionWanted> wanted;
  for (const Undo& undo : undos) {
    const Component* component = component_of(undo, inventory);
    if (component != nullptr) wanted.push_back({component, undo.before, scheme_of(*component)});
  }
  return wanted;
}

std::vector<std::string> declared_images_of(const std::vector<Undo>& undos, const Desired& desired,
                                            const Inventory& inventory) {
  const catalog::Catalog none;
  VersionImages images(desired, none);
  std::set<std::string> names;
  for (const Undo& undo : undos) {
    const Component* component = component_of(undo, inventory);
    if (component == nullptr) continue;
    for (const std::string& name : images.names(inventory.at(undo.host), *component, undo.before)) {
      names.insert(name);
    }
  }
  return {names.begin(), names.end()};
}

Desired desired_before(const Desired& desired, const catalog::Catalog& catalog, const Inventory& inventory,
                       Undoing& undoing) {
  return Builder(desired, catalog, inventory, undoing).build();
}

}  // namespace firmform::plan
