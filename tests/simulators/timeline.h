// SPDX-License-Identifier: Apache-2.0
// Timeline: what will happen in a simulated machine, in order of time.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "engine/base/clock.h"

namespace firmform::simulators {

/// Which half of the machine an event belongs to; a restart of one half forgets its events only.
enum class Half { bmc, host };

class Timeline {
 public:
  using Action = std::function<void()>;

  void at(UtcTime when, Half half, Action action);
  /// Forgets the events of one half.
  void forget(Half half);
  /// Runs everything due until `until`, oldest first. `clock` shows each event its own time and ends at `until`.
  void run(UtcTime until, UtcTime& clock);
  [[nodiscard]] std::optional<UtcTime> next() const;

 private:
  struct Event {
    Half half = Half::bmc;
    Action action;
  };
  std::multimap<UtcTime, Event> events_;
};

}  // namespace firmform::simulators
