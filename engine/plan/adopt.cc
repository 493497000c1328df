// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/adopt.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/manifest/format_rules.h"
#include "engine/manifest/load.h"
#include "engine/plan/make_plan.h"
#include "engine/plan/select.h"
#include "engine/version/version.h"

namespace firmform::plan {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using manifest::Selector;

bool is_plain(std::string_view text) {
  return !trim(text).empty() && printable(text) == text;
}

bool can_be_managed(const Component& component) {
  return component.slot == inventory::Slot::active && component.kind == inventory::Kind::firmware &&
         component.updateable.value_or(true) && component.version && is_plain(*component.version) &&
         !version::is_unknown(*component.version) && version::satisfies(*component.version, *component.version);
}

/// "Broadcom Gigabit Ethernet BCM5720 - *" of "Broadcom Gigabit Ethernet BCM5720 - 70:B5:E8:F0:52:DC": hosts that are
/// alike have other addresses. Empty when the name does not end with a MAC address.
std::string without_mac(const std::string& name) {
  constexpr std::string_view kForm = "xx:xx:xx:xx:xx:xx";
  if (name.size() <= kForm.size() || is_glob(name)) return {};
  const std::size_t start = name.size() - kForm.size();
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const char c = name[start + i];
    const bool hex = std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos;
    if (kForm[i] == ':' ? c != ':' : !hex) return {};
  }
  return name.substr(0, start) + "*";
}

/// Finds for each component the plainest selector that means it.
class Naming {
 public:
  explicit Naming(const HostSnapshot& host) : host_(host) {}

  std::vector<AdoptedEntry> run() {
    for (const Component& component : host_.components) {
      if (can_be_managed(component) && !covered_.contains(component.address)) add(component);
    }
    return std::move(entries_);
  }

 private:
  void add(const Component& component) {
    for (const Selector& selector : choices(component)) {
      if (!means(selector, component)) continue;
      covered_.insert(component.address);
      entries_.push_back({selector, *component.version, false});
      return;
    }
  }

  std::vector<Selector> choices(const Component& component) {
    std::vector<Selector> result;
    const Selector by_name{.name = component.name};
    if (is_plain(component.name)) {
      if (const std::string glob = without_mac(component.name); !glob.empty() && add_all_of({.name = glob}, 1))
        return {};
      result.push_back(by_name);
      if (add_all_of(by_name, 2)) return {};
      const auto with = [&](std::string Selector::* part, const std::string& value) {
        if (!is_plain(value) || is_glob(value)) return;
        Selector narrowed = by_name;
        narrowed.*part = value;
        result.push_back(std::move(narrowed));
      };
      with(&Selector::location, component.location);
      if (component.targets.size() == 1) with(&Selector::target, component.targets.front());
      with(&Selector::software_id, component.software_id);
      with(&Selector::device_class, component.device_class);
    }
    result.push_back({.name = component.address});
    return result;
  }

  /// One entry for several components of one name, where all run the same version.
  bool add_all_of(const Selector& by_name, std::size_t least) {
    const std::vector<const Component*> found = matching(by_name, host_);
    const auto is_alike = [&](const Component* component) {
      return can_be_managed(*component) && component->version == found.front()->version &&
             !covered_.contains(component->address);
    };
    if (found.size() < least || !std::ranges::all_of(found, is_alike)) return false;
    for (const Component* component : found) covered_.insert(component->address);
    entries_.push_back({by_name, *found.front()->version, true});
    return true;
  }

  [[nodiscard]] bool means(const Selector& selector, const Component& component) const {
    const std::vector<const Component*> found = matching(selector, host_);
    return found.size() == 1 && found.front() == &component;
  }

  const HostSnapshot& host_;
  std::vector<AdoptedEntry> entries_;
  std::set<std::string> covered_;  ///< addresses
};

}  // namespace

std::vector<AdoptedEntry> adopt_firmware(const HostSnapshot& host) {
  return Naming(host).run();
}

std::string adopted_name(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  std::string name;
  for (const char c : to_lower(text.substr(0, kLongest))) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    if (kept) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  const auto is_edge = [](char c) { return c == '-' || c == '.' || c == '_'; };
  while (!name.empty() && is_edge(name.back())) name.pop_back();
  while (!name.empty() && is_edge(name.front())) name.erase(0, 1);
  return name;
}

std::vector<std::string> check_adopted(const std::string& text, const inventory::Inventory& inventory,
                                       const Providers& providers) {
  std::vector<std::string> problems;
  SourceMap sources;
  const auto loaded = manifest::load_desired({{"firmform.yaml", text}}, sources);
  for (const Diagnostic& found : loaded.diagnostics.errors().sorted()) problems.push_back(found.message);
  if (!loaded.value) return problems;
  inventory::Inventory planned;
  for (const auto& [name, host] : inventory) {
    if (loaded.value->hosts.contains(name)) planned.emplace(name, host);
  }
  const auto plan = make_plan({.desired = *loaded.value,
                               .inventory = planned,
                               .catalog = {},
                               .sources = sources,
                               .now = {},
                               .tool_version = {}},
                              providers);
  if (!plan.value) return {"no plan can be made with it"};
  for (const Change& change : plan.value->changes) {
    if (change.kind == ChangeKind::no_op || change.kind == ChangeKind::pending) continue;
    std::string problem =
        fmt::format("{}: {} would be planned for {}", change.host, to_string(change.kind), change.name);
    for (const Reason& reason : change.reasons) problem += fmt::format(" ({})", reason.text);
    problems.push_back(std::move(problem));
  }
  if (problems.empty() && !plan.value->actions.empty()) problems.emplace_back("its plan has actions");
  return problems;
}

}  // namespace firmform::plan
