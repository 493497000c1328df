// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/time_text.h"
#include "engine/manifest/bind_baseline.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

class Binder {
 public:
  explicit Binder(const Sections& sections) : sections_(sections) {}

  Parsed<Manifest> run() {
    each("credentials", [&](const YamlEntry& entry) { credentials(entry); });
    each("hosts", [&](const YamlEntry& entry) { host(entry); });
    each("groups", [&](const YamlEntry& entry) { group(entry); });
    if (const YamlNode* node = section("defaults")) {
      manifest_.defaults = settings(*node);
      if (!node->valid) manifest_.incomplete.insert("defaults");
    }
    if (const YamlNode* node = section("catalog")) catalog(*node);
    each("baselines", [&](const YamlEntry& entry) { baseline(entry); });
    each("install_sets", [&](const YamlEntry& entry) { install_set(entry); });
    each("maintenance_windows", [&](const YamlEntry& entry) { window(entry); });
    if (const YamlNode* node = section("rollout")) rollout(*node);
    if (const YamlNode* node = section("policies")) policies(*node);
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
    if (const YamlNode* password = valid(entry.value, "password")) result.password = password_source(*password);
    manifest_.credentials[entry.key] = {std::move(result), entry.key_span};
  }

  static PasswordSource password_source(const YamlNode& node) {
    PasswordSource source;
    if (const auto name = plain_text(node, "env")) {
      source = {PasswordSource::Kind::env, *name, {}};
    } else if (const auto path = plain_text(node, "file")) {
      source = {PasswordSource::Kind::file, *path, {}};
    } else {
      source.kind = PasswordSource::Kind::exec;
      for (Text& argument : texts(node, "exec")) source.argv.push_back(std::move(argument.value));
    }
    return source;
  }

  Settings settings(const YamlNode& node) {
    Settings result;
    result.baseline = text(node, "baseline");
    result.credentials = text(node, "credentials");
    result.maintenance_window = text(node, "maintenance_window");
    result.install_sets = texts(node, "install_sets");
    if (const YamlNode* tls_node = valid(node, "tls")) result.tls = {tls(*tls_node), tls_node->span};
    refer("baselines", result.baseline);
    refer("credentials", result.credentials);
    refer("maintenance_windows", result.maintenance_window);
    refer("install_sets", result.install_sets);
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

  /// The model is known only after a login, so a login cannot depend on it.
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
    manifest_.install_sets[entry.key].span = entry.key_span;
    const YamlNode* sequence = entry.value.find("sequence");
    if (sequence == nullptr) return;
    for (const YamlNode& step : sequence->items) {
      const YamlNode* seconds = valid(step, "seconds");
      const auto command = plain_text(step, "command");
      if (seconds == nullptr || !command || *command == "Wait") continue;
      Diagnostic found =
          problem(Code::unusable_setting, fmt::format("`seconds` has no meaning for the command {}", *command),
                  seconds->span, "only `Wait` waits");
      diagnostics_.add(std::move(found));
    }
  }

  void window(const YamlEntry& entry) {
    manifest_.maintenance_windows[entry.key].span = entry.key_span;
    if (const auto duration = text(entry.value, "duration")) check_duration(*duration);
    const auto start = text(entry.value, "start");
    const auto end = text(entry.value, "end");
    if (!start || !end || parse_rfc3339(start->value) < parse_rfc3339(end->value)) return;
    Diagnostic found = problem(Code::invalid_value, fmt::format("window `{}` ends before it starts", entry.key),
                               end->span, "not after the start");
    found.secondary.push_back({start->span, "starts here"});
    diagnostics_.add(std::move(found));
  }

  void check_duration(const Text& duration) {
    constexpr Duration kLongest = std::chrono::hours(24 * 7);
    const auto length = parse_duration(duration.value);
    if (length && *length > Duration::zero() && *length <= kLongest) return;
    Diagnostic found = problem(Code::invalid_value, fmt::format("a window cannot stay open for `{}`", duration.value),
                               duration.span, "expected more than nothing and at most 7d");
    diagnostics_.add(std::move(found));
  }

  void rollout(const YamlNode& node) {
    Rollout& result = manifest_.rollout;
    result.max_failures = number(node, "max_failures");
    reserve(node, "canary", "canary hosts");
    reserve(node, "batches", "rollout batches");
    reserve(node, "soak", "soak times");
    const YamlNode* in_flight = node.find("max_in_flight");
    if (in_flight == nullptr) return;
    result.max_hosts_in_flight = number(*in_flight, "hosts");
    result.max_uploads_in_flight = number(*in_flight, "uploads");
    reserve(*in_flight, "per_label", "limits per label");
  }

  void reserve(const YamlNode& map, std::string_view key, std::string feature) {
    const auto entry = std::ranges::find(map.entries, key, &YamlEntry::key);
    if (entry != map.entries.end()) manifest_.reserved.push_back({std::move(feature), entry->key_span, {}});
  }

  void policies(const YamlNode& node) {
    Policies& result = manifest_.policies;
    const auto allowed = [&](std::string_view key) {
      return text_or_empty(node, key) == "allow" ? Permission::allow : Permission::deny;
    };
    result.downgrade = allowed("downgrade");
    result.unsigned_image = allowed("unsigned_image");
    result.insecure_tls = allowed("insecure_tls");
    result.tpm_override = allowed("tpm_override");
    result.plain_http_image = allowed("plain_http_image");
    const std::string reboot = text_or_empty(node, "reboot");
    if (reboot == "deny") result.reboot = RebootPolicy::deny;
    if (reboot == "in_window") result.reboot = RebootPolicy::in_window;
    if (reboot == "in_window")
      manifest_.reserved.push_back({"reboots inside of windows", node.find("reboot")->span, {}});
    for (const YamlEntry& entry : node.entries) result.spans[entry.key] = entry.value.span;
    if (!node.valid) manifest_.incomplete.insert("policies");
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
  Manifest manifest_;
  Diagnostics diagnostics_;
  std::map<std::string, SourceSpan> member_places_;  ///< of hosts in hypervisors
};

}  // namespace

Parsed<Manifest> bind_manifest(const Sections& sections) {
  return Binder(sections).run();
}

}  // namespace firmform::manifest
