// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/draft.h"

#include <algorithm>

namespace firmform::plan {

bool HostDraft::is_held() const {
  const auto is_blocked = [](const ChangeDraft& draft) { return draft.change.kind == ChangeKind::blocked; };
  return !problems.empty() || std::ranges::any_of(changes, is_blocked);
}

void block(const Scope& scope, ChangeDraft& draft, const Finding& finding) {
  draft.change.kind = ChangeKind::blocked;
  draft.recipe.reset();
  Change& change = draft.change;
  change.reasons.push_back(scope.findings.add(Severity::error, {change.host, change.address, change.origin}, finding));
}

void warn(const Scope& scope, ChangeDraft& draft, const Finding& finding) {
  Change& change = draft.change;
  change.reasons.push_back(
      scope.findings.add(Severity::warning, {change.host, change.address, change.origin}, finding));
}

}  // namespace firmform::plan
