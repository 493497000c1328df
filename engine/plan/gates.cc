// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/gates.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/version/version.h"

namespace firmform::plan {
namespace {

using inventory::HostSnapshot;
using manifest::FirmwareEntry;
using version::Ordering;

Finding not_enforced(const manifest::Reserved& reserved) {
  return {.code = Code::feature_not_enforced,
          .what = fmt::format("the manifest asks for {}, which this version of firmform does not enforce",
                              reserved.feature),
          .span = reserved.span,
          .label = "asked for here",
          .group = reserved.feature};
}

/// Hosts with a window whose BMC cannot hold one: nothing would keep their work inside of it.
std::optional<Finding> window_gate(const HostDraft& host) {
  const auto& window = host.desired->window;
  if (!window || (host.staging() != nullptr && !host.staging()->windows_uri.empty())) return std::nullopt;
  return not_enforced({.feature = "maintenance windows", .span = window->span, .model = std::nullopt});
}

std::vector<Finding> gates_of(const Scope& scope, const HostDraft& host) {
  const HostSnapshot& snapshot = *host.snapshot;
  const manifest::Tls& tls = host.desired->tls;
  std::vector<Finding> found;
  for (const manifest::Reserved& reserved : host.desired->reserved) found.push_back(not_enforced(reserved));
  if (!tls.verify && !tls.pin_sha256 && scope.inputs.desired.policies.insecure_tls == manifest::Permission::deny) {
    found.push_back({.code = Code::insecure_tls_denied,
                     .what = "the BMC's certificate is not verified",
                     .span = tls.span,
                     .label = "verification is switched off here"});
  }
  if (snapshot.update.uri.empty()) {
    found.push_back({.code = Code::no_update_service, .what = "the BMC has no UpdateService"});
    return found;
  }
  if (!snapshot.update.service_enabled) {
    found.push_back({.code = Code::update_service_disabled, .what = "ServiceEnabled is false"});
  }
  if (const auto why = check({.type = Condition::Type::update_service_idle}, snapshot)) {
    found.push_back({.code = Code::update_service_busy, .what = *why});
  }
  return found;
}

std::optional<Finding> component_gate(const ChangeDraft& draft) {
  if (draft.component->updateable.value_or(true)) return std::nullopt;
  return Finding{.code = Code::not_updateable,
                 .what = "the BMC shows Updateable false",
                 .span = draft.entry->component.span,
                 .label = "names a component that is not updateable"};
}

std::optional<Finding> floor_gate(const ChangeDraft& draft) {
  const std::string& lowest = draft.component->lowest_supported_version;
  const std::string& wanted = draft.entry->version.value;
  if (lowest.empty() || version::compare(wanted, lowest) != Ordering::less) return std::nullopt;
  return Finding{
      .code = Code::below_minimum_version,
      .what = fmt::format("the device runs nothing below \"{}\", and \"{}\" is wanted", printable(lowest), wanted),
      .span = draft.entry->version.span,
      .label = "too low"};
}

/// Stepping stones: they are not planned by this version, so none may be missing.
std::optional<Finding> path_gate(const ChangeDraft& draft) {
  const std::string installed = draft.component->version.value_or("");
  const auto is_behind = [&](const manifest::Text& step) {
    return !version::satisfies(installed, step.value) && version::compare(installed, step.value) != Ordering::greater;
  };
  const auto& via = draft.entry->via;
  const auto missing = std::ranges::find_if(via, is_behind);
  if (missing == via.end()) return std::nullopt;
  return Finding{.code = Code::feature_not_enforced,
                 .what = fmt::format("the way from \"{}\" to \"{}\" leads through \"{}\", and this version of firmform "
                                     "does not plan intermediate versions",
                                     printable(installed), draft.entry->version.value, missing->value),
                 .help = {fmt::format("Set `version: \"{}\"` with its image and apply that first.", missing->value)},
                 .span = missing->span,
                 .label = "must come first"};
}

}  // namespace

Finding not_in_catalog(const manifest::Text& image, const catalog::Catalog& catalog) {
  Finding finding{.code = Code::image_not_in_catalog,
                  .what = fmt::format("no catalog source has \"{}\"", image.value),
                  .span = image.span,
                  .label = "not found"};
  if (const auto near = nearest(image.value, catalog.names())) {
    finding.help.push_back(fmt::format("Did you mean \"{}\"?", *near));
  }
  return finding;
}

std::optional<Finding> unsigned_gate(const Scope& scope, const catalog::CatalogImage& image, const SourceSpan& span) {
  const bool may_be = scope.inputs.desired.policies.unsigned_image == manifest::Permission::allow;
  if (image.signature != catalog::Signature::none || may_be) return std::nullopt;
  return Finding{.code = Code::image_unsigned,
                 .what = fmt::format("\"{}\" has no signature beside it", image.name),
                 .span = span,
                 .label = "names a file without a signature"};
}

namespace {

std::optional<Finding> find_image(const Scope& scope, const HostDraft& host, ChangeDraft& draft) {
  const FirmwareEntry& entry = *draft.entry;
  if (!entry.image) {
    return Finding{.code = Code::image_missing,
                   .what = fmt::format("it must change to \"{}\", and the entry names no image", entry.version.value),
                   .span = entry.span,
                   .label = "has no `image:`"};
  }
  draft.image = scope.inputs.catalog.find(entry.image->value);
  if (draft.image == nullptr) return not_in_catalog(*entry.image, scope.inputs.catalog);
  const bool differs =
      entry.sha256 && !draft.image->sha256.empty() && !equals_ignoring_case(entry.sha256->value, draft.image->sha256);
  // The kinds of files that come with detached signatures are those of BMCs that also store them.
  const bool takes_signatures = host.staging() != nullptr;
  if (!differs) return takes_signatures ? unsigned_gate(scope, *draft.image, entry.image->span) : std::nullopt;
  return Finding{.code = Code::image_digest_mismatch,
                 .what = fmt::format("\"{}\" has sha256 {}", entry.image->value, draft.image->sha256),
                 .span = entry.sha256->span,
                 .label = "declared here"};
}

}  // namespace

void find_host_gates(const Scope& scope, HostDraft& host) {
  host.gates = gates_of(scope, host);
  if (auto finding = window_gate(host)) host.firmware_gates.push_back(std::move(*finding));
  if (const auto why = check({.type = Condition::Type::host_ready}, *host.snapshot)) {
    host.firmware_gates.push_back({.code = Code::host_not_ready, .what = *why});
  }
  host.provider = scope.providers.find(host.snapshot->provider);
  if (host.provider == nullptr) return;
  for (const Reason& reason : host.provider->preflight(*host.snapshot)) {
    host.gates.push_back({.code = reason.code, .what = reason.text, .help = reason.help});
  }
}

void apply_gates(const Scope& scope, HostDraft& host) {
  for (ChangeDraft& draft : host.changes) {
    if (!draft.wants_firmware()) continue;
    std::vector<Finding> found;
    for (auto& finding : {component_gate(draft), floor_gate(draft), path_gate(draft), find_image(scope, host, draft)}) {
      if (finding) found.push_back(*finding);
    }
    if (!found.empty()) block_by_host(scope, host, draft);
    for (const Finding& finding : found) block(scope, draft, finding);
  }
}

bool block_by_host(const Scope& scope, const HostDraft& host, ChangeDraft& draft) {
  for (const auto* gates : {&host.gates, &host.firmware_gates}) {
    for (const Finding& finding : *gates) block(scope, draft, finding);
  }
  return !host.gates.empty() || !host.firmware_gates.empty();
}

}  // namespace firmform::plan
