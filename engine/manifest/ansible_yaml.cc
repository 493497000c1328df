// SPDX-License-Identifier: Apache-2.0
// Ansible inventories and files of variables in YAML and JSON, and what dynamic inventories say.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/manifest/ansible_files.h"
#include "engine/manifest/ansible_range.h"
#include "engine/manifest/conceal.h"
#include "engine/manifest/json_tree.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

bool is_json(std::string_view name, std::string_view text) {
  return name.ends_with(".json") || trim(text).starts_with('{');
}

AnsibleValue value_of(const YamlNode& node, SourceSpan place) {
  AnsibleValue value{AnsibleValue::Form::structure, {}, place};
  if (node.kind == YamlKind::map || node.kind == YamlKind::sequence) return value;
  value.form = is_vault(node.text) ? AnsibleValue::Form::encrypted : AnsibleValue::Form::text;
  value.text = node.text;
  if (node.kind == YamlKind::scalar && value.form == AnsibleValue::Form::text) value.span = node.span;
  return value;
}

void take_variables(const YamlNode& map, AnsibleVariables& into) {
  for (const YamlEntry& entry : map.entries) into[entry.key] = value_of(entry.value, entry.key_span);
}

class TreeReader {
 public:
  explicit TreeReader(AnsibleInventory& into) : into_(into) {}

  Diagnostics take() { return std::move(diagnostics_); }

  void inventory(const YamlNode& root) {
    if (const YamlNode* plugin = root.find("plugin")) {
      Diagnostic found = malformed("the file configures an inventory plugin, and is no inventory", plugin->span,
                                   "only Ansible can run it");
      found.help.emplace_back("let Ansible run it: `script: [ansible-inventory, -i, FILE]`");
      diagnostics_.add(std::move(found));
      return;
    }
    for (const YamlEntry& entry : root.entries) group(entry);
  }

  /// Groups as a dynamic inventory lists them.
  void list(const YamlNode& root) {
    for (const YamlEntry& entry : root.entries) {
      if (entry.key != "_meta") listed_group(entry);
    }
    const YamlNode* meta = root.find("_meta");
    const YamlNode* variables = meta == nullptr ? nullptr : meta->find("hostvars");
    if (variables == nullptr) return;
    for (const YamlEntry& entry : variables->entries) {
      const auto host = into_.hosts.find(entry.key);
      if (host != into_.hosts.end()) take_variables(entry.value, host->second.layer.own);
    }
  }

 private:
  static Diagnostic malformed(std::string message, SourceSpan span, std::string label) {
    return problem(Code::inventory_malformed, std::move(message), span, std::move(label));
  }

  void report(std::string message, SourceSpan span, std::string label) {
    diagnostics_.add(malformed(std::move(message), span, std::move(label)));
  }

  void group(const YamlEntry& entry) {
    AnsibleGroup& made = into_.group(entry.key, entry.key_span);
    if (entry.value.kind == YamlKind::null) return;
    if (entry.value.kind != YamlKind::map) {
      return report(fmt::format("group `{}` cannot be {}", entry.key, describe(entry.value.kind)), entry.value.span,
                    "expected a map with `hosts`, `children` or `vars`");
    }
    for (const YamlEntry& part : entry.value.entries) {
      if (part.key == "vars") {
        if (is_map(part)) take_variables(part.value, made.layer.own);
      } else if (part.key == "hosts") {
        for (const YamlEntry& host : members(part)) hosts(host, entry.key);
      } else if (part.key == "children") {
        for (const YamlEntry& child : members(part)) {
          group(child);
          into_.add_child(entry.key, child.key);
        }
      } else {
        report(fmt::format("`{}` has no meaning in a group", part.key), part.key_span,
               "expected `hosts`, `children` or `vars`");
      }
    }
  }

  bool is_map(const YamlEntry& entry) {
    if (entry.value.kind == YamlKind::map) return true;
    if (entry.value.kind != YamlKind::null) {
      report(fmt::format("`{}` cannot be {}", entry.key, describe(entry.value.kind)), entry.value.span,
             "expected a map");
    }
    return false;
  }

  /// Entries of a map; a single text is taken for a map of one.
  std::vector<YamlEntry> members(const YamlEntry& entry) {
    if (entry.value.kind == YamlKind::scalar) return {{entry.value.text, entry.value.span, {}}};
    return is_map(entry) ? entry.value.entries : std::vector<YamlEntry>();
  }

  void hosts(const YamlEntry& entry, const std::string& group) {
    const auto names = expand_host_names(entry.key);
    if (!names) return report(names.error().message(), entry.key_span, "not a host");
    if (into_.hosts.size() + names->names.size() > kMostAnsibleHosts) {
      return report(fmt::format("more than {} hosts", kMostAnsibleHosts), entry.key_span, "too many");
    }
    const bool has_variables = is_map(entry);
    for (const std::string& name : names->names) {
      AnsibleHost& host = into_.host(name, group, entry.key_span);
      if (names->port) host.layer.own["ansible_port"] = {AnsibleValue::Form::text, *names->port, entry.key_span};
      if (has_variables) take_variables(entry.value, host.layer.own);
    }
  }

  void listed_group(const YamlEntry& entry) {
    into_.group(entry.key, entry.key_span);
    const YamlNode& value = entry.value;
    const YamlNode* hosts = value.kind == YamlKind::sequence ? &value : value.find("hosts");
    const YamlNode* variables = value.find("vars");
    const YamlNode* children = value.find("children");
    if (value.kind == YamlKind::map && hosts == nullptr && variables == nullptr && children == nullptr) {
      // The oldest form: a host of that name with these variables.
      if (!value.entries.empty()) into_.host(entry.key, entry.key, entry.key_span);
      variables = &value;
    }
    if (hosts != nullptr) {
      for (const YamlNode& host : texts_of(*hosts)) into_.host(host.text, entry.key, host.span);
    }
    if (variables != nullptr) take_variables(*variables, into_.groups.at(entry.key).layer.own);
    if (children == nullptr) return;
    for (const YamlNode& child : texts_of(*children)) {
      into_.group(child.text, child.span);
      into_.add_child(entry.key, child.text);
    }
  }

  std::vector<YamlNode> texts_of(const YamlNode& list) {
    const auto is_text = [](const YamlNode& item) { return item.kind == YamlKind::scalar; };
    if (list.kind == YamlKind::sequence && std::ranges::all_of(list.items, is_text)) return list.items;
    report("this is not a list of names", list.span, "expected a list of texts");
    return {};
  }

  AnsibleInventory& into_;
  Diagnostics diagnostics_;
};

Diagnostics read_with(Parsed<YamlNode> tree, AnsibleInventory& into, void (TreeReader::*read)(const YamlNode&)) {
  if (!tree.value) return std::move(tree.diagnostics);
  if (tree.value->kind != YamlKind::map) {
    tree.diagnostics.add(problem(Code::inventory_malformed,
                                 fmt::format("an inventory cannot be {}", describe(tree.value->kind)), tree.value->span,
                                 "expected a map of groups"));
    return std::move(tree.diagnostics);
  }
  TreeReader reader(into);
  (reader.*read)(*tree.value);
  tree.diagnostics.append(reader.take());
  return std::move(tree.diagnostics);
}

}  // namespace

bool is_vault(std::string_view text) {
  return trim(text).starts_with("$ANSIBLE_VAULT;");
}

bool looks_like_yaml(std::string_view text) {
  for (const std::string& raw : split(text, '\n')) {
    const std::string_view line = trim(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.starts_with("---") || line.starts_with("{") || line.starts_with("%YAML")) return true;
    const std::string_view head = line.substr(0, line.find_first_of("=#"));
    return line.front() != '[' && (trim(head).ends_with(':') || head.find(": ") != std::string_view::npos);
  }
  return false;
}

Parsed<YamlNode> read_ansible_tree(SourceMap& sources, FileId file) {
  if (is_json(sources.name(file), sources.text(file))) {
    Parsed<YamlNode> json = parse_json(sources, file);
    if (json.value || sources.name(file).ends_with(".json")) return json;
  }
  return parse_yaml(sources, file, {}, YamlTags::ignored);
}

Diagnostics read_ansible_yaml(SourceMap& sources, FileId file, AnsibleInventory& into) {
  conceal_secrets(sources, file);
  return read_with(read_ansible_tree(sources, file), into, &TreeReader::inventory);
}

Diagnostics read_ansible_list(SourceMap& sources, FileId file, AnsibleInventory& into) {
  conceal_secrets(sources, file);
  return read_with(parse_json(sources, file), into, &TreeReader::list);
}

Diagnostics read_ansible_variables(SourceMap& sources, FileId file, AnsibleVariables& into,
                                   std::optional<SourceSpan>& encrypted) {
  const SourceSpan start{file, 1, 1, 1};
  if (is_vault(sources.text(file))) {
    encrypted = start;
    return {};
  }
  conceal_secrets(sources, file);
  Parsed<YamlNode> tree = read_ansible_tree(sources, file);
  if (!tree.value || tree.value->kind == YamlKind::null) return std::move(tree.diagnostics);
  if (tree.value->kind == YamlKind::map) {
    take_variables(*tree.value, into);
  } else {
    tree.diagnostics.add(problem(Code::inventory_malformed,
                                 fmt::format("variables cannot be {}", describe(tree.value->kind)), tree.value->span,
                                 "expected a map"));
  }
  return std::move(tree.diagnostics);
}

}  // namespace firmform::manifest
