// SPDX-License-Identifier: Apache-2.0
// Readers of the files that make up an Ansible inventory. Each adds to what was read before.
#pragma once

#include "engine/manifest/ansible_inventory.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {

/// `[group]`, `[group:vars]`, `[group:children]`, hosts with ranges and `key=value`.
[[nodiscard]] Diagnostics read_ansible_ini(SourceMap& sources, FileId file, AnsibleInventory& into);

/// Groups with `hosts`, `children` and `vars`; YAML or JSON.
[[nodiscard]] Diagnostics read_ansible_yaml(SourceMap& sources, FileId file, AnsibleInventory& into);

/// What a dynamic inventory says to --list.
[[nodiscard]] Diagnostics read_ansible_list(SourceMap& sources, FileId file, AnsibleInventory& into);

/// A map of variables; or, encrypted as a whole, a note of it.
[[nodiscard]] Diagnostics read_ansible_variables(SourceMap& sources, FileId file, AnsibleVariables& into,
                                                 std::optional<SourceSpan>& encrypted);

/// Whether a file without a telling ending is YAML rather than INI.
[[nodiscard]] bool looks_like_yaml(std::string_view text);

/// Text that ansible-vault has encrypted.
[[nodiscard]] bool is_vault(std::string_view text);

/// Reads YAML or JSON, by the file's ending and beginning, as a tree with places.
[[nodiscard]] Parsed<YamlNode> read_ansible_tree(SourceMap& sources, FileId file);

}  // namespace firmform::manifest
