// SPDX-License-Identifier: Apache-2.0
// All texts of one Ansible inventory as one value.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/text.h"
#include "engine/manifest/ansible_files.h"
#include "engine/manifest/ansible_inventory.h"
#include "engine/manifest/conceal.h"
#include "engine/manifest/format_rules.h"
#include "engine/manifest/json_tree.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

constexpr std::string_view kPriority = "ansible_group_priority";

class InventoryReader {
 public:
  explicit InventoryReader(SourceMap& sources) : sources_(sources) {
    const SourceSpan nowhere{};
    inventory_.group(std::string(kAllGroup), nowhere);
    inventory_.group(std::string(kUngroupedGroup), nowhere);
    inventory_.add_child(std::string(kAllGroup), std::string(kUngroupedGroup));
  }

  Parsed<AnsibleInventory> run(std::vector<SourceText> texts) {
    // Hosts and groups first: files of variables are those of what is known then.
    for (SourceText& text : texts) {
      if (text.role == TextRole::hosts || text.role == TextRole::script_hosts) add_hosts(std::move(text));
    }
    for (SourceText& text : texts) add_variables(text);
    place_all_below_all();
    take_priorities();
    const bool sound = measure_depths();
    Parsed<AnsibleInventory> result;
    const bool whole = sound && !diagnostics_.has_errors();
    result.diagnostics = std::move(diagnostics_);
    if (whole) result.value = std::move(inventory_);
    return result;
  }

 private:
  void report(std::string message, SourceSpan span, std::string label) {
    diagnostics_.add(problem(Code::inventory_malformed, std::move(message), span, std::move(label)));
  }

  FileId keep(SourceText& text) { return sources_.add(std::move(text.name), std::move(text.text)); }

  void add_hosts(SourceText text) {
    const bool is_list = text.role == TextRole::script_hosts;
    const bool is_yaml = text.name.ends_with(".yml") || text.name.ends_with(".yaml") || text.name.ends_with(".json");
    const bool is_toml = text.name.ends_with(".toml");
    const FileId file = keep(text);
    const std::string& written = sources_.text(file);
    if (is_vault(written))
      return report("the inventory is encrypted by ansible-vault", {file, 1, 1, 1}, "cannot be read");
    if (is_toml) return report("inventories in TOML are not read", {file, 1, 1, 1}, "expected INI or YAML");
    if (trim(written).empty()) return;
    if (is_list) {
      diagnostics_.append(read_ansible_list(sources_, file, inventory_));
    } else if (is_yaml || looks_like_yaml(written)) {
      diagnostics_.append(read_ansible_yaml(sources_, file, inventory_));
    } else {
      diagnostics_.append(read_ansible_ini(sources_, file, inventory_));
    }
  }

  void add_variables(SourceText& text) {
    if (text.role == TextRole::group_variables) {
      const auto group = inventory_.groups.find(text.subject);
      if (group != inventory_.groups.end()) read_variables(text, group->second.layer);
    } else if (text.role == TextRole::host_variables) {
      const auto host = inventory_.hosts.find(text.subject);
      if (host != inventory_.hosts.end()) read_variables(text, host->second.layer);
    } else if (text.role == TextRole::script_host) {
      const auto host = inventory_.hosts.find(text.subject);
      if (host == inventory_.hosts.end() || trim(text.text).empty()) return;
      std::optional<SourceSpan> encrypted;
      const FileId file = keep(text);
      diagnostics_.append(read_ansible_variables(sources_, file, host->second.layer.own, encrypted));
    }
  }

  void read_variables(SourceText& text, AnsibleLayer& layer) {
    const FileId file = keep(text);
    diagnostics_.append(read_ansible_variables(sources_, file, layer.files, layer.encrypted));
  }

  /// Every group is below `all`, and every host in some group.
  void place_all_below_all() {
    std::set<std::string> with_parent;  // copies: the lists of children grow below
    for (const auto& [name, group] : inventory_.groups) {
      with_parent.insert(group.children.begin(), group.children.end());
    }
    for (const std::string& name : inventory_.group_order) {
      if (name != kAllGroup && !with_parent.contains(name)) inventory_.add_child(std::string(kAllGroup), name);
    }
  }

  void take_priorities() {
    for (auto& [name, group] : inventory_.groups) {
      const auto given = group.layer.own.find(kPriority);
      if (given == group.layer.own.end()) continue;
      if (const auto priority = parse_integer(given->second.text)) {
        group.priority = *priority;
      } else {
        report(fmt::format("`{}` must be a whole number", kPriority), given->second.span, "not a number");
      }
      group.layer.own.erase(given);
    }
  }

  /// Longest ways from `all`. False when groups contain each other.
  bool measure_depths() {
    std::map<std::string_view, std::size_t> missing;  // parents that are not measured yet
    for (const auto& [name, group] : inventory_.groups) {
      for (const std::string& child : group.children) ++missing[child];
    }
    std::vector<std::string_view> ready;
    for (const auto& [name, group] : inventory_.groups) {
      if (missing[name] == 0) ready.push_back(name);
    }
    std::size_t measured = 0;
    while (!ready.empty()) {
      const AnsibleGroup& group = inventory_.groups.find(ready.back())->second;
      ready.pop_back();
      ++measured;
      for (const std::string& child : group.children) {
        AnsibleGroup& below = inventory_.groups.find(child)->second;
        below.depth = std::max(below.depth, group.depth + 1);
        if (--missing[child] == 0) ready.push_back(inventory_.groups.find(child)->first);
      }
    }
    if (measured == inventory_.groups.size()) return true;
    report_cycle(missing);
    return false;
  }

  void report_cycle(std::map<std::string_view, std::size_t>& missing) {
    const auto inside = [&](std::string_view name) { return missing[name] > 0; };
    const auto first = std::ranges::find_if(inventory_.groups, [&](const auto& entry) { return inside(entry.first); });
    // Whoever has an unmeasured parent leads back to a cycle over unmeasured parents.
    std::vector<std::string_view> way{first->first};
    for (;;) {
      std::string_view parent;
      for (const auto& [name, group] : inventory_.groups) {
        const bool is_parent = std::ranges::find(group.children, way.back()) != group.children.end();
        if (is_parent && inside(name)) parent = name;
      }
      const auto seen = std::ranges::find(way, parent);
      if (seen == way.end()) {
        way.push_back(parent);
        continue;
      }
      way.erase(way.begin(), seen);
      break;
    }
    std::ranges::reverse(way);
    std::string chain;
    for (const std::string_view name : way) chain += fmt::format("`{}` > ", name);
    chain += fmt::format("`{}`", way.front());
    Diagnostic found = problem(Code::inventory_malformed, "groups of the inventory contain each other: " + chain,
                               inventory_.groups.find(way.front())->second.span, "contains itself");
    for (std::size_t i = 1; i < way.size(); ++i) {
      found.secondary.push_back({inventory_.groups.find(way[i])->second.span, "is a part of it"});
    }
    diagnostics_.add(std::move(found));
  }

  SourceMap& sources_;
  AnsibleInventory inventory_;
  Diagnostics diagnostics_;
};

}  // namespace

Parsed<AnsibleInventory> read_ansible(std::vector<SourceText> texts, SourceMap& sources) {
  return InventoryReader(sources).run(std::move(texts));
}

}  // namespace firmform::manifest
