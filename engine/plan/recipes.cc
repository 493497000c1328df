// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/recipes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/contract.h"

namespace firmform::plan {
namespace {

using manifest::RebootPolicy;

Finding from_provider(const Reason& reason, const ChangeDraft& draft) {
  return {.code = reason.code,
          .what = reason.text,
          .help = reason.help,
          .span = draft.entry->image ? draft.entry->image->span : draft.entry->span,
          .label = "for this entry"};
}

Finding broken_contract(const std::string& provider, const std::vector<std::string>& violations) {
  return {.code = Code::internal_error,
          .what = fmt::format("provider {} planned what must not run: {}", provider, fmt::join(violations, "; "))};
}

bool restarts_host(const Recipe& recipe) {
  const auto restarts = [](const Action& action) { return action.restarts == Restarts::host; };
  return recipe.needs_host_reset || std::ranges::any_of(recipe.actions, restarts);
}

std::optional<Finding> reboot_gate(const Scope& scope, const Recipe& recipe) {
  const manifest::Policies& policies = scope.inputs.desired.policies;
  if (!restarts_host(recipe) || policies.reboot == RebootPolicy::allow) return std::nullopt;
  Finding finding{.code = Code::reboot_denied, .what = "it becomes active only when the host restarts"};
  if (policies.reboot == RebootPolicy::in_window) {
    finding.code = Code::feature_not_enforced;
    finding.what =
        "it needs a restart of the host, which may be in a maintenance window only, and this version of "
        "firmform does not enforce windows";
    finding.help = {"Write `policies: {reboot: allow}` to restart the hosts of this plan at any time."};
  }
  if (const auto place = policies.spans.find("reboot"); place != policies.spans.end()) {
    finding.span = place->second;
    finding.label = "says when a host may restart";
  }
  return finding;
}

void add_recipe(const Scope& scope, const HostDraft& host, const Provider& provider, ChangeDraft& draft) {
  const ChangeRequest request{.host = *host.snapshot,
                              .component = *draft.component,
                              .entry = *draft.entry,
                              .image = *draft.image,
                              .policies = scope.inputs.desired.policies,
                              .kind = draft.change.kind};
  auto answer = provider.plan_change(request);
  if (const auto* impossible = std::get_if<Impossible>(&answer)) {
    return block(scope, draft, from_provider(impossible->reason, draft));
  }
  auto& recipe = std::get<Recipe>(answer);
  const std::vector<std::string> broken = violations(recipe, request);
  if (!broken.empty()) return block(scope, draft, broken_contract(host.snapshot->provider, broken));
  if (const auto denied = reboot_gate(scope, recipe)) return block(scope, draft, *denied);
  for (const Reason& warning : recipe.warnings) warn(scope, draft, from_provider(warning, draft));
  draft.recipe = std::make_unique<Recipe>(std::move(recipe));
}

Finding would_activate(const ChangeDraft& staged) {
  return {.code = Code::other_version_staged,
          .what = fmt::format("the restart that it needs would activate \"{}\" on {}, where \"{}\" is wanted and "
                              "installed",
                              printable(staged.change.staged.value_or("")), staged.change.address, staged.change.to)};
}

void block_all(const Scope& scope, const std::vector<ChangeDraft*>& drafts, const Finding& finding) {
  for (ChangeDraft* draft : drafts) block(scope, *draft, finding);
}

}  // namespace

void add_recipes(const Scope& scope, HostDraft& host) {
  const Provider* provider = scope.providers.find(host.snapshot->provider);
  for (ChangeDraft& draft : host.changes) {
    if (!draft.is_wanted()) continue;
    if (provider == nullptr) {
      block(scope, draft,
            {.code = Code::unsupported_generation,
             .what = fmt::format("no provider of this version is called \"{}\"", host.snapshot->provider)});
    } else {
      add_recipe(scope, host, *provider, draft);
    }
  }
}

void add_reset(const Scope& scope, HostDraft& host) {
  std::vector<ChangeDraft*> waiting;
  std::vector<std::string> components;
  for (ChangeDraft& draft : host.changes) {
    if (!draft.needs_reset()) continue;
    waiting.push_back(&draft);
    components.push_back(draft.change.address);
  }
  host.reset.reset();
  if (waiting.empty()) return;
  const auto spoils = [](const ChangeDraft& draft) {
    return draft.other_staged && draft.change.kind == ChangeKind::no_op;
  };
  const auto spoiled = std::ranges::find_if(host.changes, spoils);
  if (spoiled != host.changes.end()) return block_all(scope, waiting, would_activate(*spoiled));

  std::ranges::sort(components);
  const Provider& provider = *scope.providers.find(host.snapshot->provider);
  auto answer = provider.plan_host_reset(*host.snapshot, components);
  if (const auto* impossible = std::get_if<Impossible>(&answer)) {
    for (ChangeDraft* draft : waiting) block(scope, *draft, from_provider(impossible->reason, *draft));
    return;
  }
  auto& reset = std::get<Action>(answer);
  const std::vector<std::string> broken = violations_of_reset(reset, *host.snapshot);
  if (!broken.empty()) return block_all(scope, waiting, broken_contract(host.snapshot->provider, broken));
  reset.components = std::move(components);
  host.reset = std::move(reset);
}

}  // namespace firmform::plan
