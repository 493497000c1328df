// SPDX-License-Identifier: Apache-2.0
// A window whose schedule and time zone were looked up once, to be asked for many occurrences.
#pragma once

#include <optional>
#include <variant>

#include "engine/base/result.h"
#include "engine/base/time_zone.h"
#include "engine/manifest/cron.h"
#include "engine/manifest/recurrence.h"
#include "engine/schedule/occurrence.h"

namespace firmform::schedule {

class WindowTimes {
 public:
  /// Fails with invalid_value for a schedule that cannot be read and a time zone that the machine does not know.
  [[nodiscard]] static Result<WindowTimes> of(const manifest::Window& window);

  /// As next_occurrence().
  [[nodiscard]] std::optional<Occurrence> next(UtcTime now, Duration least) const;

 private:
  struct Never {};
  struct Again {
    std::variant<manifest::Cron, manifest::Recurrence> rule;
    TimeZone zone;
    Duration duration;
  };
  using Kind = std::variant<Never, Occurrence, Again>;

  explicit WindowTimes(Kind kind) : kind_(std::move(kind)) {}
  Kind kind_;
};

}  // namespace firmform::schedule
