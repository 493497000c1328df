// SPDX-License-Identifier: Apache-2.0
// An Ansible inventory as a value: hosts, groups and variables, each with its place. Values are the text that is
// written; no type is guessed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/manifest/load.h"

namespace firmform::manifest {

struct AnsibleValue {
  enum class Form {
    text,
    structure,  ///< a list or a map
    encrypted,  ///< by ansible-vault
  };
  Form form = Form::text;
  std::string text;
  SourceSpan span;
};

using AnsibleVariables = std::map<std::string, AnsibleValue, std::less<>>;

/// What a group or a host is given.
struct AnsibleLayer {
  AnsibleVariables own;                 ///< in the inventory itself
  AnsibleVariables files;               ///< in group_vars/ and host_vars/, which win over the inventory itself
  std::optional<SourceSpan> encrypted;  ///< a file of these that is encrypted as a whole, and not read
};

struct AnsibleGroup {
  AnsibleLayer layer;
  std::vector<std::string> hosts;     ///< that name it directly, in order
  std::vector<std::string> children;  ///< in order
  std::int64_t priority = 1;          ///< ansible_group_priority: the higher one wins among groups of equal depth
  std::uint32_t depth = 0;            ///< length of the longest way from `all`
  SourceSpan span;
};

struct AnsibleHost {
  AnsibleLayer layer;
  std::vector<std::string> groups;  ///< that it is listed in
  SourceSpan span;
};

/// Of one inventory: a slip in a range must not fill the memory.
inline constexpr std::size_t kMostAnsibleHosts = 250'000;
inline constexpr std::string_view kAllGroup = "all";
inline constexpr std::string_view kUngroupedGroup = "ungrouped";

struct AnsibleInventory {
  std::map<std::string, AnsibleGroup, std::less<>> groups;
  std::map<std::string, AnsibleHost, std::less<>> hosts;
  std::vector<std::string> group_order;  ///< as they come
  std::vector<std::string> host_order;

  // For readers of files.
  AnsibleGroup& group(const std::string& name, SourceSpan span);
  /// Adds the host to the group; both are made if need be.
  AnsibleHost& host(const std::string& name, const std::string& group, SourceSpan span);
  void add_child(const std::string& parent, const std::string& child);
};

/// Two groups of equal depth and priority that give a host different values.
struct AnsibleConflict {
  std::string group;
  const AnsibleValue* value = nullptr;
  std::string other_group;
  const AnsibleValue* other = nullptr;
};

/// Looks variables up as Ansible merges them: `all`, then groups from parents to children, then hosts; what stands in
/// group_vars/ and host_vars/ after what the inventory itself says.
class AnsibleLookup {
 public:
  explicit AnsibleLookup(const AnsibleInventory& inventory);

  struct Found {
    const AnsibleValue* value = nullptr;  ///< null: nobody gives it
    std::optional<AnsibleConflict> conflict;
  };
  [[nodiscard]] Found find(const std::string& host, std::string_view variable);
  /// All groups that the host belongs to, also by their children, without `all` and `ungrouped`; weakest first.
  [[nodiscard]] const std::vector<std::string>& groups_of(const std::string& host);
  /// Names of all variables that the host has.
  [[nodiscard]] std::vector<std::string> variables_of(const std::string& host);
  /// An encrypted file that may hold variables of the host.
  [[nodiscard]] std::optional<SourceSpan> encrypted_for(const std::string& host);

 private:
  struct Ancestors {
    std::vector<const AnsibleGroup*> groups;  ///< weakest first, without `all`
    std::vector<std::string> names;           ///< of these
    std::vector<std::string> shown;           ///< without `ungrouped`
  };
  const Ancestors& ancestors(const AnsibleHost& host);
  [[nodiscard]] static Found find_in(const Ancestors& ancestors, AnsibleVariables AnsibleLayer::* stage,
                                     std::string_view variable);

  const AnsibleInventory& inventory_;
  std::unordered_map<std::string, std::vector<std::string>> parents_;
  std::unordered_map<std::string, Ancestors> known_;  ///< by the groups that list a host
};

/// Hosts that the pattern selects, in order of names: `web:db`, `web,db`, `&`, `!`, `*`, `?`, `[a-f]`, `~regular
/// expression`, `web[0]`, `web[1:3]`. Each term that matches nothing is a problem of its own.
[[nodiscard]] Parsed<std::vector<std::string>> select_hosts(const AnsibleInventory& inventory, const Text& pattern);

/// Reads one inventory: its files in the order given, then the variables of hosts and groups. What looks like a
/// secret is concealed in `sources`. There is a value when the files could be understood.
[[nodiscard]] Parsed<AnsibleInventory> read_ansible(std::vector<SourceText> texts, SourceMap& sources);

}  // namespace firmform::manifest
