// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/staging_json.h"

#include "engine/base/time_text.h"
#include "engine/plan/naming.h"

namespace firmform::cli {
namespace {

json::Value or_null(const std::string& text) {
  return text.empty() ? json::Value() : json::Value(text);
}

json::Value or_null(const std::optional<UtcTime>& time) {
  return time ? json::Value(to_rfc3339(*time)) : json::Value();
}

json::Array texts(const std::vector<std::string>& items) {
  json::Array array;
  for (const std::string& item : items) array.emplace_back(item);
  return array;
}

json::Array names(const std::vector<inventory::Updater>& updaters) {
  json::Array array;
  for (const inventory::Updater updater : updaters) array.emplace_back(to_string(updater));
  return array;
}

json::Object step_json(const inventory::Step& step) {
  return {{"name", step.name},
          {"command", step.command},
          {"file", or_null(step.file)},
          {"updatable_by", names(step.updatable_by)},
          {"wait_seconds", step.wait_seconds},
          {"timeout_minutes", step.timeout_minutes},
          {"targets", texts(step.targets)}};
}

}  // namespace

json::Value to_json(const inventory::StoredImage& image) {
  return json::Object{{"file", image.file},
                      {"id", image.id},
                      {"uri", image.uri},
                      {"name", or_null(image.name)},
                      {"version", or_null(image.version)},
                      {"size", image.size},
                      {"locked", image.locked},
                      {"device_class", or_null(image.device_class)},
                      {"targets", texts(image.targets)},
                      {"updatable_by", names(image.updatable_by)},
                      {"activates", or_null(image.activates)},
                      {"created", or_null(image.created)}};
}

json::Value to_json(const inventory::QueueEntry& entry) {
  json::Object object = step_json(entry.step);
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

json::Value to_json(const inventory::Window& window) {
  return json::Object{{"name", window.name},
                      {"id", window.id},
                      {"uri", window.uri},
                      {"description", or_null(window.description)},
                      {"start", or_null(window.start)},
                      {"end", or_null(window.end)},
                      {"ours", plan::is_ours(window)}};
}

json::Value to_json(const inventory::InstallSet& set) {
  json::Array steps;
  for (const inventory::Step& step : set.steps) steps.emplace_back(step_json(step));
  return json::Object{{"name", set.name},
                      {"id", set.id},
                      {"uri", set.uri},
                      {"description", or_null(set.description)},
                      {"recovery", set.is_recovery},
                      {"steps", std::move(steps)}};
}

}  // namespace firmform::cli
