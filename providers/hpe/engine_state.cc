// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/engine_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "providers/hpe/dialect.h"
#include "providers/redfish/evidence.h"
#include "providers/redfish/messages.h"
#include "providers/redfish/resource.h"

namespace firmform::hpe {
namespace {

using redfish::TaskPhase;

/// States that firmware adds to the documented ones count as busy.
EnginePhase phase_of(std::string_view state) {
  const std::string known = to_lower(state);
  if (known.empty() || known == "idle" || known == "complete" || known == "completed") return EnginePhase::rest;
  return known == "error" ? EnginePhase::error : EnginePhase::busy;
}

/// The engine speaks about somebody else's upload.
bool is_foreign(const plan::Action& action, const EngineState& engine) {
  const std::string ours = tag_of(action);
  return !ours.empty() && !engine.upload_tag.empty() && engine.upload_tag != ours;
}

Progress running(std::string text, std::optional<int> percent = std::nullopt) {
  return {.state = ProgressState::running, .percent = percent, .text = std::move(text)};
}

Progress failed(const EngineState& engine) {
  return {.state = ProgressState::failed,
          .percent = engine.percent,
          .text = engine.result.empty() ? "the iLO's update engine reports an error" : engine.result};
}

Probe found(Evidence evidence, std::string text, std::string task_uri = {}) {
  return {.evidence = evidence, .task_uri = std::move(task_uri), .text = std::move(text)};
}

Probe weigh_tagged(const plan::Action& action, const EngineState& engine) {
  if (engine.upload_tag == tag_of(action)) return found(Evidence::running, "the iLO has our upload: " + engine.state);
  if (!engine.upload_tag.empty()) return found(Evidence::not_started, "the iLO's last upload was another one");
  switch (engine.phase) {
    case EnginePhase::busy:
      return found(Evidence::running, "the iLO works on an upload: " + engine.state);
    case EnginePhase::rest:
      if (equals_ignoring_case(engine.state, "Idle"))
        return found(Evidence::not_started, "the iLO is idle and names no upload");
      break;
    case EnginePhase::error:
      break;
  }
  return found(Evidence::ambiguous,
               fmt::format("the iLO's update engine shows {}, and not whose upload that was", engine.state));
}

/// The task of an AddFromUri with this tag: its body is kept in Payload.
const json::Value* tagged_task(std::string_view tag, const std::vector<json::Value>& tasks) {
  const auto is_ours = [&](const json::Value& task) {
    const json::Value& body = task["Payload"]["JsonBody"];
    const std::string text = body.as_string() != nullptr ? *body.as_string() : json::dump(body);
    return text.find(tag) != std::string::npos;
  };
  const auto ours = std::ranges::find_if(tasks, is_ours);
  return ours == tasks.end() ? nullptr : &*ours;
}

Probe weigh_untagged(const EngineState& engine) {
  if (engine.phase == EnginePhase::busy) return found(Evidence::running, "the iLO works on an update: " + engine.state);
  const bool untouched =
      engine.phase == EnginePhase::rest && engine.result.empty() && !equals_ignoring_case(engine.state, "Complete");
  if (untouched) return found(Evidence::not_started, "the iLO is idle and has no task of the request");
  return found(Evidence::ambiguous,
               fmt::format("the iLO's update engine shows {}, and not whose update that was", engine.state));
}

}  // namespace

std::string result_words(const json::Value& result) {
  if (!result.is_object() || result.text("MessageId").empty()) return {};
  return redfish::readable(redfish::messages(json::Object{{"@Message.ExtendedInfo", json::Array{result}}}));
}

EngineState engine_state(const json::Value& update_service) {
  const json::Value& vendor = oem(update_service);
  EngineState engine;
  engine.state = vendor.text("State");
  engine.phase = phase_of(engine.state);
  if (const auto percent = vendor["FlashProgressPercent"].as_int()) engine.percent = static_cast<int>(*percent);
  engine.result = result_words(vendor["Result"]);
  engine.upload_tag = vendor.text("UploadCurrentEtag");
  return engine;
}

std::string tag_of(const plan::Action& action) {
  if (!action.request) return {};
  const json::Value& body = action.request->body;
  const std::string_view pushed = body.text("ETag");
  return std::string(pushed.empty() ? body.text("UploadCurrentEtag") : pushed);
}

Progress progress_of(const plan::Action& action, const EngineState& engine,
                     const std::optional<redfish::TaskView>& task) {
  if (engine.phase == EnginePhase::busy) return running(engine.state, engine.percent);
  if (is_foreign(action, engine)) return running("the iLO still speaks of another upload");
  if (task && task->phase == TaskPhase::active) return running(task->text, engine.percent);
  if (task && task->phase == TaskPhase::failed) {
    return engine.result.empty() ? Progress{.state = ProgressState::failed, .percent = {}, .text = task->text}
                                 : failed(engine);
  }
  const bool task_says_done = task && task->phase == TaskPhase::succeeded;
  if (engine.phase == EnginePhase::error && !task_says_done) return failed(engine);
  return {.state = ProgressState::succeeded, .percent = 100, .text = engine.state};
}

Probe weigh(const plan::Action& action, const EngineState& engine, const std::vector<json::Value>& tasks) {
  const std::string tag = tag_of(action);
  const bool is_pull = !action.request->body.text("ImageURI").empty();
  const json::Value* task = nullptr;
  if (is_pull) task = tag.empty() ? redfish::task_of(action, tasks) : tagged_task(tag, tasks);
  if (task != nullptr) return found(Evidence::running, "its task is on the iLO", redfish::uri_of(*task));
  return tag.empty() ? weigh_untagged(engine) : weigh_tagged(action, engine);
}

}  // namespace firmform::hpe
