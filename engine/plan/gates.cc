// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/gates.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/way.h"
#include "engine/plan/windows.h"
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

/// A window that the BMC must keep, and cannot.
std::optional<Finding> window_gate(const HostDraft& host) {
  const auto& window = host.desired->window;
  if (!window || window->window->held_by != manifest::HeldBy::bmc || keeps_windows(host)) return std::nullopt;
  return Finding{.code = Code::feature_not_offered,
                 .what = "the BMC keeps no maintenance windows, and the manifest leaves this one to it",
                 .help = {"Write `held_by: engine` or `held_by: automatic` for the window."},
                 .span = window->span,
                 .label = "the window is given here",
                 .group = window->name};
}

/// What is waited for is no obstacle to planning.
bool is_waited_for(const Scope& scope, Code code) {
  return code == Code::update_service_busy &&
         scope.inputs.desired.policies.foreign_work != manifest::ForeignWork::refuse;
}

void heed_foreign_work(const Scope& scope, HostDraft& host, const std::string& what) {
  const bool adopts = scope.inputs.desired.policies.foreign_work == manifest::ForeignWork::adopt;
  for (ChangeDraft& draft : host.changes) {
    if (!draft.wants_firmware()) continue;
    warn(scope, draft,
         {.code = Code::foreign_work,
          .what = fmt::format("{}; apply waits until it is done{}", what, adopts ? " and counts its result" : ""),
          .help = {"Nothing; or wait until it is done, and plan again."}});
  }
}

std::vector<Finding> gates_of(const Scope& scope, HostDraft& host) {
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
    if (is_waited_for(scope, Code::update_service_busy)) {
      heed_foreign_work(scope, host, *why);
    } else {
      found.push_back({.code = Code::update_service_busy, .what = *why});
    }
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

std::optional<Finding> find_image(const Scope& scope, const HostDraft& host, const manifest::Text& image,
                                  const std::optional<manifest::Text>& sha256, const catalog::CatalogImage*& found) {
  found = scope.inputs.catalog.find(image.value);
  if (found == nullptr) return not_in_catalog(image, scope.inputs.catalog);
  const bool differs = sha256 && !found->sha256.empty() && !equals_ignoring_case(sha256->value, found->sha256);
  // The kinds of files that come with detached signatures are those of BMCs that also store them.
  const bool takes_signatures = host.staging() != nullptr;
  if (!differs) return takes_signatures ? unsigned_gate(scope, *found, image.span) : std::nullopt;
  return Finding{.code = Code::image_digest_mismatch,
                 .what = fmt::format("\"{}\" has sha256 {}", image.value, found->sha256),
                 .span = sha256->span,
                 .label = "declared here"};
}

namespace {

std::optional<Finding> image_gate(const Scope& scope, const HostDraft& host, ChangeDraft& draft) {
  const FirmwareEntry& entry = *draft.entry;
  if (entry.image) return find_image(scope, host, *entry.image, entry.sha256, draft.image);
  return Finding{.code = Code::image_missing,
                 .what = fmt::format("it must change to \"{}\", and the entry names no image", entry.version.value),
                 .span = entry.span,
                 .label = "has no `image:`"};
}

/// Whoever switches hosts on and off is not this program.
std::optional<Finding> power_gate(const HostDraft& host, const ChangeDraft& draft) {
  const std::string& needed = draft.entry->power.state;
  if (needed.empty()) return std::nullopt;
  const auto why = check({.type = Condition::Type::power_state, .value = needed}, *host.snapshot);
  if (!why) return std::nullopt;
  return Finding{.code = Code::power_state_needed,
                 .what = *why,
                 .help = {fmt::format("Bring the host into the power state {}, then plan again.", needed)},
                 .span = draft.entry->span,
                 .label = "says which state it needs"};
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
    if (is_waited_for(scope, reason.code)) continue;
    host.gates.push_back({.code = reason.code, .what = reason.text, .help = reason.help});
  }
}

void apply_gates(const Scope& scope, HostDraft& host) {
  for (ChangeDraft& draft : host.changes) {
    if (!draft.wants_firmware()) continue;
    std::vector<Finding> found;
    for (auto& finding :
         {component_gate(draft), floor_gate(draft), power_gate(host, draft), image_gate(scope, host, draft)}) {
      if (finding) found.push_back(*finding);
    }
    for (Finding& finding : find_stops(scope, host, draft)) found.push_back(std::move(finding));
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
