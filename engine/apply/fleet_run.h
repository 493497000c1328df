// SPDX-License-Identifier: Apache-2.0
// FleetRun: all hosts of one run, wave after wave. Internal to engine/apply.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/apply/decision.h"
#include "engine/apply/host_run.h"
#include "engine/rollout/rollout.h"

namespace firmform::apply {

class FleetRun : public std::enable_shared_from_this<FleetRun> {
 public:
  FleetRun(World world, const plan::Plan& plan, std::string run_id, std::span<const journal::Event> events,
           RunOptions options);

  Task<Summary> execute();
  void detach();

  [[nodiscard]] const Shared& shared() const { return shared_; }

 private:
  using Actions = std::vector<plan::ActionId>;
  using Self = std::shared_ptr<FleetRun>;

  /// What a host that was not begun can do now.
  struct Turn {
    enum class Kind { begin, wait, end };
    Kind kind = Kind::wait;
    HostOutcome outcome;             ///< to end with
    std::optional<UtcTime> opening;  ///< to wait for its window
  };

  // fleet_run.cc: single hosts
  Task<void> check_untouched_hosts();
  Task<void> check_one(Self self, std::string host, Actions actions);
  static Task<void> spawn(Task<void> task);
  Task<void> begin_touched_hosts();
  Task<void> run_host(Self self, std::string host);
  void end(const std::string& host, HostOutcome outcome);
  [[nodiscard]] bool is_untouched(const std::string& host) const;
  [[nodiscard]] std::optional<HostOutcome> known_end(const std::string& host) const;

  // fleet_waves.cc: who may begin, and when the next wave does
  Task<void> run_waves();
  Task<void> run_wave(std::size_t index);
  Task<std::optional<UtcTime>> begin_who_may(std::list<std::string>& waiting, std::size_t wave);
  Task<void> finish_wave(std::size_t index);
  Task<void> gate_after(std::size_t index);
  [[nodiscard]] Turn turn_of(const std::string& host, std::size_t wave) const;
  [[nodiscard]] std::optional<Turn> turn_by_others(const std::string& host, std::size_t wave) const;
  [[nodiscard]] std::optional<Turn> turn_by_window(const std::string& host) const;
  [[nodiscard]] std::optional<HostOutcome> reason_not_to_start(const std::string& host, std::size_t wave) const;
  [[nodiscard]] bool is_ending() const;
  [[nodiscard]] bool is_left_after(std::size_t index) const;
  void show_wait(std::size_t waiting, std::optional<UtcTime> until);
  Task<void> wait_for_change(std::uint64_t seen, std::optional<Duration> longest);

  // fleet_soak.cc: between two waves
  Task<void> soak(std::size_t index);
  Task<void> look_again(std::size_t index);
  Task<void> look_again_at(Self self, std::string host);

  // fleet_control.cc: what people want of the run
  Task<void> listen(Self self);
  Task<void> hear();
  Task<void> obey(journal::Control control);
  Task<void> ignore_windows();
  Task<void> note_overrides();
  Task<void> note(journal::EventKind kind, std::string subject, std::string detail);
  [[nodiscard]] std::optional<std::size_t> soaking() const;

  Shared shared_;
  RunOptions options_;
  Semaphore check_slots_;
  int most_hosts_;  ///< at work at a time; 0: any number
  rollout::Admission admission_;
  bool in_waves_;                  ///< the plan has a rollout
  std::vector<plan::Wave> waves_;  ///< without a rollout, one of all hosts
  std::vector<Tally> tallies_;     ///< by wave
  std::vector<std::size_t> left_;  ///< by wave: hosts that have not come to an end
  bool hosts_need_hosts_ = false;  ///< an action waits for one of another host
  Tally total_;
  std::optional<Overrun> stopped_;              ///< by the decision after a wave
  std::map<std::string, Actions> work_;         ///< by host
  std::map<std::string, std::size_t> wave_of_;  ///< by host
  std::set<std::string> scheduled_;             ///< hosts that do a part of it by themselves later
  std::set<std::string> touched_;               ///< hosts that an earlier process began
  std::map<std::string, HostOutcome> refused_;  ///< by the checks: nothing is sent to these
  std::set<std::string> begun_;                 ///< in this process
  std::set<std::string> unreachable_;           ///< as far as is known, hosts whose turn has not come included
  std::size_t running_ = 0;
  std::size_t to_check_ = 0;
  std::size_t checked_ = 0;
  bool listening_ = false;
  bool resumed_;
  UtcTime begun_at_{};
  Signal over_;  ///< ends the listening
  std::string shown_wait_;
  Summary summary_;
};

}  // namespace firmform::apply
