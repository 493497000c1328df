// SPDX-License-Identifier: Apache-2.0
#include "engine/report/event_stream.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/change_words.h"
#include "engine/plan/summary.h"
#include "engine/report/diagnostics_json.h"
#include "engine/report/plan_text.h"

namespace firmform::report {
namespace {

using plan::Change;
using plan::ChangeKind;

/// Terraform's word in event streams, where plans say "no-op".
std::string_view event_action(ChangeKind kind) {
  const std::string_view action = plan::terraform_action(kind);
  return action == "no-op" ? "noop" : action;
}

json::Value or_null(const std::optional<std::string>& text) {
  return text ? json::Value(*text) : json::Value();
}

json::Array texts(const std::vector<std::string>& items) {
  json::Array array;
  for (const std::string& item : items) array.emplace_back(item);
  return array;
}

json::Object resource_json(const std::string& host, const std::string& component, const std::string& name,
                           std::string_view type) {
  const std::string address = component.empty() ? host : fmt::format("{}/{}", host, component);
  return {{"addr", address},
          {"module", ""},
          {"resource", address},
          {"resource_type", type},
          {"resource_name", name.empty() ? component : name},
          {"resource_key", json::Value()},
          {"host", host},
          {"component", component}};
}

json::Object change_json(const plan::Plan& plan, const Change& change) {
  json::Object resource =
      resource_json(change.host, change.address, change.name, plan::resource_type_word(change.resource));
  if (const plan::PlannedHost* host = plan.host(change.host)) resource.append("implied_provider", host->provider);
  json::Object object{{"resource", std::move(resource)}, {"action", event_action(change.kind)},
                      {"kind", to_string(change.kind)},  {"reason", plan::action_reason(change)},
                      {"from", or_null(change.from)},    {"to", change.to}};
  if (!change.origin.empty()) object.append("origin", change.origin);
  if (!change.reasons.empty()) {
    json::Array reasons;
    for (const plan::Reason& reason : change.reasons) {
      reasons.emplace_back(json::Object{{"code", firmform::to_string(reason.code)}, {"text", printable(reason.text)}});
    }
    object.append("reasons", std::move(reasons));
  }
  return object;
}

std::string change_text(const Change& change) {
  const std::string address = fmt::format("{}/{}", change.host, change.address);
  if (change.kind == ChangeKind::blocked) {
    const std::string why = change.reasons.empty() ? std::string() : ": " + change.reasons.back().text;
    return printable(fmt::format("{}: blocked{}", address, why));
  }
  if (change.resource != plan::ResourceType::firmware)
    return printable(fmt::format("{}: plan to {}", address, to_string(change.kind)));
  return printable(fmt::format("{}: plan to {} from {} to {}", address, to_string(change.kind),
                               change.from.value_or("unknown"), change.to));
}

std::string drift_text(const plan::DriftEntry& entry) {
  if (entry.component.empty()) return printable(fmt::format("{}: {}", entry.host, meaning_of(entry.drift)));
  return printable(fmt::format("{}/{}: {}: installed {}, wanted {}", entry.host, entry.component,
                               meaning_of(entry.drift), entry.from.value_or("unknown"),
                               entry.to.empty() ? "none" : entry.to));
}

std::string_view level_of(plan::PolicyResult::Outcome outcome) {
  using Outcome = plan::PolicyResult::Outcome;
  switch (outcome) {
    case Outcome::passed:
      return "info";
    case Outcome::warned:
    case Outcome::overridden:
      return "warn";
    case Outcome::override_needed:
    case Outcome::denied:
      return "error";
  }
  return "error";
}

json::Object policy_json(const plan::PolicyResult& result) {
  return {{"rule", result.rule},
          {"outcome", to_string(result.outcome)},
          {"message", printable(result.message)},
          {"subjects", texts(result.subjects)},
          {"origin", result.origin},
          {"reason", printable(result.reason)},
          {"by", result.by}};
}

std::string policy_text(const plan::PolicyResult& result) {
  const std::string message = result.message.empty() ? std::string() : ": " + result.message;
  return printable(fmt::format("policy {}: {}{}", result.rule, to_string(result.outcome), message));
}

}  // namespace

void ResourceCounts::count(const Change& planned) {
  const std::string_view action = plan::terraform_action(planned.kind);
  if (action == "create") ++add;
  if (action == "update") ++change;
  if (action == "delete") ++remove;
}

void ResourceCounts::append_to(json::Object& object) const {
  object.append("add", add);
  object.append("change", change);
  object.append("remove", remove);
}

json::Object exit_json(Exit exit) {
  return {{"code", static_cast<int>(exit)}, {"name", exit_name(exit)}};
}

EventStream::EventStream(Print print, const Clock& clock, const std::string& tool_version)
    : print_(std::move(print)), clock_(clock) {
  emit("info", "version", fmt::format("firmform {}", tool_version), {{"firmform", tool_version}, {"ui", "1.1"}});
}

void EventStream::emit(std::string_view level, std::string_view type, const std::string& message, json::Object fields) {
  json::Object line{
      {"@level", level}, {"@message", message}, {"@module", "firmform.ui"}, {"@timestamp", to_rfc3339(clock_.now())},
      {"type", type},    {"seq", ++sequence_},  {"run_id", run_id_}};
  for (json::Member& field : fields) line.append(std::move(field.key), std::move(field.value));
  print_(json::dump(line) + "\n");
}

void EventStream::tell(const Diagnostics& diagnostics, const SourceMap& sources) {
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    const bool is_error = diagnostic.severity == Severity::error;
    emit(is_error ? "error" : "warn", "diagnostic",
         fmt::format("{}: {}", is_error ? "Error" : "Warning", printable(diagnostic.message)),
         {{"diagnostic", diagnostic_json(diagnostic, sources)}});
  }
}

void EventStream::tell(const plan::Plan& plan, const plan::Drift& drift) {
  set_run_id(plan.header.id);
  for (const plan::DriftEntry& entry : drift.entries) {
    emit("info", "resource_drift", drift_text(entry),
         {{"change", json::Object{{"resource", resource_json(entry.host, entry.component, entry.name,
                                                             plan::resource_type_word(entry.component))},
                                  {"action", "update"},
                                  {"class", to_string(entry.drift)},
                                  {"from", or_null(entry.from)},
                                  {"to", entry.to}}}});
  }
  for (const Change& change : plan.changes) {
    if (change.kind == ChangeKind::no_op) continue;
    emit(change.kind == ChangeKind::blocked ? "warn" : "info", "planned_change", change_text(change),
         {{"change", change_json(plan, change)}});
  }
  for (const plan::PolicyResult& result : plan.policies) {
    emit(level_of(result.outcome), "policy_result", policy_text(result), {{"policy", policy_json(result)}});
  }
}

void EventStream::tell_planned(const plan::Plan& plan, std::optional<Exit> exit) {
  const plan::Summary summary = plan::summarize(plan);
  ResourceCounts counts;
  for (const Change& change : plan.changes) counts.count(change);
  json::Object changes;
  counts.append_to(changes);
  const auto add = [&](std::string key, std::size_t number) {
    changes.append(std::move(key), static_cast<std::int64_t>(number));
  };
  add("downgrade", summary.downgrade);
  add("invoke", summary.invoke);
  add("pending", summary.pending);
  add("blocked", summary.blocked);
  add("no_op", summary.no_op);
  add("hosts_unreachable", summary.unreachable);
  changes.append("operation", "plan");
  json::Object fields{{"changes", std::move(changes)}};
  if (exit) fields.append("exit", exit_json(*exit));
  emit("info", "change_summary", plan_totals(summary), std::move(fields));
}

}  // namespace firmform::report
