// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/resource.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/plan/contract.h"
#include "engine/plan/steps.h"

namespace firmform::plan {

ChangeDraft begin_resource(const Scope& scope, const HostDraft& host, const Wish& wish) {
  ChangeDraft draft;
  draft.phase = wish.phase;
  draft.span = wish.span;
  draft.change.host = host.name();
  draft.change.resource = wish.type;
  draft.change.address = wish.address;
  draft.change.name = wish.name;
  draft.change.kind = wish.kind;
  if (wish.span.line > 0) draft.change.origin = scope.inputs.sources.describe(wish.span);
  if (const inventory::Staging* staging = host.staging()) {
    draft.change.from = inventory::content_at(*staging, wish.address);
  }
  return draft;
}

void plan_write(const Scope& scope, const HostDraft& host, ChangeDraft& draft, const ResourceWrite& write) {
  for (const Finding& finding : host.gates) block(scope, draft, finding);
  if (!host.gates.empty()) return;
  if (host.provider == nullptr) {
    return block(scope, draft,
                 {.code = Code::unsupported_generation,
                  .what = fmt::format("no provider of this version is called \"{}\"", host.snapshot->provider)});
  }
  const ResourceRequest request{.host = *host.snapshot,
                                .policies = scope.inputs.desired.policies,
                                .write = write,
                                .delivery = host.desired->delivery};
  auto answer = host.provider->plan_resource(request);
  if (const auto* impossible = std::get_if<Impossible>(&answer)) {
    return block(scope, draft, from_provider(impossible->reason, draft.span));
  }
  auto& actions = std::get<std::vector<Action>>(answer);
  const std::vector<std::string> broken = violations_of_write(actions, request);
  if (!broken.empty()) return block(scope, draft, broken_contract(host.snapshot->provider, broken));
  for (Action& action : actions) expect_as_learned(scope, host, action);
  draft.work = std::make_unique<Work>(Work{.actions = std::move(actions)});
}

std::size_t add_change(HostDraft& host, ChangeDraft draft) {
  host.changes.push_back(std::move(draft));
  return host.changes.size() - 1;
}

void block_behind(const Scope& scope, HostDraft& host) {
  bool moved = true;
  while (moved) {
    moved = false;
    for (ChangeDraft& draft : host.changes) {
      if (!draft.is_wanted()) continue;
      const auto is_blocked = [&](std::size_t place) { return host.changes[place].change.kind == ChangeKind::blocked; };
      const auto blocked = std::ranges::find_if(draft.needs, is_blocked);
      if (blocked == draft.needs.end()) continue;
      const Change& first = host.changes[*blocked].change;
      block(scope, draft,
            {.code = Code::predecessor_blocked,
             .what = fmt::format("{} must be done first, and it is blocked ({})", first.address,
                                 to_string(first.reasons.back().code)),
             .help = {fmt::format("Mend what blocks {}.", first.address)},
             .span = draft.span,
             .label = "asked for here",
             .group = first.address});
      moved = true;
    }
  }
}

void drop_unneeded(HostDraft& host) {
  bool moved = true;
  while (moved) {
    moved = false;
    std::vector<bool> is_needed(host.changes.size(), false);
    for (const ChangeDraft& draft : host.changes) {
      if (!draft.is_wanted()) continue;
      for (const std::size_t place : draft.needs) is_needed[place] = true;
    }
    for (std::size_t place = 0; place < host.changes.size(); ++place) {
      ChangeDraft& draft = host.changes[place];
      if (!draft.is_means || !draft.is_wanted() || is_needed[place]) continue;
      draft.change.kind = ChangeKind::no_op;
      draft.work.reset();
      moved = true;
    }
  }
}

bool has_work(const HostDraft& host) {
  return std::ranges::any_of(host.changes, &ChangeDraft::is_wanted);
}

Finding from_provider(const Reason& reason, const SourceSpan& span) {
  return {.code = reason.code, .what = reason.text, .help = reason.help, .span = span, .label = "for this entry"};
}

Finding broken_contract(const std::string& provider, const std::vector<std::string>& violations) {
  return {.code = Code::internal_error,
          .what = fmt::format("provider {} planned what must not run: {}", provider, fmt::join(violations, "; "))};
}

}  // namespace firmform::plan
