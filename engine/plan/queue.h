// SPDX-License-Identifier: Apache-2.0
// The BMC's installation queue as the planner sees it: what is ours, what became of it, and who else is in there. The
// queue is strictly first in, first out, so an entry that never ends holds up everything behind it.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/draft.h"

namespace firmform::plan {

/// Names of the queue entries that these actions make.
[[nodiscard]] std::vector<std::string> queue_names_of(const std::vector<Action>& actions);

/// Puts preconditions before actions that make queue entries: nothing blocks the queue, and for work in a window that
/// the BMC's clock is right and it is not after `latest` (absent: the work is in no window).
void guard_queue(const Scope& scope, std::optional<UtcTime> latest, std::vector<Action>& actions);

/// How the BMC stands to the entries that a change needs in the queue.
struct Standing {
  enum class Kind {
    absent,   ///< none is there
    waiting,  ///< the BMC does it, now or later
    failed,   ///< they ended without the wanted version, or can never run
  };
  Kind kind = Kind::absent;
  std::string text;  ///< what was seen, for people
  const inventory::QueueEntry* entry = nullptr;
  std::optional<Appointment> appointment;  ///< the window that it waits for
};
[[nodiscard]] Standing standing_of(const Scope& scope, const HostDraft& host, const ChangeDraft& draft);

/// The window that an entry waits for; empty when it waits for none.
[[nodiscard]] std::optional<Appointment> appointment_of(const inventory::Staging& staging,
                                                        const inventory::QueueEntry& entry);

/// Our entry that restarts the host, and waits.
[[nodiscard]] const inventory::QueueEntry* queued_restart(const inventory::HostSnapshot& snapshot);

/// Plans the removal of our entries that block the queue or stand in the way of new ones, and of those of others where
/// the manifest allows it; blocks what would be put behind an entry that never ends.
void clear_queue(const Scope& scope, HostDraft& host);

/// Warns of other people's work that runs before ours, or with our restart.
void heed_others(const Scope& scope, HostDraft& host);

/// This plan takes it out of the queue.
[[nodiscard]] bool is_being_removed(const HostDraft& host, const inventory::QueueEntry& entry);

/// Warns of entries that an earlier plan or verb of ours left in the queue, and that the manifest does not ask for:
/// they still run. Removing them is a person's decision, for a verb may have put them there on purpose.
void heed_leftovers(const Scope& scope, const HostDraft& host);

/// Removes our finished entries that nobody waits for.
void tidy_queue(const Scope& scope, HostDraft& host);

}  // namespace firmform::plan
