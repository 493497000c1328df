// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/manifest/bind_baseline.h"
#include "engine/manifest/bind_install_set.h"
#include "engine/manifest/bind_notifications.h"
#include "engine/manifest/bind_password.h"
#include "engine/manifest/bind_policies.h"
#include "engine/manifest/bind_repository.h"
#include "engine/manifest/bind_rollout.h"
#include "engine/manifest/bind_watch.h"
#include "engine/manifest/bind_window.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

class Binder {
 public:
  Binder(const Sections& sections, InventoryTexts& inventories) : sections_(sections), inventories_(inventories) {}

  Parsed<Manifest> run() {
    each("credentials", [&](const YamlEntry& entry) { credentials(entry); });
    each("hosts", [&](const YamlEntry& entry) { host(entry); });
    each("inventories", [&](const YamlEntry& entry) {
      bind_inventory(entry, settings(entry.value), inventories_, manifest_, diagnostics_);
    });
    each("groups", [&](const YamlEntry& entry) { group(entry); });
    if (const YamlNode* node = section("defaults")) {
      manifest_.defaults = settings(*node);
      if (!node->valid) manifest_.incomplete.insert("defaults");
    }
    if (const YamlNode* node = section("catalog")) catalog(*node);
    each("baselines", [&](const YamlEntry& entry) { baseline(entry); });
    each("install_sets", [&](const YamlEntry& entry) { install_set(entry); });
    each("maintenance_windows", [&](const YamlEntry& entry) { window(entry); });
    each("freeze_periods", [&](const YamlEntry& entry) { freeze_period(entry); });
    each("repositories", [&](const YamlEntry& entry) { repository(entry); });
    if (const YamlNode* node = section("image_server")) {
      manifest_.image_server = bind_image_server(*node, diagnostics_);
    }
    if (const YamlNode* node = section("rollout")) manifest_.rollout = bind_rollout(*node, diagnostics_);
    if (const YamlNode* node = section("config_guard")) manifest_.config_guard = bind_config_guard(*node);
    if (const YamlNode* node = section("plan_signing")) {
      manifest_.plan_signing = bind_plan_signing(*node, diagnostics_);
    }
    if (const YamlNode* node = section("watch")) manifest_.watch = bind_watch(*node, diagnostics_);
    if (const YamlNode* node = section("policies")) policies(*node);
    each("notifications", [&](const YamlEntry& entry) { notification(entry); });
    each("hypervisors", [&](const YamlEntry& entry) { hypervisor(entry); });
    return {std::move(manifest_), std::move(diagnostics_)};
  }

 private:
  [[nodiscard]] const YamlNode* section(std::string_view name) const {
    const auto found = sections_.find(name);
    return found == sections_.end() ? nullptr : &found->second;
  }

  template <class Action>
  void each(std::string_view name, Action action) {
    const YamlNode* node = section(name);
    if (node == nullptr) return;
    for (const YamlEntry& entry : node->entries) action(entry);
  }

  void refer(std::string section, const Text& name) { manifest_.references.push_back({std::move(section), name}); }

  void refer(const std::string& section, const std::optional<Text>& name) {
    if (name) refer(section, *name);
  }

  void refer(const std::string& section, const std::vector<Text>& names) {
    for (const Text& name : names) refer(section, name);
  }

  void credentials(const YamlEntry& entry) {
    Credentials result;
    result.username = text_or_empty(entry.value, "username");
    if (const YamlNode* password = valid(entry.value, "password")) result.password = bind_password(*password);
    manifest_.credentials[entry.key] = {std::move(result), entry.key_span};
  }

  Settings settings(const YamlNode& node) {
    Settings result;
    result.baseline = text(node, "baseline");
    result.credentials = text(node, "credentials");
    result.maintenance_window = text(node, "maintenance_window");
    result.repository = text(node, "repository");
    result.delivery = delivery(node);
    if (const YamlNode* sets = node.find("install_sets")) result.install_sets = install_set_names(node, *sets);
    if (const YamlNode* tls_node = valid(node, "tls")) result.tls = {tls(*tls_node), tls_node->span};
    refer("baselines", result.baseline);
    refer("credentials", result.credentials);
    refer("maintenance_windows", result.maintenance_window);
    if (result.install_sets) refer("install_sets", result.install_sets->value);
    refer("repositories", result.repository);
    return result;
  }

  static std::optional<Spanned<Delivery>> delivery(const YamlNode& settings) {
    const auto word = text(settings, "delivery");
    if (!word) return std::nullopt;
    if (word->value == "push") return Spanned<Delivery>{Delivery::push, word->span};
    if (word->value == "pull") return Spanned<Delivery>{Delivery::pull, word->span};
    return Spanned<Delivery>{Delivery::automatic, word->span};
  }

  Spanned<std::vector<Text>> install_set_names(const YamlNode& settings, const YamlNode& list) {
    Spanned<std::vector<Text>> result{texts(settings, "install_sets"), list.span};
    if (!result.value.empty()) result.span = result.value.front().span;
    std::map<std::string, SourceSpan> known;
    for (const Text& name : result.value) {
      const auto [place, fresh] = known.emplace(name.value, name.span);
      if (!fresh) diagnostics_.add(listed_twice(name, place->second, "`install_sets`"));
    }
    return result;
  }

  Tls tls(const YamlNode& node) {
    Tls result;
    result.ca_file = plain_text(node, "ca_file");
    result.pin_sha256 = plain_text(node, "pin_sha256");
    result.verify = flag(node, "verify", true);
    result.span = node.span;
    if (const YamlNode* verify = valid(node, "verify")) result.span = verify->span;
    if (!result.verify && (result.ca_file || result.pin_sha256)) {
      Diagnostic found = problem(Code::exclusive_keys, "`verify: false` makes the other TLS settings useless",
                                 result.span, "accepts any certificate");
      found.secondary.push_back({node.find(result.ca_file ? "ca_file" : "pin_sha256")->span, "would never be used"});
      found.help.emplace_back("remove `verify: false`");
      diagnostics_.add(std::move(found));
    }
    return result;
  }

  void host(const YamlEntry& entry) {
    Host result;
    result.bmc = text(entry.value, "bmc").value_or(Text{});
    result.settings = settings(entry.value);
    result.labels = text_map(entry.value, "labels");
    result.after = texts(entry.value, "after");
    result.complete = entry.value.valid;
    for (const Text& other : result.after) {
      if (other.value != entry.key) continue;
      Diagnostic found = problem(Code::invalid_value, fmt::format("host `{}` cannot come after itself", entry.key),
                                 other.span, "names its own host");
      diagnostics_.add(std::move(found));
    }
    refer("hosts", result.after);
    manifest_.hosts[entry.key] = {std::move(result), entry.key_span};
  }

  void group(const YamlEntry& entry) {
    Group result;
    result.settings = settings(entry.value);
    result.priority = number(entry.value, "priority").value_or(0);
    result.complete = entry.value.valid;
    if (const YamlNode* match = entry.value.find("match")) {
      result.match.span = match->span;
      result.match.value = {text_map(*match, "labels"), text(*match, "name"), text(*match, "model")};
    }
    if (result.match.value.model) check_model_group(result);
    manifest_.groups[entry.key] = {std::move(result), entry.key_span};
  }

  /// The model is known only after a login, so neither a login nor what is read and prepared for a host can depend
  /// on it.
  void check_model_group(const Group& group) {
    const auto refuse = [&](std::string_view key, SourceSpan span) {
      Diagnostic found =
          problem(Code::unusable_setting, fmt::format("`{}` cannot come from a group that selects by model", key), span,
                  "needed before the model is known");
      found.secondary.push_back({group.match.value.model->span, "known only after the host was read"});
      found.help.emplace_back("set it on the hosts, in a group that selects by labels or name, or in `defaults:`");
      diagnostics_.add(std::move(found));
    };
    if (group.settings.credentials) refuse("credentials", group.settings.credentials->span);
    if (group.settings.tls) refuse("tls", group.settings.tls->span);
    if (group.settings.maintenance_window) refuse("maintenance_window", group.settings.maintenance_window->span);
    if (group.settings.install_sets) refuse("install_sets", group.settings.install_sets->span);
    if (group.settings.repository) refuse("repository", group.settings.repository->span);
    if (group.settings.delivery) refuse("delivery", group.settings.delivery->span);
  }

  void catalog(const YamlNode& node) {
    for (const YamlNode& item : node.items) {
      if (item.valid) manifest_.catalog.push_back({text(item, "directory"), text(item, "url"), text(item, "ca_file")});
    }
  }

  void baseline(const YamlEntry& entry) {
    manifest_.baselines[entry.key] = {bind_baseline(entry.value, diagnostics_), entry.key_span};
  }

  void install_set(const YamlEntry& entry) {
    manifest_.install_sets[entry.key] = {bind_install_set(entry, diagnostics_), entry.key_span};
  }

  void window(const YamlEntry& entry) {
    manifest_.maintenance_windows[entry.key] = {bind_window(entry, zone_guesses_, diagnostics_), entry.key_span};
  }

  void freeze_period(const YamlEntry& entry) {
    manifest_.freeze_periods[entry.key] = {bind_freeze_period(entry, zone_guesses_, diagnostics_), entry.key_span};
  }

  void repository(const YamlEntry& entry) {
    manifest_.repositories[entry.key] = {bind_repository(entry, diagnostics_), entry.key_span};
  }

  void policies(const YamlNode& node) {
    manifest_.policies = bind_policies(node, diagnostics_);
    if (!node.valid) manifest_.incomplete.insert("policies");
  }

  void notification(const YamlEntry& entry) {
    manifest_.notifications[entry.key] = {bind_notification(entry, diagnostics_), entry.key_span};
  }

  void hypervisor(const YamlEntry& entry) {
    manifest_.hypervisors[entry.key] = entry.key_span;
    refer("credentials", text(entry.value, "credentials"));
    if (const YamlNode* tls_node = valid(entry.value, "tls")) static_cast<void>(tls(*tls_node));
    const YamlNode* hosts = entry.value.find("hosts");
    if (hosts == nullptr) return;
    for (const YamlEntry& member : hosts->entries) {
      refer("hosts", Text{member.key, member.key_span});
      const auto [place, fresh] = manifest_.hypervisor_of_host.emplace(member.key, entry.key);
      if (fresh) {
        member_places_[member.key] = member.key_span;
        continue;
      }
      Diagnostic found = problem(Code::defined_twice, fmt::format("host `{}` belongs to two hypervisors", member.key),
                                 member.key_span, fmt::format("listed for `{}`", entry.key));
      found.secondary.push_back({member_places_[member.key], fmt::format("listed for `{}`", place->second)});
      diagnostics_.add(std::move(found));
    }
  }

  const Sections& sections_;
  InventoryTexts& inventories_;
  Manifest manifest_;
  Diagnostics diagnostics_;
  int zone_guesses_ = 20;                            // nobody reads more
  std::map<std::string, SourceSpan> member_places_;  ///< of hosts in hypervisors
};

}  // namespace

Parsed<Manifest> bind_manifest(const Sections& sections, InventoryTexts& inventories) {
  return Binder(sections, inventories).run();
}

}  // namespace firmform::manifest
