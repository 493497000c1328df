// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "engine/base/time_text.h"
#include "engine/plan/naming.h"
#include "engine/report/staging_report.h"

namespace firmform::report {
namespace {

using inventory::InstallSet;
using inventory::QueueEntry;
using inventory::Staging;
using inventory::Step;
using inventory::StoredImage;
using inventory::Window;
using json::Array;
using json::Object;
using json::Value;

Value or_null(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

Value or_null(const std::optional<UtcTime>& time) {
  return time ? Value(to_rfc3339(*time)) : Value();
}

template <class T, class Make>
Array array_of(const std::vector<T>& items, Make make) {
  Array array;
  for (const T& item : items) array.push_back(make(item));
  return array;
}

Array texts(const std::vector<std::string>& items) {
  return array_of(items, [](const std::string& item) { return Value(item); });
}

Array updaters_json(const std::vector<inventory::Updater>& updaters) {
  return array_of(updaters, [](inventory::Updater updater) { return Value(to_string(updater)); });
}

Object step_json(const Step& step) {
  return {{"name", step.name},
          {"command", step.command},
          {"file", or_null(step.file)},
          {"updatable_by", updaters_json(step.updatable_by)},
          {"wait_seconds", step.wait_seconds},
          {"timeout_minutes", step.timeout_minutes},
          {"targets", texts(step.targets)}};
}

template <class T>
Array all(const std::vector<T>& items) {
  return array_of(items, [](const T& item) { return to_json(item); });
}

Value repository_json(const std::optional<inventory::Repository>& repository) {
  if (!repository) return {};
  return Object{{"uri", repository->uri},
                {"total_bytes", repository->total_bytes},
                {"free_bytes", repository->free_bytes},
                {"images", all(repository->images)}};
}

Value agent_json(const inventory::Agent& agent) {
  if (agent.service_state.empty()) return {};
  return Object{{"service_state", agent.service_state},
                {"mode", or_null(agent.mode)},
                {"version", or_null(agent.version)},
                {"installs_by_itself", agent.installs_by_itself()}};
}

}  // namespace

Value to_json(const StoredImage& image) {
  return Object{{"file", image.file},
                {"id", image.id},
                {"uri", image.uri},
                {"name", or_null(image.name)},
                {"version", or_null(image.version)},
                {"size", image.size},
                {"locked", image.locked},
                {"device_class", or_null(image.device_class)},
                {"targets", texts(image.targets)},
                {"updatable_by", updaters_json(image.updatable_by)},
                {"activates", or_null(image.activates)},
                {"created", or_null(image.created)}};
}

Value to_json(const QueueEntry& entry) {
  Object object = step_json(entry.step);
  object.append("id", entry.id);
  object.append("uri", entry.uri);
  object.append("state", to_string(entry.state));
  object.append("result", or_null(entry.result));
  object.append("bound", entry.is_bound);
  object.append("ours", plan::is_ours(entry));
  object.append("window_id", or_null(entry.window_id));
  object.append("start_after", or_null(entry.start_after));
  object.append("expire", or_null(entry.expire));
  object.append("tpm_override", entry.tpm_override);
  object.append("update_recovery_set", entry.update_recovery_set);
  object.append("created", or_null(entry.created));
  return object;
}

Value to_json(const Window& window) {
  return Object{{"name", window.name},
                {"id", window.id},
                {"uri", window.uri},
                {"description", or_null(window.description)},
                {"start", or_null(window.start)},
                {"end", or_null(window.end)},
                {"ours", plan::is_ours(window)}};
}

Value to_json(const InstallSet& set) {
  return Object{{"name", set.name},
                {"id", set.id},
                {"uri", set.uri},
                {"description", or_null(set.description)},
                {"recovery", set.is_recovery},
                {"steps", array_of(set.steps, [](const Step& step) { return Value(step_json(step)); })}};
}

Value staging_json(const Staging& staging) {
  const auto where_offered = [](const std::string& uri, Array array) {
    return uri.empty() ? Value() : Value(std::move(array));
  };
  return Object{{"repository", repository_json(staging.repository)},
                {"queue", where_offered(staging.queue_uri, all(staging.queue))},
                {"windows", where_offered(staging.windows_uri, all(staging.windows))},
                {"install_sets", where_offered(staging.install_sets_uri, all(staging.install_sets))},
                {"agent", agent_json(staging.agent)},
                {"clock", or_null(staging.clock)}};
}

}  // namespace firmform::report
