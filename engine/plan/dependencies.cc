// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/dependencies.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "engine/base/text.h"

namespace firmform::plan {
namespace {

/// What one change waits for, or why it cannot be done.
struct Dependencies {
  std::vector<Wait> waits;
  std::optional<Finding> problem;
};

bool asks_for(const ChangeDraft& draft, std::size_t entry) {
  return std::ranges::find(draft.entries, entry) != draft.entries.end();
}

Finding blocked_predecessor(const ChangeDraft& predecessor, const manifest::Text& text) {
  return {.code = Code::predecessor_blocked,
          .what = fmt::format("{} must be done first, and it is blocked ({})", predecessor.change.address,
                              to_string(predecessor.change.reasons.back().code)),
          .span = text.span,
          .label = "must come first"};
}

Finding pending_predecessor(const ChangeDraft& predecessor, const manifest::Text& text) {
  return {.code = Code::predecessor_blocked,
          .what = fmt::format("{} must be done first, and it waits in the BMC's queue", predecessor.change.address),
          .help = {"Plan again when it is done."},
          .span = text.span,
          .label = "must come first"};
}

void follow_after(const HostDraft& host, std::size_t place, const manifest::Text& text, Dependencies& result) {
  const std::vector<std::size_t> entries = entries_named(*host.baseline, text.value);
  for (std::size_t other = 0; other < host.changes.size(); ++other) {
    if (other == place) continue;
    const ChangeDraft& draft = host.changes[other];
    const auto is_meant = [&](std::size_t entry) { return asks_for(draft, entry); };
    if (std::ranges::none_of(entries, is_meant)) continue;
    if (draft.change.kind == ChangeKind::blocked) result.problem = blocked_predecessor(draft, text);
    // What comes into the queue later is done later; what is done at once would overtake it.
    const bool is_pending = draft.change.kind == ChangeKind::pending && !draft.comes_later;
    const bool overtakes = is_pending && !host.changes[place].is_scheduled();
    if (overtakes) result.problem = pending_predecessor(draft, text);
    if (draft.is_wanted()) result.waits.push_back({other, place, text.span});
  }
}

Dependencies dependencies_of(const HostDraft& host, std::size_t place) {
  Dependencies result;
  for (const std::size_t entry : host.changes[place].entries) {
    for (const manifest::Text& text : host.baseline->firmware[entry].after) follow_after(host, place, text, result);
  }
  return result;
}

}  // namespace

std::vector<std::size_t> entries_named(const manifest::Baseline& baseline, const std::string& name) {
  std::vector<std::size_t> exact;
  std::vector<std::size_t> globbed;
  for (std::size_t i = 0; i < baseline.firmware.size(); ++i) {
    const manifest::Selector& selector = baseline.firmware[i].component.value;
    if (selector.name == name || selector.describe() == name) {
      exact.push_back(i);
    } else if (is_glob(name) && glob_match(name, selector.name)) {
      globbed.push_back(i);
    }
  }
  return exact.empty() ? globbed : exact;
}

void block_dependents(const Scope& scope, HostDraft& host) {
  bool moved = true;
  while (moved) {
    moved = false;
    for (std::size_t place = 0; place < host.changes.size(); ++place) {
      if (!host.changes[place].wants_firmware()) continue;
      const Dependencies dependencies = dependencies_of(host, place);
      if (!dependencies.problem) continue;
      block(scope, host.changes[place], *dependencies.problem);
      moved = true;
    }
  }
}

std::vector<Wait> orders_of(const HostDraft& host) {
  std::vector<Wait> waits;
  for (std::size_t place = 0; place < host.changes.size(); ++place) {
    if (!host.changes[place].wants_firmware()) continue;
    std::ranges::move(dependencies_of(host, place).waits, std::back_inserter(waits));
  }
  return waits;
}

std::vector<Wait> waits_of(const HostDraft& host) {
  std::vector<Wait> waits = orders_of(host);
  for (std::size_t place = 0; place < host.changes.size(); ++place) {
    const ChangeDraft& draft = host.changes[place];
    if (!draft.is_wanted()) continue;
    for (const std::size_t before : draft.needs) {
      if (host.changes[before].is_wanted()) waits.push_back({before, place, draft.span});
    }
  }
  return waits;
}

}  // namespace firmform::plan
