// SPDX-License-Identifier: Apache-2.0
// Plan → JSON. Absent members mean the empty value; decode.cc is the way back.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/time_text.h"
#include "engine/plan/canonical.h"
#include "engine/plan/change_words.h"
#include "engine/plan/codec.h"
#include "engine/plan/summary.h"
#include "engine/plan/words.h"

namespace firmform::plan {
namespace {

using json::Array;
using json::Object;
using json::Value;

/// For objects that a fleet's plan holds by the hundred thousand: initializer lists would copy each member.
Object with_room(std::size_t members) {
  Object object;
  object.reserve(members);
  return object;
}

template <class T, class Make>
Array array_of(const std::vector<T>& items, Make make) {
  Array array;
  array.reserve(items.size());
  for (const T& item : items) array.push_back(make(item));
  return array;
}

Value or_null(const std::optional<std::string>& text) {
  return text ? Value(*text) : Value();
}

void add_text(Object& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object.append(std::string(key), text);
}

void add_array(Object& object, std::string_view key, Array array) {
  if (!array.empty()) object.append(std::string(key), std::move(array));
}

Array texts(const std::vector<std::string>& items) {
  return array_of(items, [](const std::string& item) { return Value(item); });
}

Array ids(const std::vector<ActionId>& items) {
  return array_of(items, [](ActionId id) { return Value(std::int64_t{id}); });
}

Value reason_json(const Reason& reason) {
  Object object = with_room(4);
  object.append("code", firmform::to_string(reason.code));
  object.append("name", info(reason.code).name);
  object.append("text", reason.text);
  add_array(object, "help", texts(reason.help));
  return object;
}

Value condition_json(const Condition& condition) {
  Object object = with_room(4);
  object.append("type", to_string(condition.type));
  add_text(object, "component", condition.component);
  add_text(object, "value", condition.value);
  add_text(object, "scheme", condition.scheme);
  return object;
}

Value image_json(const Image& image) {
  Object object = with_room(10);
  object.append("name", image.name);
  add_text(object, "path", image.path);
  add_text(object, "url", image.url);
  add_text(object, "sha256", image.sha256);
  if (image.size > 0) object.append("size", image.size);
  if (image.served) object.append("served", true);
  if (image.offset > 0) object.append("offset", image.offset);
  if (image.length > 0) object.append("length", image.length);
  add_text(object, "signature_path", image.signature_path);
  add_text(object, "signature_sha256", image.signature_sha256);
  return object;
}

Value request_json(const PlannedRequest& request) {
  Object object = with_room(4);
  object.append("method", http::to_string(request.method));
  object.append("target", request.target);
  if (!request.body.is_null()) object.append("body", request.body);
  if (request.upload != PlannedRequest::Upload::none) object.append("upload", to_string(request.upload));
  return object;
}

Value password_json(const manifest::PasswordSource& source) {
  using Kind = manifest::PasswordSource::Kind;
  switch (source.kind) {
    case Kind::env:
      return Object{{"env", source.name}};
    case Kind::file:
      return Object{{"file", source.name}};
    case Kind::exec:
      return Object{{"exec", texts(source.argv)}};
    case Kind::systemd:
      return Object{{"systemd_credential", source.name}};
    case Kind::ansible_vault:
      return Object{{"ansible_vault",
                     Object{{"file", source.name},
                            {"key", source.key},
                            {"unlock", source.unlock.empty() ? Value() : password_json(source.unlock.front())}}}};
    case Kind::sops:
      return Object{{"sops", Object{{"file", source.name}, {"key", source.key}}}};
    case Kind::vault:
      return Object{{"vault", Object{{"path", source.name}, {"field", source.key}}}};
  }
  return {};
}

Value tls_json(const http::TlsOptions& tls) {
  Object object{{"verify", tls.verify}};
  if (tls.ca_file) object.append("ca_file", tls.ca_file->string());
  if (tls.pin_sha256) object.append("pin_sha256", *tls.pin_sha256);
  return object;
}

/// The image that a change flashes, so that a policy sees it beside the version.
const Image* image_of(const Plan& plan, const Change& change) {
  for (const ActionId id : change.actions) {
    if (plan.actions[id].image) return &*plan.actions[id].image;
  }
  return nullptr;
}

/// As in Terraform: null where there is nothing.
Value content_json(const std::optional<std::string>& content) {
  if (!content) return {};
  return Object{{"content", *content}};
}

Value before_json(const Change& change) {
  if (change.resource != ResourceType::firmware) return content_json(change.from);
  Object object = with_room(2);
  object.append("version", or_null(change.from));
  if (change.staged) object.append("staged_version", *change.staged);
  return object;
}

Value after_json(const Plan& plan, const Change& change) {
  const bool is_firmware = change.resource == ResourceType::firmware;
  if (!is_firmware && change.to.empty()) return {};
  Object object = with_room(2);
  object.append(is_firmware ? "version" : "content", change.to);
  if (const Image* image = image_of(plan, change)) {
    Object shown = with_room(2);
    shown.append("name", image->name);
    add_text(shown, "sha256", image->sha256);
    object.append("image", std::move(shown));
  }
  return object;
}

Value appointment_json(const Appointment& appointment) {
  return Object{{"window", appointment.window},
                {"id", appointment.id},
                {"start", to_rfc3339(appointment.start)},
                {"end", to_rfc3339(appointment.end)}};
}

Value image_server_json(const ImageServerSettings& server) {
  Object object{{"first_port", std::int64_t{server.first_port}},
                {"last_port", std::int64_t{server.last_port}},
                {"tls", server.tls},
                {"max_connections", std::int64_t{server.max_connections}}};
  add_text(object, "address", server.address);
  add_text(object, "certificate", server.certificate);
  add_text(object, "key", server.key);
  if (server.bytes_per_second > 0) object.append("bytes_per_second", server.bytes_per_second);
  return object;
}

Value way_back_json(const WayBack& way) {
  Object object{{"kind", to_string(way.kind)}};
  add_text(object, "image", way.image);
  add_text(object, "text", way.text);
  return object;
}

Value held_window_json(const HeldWindow& window) {
  return Object{{"name", window.name},
                {"start", to_rfc3339(window.start)},
                {"end", to_rfc3339(window.end)},
                {"latest_start", to_rfc3339(window.latest_start)},
                {"expected_ms", std::int64_t{window.expected.count()}}};
}

Value wave_json(const Wave& wave) {
  Object object{{"name", wave.name}, {"hosts", texts(wave.hosts)}};
  if (wave.soak > Duration::zero()) object.append("soak_ms", std::int64_t{wave.soak.count()});
  if (wave.pause) object.append("pause", true);
  if (wave.max_failures) object.append("max_failures", *wave.max_failures);
  add_text(object, "arithmetic", wave.arithmetic);
  return object;
}

Value budget_json(const Budget& budget) {
  Object object{
      {"label", budget.label}, {"value", budget.value}, {"limit", budget.limit}, {"hosts", texts(budget.hosts)}};
  add_text(object, "arithmetic", budget.arithmetic);
  return object;
}

Value health_json(const manifest::HealthGate& gate) {
  Object object{{"bmc", gate.bmc}, {"sensors", gate.sensors}, {"post", gate.post}};
  if (gate.max_log_entries) object.append("max_log_entries", *gate.max_log_entries);
  return object;
}

Value rollout_json(const RolloutPlan& rollout) {
  Object object{{"seed", rollout.seed}, {"waves", array_of(rollout.waves, wave_json)}};
  add_array(object, "budgets", array_of(rollout.budgets, budget_json));
  if (rollout.health) object.append("health", health_json(*rollout.health));
  if (rollout.max_unreachable) object.append("max_unreachable", *rollout.max_unreachable);
  return object;
}

Value guard_json(const std::map<std::string, manifest::GuardAction>& guard) {
  Object object;
  for (const auto& [category, action] : guard) object.append(category, word_of(kGuardWords, action));
  return object;
}

Value policy_json(const PolicyResult& result) {
  Object object = with_room(7);
  object.append("rule", result.rule);
  object.append("outcome", to_string(result.outcome));
  add_text(object, "message", result.message);
  add_array(object, "subjects", texts(result.subjects));
  add_text(object, "origin", result.origin);
  add_text(object, "reason", result.reason);
  add_text(object, "by", result.by);
  return object;
}

Value labels_json(const std::map<std::string, std::string>& labels) {
  Object object = with_room(labels.size());
  for (const auto& [name, value] : labels) object.append(name, value);
  return object;
}

/// Terraform's word for where a rule stands; what a person overrode no longer stands in the way.
std::string_view check_status(PolicyResult::Outcome outcome) {
  const bool passes = outcome == PolicyResult::Outcome::passed || outcome == PolicyResult::Outcome::overridden;
  return passes ? "pass" : "fail";
}

/// The policies once more, for readers of Terraform's `checks`.
Value check_json(const PolicyResult& result) {
  Object instance{{"address", Object{{"to_display", "check." + result.rule}}},
                  {"status", check_status(result.outcome)}};
  if (!result.message.empty()) instance.append("problems", Array{Object{{"message", result.message}}});
  return Object{{"address", Object{{"kind", "check"}, {"name", result.rule}, {"to_display", "check." + result.rule}}},
                {"status", check_status(result.outcome)},
                {"instances", Array{std::move(instance)}}};
}

/// Nothing is left open until apply, and no member of `before` or `after` is a secret.
Value states_json(const Plan& plan, const Change& change) {
  Object object = with_room(6);
  object.append("actions", Array{terraform_action(change.kind)});
  object.append("before", before_json(change));
  object.append("after", after_json(plan, change));
  object.append("after_unknown", Object());
  object.append("before_sensitive", Object());
  object.append("after_sensitive", Object());
  return object;
}

}  // namespace

Value change_json(const Plan& plan, const Change& change) {
  Object object = with_room(17);
  object.append("address", fmt::format("{}/{}", change.host, change.address));
  object.append("mode", "managed");
  object.append("type", resource_type_word(change.resource));
  object.append("name", change.name);
  if (const PlannedHost* host = plan.host(change.host)) add_text(object, "provider_name", host->provider);
  object.append("kind", to_string(change.kind));
  object.append("host", change.host);
  object.append("component", change.address);
  object.append("change", states_json(plan, change));
  object.append("action_reason", action_reason(change));
  add_array(object, "reasons", array_of(change.reasons, reason_json));
  add_text(object, "origin", change.origin);
  add_array(object, "details", texts(change.details));
  add_array(object, "path", texts(change.path));
  if (change.way_back) object.append("way_back", way_back_json(*change.way_back));
  if (change.scheduled) object.append("scheduled", appointment_json(*change.scheduled));
  add_array(object, "action_ids", ids(change.actions));
  return object;
}

Value action_json(const Action& action) {
  Object object = with_room(15);
  object.append("id", std::int64_t{action.id});
  object.append("host", action.host);
  object.append("type", to_string(action.type));
  object.append("summary", action.summary);
  add_array(object, "components", texts(action.components));
  if (action.request) object.append("request", request_json(*action.request));
  if (action.image) object.append("image", image_json(*action.image));
  object.append("completion", to_string(action.completion));
  add_array(object, "preconditions", array_of(action.preconditions, condition_json));
  add_array(object, "postconditions", array_of(action.postconditions, condition_json));
  object.append("expected_ms", std::int64_t{action.expected.count()});
  object.append("deadline_ms", std::int64_t{action.deadline.count()});
  if (action.restarts != Restarts::nothing) object.append("restarts", to_string(action.restarts));
  add_array(object, "needs", ids(action.needs));
  add_array(object, "because", texts(action.because));
  return object;
}

Value host_json(const PlannedHost& host) {
  Object object{{"name", host.name},
                {"bmc", host.bmc},
                {"status", host.status},
                {"provider", host.provider},
                {"model", host.model},
                {"serial", host.serial},
                {"fingerprint", host.fingerprint},
                {"username", host.username},
                {"password_source", password_json(host.password)},
                {"tls", tls_json(host.tls)}};
  add_array(object, "problems", array_of(host.problems, reason_json));
  if (!host.labels.empty()) object.append("labels", labels_json(host.labels));
  if (host.window) object.append("window", held_window_json(*host.window));
  return object;
}

Object head_json(const Plan& plan) {
  const Summary summary = summarize(plan);
  const auto number = [](std::size_t count) { return Value(std::uint64_t{count}); };
  Object head{{"format_version", fmt::format("{}.0", plan.header.format_version)},
              {"firmform_version", plan.header.tool_version},
              {"id", plan.header.id},
              {"manifest_digest", plan.header.manifest_digest},
              {"directory", plan.header.directory},
              {"timestamp", to_rfc3339(plan.header.created_at)},
              {"applyable", !plan.actions.empty()},
              {"errored", false},
              {"complete", summary.blocked == 0 && summary.unreachable == 0},
              {"summary", Object{{"changes", number(summary.changes())},
                                 {"update", number(summary.update)},
                                 {"downgrade", number(summary.downgrade)},
                                 {"create", number(summary.create)},
                                 {"delete", number(summary.delete_)},
                                 {"invoke", number(summary.invoke)},
                                 {"pending", number(summary.pending)},
                                 {"scheduled", number(summary.scheduled)},
                                 {"no_op", number(summary.no_op)},
                                 {"blocked", number(summary.blocked)},
                                 {"hosts", number(summary.hosts)},
                                 {"hosts_to_change", number(summary.hosts_to_change)},
                                 {"hosts_unreachable", number(summary.unreachable)},
                                 {"host_restarts", number(summary.host_restarts)},
                                 {"bmc_restarts", number(summary.bmc_restarts)}}},
              {"limits", Object{{"max_hosts_in_flight", Value(plan.max_hosts_in_flight)},
                                {"max_uploads_in_flight", Value(plan.max_uploads_in_flight)},
                                {"max_failures", plan.max_failures ? Value(*plan.max_failures) : Value()}}}};
  add_text(head, "part_of", plan.header.part_of);
  if (plan.image_server) head.append("image_server", image_server_json(*plan.image_server));
  if (plan.rollout) head.append("rollout", rollout_json(*plan.rollout));
  if (!plan.config_guard.empty()) head.append("config_guard", guard_json(plan.config_guard));
  if (plan.foreign_work != manifest::ForeignWork::refuse) {
    head.append("foreign_work", word_of(kForeignWords, plan.foreign_work));
  }
  add_array(head, "policies", array_of(plan.policies, policy_json));
  add_array(head, "checks", array_of(plan.policies, check_json));
  return head;
}

Value to_json(const Plan& plan) {
  Object object = head_json(plan);
  object.append("hosts", array_of(plan.hosts, host_json));
  object.append("resource_changes",
                array_of(plan.changes, [&](const Change& change) { return change_json(plan, change); }));
  object.append("actions", array_of(plan.actions, action_json));
  return object;
}

}  // namespace firmform::plan
