// SPDX-License-Identifier: Apache-2.0
// What the planner knows about a host while it works: changes on their way into the plan.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/finding.h"
#include "engine/plan/make_plan.h"

namespace firmform::plan {

/// Everything that the steps of planning share.
struct Scope {
  const Inputs& inputs;
  const Providers& providers;
  Findings& findings;
};

/// In which part of a host's work a change comes, where nothing else orders it: what is in the way goes first, then
/// come the things that later ones refer to, and what restarts the host comes last.
enum class Phase {
  clear_queue,
  remove_install_set,
  remove_image,
  remove_window,
  store,
  window,
  install_set,
  firmware,
  restart,  ///< the queue entry that restarts the host after all others of the same window
};

/// How a change is made.
struct Work {
  std::vector<Action> actions;  ///< writes, in order
  bool needs_host_reset = false;
  std::optional<Action> verify;  ///< after the restart of the host, where there is one
  std::vector<Action> cleanup;   ///< after `verify`
  /// The BMC does it by itself in a window: the restart is an entry of its queue, and nobody waits to verify.
  bool scheduled = false;
};

struct ChangeDraft {
  Change change;
  Phase phase = Phase::firmware;
  SourceSpan span;                  ///< of the manifest line that asks for it; line 0: none
  std::vector<std::size_t> needs;   ///< indices into HostDraft::changes of what must be done before
  std::vector<std::size_t> serves;  ///< places of changes that its actions belong to as well
  bool is_means = false;            ///< nobody declared it: it is there for those that need it, and goes with them
  std::unique_ptr<Work> work;       ///< of a wanted change; chain() uses it up

  const catalog::CatalogImage* image = nullptr;  ///< that is flashed or stored
  std::vector<std::string> files;                ///< of the repository that an install set names

  // Of firmware.
  const manifest::FirmwareEntry* entry = nullptr;
  std::vector<std::size_t> entries;                 ///< places in the baseline of all entries that ask for it
  const inventory::Component* component = nullptr;  ///< null when the selector matched nothing
  std::vector<std::string> queue_names;             ///< of the entries that the BMC's queue gets for it
  bool restarts_host = false;                       ///< in whatever way
  bool lacks_restart = false;  ///< it is active after a restart of the host that is not part of its own work
  Duration in_window{0};      ///< what the BMC is expected to need for it in a window, the restart of the host excluded
  bool other_staged = false;  ///< a version that nobody asked for waits for a restart

  /// Something is to be sent for it.
  [[nodiscard]] bool is_wanted() const;
  [[nodiscard]] bool is_firmware() const { return change.resource == ResourceType::firmware; }
  [[nodiscard]] bool wants_firmware() const { return is_firmware() && is_wanted(); }
  /// Nothing needed it after all, so the plan does not show it.
  [[nodiscard]] bool is_dropped() const { return is_means && change.kind == ChangeKind::no_op; }
  /// By the run itself, at its end.
  [[nodiscard]] bool needs_reset() const { return work != nullptr && work->needs_host_reset && !work->scheduled; }
  [[nodiscard]] bool is_scheduled() const { return work != nullptr && work->scheduled; }
};

struct HostDraft {
  const manifest::DesiredHost* desired = nullptr;
  const inventory::HostSnapshot* snapshot = nullptr;
  const Provider* provider = nullptr;            ///< null: this version has none of that name
  const manifest::Baseline* baseline = nullptr;  ///< null: nothing is wanted
  std::vector<Finding> gates;                    ///< what forbids any write on the host
  std::vector<Finding> firmware_gates;           ///< what forbids flashes beside that
  std::vector<ChangeDraft> changes;
  std::vector<Reason> problems;            ///< why nothing is planned at all
  std::optional<Action> reset;             ///< the one restart of the host
  bool keeps_order = false;                ///< changes come as they stand, whatever their phase
  std::optional<Appointment> appointment;  ///< when the BMC installs firmware by itself; absent: now
  UtcTime latest{};  ///< that its queue may get the work at: later, the work would not end in its window

  [[nodiscard]] const std::string& name() const { return desired->name; }
  [[nodiscard]] bool is_held() const;  ///< something of it cannot be done
  /// Null when the BMC keeps nothing beside its firmware.
  [[nodiscard]] const inventory::Staging* staging() const;
  /// Place of the change of the resource at `address`; empty when there is none.
  [[nodiscard]] std::optional<std::size_t> place_of(std::string_view address) const;
};

/// Forbids a change: it stays in the plan, without actions.
void block(const Scope& scope, ChangeDraft& draft, const Finding& finding);
/// Adds a reason that deserves a second look.
void warn(const Scope& scope, ChangeDraft& draft, const Finding& finding);
/// The BMC has the work already and does it later: nothing is to be sent.
void postpone(ChangeDraft& draft, std::string text);

}  // namespace firmform::plan
