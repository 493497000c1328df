// SPDX-License-Identifier: Apache-2.0
// One run at the terminal: lock, journal, view and signals around the engine's apply; shared by apply and
// resume.
#pragma once

#include <functional>

#include "engine/apply/run.h"
#include "engine/cli/runtime.h"

namespace firmform::cli {

class RunSession {
 public:
  /// Takes the lock and opens the journal under `directory`/.firmform. Options used: parallelism, wait-for-window,
  /// ignore-window with reason. Problems are printed.
  [[nodiscard]] static OrExit<std::unique_ptr<RunSession>> open(const std::filesystem::path& directory,
                                                                std::string_view verb, const Arguments& arguments,
                                                                Context& context);
  ~RunSession();

  /// Whether a new run may start; the reason against is printed.
  [[nodiscard]] Exit ready_for_new_run() const;
  /// The loop, clock, transport and secrets of the run.
  [[nodiscard]] Runtime& runtime();
  /// Told everything beside the view that the options ask for. Before start() or resume() only.
  void add_view(std::unique_ptr<apply::View> view);
  /// Kept in the journal of the run: policies that a person has overridden for it. Before start() only.
  void record_overrides(std::vector<plan::PolicyResult> overridden);
  /// What the program makes of the run's exit, so that the run's last event tells the same. Before start() only.
  void ends_with(std::function<Exit(Exit)> final_exit);
  /// May be called once, as resume().
  [[nodiscard]] Exit start(const plan::Plan& plan);
  [[nodiscard]] Exit resume();
  /// Of the run that ended; absent when there was none.
  [[nodiscard]] const std::optional<apply::Summary>& summary() const;

 private:
  class Impl;
  explicit RunSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace firmform::cli
