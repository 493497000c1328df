// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/engine_state.h"

#include <fmt/format.h>

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

std::string words_of(const json::Value& result) {
  if (!result.is_object()) return {};
  return redfish::readable(redfish::messages(json::Object{{"@Message.ExtendedInfo", json::Array{result}}}));
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

Probe weigh_push(const plan::Action& action, const EngineState& engine) {
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

Probe weigh_pull(const EngineState& engine) {
  if (engine.phase == EnginePhase::busy) return found(Evidence::running, "the iLO works on an update: " + engine.state);
  const bool untouched =
      engine.phase == EnginePhase::rest && engine.result.empty() && !equals_ignoring_case(engine.state, "Complete");
  if (untouched) return found(Evidence::not_started, "the iLO is idle and has no task of the request");
  return found(Evidence::ambiguous,
               fmt::format("the iLO's update engine shows {}, and not whose update that was", engine.state));
}

}  // namespace

EngineState engine_state(const json::Value& update_service) {
  const json::Value& vendor = oem(update_service);
  EngineState engine;
  engine.state = vendor.text("State");
  engine.phase = phase_of(engine.state);
  if (const auto percent = vendor["FlashProgressPercent"].as_int()) engine.percent = static_cast<int>(*percent);
  engine.result = words_of(vendor["Result"]);
  engine.upload_tag = vendor.text("UploadCurrentEtag");
  return engine;
}

std::string tag_of(const plan::Action& action) {
  return action.request ? std::string(action.request->body.text("ETag")) : std::string();
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
  if (!tag_of(action).empty()) return weigh_push(action, engine);
  if (const json::Value* task = redfish::task_of(action, tasks)) {
    return found(Evidence::running, "its task is on the iLO", redfish::uri_of(*task));
  }
  return weigh_pull(engine);
}

}  // namespace firmform::hpe
