// SPDX-License-Identifier: Apache-2.0
// Recorder: a view that makes a timeline of what a run tells, together with what the machines did.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/simulate/model_fleet.h"
#include "engine/simulate/timeline.h"

namespace firmform::simulate {

class Recorder final : public apply::View {
 public:
  Recorder(const plan::Plan& plan, const Clock& clock);

  void run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) override;
  void wave_started(const plan::Wave& wave, std::size_t index, std::size_t waves) override;
  void wave_finished(const plan::Wave& wave, const std::string& decision) override;
  void run_waits(const std::string& reason, std::optional<UtcTime> until) override;
  void host_started(const std::string& host) override;
  void action_started(const plan::Action& action) override;
  void action_progress(const plan::Action& action, std::optional<int> percent, const std::string& text) override;
  void action_succeeded(const plan::Action& action, const std::string& detail) override;
  void host_finished(const std::string& host, const apply::HostOutcome& outcome) override;
  void run_finished(const apply::Summary& summary) override;

  /// What happened up to now. `options` are for the record only.
  [[nodiscard]] Timeline timeline(const ModelFleet& fleet, const FleetOptions& options) const;

 private:
  struct Seen {
    std::optional<UtcTime> finished;
    bool moved = false;  ///< something was done on it since
    apply::HostResult result = apply::HostResult::skipped;
    std::string error;
    std::map<plan::ActionId, UtcTime> begun;  ///< of actions that send nothing
    std::vector<Span> spans;
  };

  [[nodiscard]] Lane lane_of(const plan::PlannedHost& host, const ModelFleet& fleet) const;
  void end_span(const std::string& host, plan::ActionId id, bool failed);
  void add_peaks(Timeline& timeline) const;

  const plan::Plan& plan_;
  const Clock& clock_;
  UtcTime start_;
  std::map<std::string, Seen> hosts_;
  std::map<std::string, std::size_t> wave_of_;
  std::vector<WavePeriod> waves_;
  std::vector<Pause> pauses_;
};

}  // namespace firmform::simulate
