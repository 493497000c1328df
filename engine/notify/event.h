// SPDX-License-Identifier: Apache-2.0
// Event: something that happened, as the JSON that receivers are sent (schemas/notification.v1.schema.json). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/apply/view.h"
#include "engine/report/fleet_report.h"

namespace firmform::notify {

enum class EventKind { drift, changes, started, waits, succeeded, failed };

/// The word in `notifications: {NAME: {on: […]}}`.
[[nodiscard]] std::string_view to_string(EventKind kind);
[[nodiscard]] std::optional<EventKind> parse_event_kind(std::string_view text);

struct Event {
  EventKind kind = EventKind::drift;
  std::string id;    ///< equal for all attempts and receivers, so that these can drop what they have
  UtcTime at{};      ///< when it happened
  std::string body;  ///< JSON, at most 64 KiB; no secrets
};

/// What makes one event another than the next.
struct Stamp {
  std::string id;
  std::string tool_version;
};

/// 32 random hexadecimal digits.
[[nodiscard]] std::string make_event_id();

/// What `drift` found. `digest` in the body is equal for equal drift, whenever it is found.
[[nodiscard]] Event drift_event(const report::FleetReport& report, const Stamp& stamp);
/// What a plan would change; `digest` likewise.
[[nodiscard]] Event changes_event(const report::FleetReport& report, const Stamp& stamp);

/// What is known of a run while it goes on.
struct RunFacts {
  std::string verb;  ///< "apply", "resume", "watch"
  std::string run_id;
  std::string plan_id;
  std::string manifest_digest;
  std::size_t hosts = 0;  ///< with actions
  std::size_t actions = 0;
};

[[nodiscard]] RunFacts facts_of(std::string verb, const plan::Plan& plan, std::string run_id);

[[nodiscard]] Event started_event(const RunFacts& run, bool resumed, UtcTime at, const Stamp& stamp);
/// Without `until`, a person must go on.
[[nodiscard]] Event waits_event(const RunFacts& run, const std::string& reason, std::optional<UtcTime> until,
                                UtcTime at, const Stamp& stamp);
/// `succeeded` when every host is done or scheduled, `waits` when the rollout is paused, else `failed`.
[[nodiscard]] Event finished_event(const RunFacts& run, const apply::Summary& summary, UtcTime at, const Stamp& stamp);

}  // namespace firmform::notify
