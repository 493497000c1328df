// SPDX-License-Identifier: Apache-2.0
// Changes of what a BMC keeps beside its firmware: how they come into being, and how they hang together.
#pragma once

#include <string>

#include "engine/plan/draft.h"

namespace firmform::plan {

/// What becomes of one resource.
struct Wish {
  ResourceType type;
  ChangeKind kind;
  Phase phase;
  std::string address;
  std::string name;
  SourceSpan span;  ///< of the manifest line that asks for it; line 0: nobody does, it follows from other changes
};

[[nodiscard]] ChangeDraft begin_resource(const Scope& scope, const HostDraft& host, const Wish& wish);

/// Asks the provider for the actions, or blocks the change.
void plan_write(const Scope& scope, const HostDraft& host, ChangeDraft& draft, const ResourceWrite& write);

/// Adds a change, and returns its place.
std::size_t add_change(HostDraft& host, ChangeDraft draft);

/// Blocks wanted changes one of whose needs is blocked, and theirs in turn.
void block_behind(const Scope& scope, HostDraft& host);

/// Gives up means that nothing needs any more: they become no-ops without a trace.
void drop_unneeded(HostDraft& host);

[[nodiscard]] bool has_work(const HostDraft& host);

/// A provider's reason against a change, as a finding.
[[nodiscard]] Finding from_provider(const Reason& reason, const SourceSpan& span);
[[nodiscard]] Finding broken_contract(const std::string& provider, const std::vector<std::string>& violations);

}  // namespace firmform::plan
