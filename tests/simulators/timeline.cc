// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/timeline.h"

#include <utility>

namespace firmform::simulators {

void Timeline::at(UtcTime when, Half half, Action action) {
  events_.emplace(when, Event{half, std::move(action)});
}

void Timeline::forget(Half half) {
  std::erase_if(events_, [half](const auto& entry) { return entry.second.half == half; });
}

void Timeline::run(UtcTime until, UtcTime& clock) {
  while (!events_.empty() && events_.begin()->first <= until) {
    // Taken out first: the action may add events and forget others.
    auto event = events_.extract(events_.begin());
    if (event.key() > clock) clock = event.key();
    event.mapped().action();
  }
  if (until > clock) clock = until;
}

std::optional<UtcTime> Timeline::next() const {
  if (events_.empty()) return std::nullopt;
  return events_.begin()->first;
}

}  // namespace firmform::simulators
