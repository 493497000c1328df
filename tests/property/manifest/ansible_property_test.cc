// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <map>
#include <set>

#include "engine/manifest/ansible_inventory.h"

using namespace firmform;
using namespace firmform::manifest;

namespace {

/// A random inventory whose groups contain only groups of higher numbers, so never each other.
struct Fleet {
  std::map<int, std::set<int>> children;
  std::map<int, std::set<int>> hosts;
  std::map<int, std::map<std::string, std::string>> group_variables;
  std::map<int, std::map<std::string, std::string>> host_variables;
};

std::string random_value() {
  return *rc::gen::container<std::string>(rc::gen::elementOf(std::string("abc 019.-_/:=#'\"\\{}[],&*!")));
}

Fleet random_fleet() {
  const int groups = *rc::gen::inRange(1, 6);
  Fleet fleet;
  for (int group = 0; group < groups; ++group) {
    for (int below = group + 1; below < groups; ++below) {
      if (*rc::gen::inRange(0, 3) == 0) fleet.children[group].insert(below);
    }
    const int hosts = *rc::gen::inRange(0, 4);
    for (int i = 0; i < hosts; ++i) fleet.hosts[group].insert(*rc::gen::inRange(0, 6));
    if (*rc::gen::arbitrary<bool>()) fleet.group_variables[group]["v"] = random_value();
  }
  for (int host = 0; host < 6; ++host) {
    if (*rc::gen::inRange(0, 3) == 0) fleet.host_variables[host]["v"] = random_value();
  }
  return fleet;
}

/// As a text of Python, JSON and YAML: of the characters here, all escape the same two.
std::string in_double_quotes(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

std::string ini(const Fleet& fleet, int groups) {
  std::string text;
  for (int group = 0; group < groups; ++group) {
    text += fmt::format("[g{}]\n", group);
    if (const auto hosts = fleet.hosts.find(group); hosts != fleet.hosts.end()) {
      for (const int host : hosts->second) {
        text += fmt::format("h{}", host);
        if (const auto values = fleet.host_variables.find(host); values != fleet.host_variables.end()) {
          for (const auto& [key, value] : values->second) {
            // Lines of hosts are split as by a shell before their values are read as Python.
            text += fmt::format(" {}={}", key, in_double_quotes(in_double_quotes(value)));
          }
        }
        text += '\n';
      }
    }
    if (const auto values = fleet.group_variables.find(group); values != fleet.group_variables.end()) {
      text += fmt::format("[g{}:vars]\n", group);
      for (const auto& [key, value] : values->second) text += fmt::format("{} = {}\n", key, in_double_quotes(value));
    }
  }
  for (const auto& [group, children] : fleet.children) {
    text += fmt::format("[g{}:children]\n", group);
    for (const int child : children) text += fmt::format("g{}\n", child);
  }
  return text;
}

std::string yaml(const Fleet& fleet, int groups) {
  std::string text;
  for (int group = 0; group < groups; ++group) {
    text += fmt::format("g{}:\n", group);
    if (const auto hosts = fleet.hosts.find(group); hosts != fleet.hosts.end() && !hosts->second.empty()) {
      text += "  hosts:\n";
      for (const int host : hosts->second) {
        text += fmt::format("    h{}:\n", host);
        if (const auto values = fleet.host_variables.find(host); values != fleet.host_variables.end()) {
          for (const auto& [key, value] : values->second)
            text += fmt::format("      {}: {}\n", key, in_double_quotes(value));
        }
      }
    }
    if (const auto values = fleet.group_variables.find(group); values != fleet.group_variables.end()) {
      text += "  vars:\n";
      for (const auto& [key, value] : values->second) text += fmt::format("    {}: {}\n", key, in_double_quotes(value));
    }
    if (const auto children = fleet.children.find(group); children != fleet.children.end()) {
      text += "  children:\n";
      for (const int child : children->second) text += fmt::format("    g{}:\n", child);
    }
  }
  return text;
}

/// Everything that can be asked of an inventory, as text.
std::string answers(const std::string& name, const std::string& text) {
  SourceMap sources;
  const auto read = read_ansible({{name, text, TextRole::hosts}}, sources);
  if (!read.value) return render(read.diagnostics, sources, {});
  AnsibleLookup lookup(*read.value);
  std::string result;
  for (const auto& [host, facts] : read.value->hosts) {
    result += host;
    for (const std::string& group : lookup.groups_of(host)) result += " " + group;
    const auto found = lookup.find(host, "v");
    if (found.value != nullptr) result += fmt::format(" <{}>", found.value->text);
    if (found.conflict) result += fmt::format(" {} against {}", found.conflict->group, found.conflict->other_group);
    result += '\n';
  }
  return result;
}

}  // namespace

TEST_CASE("an inventory means the same in INI and in YAML") {
  rc::prop("INI and YAML agree", [] {
    const Fleet fleet = random_fleet();
    constexpr int kGroups = 6;
    const std::string by_ini = answers("hosts", ini(fleet, kGroups));
    RC_LOG() << ini(fleet, kGroups) << "---\n" << yaml(fleet, kGroups);
    RC_ASSERT(by_ini == answers("hosts.yml", yaml(fleet, kGroups)));
  });
}

TEST_CASE("whatever an inventory holds, reading it ends without harm") {
  rc::prop("random texts", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab[]:=#'\"\\ \n\t-,{}$01&!*é")));
    for (const char* name : {"hosts", "hosts.yml", "hosts.json"}) static_cast<void>(answers(name, text));
    SourceMap sources;
    static_cast<void>(read_ansible({{"p --list", text, TextRole::script_hosts}}, sources));
  });
}

TEST_CASE("a pattern selects what set arithmetic says") {
  rc::prop("unions, then intersections, then exclusions", [] {
    const Fleet fleet = random_fleet();
    SourceMap sources;
    const auto read = read_ansible({{"hosts", ini(fleet, 6), TextRole::hosts}}, sources);
    RC_PRE(read.value.has_value());
    const auto of = [&](int group) {
      const auto hosts = select_hosts(*read.value, Text{fmt::format("g{}", group), {}});
      return std::set<std::string>(hosts.value->begin(), hosts.value->end());
    };
    const int a = *rc::gen::inRange(0, 6);
    const int b = *rc::gen::inRange(0, 6);
    const int c = *rc::gen::inRange(0, 6);
    std::set<std::string> expected = of(a);
    for (const std::string& host : of(b)) expected.insert(host);
    std::erase_if(expected, [&](const std::string& host) { return of(c).contains(host); });
    const auto selected = select_hosts(*read.value, Text{fmt::format("!g{}:g{}:g{}", c, a, b), {}});
    RC_ASSERT(*selected.value == std::vector<std::string>(expected.begin(), expected.end()));
  });
}
