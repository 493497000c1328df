// SPDX-License-Identifier: Apache-2.0
// Time zones of the machine's database, which is all that programs here know of them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"

namespace date {
class time_zone;
}

namespace firmform {

/// What a clock on a wall shows.
using WallTime = std::chrono::local_time<std::chrono::milliseconds>;

/// Cheap to copy. Later than 2037 a zone keeps the offset that it has then.
class TimeZone {
 public:
  /// By its IANA name, such as "Europe/Paris". "" and "UTC" need no database. Empty when the machine does not know it.
  [[nodiscard]] static std::optional<TimeZone> find(std::string_view name);

  [[nodiscard]] WallTime wall(UtcTime time) const;
  /// The first instant at which clocks show `time` or, where it is skipped, the first one after the gap. Never goes
  /// back as `time` goes on.
  [[nodiscard]] UtcTime utc(WallTime time) const;

 private:
  explicit TimeZone(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_;  ///< null: UTC
};

/// Names that the machine's database has; empty without a database.
[[nodiscard]] std::vector<std::string> time_zone_names();

}  // namespace firmform
