// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/base/text.h"
#include "engine/manifest/freezes.h"
#include "engine/manifest/layers.h"
#include "engine/manifest/load.h"
#include "engine/manifest/membership.h"
#include "engine/manifest/policy_check.h"
#include "engine/manifest/problem.h"
#include "engine/manifest/references.h"
#include "engine/manifest/reserved.h"
#include "engine/manifest/rollout_check.h"
#include "engine/manifest/safety.h"
#include "engine/manifest/staging_check.h"

namespace firmform::manifest {
namespace {

/// A setting as conflicts compare and show it.
std::string shown(const Text& text) {
  return text.value;
}

std::string shown(const Spanned<Tls>& tls) {
  if (tls.value.ca_file) return "ca_file: " + *tls.value.ca_file;
  if (tls.value.pin_sha256) return "pin_sha256: " + *tls.value.pin_sha256;
  return tls.value.verify ? "verify: true" : "verify: false";
}

std::string shown(const Spanned<Delivery>& delivery) {
  switch (delivery.value) {
    case Delivery::automatic:
      return "auto";
    case Delivery::push:
      return "push";
    case Delivery::pull:
      return "pull";
  }
  return {};
}

std::string shown(const Spanned<std::vector<Text>>& names) {
  std::string text;
  for (const Text& name : names.value) text += fmt::format("{}{}", text.empty() ? "" : ", ", name.value);
  return "[" + text + "]";
}

/// Entries as hosts share them.
template <class T>
using Shared = std::map<std::string, std::shared_ptr<const T>>;

template <class T>
Shared<T> shared(const Named<T>& entries) {
  Shared<T> result;
  for (const auto& [name, entry] : entries) result[name] = std::make_shared<const T>(entry.value);
  return result;
}

class Resolver {
 public:
  explicit Resolver(const Manifest& manifest)
      : manifest_(manifest),
        membership_(manifest),
        baselines_(shared(manifest.baselines)),
        windows_(shared(manifest.maintenance_windows)),
        freezes_(manifest),
        install_sets_(shared(manifest.install_sets)),
        repositories_(shared(manifest.repositories)) {}

  Parsed<Desired> run() {
    for (const auto& [name, host] : manifest_.hosts) desired_.hosts[name] = resolve_host(name, host);
    desired_.catalog = manifest_.catalog;
    desired_.image_server = manifest_.image_server;
    for (const auto& [name, window] : manifest_.maintenance_windows) {
      if (window.value.absent) desired_.absent_windows.push_back({name, window.span});
    }
    desired_.policies = manifest_.policies;
    desired_.rollout = manifest_.rollout;
    desired_.config_guard = manifest_.config_guard;
    desired_.plan_signing = manifest_.plan_signing;
    desired_.notifications = manifest_.notifications;
    if (manifest_.watch) desired_.watch = *manifest_.watch;
    desired_.baselines = baselines_;
    desired_.digest = manifest_.digest;
    report();
    Parsed<Desired> result;
    if (!diagnostics_.has_errors()) result.value = std::move(desired_);
    result.diagnostics = std::move(diagnostics_);
    return result;
  }

 private:
  struct HostView {
    const std::string& name;
    SourceSpan span;
    const std::vector<Layer>& layers;
  };

  DesiredHost resolve_host(const std::string& name, const Spanned<Host>& entry) {
    const Host& host = entry.value;
    const std::vector<Layer> layers = layers_of(name, host, membership_.groups_of(name, host), manifest_.defaults);
    const HostView view{name, entry.span, layers};
    DesiredHost result;
    result.name = name;
    result.bmc = host.bmc.value;
    if (result.bmc.ends_with('/')) result.bmc.pop_back();
    result.span = entry.span;
    for (const auto& [key, value] : host.labels) result.labels[key] = value.value;
    result.after = host.after;
    result.freezes = freezes_.of(name, result.labels);
    take_credentials(result, view, host.complete);
    if (const auto* tls = pick(view, "tls", &Settings::tls)) result.tls = tls->value;
    take_staging(result, view);
    take_baselines(result, view, host.complete);
    reserve(result, view);
    return result;
  }

  /// The value of the highest layer that gives one. Layers that depend on the model are left out.
  template <class T>
  const T* pick(const HostView& host, std::string_view key, std::optional<T> Settings::* setting) {
    const Layer* winner = nullptr;
    for (const Layer& layer : host.layers) {
      const std::optional<T>& value = layer.settings->*setting;
      if (!value || layer.model) continue;
      if (winner == nullptr) {
        winner = &layer;
      } else if (layer.precedence == winner->precedence) {
        compare(host, key, *winner, *(winner->settings->*setting), layer, *value);
      }
    }
    return winner == nullptr ? nullptr : &*(winner->settings->*setting);
  }

  template <class T>
  void compare(const HostView& host, std::string_view key, const Layer& a, const T& a_value, const Layer& b,
               const T& b_value) {
    if (shown(a_value) == shown(b_value)) return;
    conflicts_.add(key, {a, a_value.span, shown(a_value)}, {b, b_value.span, shown(b_value)}, host.name, host.span);
  }

  void take_credentials(DesiredHost& result, const HostView& host, bool complete) {
    const Text* name = pick(host, "credentials", &Settings::credentials);
    if (name == nullptr) {
      if (complete) without_credentials_.push_back(host.name);
      return;
    }
    result.credentials_name = name->value;
    const auto found = manifest_.credentials.find(name->value);
    if (found != manifest_.credentials.end()) result.credentials = found->second.value;
  }

  /// All baselines that the host may get, down to the first that does not depend on its model.
  void take_baselines(DesiredHost& result, const HostView& host, bool complete) {
    const Text* certain = pick(host, "baseline", &Settings::baseline);
    int least = kDefaultsPrecedence;
    for (const Layer& layer : host.layers) {
      const std::optional<Text>& name = layer.settings->baseline;
      if (!name || layer.precedence < least) continue;
      if (!layer.model) least = layer.precedence;
      add_baseline(result, layer, *name);
    }
    const bool wants_nothing = result.baselines.empty() && result.install_sets.empty() && !result.repository;
    if (certain == nullptr && wants_nothing && complete) without_baseline_.push_back(host.name);
  }

  void add_baseline(DesiredHost& result, const Layer& layer, const Text& name) {
    const auto found = baselines_.find(name.value);
    if (found == baselines_.end()) return;  // a dangling reference, reported as such
    // Groups of equal priority that agree count once.
    const auto same = [&](const BaselineChoice& choice) {
      return choice.name == name.value && choice.precedence == layer.precedence && choice.model == layer.model;
    };
    if (std::ranges::any_of(result.baselines, same)) return;
    result.baselines.push_back({name.value, found->second, layer.precedence, layer.model, name.span, layer.describe()});
  }

  /// Names that are not defined are left out here; they are reported as dangling references.
  void take_staging(DesiredHost& result, const HostView& host) {
    if (const Text* name = pick(host, "maintenance_window", &Settings::maintenance_window)) {
      const auto found = windows_.find(name->value);
      if (found != windows_.end()) result.window = {name->value, found->second, name->span};
    }
    if (const auto* names = pick(host, "install_sets", &Settings::install_sets)) {
      for (const Text& name : names->value) {
        const auto found = install_sets_.find(name.value);
        if (found != install_sets_.end()) result.install_sets.push_back({name.value, found->second, name.span});
      }
    }
    if (const Text* name = pick(host, "repository", &Settings::repository)) {
      const auto found = repositories_.find(name->value);
      if (found != repositories_.end()) result.repository = {name->value, found->second, name->span};
    }
    if (const auto* delivery = pick(host, "delivery", &Settings::delivery)) result.delivery = delivery->value;
  }

  void reserve(DesiredHost& result, const HostView& host) {
    const auto hypervisor = manifest_.hypervisor_of_host.find(host.name);
    if (hypervisor != manifest_.hypervisor_of_host.end()) {
      result.reserved.push_back({kHypervisorFeature, manifest_.hypervisors.at(hypervisor->second)});
    }
    for (const Reserved& reserved : result.reserved) uses_.add(reserved.feature, reserved.span, host.name);
  }

  void report() {
    diagnostics_.append(check_references(manifest_));
    diagnostics_.append(conflicts_.take());
    const bool hosts_known = !manifest_.incomplete.contains("hosts") && all_complete(manifest_.hosts);
    const bool groups_known = !manifest_.incomplete.contains("groups") && all_complete(manifest_.groups);
    if (hosts_known) diagnostics_.append(membership_.unmatched());
    if (groups_known && !manifest_.incomplete.contains("defaults")) report_gaps();
    if (hosts_known && manifest_.hosts.empty()) report_no_hosts();
    diagnostics_.append(check_safety(manifest_, desired_));
    diagnostics_.append(check_staging(manifest_, desired_));
    if (hosts_known) {
      diagnostics_.append(freezes_.unmatched());
      diagnostics_.append(check_rollout(manifest_));
      diagnostics_.append(check_policy_rules(manifest_));
    }
    diagnostics_.append(uses_.warnings());
  }

  template <class T>
  static bool all_complete(const Named<T>& entries) {
    return std::ranges::all_of(entries, [](const auto& entry) { return entry.second.value.complete; });
  }

  /// Hosts that nothing gives credentials or a baseline to: one problem each, however many there are.
  void report_gaps() {
    report_gap(Code::credentials_missing, Severity::error, "no credentials", without_credentials_);
    report_gap(Code::baseline_missing, Severity::warning, "no baseline", without_baseline_);
  }

  void report_gap(Code code, Severity severity, std::string_view what, const std::vector<std::string>& hosts) {
    if (hosts.empty()) return;
    const bool one = hosts.size() == 1;
    Diagnostic gap = problem(code,
                             one ? fmt::format("host `{}` has {}", hosts.front(), what)
                                 : fmt::format("{} have {}", counted(hosts.size(), "host"), what),
                             manifest_.hosts.at(hosts.front()).span, std::string(what));
    gap.severity = severity;
    if (!one) gap.notes.push_back("concerns " + some_of(hosts));
    diagnostics_.add(std::move(gap));
  }

  void report_no_hosts() {
    Diagnostic diagnostic{Code::no_hosts};
    diagnostic.severity = Severity::warning;
    diagnostic.message = "the manifest has no hosts";
    diagnostics_.add(std::move(diagnostic));
  }

  const Manifest& manifest_;
  Membership membership_;
  Desired desired_;
  Diagnostics diagnostics_;
  Conflicts conflicts_;
  ReservedUses uses_;
  Shared<Baseline> baselines_;
  Shared<Window> windows_;
  Freezes freezes_;
  Shared<InstallSet> install_sets_;
  Shared<Repository> repositories_;
  std::vector<std::string> without_credentials_;
  std::vector<std::string> without_baseline_;
};

}  // namespace

Parsed<Desired> resolve(const Manifest& manifest, const SourceMap&) {
  return Resolver(manifest).run();
}

}  // namespace firmform::manifest
