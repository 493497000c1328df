// SPDX-License-Identifier: Apache-2.0
// Our reading of inventories against Ansible's own: each inventory beside this file goes through `ansible-inventory
// --list` and through ours, and hosts, groups and variables must be the same. Variables are compared as text.
#include "engine/manifest/ansible_inventory.h"

#include <catch2/catch.hpp>
#include <stdlib.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/json/value.h"
#include "engine/manifest/inventory_source.h"

using namespace firmform;
using manifest::AnsibleValue;

namespace {

const std::filesystem::path kInventories =
    std::filesystem::path(FIRMFORM_TESTS_DIR) / "conformance" / "manifest" / "inventories";

using Variables = std::map<std::string, std::string>;

struct Seen {
  std::map<std::string, Variables> hosts;
  std::map<std::string, std::set<std::string>> groups;  ///< hosts that name it directly
};

std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), count);
  ::pclose(pipe);
  return text;
}

bool ansible_is_installed() {
  return !output_of("command -v ansible-inventory").empty();
}

std::string text_of(const json::Value& value) {
  if (const std::string* text = value.as_string()) return *text;
  if (value.is_bool()) return *value.as_bool() ? "true" : "false";
  if (value.is_array() || value.is_object()) return "(structure)";
  return value.is_null() ? "" : json::dump(value);
}

Seen by_ansible(const std::filesystem::path& path) {
  const auto root = json::parse(
      output_of("ANSIBLE_LOCALHOST_WARNING=0 ansible-inventory -i '" + path.string() + "' --list 2>/dev/null"));
  REQUIRE(root);
  Seen seen;
  for (const json::Member& group : root->members()) {
    if (group.key == "_meta") continue;
    for (const json::Value& host : group.value["hosts"].items()) {
      seen.groups[group.key].insert(*host.as_string());
      seen.hosts[*host.as_string()];
    }
  }
  for (const json::Member& host : (*root)["_meta"]["hostvars"].members()) {
    for (const json::Member& variable : host.value.members()) {
      seen.hosts[host.key][variable.key] = text_of(variable.value);
    }
  }
  return seen;
}

Seen by_us(const manifest::InventorySource& source) {
  SourceMap sources;
  const auto inventory = manifest::read_ansible(manifest::read_inventory(source, kInventories), sources);
  INFO(render(inventory.diagnostics, sources, {}));
  REQUIRE(inventory.value);
  manifest::AnsibleLookup lookup(*inventory.value);
  Seen seen;
  for (const auto& [name, group] : inventory.value->groups) {
    const std::set<std::string> hosts(group.hosts.begin(), group.hosts.end());
    if (!hosts.empty()) seen.groups[name] = hosts;
  }
  // Ansible shows hosts of no other group, also those that `all` names, below `ungrouped`.
  seen.groups.erase("all");
  for (const auto& [name, host] : inventory.value->hosts) {
    if (lookup.groups_of(name).empty())
      seen.groups["ungrouped"].insert(name);
    else if (auto ungrouped = seen.groups.find("ungrouped"); ungrouped != seen.groups.end())
      ungrouped->second.erase(name);
    Variables& variables = seen.hosts[name];
    for (const std::string& variable : lookup.variables_of(name)) {
      const auto found = lookup.find(name, variable);
      REQUIRE(found.value != nullptr);
      variables[variable] = found.value->form == AnsibleValue::Form::structure ? "(structure)" : found.value->text;
    }
  }
  return seen;
}

/// Ansible makes values of texts: 007 and 1.50 become 7 and 1.5, and yes becomes true. Texts that stand for the same
/// value count as the same here; that we keep the text is tested elsewhere.
bool same(const std::string& ours, const std::string& ansibles) {
  if (ours == ansibles) return true;
  static const std::set<std::string> kTrue{"true", "yes", "on", "True"};
  if (ansibles == "true" && kTrue.contains(ours)) return true;
  char* end = nullptr;
  const double a = std::strtod(ours.c_str(), &end);
  return !ours.empty() && *end == '\0' && std::to_string(a) == std::to_string(std::strtod(ansibles.c_str(), nullptr));
}

void compare(const manifest::InventorySource& source, const std::filesystem::path& path) {
  const Seen ansibles = by_ansible(path);
  const Seen ours = by_us(source);
  REQUIRE(!ansibles.hosts.empty());
  CHECK(ours.groups == ansibles.groups);
  for (const auto& [host, variables] : ansibles.hosts) {
    CAPTURE(host);
    REQUIRE(ours.hosts.contains(host));
    const Variables& mine = ours.hosts.at(host);
    for (const auto& [name, value] : variables) {
      CAPTURE(name, value);
      REQUIRE(mine.contains(name));
      CAPTURE(mine.at(name));
      CHECK(same(mine.at(name), value));
    }
    for (const auto& [name, value] : mine) {
      CAPTURE(name);
      CHECK(variables.contains(name));
    }
  }
  CHECK(ours.hosts.size() == ansibles.hosts.size());
}

}  // namespace

TEST_CASE("files and directories are read as ansible-inventory reads them") {
  if (!ansible_is_installed()) {
    WARN("skipped: ansible-inventory is not installed");
    return;
  }
  for (const char* path : {"ini/hosts.ini", "yaml/hosts.yaml", "mixed", "priority/hosts", "quoting/hosts"}) {
    CAPTURE(path);
    compare({.path = path}, kInventories / path);
  }
}

TEST_CASE("dynamic inventories are asked as ansible-inventory asks them") {
  if (!ansible_is_installed()) {
    WARN("skipped: ansible-inventory is not installed");
    return;
  }
  for (const char* path : {"scripts/with_meta.py", "scripts/without_meta.py"}) {
    CAPTURE(path);
    compare({.path = {}, .argv = {"./" + std::string(path)}}, kInventories / path);
  }
}

TEST_CASE("what ansible-inventory prints of an inventory is a dynamic inventory, too") {
  if (!ansible_is_installed()) {
    WARN("skipped: ansible-inventory is not installed");
    return;
  }
  const Seen direct = by_us({.path = "yaml/hosts.yaml"});
  const Seen through = by_us({.path = {}, .argv = {"ansible-inventory", "-i", "yaml/hosts.yaml"}});
  CHECK(direct.groups == through.groups);
  CHECK(direct.hosts == through.hosts);
}
