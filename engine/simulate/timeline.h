// SPDX-License-Identifier: Apache-2.0
// Timeline: what happened when in a simulated run, as plain values for text, JSON and pictures.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/apply/view.h"
#include "engine/plan/plan.h"

namespace firmform::simulate {

enum class SpanKind {
  upload,    ///< an image on its way to the BMC
  flash,     ///< the BMC installs it
  resource,  ///< images, windows, sets and queue entries on the BMC
  restart_host,
  restart_bmc,
  verify,  ///< until the inventory shows what was wanted
  hold,
  outage,  ///< the BMC does not answer
};

inline constexpr std::size_t kSpanKinds = 8;

[[nodiscard]] std::string_view to_string(SpanKind kind);  ///< "upload", "restart-host", …

struct Span {
  SpanKind kind = SpanKind::flash;
  plan::ActionId action = 0;
  UtcTime start{};
  UtcTime end{};
  std::string text;
  bool failed = false;
};

/// One host.
struct Lane {
  std::string host;
  std::string model;
  std::optional<std::size_t> wave;  ///< index in Timeline::waves
  std::optional<plan::HeldWindow> window;
  apply::HostResult result = apply::HostResult::done;
  std::string error;               ///< one line; empty when all went well
  std::optional<UtcTime> started;  ///< of the first write; absent: there was none
  std::optional<UtcTime> finished;
  int host_restarts = 0;
  int bmc_restarts = 0;
  std::vector<Span> spans;  ///< by start
};

struct WavePeriod {
  std::string name;
  std::size_t hosts = 0;
  UtcTime start{};
  std::optional<UtcTime> end;
  std::string decision;  ///< why the next wave began, or did not
};

/// The run did nothing.
struct Pause {
  UtcTime start{};
  std::optional<UtcTime> until;  ///< absent: a person had to go on
  std::string reason;
};

/// How much of a limit was used at most.
struct Peak {
  std::string name;  ///< "hosts in flight", "rack a12"
  int limit = 0;     ///< 0: none
  int most = 0;
};

/// A promise of this program that was broken in the simulation.
struct Violation {
  UtcTime at{};
  std::string host;  ///< empty: the run
  std::string text;
};

struct Timeline {
  std::string plan_id;
  std::uint64_t seed = 1;
  std::string faults;  ///< "none", "slow=0.1"
  UtcTime start{};
  UtcTime end{};
  std::vector<Lane> lanes;  ///< hosts with actions, by name
  std::vector<WavePeriod> waves;
  std::vector<Pause> pauses;
  std::vector<Peak> peaks;
  std::vector<Violation> violations;
  std::map<std::string, std::size_t> faults_met;  ///< by kind
  std::size_t hosts = 0;                          ///< of the plan, those without actions included

  [[nodiscard]] Duration elapsed() const { return end - start; }
  [[nodiscard]] std::size_t count(apply::HostResult result) const;
  [[nodiscard]] std::size_t host_restarts() const;
  [[nodiscard]] std::size_t bmc_restarts() const;
  [[nodiscard]] std::size_t flashes() const;
};

/// Windows that lanes were held in, each once, by start.
[[nodiscard]] std::vector<plan::HeldWindow> windows_of(const Timeline& timeline);

/// Most hosts of `lanes` that were in work at the same time: from their first write to their end.
[[nodiscard]] int most_at_once(const std::vector<const Lane*>& lanes);

}  // namespace firmform::simulate
