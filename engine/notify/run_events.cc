// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <set>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/notify/event_parts.h"

namespace firmform::notify {
namespace {

using apply::HostResult;

constexpr std::array kResults = {
    HostResult::done,    HostResult::scheduled, HostResult::failed, HostResult::unreachable, HostResult::moved,
    HostResult::unknown, HostResult::deferred,  HostResult::held,   HostResult::skipped,     HostResult::detached};

json::Object run_body(const Opening& opening, const Stamp& stamp, const RunFacts& run) {
  json::Object body = open_body(opening, stamp);
  body.append(
      "run",
      json::Object{
          {"id", run.run_id}, {"plan_id", run.plan_id}, {"hosts", count(run.hosts)}, {"actions", count(run.actions)}});
  return body;
}

Opening opening_of(EventKind kind, const RunFacts& run, UtcTime at, Gravity gravity, std::string summary) {
  return {.kind = kind,
          .at = at,
          .verb = run.verb,
          .manifest_digest = run.manifest_digest,
          .gravity = gravity,
          .summary = std::move(summary)};
}

EventKind kind_of(Exit exit) {
  if (exit == Exit::ok || exit == Exit::scheduled) return EventKind::succeeded;
  return exit == Exit::paused ? EventKind::waits : EventKind::failed;
}

Gravity gravity_of(EventKind kind) {
  if (kind == EventKind::failed) return Gravity::error;
  return kind == EventKind::waits ? Gravity::warning : Gravity::info;
}

std::string results_text(const apply::Summary& summary) {
  std::vector<std::string> parts;
  for (const HostResult result : kResults) {
    const std::size_t number = summary.count(result);
    if (number > 0) parts.push_back(fmt::format("{} {}", number, to_string(result)));
  }
  return parts.empty() ? "no host had anything to do" : fmt::format("{}", fmt::join(parts, ", "));
}

json::Object results_json(const apply::Summary& summary) {
  json::Object results;
  for (const HostResult result : kResults) {
    results.append(std::string(apply::to_string(result)), count(summary.count(result)));
  }
  return results;
}

json::Value failure_json(const std::string& host, const apply::HostOutcome& outcome) {
  json::Object object{{"host", shortened(host)}, {"result", to_string(outcome.result)}};
  object.append("code", firmform::to_string(outcome.error->code()));
  object.append("message", shortened(outcome.error->message()));
  return object;
}

}  // namespace

RunFacts facts_of(std::string verb, const plan::Plan& plan, std::string run_id) {
  std::set<std::string_view> hosts;
  for (const plan::Action& action : plan.actions) hosts.insert(action.host);
  return {.verb = std::move(verb),
          .run_id = std::move(run_id),
          .plan_id = plan.header.id,
          .manifest_digest = plan.header.manifest_digest,
          .hosts = hosts.size(),
          .actions = plan.actions.size()};
}

Event started_event(const RunFacts& run, bool resumed, UtcTime at, const Stamp& stamp) {
  const std::string summary = fmt::format("run {} {}: {} on {}", run.run_id, resumed ? "resumed" : "started",
                                          counted(run.actions, "action"), counted(run.hosts, "host"));
  const Opening opening = opening_of(EventKind::started, run, at, Gravity::info, summary);
  json::Object body = run_body(opening, stamp, run);
  body.append("resumed", resumed);
  return close_body(opening, stamp, std::move(body));
}

Event waits_event(const RunFacts& run, const std::string& reason, std::optional<UtcTime> until, UtcTime at,
                  const Stamp& stamp) {
  const std::string end = until ? fmt::format("until {}", to_rfc3339(*until)) : "until a person goes on";
  const std::string summary = fmt::format("run {} waits {}: {}", run.run_id, end, shortened(reason));
  const Opening opening = opening_of(EventKind::waits, run, at, until ? Gravity::info : Gravity::warning, summary);
  json::Object body = run_body(opening, stamp, run);
  body.append("reason", shortened(reason));
  body.append("until", until ? json::Value(to_rfc3339(*until)) : json::Value());
  return close_body(opening, stamp, std::move(body));
}

Event finished_event(const RunFacts& run, const apply::Summary& summary, UtcTime at, const Stamp& stamp) {
  const Exit exit = summary.exit();
  const EventKind kind = kind_of(exit);
  const Opening opening =
      opening_of(kind, run, at, gravity_of(kind), fmt::format("run {}: {}", run.run_id, results_text(summary)));
  json::Object body = run_body(opening, stamp, run);
  body.append("exit", exit_json(exit));
  const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(summary.elapsed);
  body.append("elapsed_seconds", std::int64_t{elapsed.count()});
  body.append("results", results_json(summary));
  json::Array failures;
  std::size_t omitted = 0;
  for (const auto& [host, outcome] : summary.hosts) {
    if (!outcome.error) continue;
    if (failures.size() < kMostEntries) {
      failures.push_back(failure_json(host, outcome));
    } else {
      ++omitted;
    }
  }
  body.append("omitted", count(omitted));
  body.append("failures", std::move(failures));
  return close_body(opening, stamp, std::move(body));
}

}  // namespace firmform::notify
