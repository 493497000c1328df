// SPDX-License-Identifier: Apache-2.0
// A run as spans: run, checks and waves, hosts, actions.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/apply/view.h"
#include "engine/telemetry/tracer.h"

namespace firmform::telemetry {

class RunSpans final : public apply::View {
 public:
  explicit RunSpans(Tracer& tracer) : tracer_(tracer) {}

  void run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) override;
  void checks_started(std::size_t hosts) override;
  void host_checked(std::size_t done, std::size_t hosts) override;
  void wave_started(const plan::Wave& wave, std::size_t index, std::size_t waves) override;
  void wave_finished(const plan::Wave& wave, const std::string& decision) override;
  void run_waits(const std::string& reason, std::optional<UtcTime> until) override;
  void host_started(const std::string& host) override;
  void action_started(const plan::Action& action) override;
  void action_progress(const plan::Action&, std::optional<int>, const std::string&) override {}
  void action_succeeded(const plan::Action& action, const std::string& detail) override;
  void host_finished(const std::string& host, const apply::HostOutcome& outcome) override;
  void run_finished(const apply::Summary& summary) override;

 private:
  struct HostSpans {
    SpanId span;
    std::map<plan::ActionId, SpanId> actions;  ///< that run
  };
  struct WaveSpan {
    SpanId span;
    std::set<std::string> hosts;
  };
  [[nodiscard]] SpanId above(const std::string& host) const;
  HostSpans& open_host(const std::string& host);
  void close_action(const std::string& host, SpanId span);

  Tracer& tracer_;
  SpanId run_;
  SpanId checks_;
  std::map<std::string, std::string> bmcs_;  ///< URL by host
  std::map<std::string, WaveSpan> waves_;
  std::map<std::string, HostSpans> hosts_;
};

}  // namespace firmform::telemetry
