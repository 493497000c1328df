// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace firmform::plan {

bool ChangeDraft::is_wanted() const {
  switch (change.kind) {
    case ChangeKind::update:
    case ChangeKind::downgrade:
    case ChangeKind::create:
    case ChangeKind::delete_:
    case ChangeKind::invoke:
      return true;
    case ChangeKind::no_op:
    case ChangeKind::pending:
    case ChangeKind::blocked:
      return false;
  }
  return false;
}

bool ChangeDraft::needs_reset(std::size_t round) const {
  if (!is_wanted()) return false;
  for (std::size_t number = 0; number < steps(); ++number) {
    const Work& one = step(number);
    if (one.round == round && one.needs_host_reset && !one.scheduled) return true;
  }
  return false;
}

bool HostDraft::is_restarted() const {
  return std::ranges::any_of(resets, [](const std::optional<Action>& reset) { return reset.has_value(); });
}

bool HostDraft::is_held() const {
  const auto is_blocked = [](const ChangeDraft& draft) { return draft.change.kind == ChangeKind::blocked; };
  return !problems.empty() || std::ranges::any_of(changes, is_blocked);
}

const inventory::Staging* HostDraft::staging() const {
  return snapshot->staging ? &*snapshot->staging : nullptr;
}

std::optional<std::size_t> HostDraft::place_of(std::string_view address) const {
  const auto is_meant = [&](const ChangeDraft& draft) {
    return !draft.is_firmware() && draft.change.address == address;
  };
  const auto found = std::ranges::find_if(changes, is_meant);
  if (found == changes.end()) return std::nullopt;
  return static_cast<std::size_t>(std::distance(changes.begin(), found));
}

void block(const Scope& scope, ChangeDraft& draft, const Finding& finding) {
  draft.change.kind = ChangeKind::blocked;
  draft.change.scheduled.reset();
  draft.work.reset();
  draft.further.clear();
  draft.comes_later.reset();
  draft.change.path.clear();
  Change& change = draft.change;
  change.reasons.push_back(scope.findings.add(Severity::error, {change.host, change.address, change.origin}, finding));
}

void warn(const Scope& scope, ChangeDraft& draft, const Finding& finding) {
  Change& change = draft.change;
  change.reasons.push_back(
      scope.findings.add(Severity::warning, {change.host, change.address, change.origin}, finding));
}

void postpone(ChangeDraft& draft, std::string text) {
  draft.change.kind = ChangeKind::pending;
  draft.work.reset();
  draft.further.clear();
  const Change& change = draft.change;
  draft.change.reasons.push_back(
      {Code::work_pending, fmt::format("{}/{}: {}", change.host, change.address, std::move(text)), {}});
}

}  // namespace firmform::plan
