// SPDX-License-Identifier: Apache-2.0
// Machine: one host with its BMC, as far as a plan can tell. It carries out actions by their declared meaning, in the
// time that they are expected to take. It knows no clock: whoever asks says what time it is.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/inventory/health.h"
#include "engine/inventory/snapshot.h"
#include "engine/plan/plan.h"
#include "engine/simulate/meaning.h"

namespace firmform::simulate {

/// Half open.
struct Period {
  UtcTime start{};
  UtcTime end{};
  [[nodiscard]] bool contains(UtcTime time) const { return start <= time && time < end; }
};

/// What becomes of a request that the BMC has taken.
struct Deed {
  UtcTime begun{};
  UtcTime ends{};
  bool fails = false;            ///< the BMC says so at the end, and nothing has changed
  bool changes_nothing = false;  ///< the BMC says that it went well
};

class Machine {
 public:
  /// Gives the Id of a new window by its name.
  using WindowId = std::function<std::string(const inventory::HostSnapshot& host, std::string_view name)>;

  Machine(inventory::HostSnapshot snapshot, WindowId window_id);

  /// Nobody reaches the BMC meanwhile.
  void add_outage(Period period) { outages_.push_back(period); }
  void appoint(const Appointed& work);
  /// From then on a fan is critical.
  void sicken(UtcTime from) { sick_from_ = from; }

  [[nodiscard]] bool answers(UtcTime now) const;
  /// The BMC works, or the host restarts.
  [[nodiscard]] bool is_busy(UtcTime now);
  [[nodiscard]] inventory::HostSnapshot seen(UtcTime now);
  [[nodiscard]] inventory::Health health(UtcTime now) const;

  /// The BMC takes the request: its effects come by themselves when their time has come. Returns when the BMC itself
  /// restarts and when the host does.
  struct Restart {
    plan::Restarts what;
    Period period;
  };
  std::vector<Restart> begin(const plan::Action& action, const Meaning& meaning, Deed deed);
  [[nodiscard]] const Deed* deed(plan::ActionId action) const;
  /// What an inventory will show when all that is under way has come to its end.
  [[nodiscard]] inventory::HostSnapshot at_rest(UtcTime now);
  /// What the model could not do, for lack of a meaning.
  [[nodiscard]] const std::vector<std::string>& puzzles() const { return puzzles_; }

 private:
  /// What becomes true at a time.
  struct Due {
    std::vector<VersionEffect> versions;
    std::vector<plan::Condition> resources;
    std::vector<std::string> queue_entries;  ///< addresses of what the queue has done
    bool is_post = false;                    ///< the boot firmware works on the queue
    bool is_appointed = false;               ///< the BMC works on what waits for windows that have opened
  };

  void advance(UtcTime now);
  void apply(const Due& due, UtcTime at);
  [[nodiscard]] bool is_over(const inventory::QueueEntry& entry, const Due& due, UtcTime at) const;
  void set_version(const VersionEffect& effect);

  inventory::HostSnapshot snapshot_;
  WindowId window_id_;
  std::multimap<UtcTime, Due> due_;
  std::vector<Period> outages_;
  std::vector<Period> posts_;
  std::map<plan::ActionId, Deed> deeds_;
  std::optional<Period> work_;
  std::string work_name_;
  std::optional<UtcTime> sick_from_;
  std::vector<std::string> puzzles_;
};

}  // namespace firmform::simulate
