// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/safety.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "engine/manifest/format_rules.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

bool plain_http(std::string_view url) {
  return url.starts_with("http://");
}

/// Shows where a policy denies what was found, if the manifest says so itself.
void add_policy(Diagnostic& diagnostic, const Manifest& manifest, const std::string& policy) {
  const auto place = manifest.policies.spans.find(policy);
  if (place != manifest.policies.spans.end()) diagnostic.secondary.push_back({place->second, "denied here"});
}

/// One problem for all hosts that share a setting.
struct Offence {
  std::string message;
  std::string label;
  std::vector<std::string> hosts;
};

void check_connections(const Manifest& manifest, const Desired& desired, Diagnostics& diagnostics) {
  std::map<SourceSpan, Offence> offences;
  Offence* http = nullptr;
  for (const auto& [name, host] : desired.hosts) {
    if (!host.tls.verify) {
      Offence& offence = offences[host.tls.span];
      offence.message = "the certificate of a BMC would not be verified, and no policy allows that";
      offence.label = "switches verification off";
      offence.hosts.push_back(name);
    }
    if (!plain_http(host.bmc)) continue;
    if (http == nullptr) http = &offences[manifest.hosts.at(name).value.bmc.span];
    http->message = "a BMC would be reached without encryption, and no policy allows that";
    http->label = "sends the password in clear text";
    http->hosts.push_back(name);
  }
  for (const auto& [span, offence] : offences) {
    Diagnostic diagnostic = problem(Code::insecure_tls_setting, offence.message, span, offence.label);
    diagnostic.notes.push_back(fmt::format("concerns {}", some_of(offence.hosts)));
    add_policy(diagnostic, manifest, "insecure_tls");
    diagnostics.add(std::move(diagnostic));
  }
}

void check_receivers(const Manifest& manifest, Diagnostics& diagnostics) {
  for (const auto& [name, notification] : manifest.notifications) {
    const Text& url = notification.value.url;
    if (!plain_http(url.value)) continue;
    Diagnostic diagnostic =
        problem(Code::insecure_tls_setting,
                fmt::format("notification `{}` would be sent without encryption, and no policy allows that", name),
                url.span, "shows the fleet to whoever listens");
    add_policy(diagnostic, manifest, "insecure_tls");
    diagnostics.add(std::move(diagnostic));
  }
}

void check_plain_server(const Manifest& manifest, Diagnostics& diagnostics) {
  Diagnostic diagnostic =
      problem(Code::plain_http_source, "the image server would serve over plain http, and no policy allows that",
              manifest.image_server->span, "without encryption");
  add_policy(diagnostic, manifest, "plain_http_image");
  diagnostics.add(std::move(diagnostic));
}

void check_image_sources(const Manifest& manifest, Diagnostics& diagnostics) {
  const auto check = [&](const std::optional<Text>& url) {
    if (!url || !plain_http(url->value)) return;
    Diagnostic diagnostic =
        problem(Code::plain_http_source, "images would travel over plain http, and no policy allows that", url->span,
                "without encryption");
    add_policy(diagnostic, manifest, "plain_http_image");
    diagnostics.add(std::move(diagnostic));
  };
  for (const CatalogSource& source : manifest.catalog) check(source.url);
  if (manifest.image_server && !manifest.image_server->tls) check_plain_server(manifest, diagnostics);
  for (const auto& [name, baseline] : manifest.baselines) {
    for (const FirmwareEntry& entry : baseline.value.firmware) {
      check(entry.image);
      for (const ViaStep& step : entry.via) check(step.image);
    }
  }
}

void check_duplicates(const Manifest& manifest, Diagnostics& diagnostics) {
  std::map<std::string, const Named<Host>::value_type*> known;
  std::vector<const Named<Host>::value_type*> by_place;
  for (const auto& host : manifest.hosts) by_place.push_back(&host);
  std::ranges::sort(by_place, {}, [](const auto* host) { return host->second.span; });
  for (const auto* host : by_place) {
    const Text& bmc = host->second.value.bmc;
    const auto url = parse_url(bmc.value);
    if (!url) continue;  // reported already
    const auto [first, fresh] = known.emplace(canonical_base(*url), host);
    if (fresh) continue;
    Diagnostic diagnostic = problem(
        Code::duplicate_bmc, fmt::format("hosts `{}` and `{}` have the same BMC", first->second->first, host->first),
        bmc.span, fmt::format("BMC of `{}`", host->first));
    diagnostic.secondary.push_back(
        {first->second->second.value.bmc.span, fmt::format("BMC of `{}`", first->second->first)});
    diagnostics.add(std::move(diagnostic));
  }
}

}  // namespace

Diagnostics check_safety(const Manifest& manifest, const Desired& desired) {
  Diagnostics diagnostics;
  check_duplicates(manifest, diagnostics);
  if (manifest.incomplete.contains("policies")) return diagnostics;
  if (manifest.policies.insecure_tls == Permission::deny) {
    check_connections(manifest, desired, diagnostics);
    check_receivers(manifest, diagnostics);
  }
  if (manifest.policies.plain_http_image == Permission::deny) check_image_sources(manifest, diagnostics);
  return diagnostics;
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += fmt::format("{}`{}`", i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
  return text;
}

}  // namespace firmform::manifest
