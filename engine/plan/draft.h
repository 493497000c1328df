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
#include "engine/plan/memory.h"

namespace firmform::plan {

/// Everything that the steps of planning share.
struct Scope {
  const Inputs& inputs;
  const Providers& providers;
  Findings& findings;
  std::shared_ptr<Memory> memory = std::make_shared<Memory>();
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

/// How a change is made, or one step of it.
struct Work {
  std::vector<Action> actions;  ///< writes, in order
  bool needs_host_reset = false;
  std::optional<Action> verify;  ///< after the restart of the host, where there is one
  std::vector<Action> cleanup;   ///< after `verify`
  /// The BMC does it by itself in a window: the restart is an entry of its queue, and nobody waits to verify.
  bool scheduled = false;
  std::optional<Action> hold;  ///< right after the writes: the host must be left as it is
  std::size_t round = 0;       ///< of firmware: the restart of the host that it comes before
  std::size_t rank = 0;        ///< of firmware: its place among the steps of the host
};

/// A version on the way to the wanted one.
struct WayStop {
  const manifest::FirmwareEntry* entry = nullptr;  ///< that would ask for just this version
  const manifest::ViaStep* via = nullptr;
  const catalog::CatalogImage* image = nullptr;
};

struct ChangeDraft {
  Change change;
  Phase phase = Phase::firmware;
  SourceSpan span;                  ///< of the manifest line that asks for it; line 0: none
  std::vector<std::size_t> needs;   ///< indices into HostDraft::changes of what must be done before
  std::vector<std::size_t> serves;  ///< places of changes that its actions belong to as well
  bool is_means = false;            ///< nobody declared it: it is there for those that need it, and goes with them
  std::unique_ptr<Work> work;       ///< of a wanted change; chain() uses it up
  std::vector<Work> further;        ///< of firmware that gets there in several steps: those after the first

  const catalog::CatalogImage* image = nullptr;  ///< that is flashed or stored
  std::vector<std::string> files;                ///< of the repository that an install set names

  // Of firmware.
  const manifest::FirmwareEntry* entry = nullptr;
  std::vector<std::size_t> entries;                 ///< places in the baseline of all entries that ask for it
  const inventory::Component* component = nullptr;  ///< null when the selector matched nothing
  std::vector<WayStop> stops;  ///< versions that lie between the installed and the wanted one, in the order of the way
  std::vector<std::size_t> route;   ///< places in `stops` that the way leads through
  std::vector<bool> needs_restart;  ///< by stop, the wanted version last: it is active after a restart of the host
  std::optional<ChangeKind> comes_later;  ///< its first step is for a later plan; what it was before it was put off
  std::vector<std::string> queue_names;   ///< of the entries that the BMC's queue gets for it
  bool restarts_host = false;             ///< in whatever way
  bool lacks_restart = false;             ///< it is active after a restart of the host that is not part of its own work
  Duration in_window{0};      ///< what the BMC is expected to need for it in a window, the restart of the host excluded
  bool other_staged = false;  ///< a version that nobody asked for waits for a restart

  /// Something is to be sent for it.
  [[nodiscard]] bool is_wanted() const;
  [[nodiscard]] bool is_firmware() const { return change.resource == ResourceType::firmware; }
  [[nodiscard]] bool wants_firmware() const { return is_firmware() && is_wanted(); }
  /// Nothing needed it after all, so the plan does not show it.
  [[nodiscard]] bool is_dropped() const { return is_means && change.kind == ChangeKind::no_op; }
  [[nodiscard]] bool is_scheduled() const { return work != nullptr && work->scheduled && !comes_later; }
  [[nodiscard]] std::size_t steps() const { return work == nullptr ? 0 : 1 + further.size(); }
  [[nodiscard]] Work& step(std::size_t number) { return number == 0 ? *work : further[number - 1]; }
  [[nodiscard]] const Work& step(std::size_t number) const { return number == 0 ? *work : further[number - 1]; }
  /// By the run itself, at the end of that round.
  [[nodiscard]] bool needs_reset(std::size_t round) const;
};

struct HostDraft {
  const manifest::DesiredHost* desired = nullptr;
  const inventory::HostSnapshot* snapshot = nullptr;
  const Provider* provider = nullptr;            ///< null: this version has none of that name
  const manifest::Baseline* baseline = nullptr;  ///< null: nothing is wanted
  std::vector<Finding> gates;                    ///< what forbids any write on the host
  std::vector<Finding> firmware_gates;           ///< what forbids flashes beside that
  std::vector<ChangeDraft> changes;
  std::vector<Reason> problems;               ///< why nothing is planned at all
  std::vector<std::optional<Action>> resets;  ///< restarts of the host, by round
  /// By round: why what its restart activates could not share an earlier one.
  std::vector<std::vector<std::string>> because;
  std::vector<std::size_t> arranged;       ///< places of the changes that rounds and ranks were last worked out for
  std::vector<std::string> restored;       ///< categories of settings that are put back after flashes
  bool keeps_order = false;                ///< changes come as they stand, whatever their phase
  std::optional<Appointment> appointment;  ///< when the BMC installs firmware by itself; absent: now
  UtcTime latest{};  ///< that its queue may get the work at: later, the work would not end in its window
  /// A copy of `snapshot` for steps that find other versions than there are now; made when it is needed.
  std::unique_ptr<inventory::HostSnapshot> rehearsal;
  std::optional<HeldWindow> held;  ///< that apply keeps the host's work in

  [[nodiscard]] const std::string& name() const { return desired->name; }
  [[nodiscard]] bool is_held() const;       ///< something of it cannot be done
  [[nodiscard]] bool is_restarted() const;  ///< by the run itself
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
