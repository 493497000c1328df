// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/select.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/text.h"

namespace firmform::plan {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using inventory::Slot;
using manifest::Selector;

/// How closely a component fits the name of a selector; a closer fit shuts out the others.
enum class Fit { none, glob, name, address };

std::array<std::string_view, 4> names_of(const Component& component) {
  return {component.name, component.description, component.id, component.address};
}

Fit fit_of_name(const std::string& wanted, bool wanted_is_glob, const Component& component) {
  if (wanted.empty()) return Fit::name;
  if (component.address == wanted) return Fit::address;
  const auto names = names_of(component);
  if (std::ranges::find(names, wanted) != names.end()) return Fit::name;
  if (!wanted_is_glob) return Fit::none;
  const auto fits = [&](std::string_view name) { return glob_match(wanted, name); };
  return std::ranges::any_of(names, fits) ? Fit::glob : Fit::none;
}

bool fits_text(const std::string& wanted, const std::string& actual) {
  return wanted.empty() || wanted == actual || (is_glob(wanted) && glob_match(wanted, actual));
}

/// GUIDs and software ids: the vendors' tools write them in either case.
bool fits_id(const std::string& wanted, const std::string& actual) {
  return wanted.empty() || fits_text(to_lower(wanted), to_lower(actual));
}

bool fits_target(const std::string& wanted, const Component& component) {
  if (wanted.empty()) return true;
  return std::ranges::any_of(component.targets, [&](const std::string& target) { return fits_id(wanted, target); });
}

bool other_parts_fit(const Selector& selector, const Component& component) {
  return fits_id(selector.device_class, component.device_class) && fits_target(selector.target, component) &&
         fits_text(selector.location, component.location) && fits_id(selector.software_id, component.software_id);
}

std::vector<const Component*> closest(const Selector& selector, const HostSnapshot& host, bool active) {
  const bool wanted_is_glob = is_glob(selector.name);
  std::vector<const Component*> found;
  Fit best = Fit::glob;
  for (const Component& component : host.components) {
    if ((component.slot == Slot::active) != active) continue;
    const Fit fit = fit_of_name(selector.name, wanted_is_glob, component);
    if (fit < best || fit == Fit::none || !other_parts_fit(selector, component)) continue;
    if (fit > best) found.clear();
    best = fit;
    found.push_back(&component);
  }
  std::ranges::sort(found, {}, &Component::address);
  return found;
}

std::string describe(const Component& component) {
  std::string text = fmt::format("{}  \"{}\"  version {}", component.address, printable(component.name),
                                 component.version ? fmt::format("\"{}\"", printable(*component.version)) : "unknown");
  if (!component.location.empty()) text += fmt::format("  at {}", printable(component.location));
  return text;
}

std::vector<std::string> list_candidates(const std::vector<const Component*>& candidates, const HostSnapshot& host) {
  constexpr std::size_t kShown = 12;
  std::vector<std::string> lines;
  for (const Component* candidate : candidates) {
    if (lines.size() == kShown) {
      lines.push_back(fmt::format("and {}: `firmform inventory {}` lists all",
                                  counted(candidates.size() - kShown, "more component"), host.name));
      break;
    }
    lines.push_back("candidate: " + describe(*candidate));
  }
  return lines;
}

/// All active components, those that mention the wanted text first.
std::vector<const Component*> everything(const Selector& selector, const HostSnapshot& host) {
  std::vector<const Component*> all;
  for (const Component& component : host.components) {
    if (component.slot == Slot::active) all.push_back(&component);
  }
  const std::string wanted = to_lower(selector.name);
  const auto mentions = [&](const Component* component) {
    const auto has = [&](std::string_view name) { return to_lower(name).find(wanted) != std::string::npos; };
    return !wanted.empty() && std::ranges::any_of(names_of(*component), has);
  };
  std::ranges::sort(all, {}, [&](const Component* component) {
    return std::pair(!mentions(component), std::string_view(component->address));
  });
  return all;
}

std::optional<std::string> nearest_name(const Selector& selector, const HostSnapshot& host) {
  std::vector<std::string> names;
  for (const Component& component : host.components) {
    if (component.slot != Slot::active) continue;
    for (const std::string_view name : names_of(component)) {
      if (!name.empty()) names.emplace_back(name);
    }
  }
  return nearest(selector.name, names);
}

Finding not_found(const manifest::FirmwareEntry& entry, const HostSnapshot& host) {
  const Selector& selector = entry.component.value;
  Finding finding{.code = Code::component_not_found,
                  .what = fmt::format("\"{}\" fits nothing that the host shows", selector.describe()),
                  .span = entry.component.span,
                  .label = "matches nothing"};
  const std::vector<const Component*> others = closest(selector, host, false);
  if (!others.empty()) {
    finding.what = fmt::format("\"{}\" is the {} image \"{}\", and only what runs now is updated", selector.describe(),
                               to_string(others.front()->slot), printable(others.front()->name));
    finding.help.emplace_back("Name the active component instead.");
  } else if (const auto near = nearest_name(selector, host)) {
    finding.help.push_back(fmt::format("Did you mean \"{}\"?", *near));
  } else {
    finding.help.push_back(
        fmt::format("`firmform inventory {}` shows its components; some appear only while the host "
                    "is on and past POST.",
                    host.name));
  }
  finding.notes = list_candidates(everything(selector, host), host);
  return finding;
}

Finding ambiguous(const manifest::FirmwareEntry& entry, const HostSnapshot& host,
                  const std::vector<const Component*>& found) {
  Finding finding{.code = Code::component_ambiguous,
                  .what = fmt::format("\"{}\" matches {} components", entry.component.value.describe(), found.size()),
                  .span = entry.component.span,
                  .label = fmt::format("matches {}", found.size())};
  finding.notes = list_candidates(found, host);
  finding.help.push_back(
      fmt::format("Write the address of the one that is meant, such as `component: \"{}\"`, or "
                  "narrow it with `location:` or `target:`.",
                  found.front()->address));
  finding.help.emplace_back("Write `every: true` when all of them are meant.");
  return finding;
}

}  // namespace

std::vector<const Component*> matching(const Selector& selector, const HostSnapshot& host) {
  return closest(selector, host, true);
}

Selection select(const manifest::FirmwareEntry& entry, const HostSnapshot& host) {
  Selection selection{matching(entry.component.value, host), {}};
  if (selection.components.empty()) {
    selection.problem = not_found(entry, host);
  } else if (selection.components.size() > 1 && !entry.every) {
    selection.problem = ambiguous(entry, host, selection.components);
    selection.components.clear();
  }
  return selection;
}

}  // namespace firmform::plan
