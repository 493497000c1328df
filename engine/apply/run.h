// SPDX-License-Identifier: Apache-2.0
// Run: carries out one plan and only that plan. It may leave a step out (already true, host moved, window over) and
// never adds or changes one. Hosts follow one another as the plan's waves and budgets say. All hosts are checked before
// any is changed. A request is durable in the journal before it leaves, is sent once, and after a lost reply or a crash
// is looked for, never blindly repeated.
#pragma once

#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engine/apply/hosts.h"
#include "engine/apply/image_publisher.h"
#include "engine/apply/rollout_state.h"
#include "engine/apply/run_state.h"
#include "engine/apply/view.h"

namespace firmform::apply {

/// Everything a run needs from outside; all outlive it.
struct World {
  Clock& clock;
  Connector& connector;
  const Providers& providers;
  journal::Journal& journal;
  View& view;
  ImagePublisher* images = nullptr;             ///< null: images that BMCs pull from here are refused
  boost::asio::thread_pool* workers = nullptr;  ///< for hashing; null: the loop's own thread
};

struct RunOptions {
  int parallelism = 10;  ///< hosts at work at a time, unless the plan says less
  int checks = 64;       ///< hosts that are read at a time before any is changed
  /// A host whose window opens within this time is waited for; absent: it is deferred.
  std::optional<Duration> wait_for_window;
  /// Why hosts are begun whatever their window says; empty: they are not. Recorded, and holds for the whole run.
  std::string ignore_windows;
  /// Policy rules that a person has overridden for this run; rule, reason and by are recorded.
  std::vector<plan::PolicyResult> overridden;
  /// How often the journal is asked what other processes want of the run; zero: nobody else has this journal.
  Duration listen{0};
};

class FleetRun;

class Run {
 public:
  /// `events` are those of a run that was cut off; of a new run there are none.
  Run(World world, const plan::Plan& plan, std::string run_id, std::span<const journal::Event> events,
      RunOptions options);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run();

  /// Returns when all hosts are done, have stopped, are detached, or are held by a gate of the rollout. Call once.
  Task<Summary> execute();

  /// Starts nothing new, finishes uploads that are being sent, and leaves running flashes to the BMCs.
  /// May be called at any time on the loop's thread.
  void detach();

  [[nodiscard]] const std::string& id() const;
  [[nodiscard]] const plan::Plan& plan() const;

 private:
  std::shared_ptr<FleetRun>
      fleet_;  ///< also held by the hosts' coroutines, which an abandoned loop destroys in any order
};

/// Fails with run_unfinished when an earlier run must be resumed before a new one may start.
[[nodiscard]] Status no_unfinished_run(journal::Journal& journal);

/// Begins a new run in the journal and executes it.
Task<Result<Summary>> start_run(World world, const plan::Plan& plan, RunOptions options,
                                std::function<void(Run&)> started);

/// Takes up the newest run that was not finished, a paused one included; fails with nothing_to_resume.
Task<Result<Summary>> resume_run(World world, RunOptions options, std::function<void(Run&)> started);

}  // namespace firmform::apply
