// SPDX-License-Identifier: Apache-2.0
// What /status answers.
#include "engine/base/time_text.h"
#include "engine/watch/state.h"

namespace firmform::watch {
namespace {

json::Value seconds(Duration duration) {
  return json::Value(static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count()));
}

template <class Count>
json::Value number(Count count) {
  return json::Value(static_cast<std::int64_t>(count));
}

json::Value time_or_null(const std::optional<UtcTime>& time) {
  return time ? json::Value(to_rfc3339(*time)) : json::Value();
}

json::Value counts(const std::map<std::string, std::size_t>& map) {
  json::Object object;
  for (const auto& [name, count] : map) object[name] = number(count);
  return object;
}

json::Value picture_json(const Picture& picture) {
  json::Object drift;
  for (const auto& [name, count] : picture.drift) drift[std::string(to_string(name))] = number(count);
  json::Object object;
  object["hosts"] = number(picture.hosts);
  object["hosts_in_line"] = number(picture.hosts_in_line);
  object["hosts_by_status"] = counts(picture.hosts_by_status);
  object["drift"] = std::move(drift);
  object["actions"] = number(picture.actions);
  return object;
}

json::Value flap_json(const Flap& flap) {
  json::Object object;
  object["host"] = json::Value(flap.host);
  object["component"] = json::Value(flap.component);
  object["name"] = json::Value(flap.name);
  object["to"] = json::Value(flap.to);
  object["changes"] = number(flap.changes);
  object["until"] = json::Value(to_rfc3339(flap.until));
  return object;
}

}  // namespace

json::Value cycle_json(const Cycle& cycle) {
  json::Array flaps;
  for (const Flap& flap : cycle.flaps) flaps.push_back(flap_json(flap));
  json::Array notes;
  for (const std::string& note : cycle.notes) notes.emplace_back(note);
  json::Object object;
  object["number"] = number(cycle.number);
  object["cause"] = json::Value(std::string(to_string(cycle.cause)));
  object["began"] = json::Value(to_rfc3339(cycle.began));
  object["seconds"] = seconds(cycle.took);
  object["result"] = json::Value(std::string(to_string(cycle.result)));
  object["revision"] = json::Value(cycle.revision);
  object["manifest_valid"] = json::Value(cycle.manifest_valid);
  object["fleet"] = cycle.picture ? picture_json(*cycle.picture) : json::Value();
  object["flapping"] = std::move(flaps);
  object["run_id"] = cycle.run_id.empty() ? json::Value() : json::Value(cycle.run_id);
  object["outcomes"] = counts(cycle.outcomes);
  object["notes"] = std::move(notes);
  return object;
}

json::Value status_json(const State& state) {
  const auto why_not = not_ready(state);
  json::Object object;
  object["format_version"] = json::Value("1.0");
  object["version"] = json::Value(state.tool_version);
  object["started"] = json::Value(to_rfc3339(state.started));
  object["phase"] = json::Value(std::string(to_string(state.phase)));
  object["ready"] = json::Value(!why_not.has_value());
  object["not_ready_because"] = why_not ? json::Value(*why_not) : json::Value();
  object["apply"] = json::Value(state.apply ? "automatic" : "never");
  object["interval_seconds"] = seconds(state.interval);
  object["jitter_seconds"] = seconds(state.jitter);
  object["revision"] = json::Value(state.revision);
  object["revision_problem"] = state.revision_problem.empty() ? json::Value() : json::Value(state.revision_problem);
  object["last_success"] = time_or_null(state.last_success);
  object["next"] = time_or_null(state.next);
  object["last_cycle"] = state.last ? cycle_json(*state.last) : json::Value();
  object["fleet"] = state.picture ? picture_json(*state.picture) : json::Value();
  return object;
}

}  // namespace firmform::watch
