// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_inventories.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/text.h"
#include "engine/manifest/ansible_template.h"
#include "engine/manifest/format_rules.h"
#include "engine/manifest/inventory_source.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"
#include "engine/manifest/safety.h"

namespace firmform::manifest {
namespace {

constexpr std::string_view kBmcVariable = "bmc";
constexpr std::string_view kGroupLabel = "yes";

class HostTaker {
 public:
  HostTaker(const YamlEntry& entry, const Settings& settings, const AnsibleInventory& inventory, SourceMap& sources,
            Manifest& manifest, Diagnostics& diagnostics)
      : entry_(entry),
        settings_(settings),
        inventory_(inventory),
        lookup_(inventory),
        templates_(lookup_),
        sources_(sources),
        manifest_(manifest),
        diagnostics_(diagnostics),
        bmc_variable_(text(entry.value, "bmc_variable").value_or(Text{std::string(kBmcVariable), entry.key_span})),
        labels_(text_map(entry.value, "labels")) {
    const YamlNode* groups = valid(entry.value, "label_groups");
    if (groups == nullptr) return;
    label_all_groups_ = groups->text == "true";
    for (const YamlEntry& label : groups->entries) label_groups_.emplace_back(label.key, texts(*groups, label.key));
  }

  void run() {
    check_label_groups();
    for (const std::string& name : selected()) take(name);
    report_conflicts();
    report_without_address();
  }

 private:
  std::vector<std::string> selected() {
    const auto pattern = text(entry_.value, "hosts");
    if (!pattern) {
      std::vector<std::string> all;
      for (const auto& [name, host] : inventory_.hosts) all.push_back(name);
      return all;
    }
    auto found = select_hosts(inventory_, *pattern);
    if (found.diagnostics.has_errors()) lose_hosts();
    diagnostics_.append(std::move(found.diagnostics));
    return std::move(*found.value);
  }

  void lose_hosts() { manifest_.incomplete.insert("hosts"); }

  void take(const std::string& name) {
    const SourceSpan place = inventory_.hosts.at(name).span;
    if (!rule(Format::name).matches(name)) {
      lose_hosts();
      diagnostics_.add(problem(Code::inventory_malformed,
                               fmt::format("`{}` cannot be the name of a host", printable(name)), place,
                               fmt::format("expected {}", rule(Format::name).expected)));
      return;
    }
    Host host;
    host.settings = settings_;
    host.complete = entry_.value.valid;
    bool sound = take_address(name, host);
    for (const auto& [label, variable] : labels_) sound = take_label(name, label, variable.value, host) && sound;
    sound = take_groups(name, host) && sound;
    if (!sound) return lose_hosts();
    const auto [earlier, fresh] = manifest_.hosts.try_emplace(name);
    if (fresh) {
      earlier->second = {std::move(host), place};
      return;
    }
    Diagnostic twice = problem(Code::defined_twice, fmt::format("host `{}` is defined twice", name), place,
                               fmt::format("again, by the inventory `{}`", entry_.key));
    twice.secondary.push_back({earlier->second.span, "first defined here"});
    diagnostics_.add(std::move(twice));
  }

  bool take_address(const std::string& name, Host& host) {
    const auto value = look_up(name, bmc_variable_.value);
    if (!value) return false;
    if (value->value.empty()) {
      without_address_.push_back(name);
      return false;
    }
    host.bmc = {bmc_url(value->value), value->span};
    if (rule(Format::base_url).matches(host.bmc.value)) return true;
    const bool user = value->value.find('@') != std::string::npos;
    if (user) sources_.conceal(value->span);
    if (reported_.insert(value->span).second) {
      diagnostics_.add(problem(user ? Code::literal_secret : Code::inventory_malformed,
                               fmt::format("`{}` of host `{}` is not the address of a BMC", bmc_variable_.value, name),
                               value->span, fmt::format("expected {}", rule(Format::base_url).expected)));
    }
    return false;
  }

  bool take_label(const std::string& name, const std::string& label, const std::string& variable, Host& host) {
    auto value = look_up(name, variable);
    if (!value) return false;
    if (!value->value.empty()) host.labels[label] = std::move(*value);
    return true;
  }

  /// The text of a variable; without one an empty text. Absent when it cannot be used, which is reported.
  std::optional<Text> look_up(const std::string& host, const std::string& variable) {
    const AnsibleLookup::Found found = lookup_.find(host, variable);
    if (found.value == nullptr) return Text{};
    if (found.conflict) {
      note_conflict(host, variable, *found.conflict);
      return std::nullopt;
    }
    const AnsibleValue& value = *found.value;
    if (value.form == AnsibleValue::Form::encrypted) {
      unusable(value.span, fmt::format("`{}` is encrypted by ansible-vault", variable), "cannot be read",
               "only passwords are read from a vault: `password: {ansible_vault: …}`");
      return std::nullopt;
    }
    if (value.form == AnsibleValue::Form::structure) {
      unusable(value.span, fmt::format("`{}` is a list or a map", variable), "expected a text", {});
      return std::nullopt;
    }
    auto rendered = templates_.render(host, value.text);
    if (!rendered) {
      unusable(value.span, fmt::format("`{}` is a template that only Ansible can work out", variable),
               "not a plain value",
               "of templates, `{{ inventory_hostname }}` and other plain names of variables are understood");
      return std::nullopt;
    }
    return Text{std::move(*rendered), value.span};
  }

  void unusable(SourceSpan span, std::string message, std::string label, std::string help) {
    if (!reported_.insert(span).second) return;
    Diagnostic found = problem(Code::inventory_malformed, std::move(message), span, std::move(label));
    if (!help.empty()) found.help.push_back(std::move(help));
    diagnostics_.add(std::move(found));
  }

  /// Whether the label groups that the manifest names are groups.
  void check_label_groups() {
    for (const auto& [label, groups] : label_groups_) {
      for (const Text& group : groups) {
        if (inventory_.groups.contains(group.value)) continue;
        Diagnostic found = problem(Code::unknown_reference, fmt::format("the inventory has no group `{}`", group.value),
                                   group.span, "no such group");
        if (const auto near = nearest(group.value, inventory_.group_order)) {
          found.help.push_back(fmt::format("did you mean `{}`?", *near));
        }
        diagnostics_.add(std::move(found));
      }
    }
  }

  bool take_groups(const std::string& name, Host& host) {
    const std::vector<std::string>& groups = lookup_.groups_of(name);
    const SourceSpan place = inventory_.hosts.at(name).span;
    if (label_all_groups_) {
      for (const std::string& group : groups) {
        if (rule(Format::label).matches(group)) host.labels.try_emplace(group, Text{std::string(kGroupLabel), place});
      }
    }
    bool sound = true;
    for (const auto& [label, choices] : label_groups_) {
      const Text* chosen = nullptr;
      for (const Text& choice : choices) {
        if (std::ranges::find(groups, choice.value) == groups.end()) continue;
        if (chosen != nullptr) {
          note_two_groups(name, label, *chosen, choice);
          sound = false;
        }
        chosen = &choice;
      }
      if (chosen != nullptr) host.labels[label] = {chosen->value, place};
    }
    return sound;
  }

  struct Seen {
    Diagnostic diagnostic;
    std::string first;
    std::size_t hosts = 0;
  };

  void note_conflict(const std::string& host, const std::string& variable, const AnsibleConflict& conflict) {
    const auto [place, fresh] = conflicts_.try_emplace({conflict.value->span, conflict.other->span},
                                                       Seen{Diagnostic{Code::inventory_conflict}, host});
    ++place->second.hosts;
    if (!fresh) return;
    Diagnostic found =
        problem(Code::inventory_conflict,
                fmt::format("groups `{}` and `{}` of the inventory give host `{}` different values of `{}`",
                            conflict.other_group, conflict.group, host, variable),
                conflict.value->span, fmt::format("`{}` gives this", conflict.group));
    found.secondary = {{conflict.other->span, fmt::format("`{}` gives this", conflict.other_group)},
                       {inventory_.hosts.at(host).span, "belongs to both groups"}};
    place->second.diagnostic = std::move(found);
  }

  void note_two_groups(const std::string& host, const std::string& label, const Text& a, const Text& b) {
    const auto [place, fresh] =
        conflicts_.try_emplace({a.span, b.span}, Seen{Diagnostic{Code::inventory_conflict}, host});
    ++place->second.hosts;
    if (!fresh) return;
    Diagnostic found = problem(
        Code::inventory_conflict,
        fmt::format("host `{}` is in `{}` and `{}`, and label `{}` has one value", host, a.value, b.value, label),
        b.span, "one of these");
    found.secondary = {{a.span, "and this"}, {inventory_.hosts.at(host).span, "belongs to both groups"}};
    place->second.diagnostic = std::move(found);
  }

  void report_conflicts() {
    for (auto& [place, seen] : conflicts_) {
      if (seen.hosts > 1) {
        seen.diagnostic.notes.push_back(
            fmt::format("concerns `{}` and {}", seen.first, counted(seen.hosts - 1, "more host")));
      }
      diagnostics_.add(std::move(seen.diagnostic));
    }
  }

  void report_without_address() {
    if (without_address_.empty()) return;
    const std::string& first = without_address_.front();
    const bool one = without_address_.size() == 1;
    Diagnostic found =
        problem(Code::inventory_host_unusable,
                one ? fmt::format("host `{}` has no `{}`", first, bmc_variable_.value)
                    : fmt::format("{} have no `{}`", counted(without_address_.size(), "host"), bmc_variable_.value),
                inventory_.hosts.at(first).span, "where its BMC is, is not known");
    found.secondary.push_back({bmc_variable_.span, "the inventory is used here"});
    if (!one) found.notes.push_back("concerns " + some_of(without_address_));
    if (const auto near = nearest(bmc_variable_.value, lookup_.variables_of(first))) {
      found.help.push_back(fmt::format("did you mean `bmc_variable: {}`?", *near));
    }
    if (const auto encrypted = lookup_.encrypted_for(first)) {
      found.secondary.push_back({*encrypted, "encrypted by ansible-vault, and not read"});
    }
    diagnostics_.add(std::move(found));
  }

  const YamlEntry& entry_;
  const Settings& settings_;
  const AnsibleInventory& inventory_;
  AnsibleLookup lookup_;
  AnsibleTemplates templates_;
  SourceMap& sources_;
  Manifest& manifest_;
  Diagnostics& diagnostics_;
  Text bmc_variable_;
  std::map<std::string, Text> labels_;
  bool label_all_groups_ = false;
  std::vector<std::pair<std::string, std::vector<Text>>> label_groups_;
  std::vector<std::string> without_address_;
  std::set<SourceSpan> reported_;
  std::map<std::pair<SourceSpan, SourceSpan>, Seen> conflicts_;
};

}  // namespace

std::string bmc_url(std::string_view address) {
  if (address.find("://") != std::string_view::npos) return std::string(address);
  const bool bare_ipv6 = std::ranges::count(address, ':') > 1 && !address.starts_with('[');
  return bare_ipv6 ? fmt::format("https://[{}]", address) : fmt::format("https://{}", address);
}

InventoryTexts::InventoryTexts(std::vector<SourceText> texts, SourceMap& sources) : sources_(sources) {
  for (SourceText& text : texts) {
    if (text.role != TextRole::manifest) texts_[text.source].push_back(std::move(text));
  }
}

const AnsibleInventory* InventoryTexts::inventory(const std::string& source, SourceSpan place,
                                                  Diagnostics& diagnostics) {
  const auto [known, fresh] = read_.try_emplace(source);
  if (!fresh) return known->second.get();
  std::vector<SourceText>& texts = texts_[source];
  bool whole = !texts.empty();
  if (!whole) diagnostics.add(problem(Code::inventory_malformed, "the inventory was not read", place, "named here"));
  for (const SourceText& text : texts) {
    if (text.role != TextRole::unreadable) continue;
    whole = false;
    const std::string what = text.name.empty() ? text.subject : fmt::format("{}: {}", text.name, text.subject);
    diagnostics.add(problem(Code::inventory_malformed, what, place, "hosts are taken from here"));
  }
  if (!whole) return nullptr;
  auto parsed = read_ansible(std::move(texts), sources_);
  diagnostics.append(std::move(parsed.diagnostics));
  if (parsed.value) known->second = std::make_unique<AnsibleInventory>(std::move(*parsed.value));
  return known->second.get();
}

void bind_inventory(const YamlEntry& entry, const Settings& settings, InventoryTexts& texts, Manifest& manifest,
                    Diagnostics& diagnostics) {
  const auto source = inventory_source(entry.value);
  const YamlNode* place = entry.value.find(source && !source->argv.empty() ? "script" : "ansible");
  const AnsibleInventory* inventory =
      source && entry.value.valid ? texts.inventory(source->key(), place->span, diagnostics) : nullptr;
  if (inventory == nullptr) {
    manifest.incomplete.insert("hosts");
    return;
  }
  HostTaker(entry, settings, *inventory, texts.sources(), manifest, diagnostics).run();
}

}  // namespace firmform::manifest
