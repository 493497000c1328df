// SPDX-License-Identifier: Apache-2.0
// What is known of a run at a moment: who is at work on what, how many are done, and how long it still takes. Fed by
// the views for people, which only differ in how they show it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/apply/view.h"

namespace firmform::report {

/// A host that is worked on. Texts are fit for a terminal.
struct HostAtWork {
  std::string host;
  std::size_t order = 0;       ///< of the hosts that were begun
  std::string phase;           ///< "push ilo5_312.bin to the iLO"
  std::string text;            ///< what the BMC says of it; may be empty
  std::optional<int> percent;  ///< of the phase
  std::size_t step = 0;        ///< of the host's actions, from 1; 0: before the first
  std::size_t steps = 0;
  Duration of_phase{0};      ///< since the phase began
  Duration of_host{0};       ///< since the host began
  Duration left{0};          ///< of the host, expected
  Duration expected{0};      ///< of the phase
  Duration over{0};          ///< how much longer the phase takes than expected, as far as one can tell now
  bool is_measured = false;  ///< the percentage says how long the phase still takes
  double fraction = 0;       ///< of the host's time that has passed

  /// Clearly longer than expected.
  [[nodiscard]] bool is_late() const;
};

class RunProgress {
 public:
  /// `hosts_in_flight`: at most, if the plan says no less.
  void begin(const plan::Plan& plan, SteadyTime now, int hosts_in_flight);
  void wave_begins(const plan::Wave& wave, std::size_t index, std::size_t waves);
  void wave_ends(const plan::Wave& wave);
  void waits(std::string reason, std::optional<UtcTime> until);
  void host_begins(const std::string& host, SteadyTime now);
  void action_begins(const plan::Action& action, SteadyTime now);
  /// False when nothing that a person would notice is new.
  bool action_says(const plan::Action& action, std::optional<int> percent, const std::string& text, SteadyTime now);
  /// How long the action took, where its beginning was seen.
  std::optional<Duration> action_ends(const plan::Action& action, SteadyTime now);
  void host_ends(const std::string& host, apply::HostResult result);

  [[nodiscard]] std::size_t hosts() const { return hosts_.size(); }
  [[nodiscard]] std::size_t finished() const { return finished_; }
  [[nodiscard]] std::size_t count(apply::HostResult result) const;
  [[nodiscard]] std::size_t at_work() const { return working_.size(); }
  [[nodiscard]] std::size_t waiting() const { return hosts_.size() - finished_ - working_.size(); }
  /// The `most` that deserve a look: those first that are late, then those that began first; when all fit, in the order
  /// in which they began.
  [[nodiscard]] std::vector<HostAtWork> at_work(SteadyTime now, std::size_t most) const;
  /// Of the expected time of all hosts.
  [[nodiscard]] double fraction(SteadyTime now) const;
  /// Until the end of the run, through waves, soaks and limits, when nothing fails and nobody is waited for; absent
  /// when a person must go on first.
  [[nodiscard]] std::optional<Duration> left(SteadyTime now, UtcTime utc_now) const;
  [[nodiscard]] Duration elapsed(SteadyTime now) const { return now - start_; }
  /// "canary, wave 1 of 3"; empty outside of waves.
  [[nodiscard]] const std::string& wave() const { return wave_; }
  struct Wait {
    std::string reason;
    std::optional<UtcTime> until;
  };
  /// What the run as a whole waits for.
  [[nodiscard]] const std::optional<Wait>& wait() const { return wait_; }

 private:
  struct Step {
    plan::ActionId id = 0;
    Duration expected{0};
  };
  struct Host {
    std::vector<Step> steps;
    Duration expected{0};  ///< of all
    Duration done{0};      ///< of those before the one that is at work
    Duration ahead{0};     ///< of those behind the one that is at work, or of all when none is
    std::vector<std::string> after;
    bool is_over = false;
  };
  struct Work {
    std::size_t order = 0;
    SteadyTime host_since;
    SteadyTime since;
    std::size_t step = 0;  ///< from 1
    Duration expected{0};
    std::string phase;
    std::string text;
    std::optional<int> percent;
  };

  Work& work_of(const std::string& host, SteadyTime now);
  [[nodiscard]] double pace() const;
  [[nodiscard]] Duration paced(Duration expected) const;
  [[nodiscard]] Duration left_of_phase(const Work& work, SteadyTime now) const;
  [[nodiscard]] Duration left_of(const std::string& name, const Host& host, SteadyTime now) const;
  [[nodiscard]] Duration spent_on(const std::string& name, const Host& host, SteadyTime now) const;
  [[nodiscard]] HostAtWork shown(const std::string& name, const Work& work, SteadyTime now) const;
  [[nodiscard]] std::vector<std::string> working_first(const std::vector<std::string>& hosts) const;
  [[nodiscard]] Duration rehearsed(SteadyTime now) const;

  std::map<std::string, Host> hosts_;
  std::map<std::string, Work> working_;
  std::map<apply::HostResult, std::size_t> results_;
  plan::RolloutPlan rollout_;  ///< of a plan without one: a single wave
  std::vector<bool> wave_over_;
  std::size_t in_flight_ = 1;
  std::size_t finished_ = 0;
  std::size_t begun_ = 0;
  SteadyTime start_{};
  std::string wave_;
  std::optional<Wait> wait_;
  // Of the actions that succeeded, for the pace.
  Duration measured_{0};
  Duration foreseen_{0};
  Duration usual_{0};  ///< expected of an average action: what the plan's word weighs against the measured
};

/// "less than a minute", "4m", "1h20m": rounded up, so that it does not flicker.
[[nodiscard]] std::string rough_text(Duration duration);

}  // namespace firmform::report
