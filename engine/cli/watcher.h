// SPDX-License-Identifier: Apache-2.0
// One look at the fleet after the other: manifest, BMCs, plan, policies, flap guard, and the run that carries out what
// may be done. What apply keeps to, a watch keeps to: lock, journal, windows, waves, budgets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/cli/notifying.h"
#include "engine/cli/project.h"
#include "engine/cli/run_session.h"
#include "engine/cli/watch_attendant.h"
#include "engine/cli/watch_console.h"
#include "engine/cli/watch_options.h"
#include "engine/watch/cycle.h"
#include "engine/watch/git_tree.h"

namespace firmform::cli {

/// What a watch lives in; all outlives it.
struct WatchPlace {
  const Arguments& arguments;
  Context& context;
  watch::Board& board;
  watch::Pulse& pulse;
  watch::ServiceManager& manager;
  const Attendant& attendant;
  WatchConsole& console;
};

class Watcher {
 public:
  Watcher(WatchOptions options, WatchPlace place);

  /// With -git: whether the upstream has commits that the work tree does not have. What goes wrong is told by the next
  /// cycle.
  [[nodiscard]] bool has_news();
  /// Never fails as a whole: what stands in the way is in the cycle.
  [[nodiscard]] watch::Cycle reconcile(watch::Cause cause);
  /// Settings of the last manifest that was valid, under those of the command line.
  [[nodiscard]] const manifest::Watch& settings() const { return settings_; }
  /// What the last cycle ends with, for -once.
  [[nodiscard]] Exit exit() const { return exit_; }
  /// A newer revision has ended the last cycle's run before all of its hosts were begun.
  [[nodiscard]] bool is_superseded() const { return superseded_; }

 private:
  struct Look;

  void go(watch::Cycle& cycle);
  void fetch(watch::Cycle& cycle);
  [[nodiscard]] std::optional<Project> open(watch::Cycle& cycle);
  [[nodiscard]] bool take_up_unfinished(const Project& project, watch::Cycle& cycle);
  [[nodiscard]] std::optional<Look> look(const Project& project, watch::Cycle& cycle);
  void show(const Project& project, const Look& look, watch::Cycle& cycle);
  void tell(const Project& project, const Look& look, watch::Cycle& cycle);
  [[nodiscard]] bool may_apply(const Project& project, const Look& look, watch::Cycle& cycle);
  [[nodiscard]] std::optional<plan::Plan> unflapping(const Project& project, const plan::Plan& plan,
                                                     watch::Cycle& cycle);
  [[nodiscard]] bool apply(const Project& project, const plan::Plan& plan, watch::Cycle& cycle);
  [[nodiscard]] OrExit<std::unique_ptr<RunSession>> take_lock(const Project& project, watch::Cycle& cycle);
  Task<void> supersede(std::filesystem::path state, const std::string& run_id);
  template <class Start>
  void carry_out(RunSession& session, const Project& project, watch::Cycle& cycle, Start start);
  void enter(watch::Phase phase);
  void conclude(watch::Cycle& cycle, watch::CycleResult result, Exit exit);
  void fail_cycle(watch::Cycle& cycle, const std::string& rendered, Exit exit);
  void note(watch::Cycle& cycle, const Error& error);

  WatchOptions options_;
  WatchPlace place_;
  watch::GitTree tree_;
  manifest::Watch settings_;
  watch::History history_;
  std::uint64_t cycles_ = 0;
  std::string problems_;        ///< of this cycle, as render() makes them
  std::string findings_;        ///< of manifest and plan, likewise
  std::string told_drift_;      ///< that receivers know of
  std::string known_revision_;  ///< git's commit at hand
  bool dirty_ = false;          ///< the work tree is not as its commit
  bool decided_ = false;        ///< the cycle has its result
  bool superseded_ = false;
  Exit exit_ = Exit::ok;
};

}  // namespace firmform::cli
