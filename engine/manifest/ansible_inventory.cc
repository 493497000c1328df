// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/ansible_inventory.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace firmform::manifest {

AnsibleGroup& AnsibleInventory::group(const std::string& name, SourceSpan span) {
  const auto [place, fresh] = groups.try_emplace(name);
  if (fresh) {
    place->second.span = span;
    group_order.push_back(name);
  }
  return place->second;
}

AnsibleHost& AnsibleInventory::host(const std::string& name, const std::string& group_name, SourceSpan span) {
  AnsibleGroup& into = group(group_name, span);
  const auto [place, fresh] = hosts.try_emplace(name);
  AnsibleHost& host = place->second;
  if (fresh) {
    host.span = span;
    host_order.push_back(name);
  }
  if (std::ranges::find(host.groups, group_name) == host.groups.end()) {
    host.groups.push_back(group_name);
    into.hosts.push_back(name);
  }
  return host;
}

void AnsibleInventory::add_child(const std::string& parent, const std::string& child) {
  std::vector<std::string>& children = groups.at(parent).children;
  if (std::ranges::find(children, child) == children.end()) children.push_back(child);
}

AnsibleLookup::AnsibleLookup(const AnsibleInventory& inventory) : inventory_(inventory) {
  for (const auto& [name, group] : inventory.groups) {
    for (const std::string& child : group.children) parents_[child].push_back(name);
  }
}

const AnsibleLookup::Ancestors& AnsibleLookup::ancestors(const AnsibleHost& host) {
  std::string key;
  for (const std::string& group : host.groups) key += group + '\n';
  const auto [place, fresh] = known_.try_emplace(std::move(key));
  Ancestors& result = place->second;
  if (!fresh) return result;

  std::set<std::string> seen(host.groups.begin(), host.groups.end());
  std::vector<std::string> waiting = host.groups;
  while (!waiting.empty()) {
    const std::string group = std::move(waiting.back());
    waiting.pop_back();
    for (const std::string& parent : parents_[group]) {
      if (seen.insert(parent).second) waiting.push_back(parent);
    }
  }
  seen.erase(std::string(kAllGroup));
  result.names.assign(seen.begin(), seen.end());
  std::ranges::sort(result.names, {}, [&](const std::string& name) {
    const AnsibleGroup& group = inventory_.groups.at(name);
    return std::tuple(group.depth, group.priority, std::string_view(name));
  });
  for (const std::string& name : result.names) {
    result.groups.push_back(&inventory_.groups.at(name));
    if (name != kUngroupedGroup) result.shown.push_back(name);
  }
  return result;
}

AnsibleLookup::Found AnsibleLookup::find_in(const Ancestors& ancestors, AnsibleVariables AnsibleLayer::* stage,
                                            std::string_view variable) {
  Found result;
  std::size_t winner = 0;
  for (std::size_t i = ancestors.groups.size(); i-- > 0;) {
    const AnsibleGroup& group = *ancestors.groups[i];
    if (result.value != nullptr) {
      const AnsibleGroup& best = *ancestors.groups[winner];
      if (group.depth != best.depth || group.priority != best.priority) break;
    }
    const AnsibleVariables& variables = group.layer.*stage;
    const auto found = variables.find(variable);
    if (found == variables.end()) continue;
    if (result.value == nullptr) {
      result.value = &found->second;
      winner = i;
    } else if (found->second.text != result.value->text || found->second.form != result.value->form) {
      result.conflict = {ancestors.names[winner], result.value, ancestors.names[i], &found->second};
      break;
    }
  }
  return result;
}

AnsibleLookup::Found AnsibleLookup::find(const std::string& host_name, std::string_view variable) {
  const AnsibleHost& host = inventory_.hosts.at(host_name);
  const auto in = [&](const AnsibleVariables& variables) {
    const auto found = variables.find(variable);
    return found == variables.end() ? nullptr : &found->second;
  };
  if (const AnsibleValue* value = in(host.layer.files)) return {value, {}};
  if (const AnsibleValue* value = in(host.layer.own)) return {value, {}};
  const Ancestors& groups = ancestors(host);
  const AnsibleLayer& all = inventory_.groups.at(std::string(kAllGroup)).layer;
  if (Found found = find_in(groups, &AnsibleLayer::files, variable); found.value != nullptr) return found;
  if (const AnsibleValue* value = in(all.files)) return {value, {}};
  if (Found found = find_in(groups, &AnsibleLayer::own, variable); found.value != nullptr) return found;
  return {in(all.own), {}};
}

const std::vector<std::string>& AnsibleLookup::groups_of(const std::string& host) {
  return ancestors(inventory_.hosts.at(host)).shown;
}

std::vector<std::string> AnsibleLookup::variables_of(const std::string& host_name) {
  const AnsibleHost& host = inventory_.hosts.at(host_name);
  std::set<std::string> names;
  const auto add = [&](const AnsibleLayer& layer) {
    for (const auto& [name, value] : layer.own) names.insert(name);
    for (const auto& [name, value] : layer.files) names.insert(name);
  };
  add(host.layer);
  add(inventory_.groups.at(std::string(kAllGroup)).layer);
  for (const AnsibleGroup* group : ancestors(host).groups) add(group->layer);
  return {names.begin(), names.end()};
}

std::optional<SourceSpan> AnsibleLookup::encrypted_for(const std::string& host_name) {
  const AnsibleHost& host = inventory_.hosts.at(host_name);
  if (host.layer.encrypted) return host.layer.encrypted;
  for (const AnsibleGroup* group : ancestors(host).groups) {
    if (group->layer.encrypted) return group->layer.encrypted;
  }
  return inventory_.groups.at(std::string(kAllGroup)).layer.encrypted;
}

}  // namespace firmform::manifest
