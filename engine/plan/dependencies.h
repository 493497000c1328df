// SPDX-License-Identifier: Apache-2.0
// What must come first: `after` within a host, and whatever changes of other things need. What versions require of each
// other is in paths.h.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/draft.h"

namespace firmform::plan {

/// One change of a host before another, and the manifest line that says so.
struct Wait {
  std::size_t before;  ///< indices into HostDraft::changes
  std::size_t after;
  SourceSpan span;
};

/// Blocks wanted changes whose predecessor is blocked, and theirs in turn.
void block_dependents(const Scope& scope, HostDraft& host);

/// The waits for firmware among those, by `after`.
[[nodiscard]] std::vector<Wait> orders_of(const HostDraft& host);

/// The waits among the changes that are still wanted.
[[nodiscard]] std::vector<Wait> waits_of(const HostDraft& host);

/// Entries of `baseline` that an `after` text names: by their exact selector, else by glob.
[[nodiscard]] std::vector<std::size_t> entries_named(const manifest::Baseline& baseline, const std::string& name);

}  // namespace firmform::plan
