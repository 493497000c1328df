// SPDX-License-Identifier: Apache-2.0
// Lines of JSON for programs, with Terraform's field names (schemas/event.v1.schema.json).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/json/value.h"
#include "engine/plan/drift.h"
#include "engine/report/run_views.h"

namespace firmform::report {

/// One stream of a verb from its beginning to its end: what it says of manifest, plan and run is counted through, so
/// that a consumer can prove that it lost nothing.
class EventStream {
 public:
  /// Says which program speaks.
  EventStream(Print print, const Clock& clock, const std::string& tool_version);

  /// Of the lines from now on: the plan's id, then the run's.
  void set_run_id(std::string id) { run_id_ = std::move(id); }
  /// `level` is "info", "warn" or "error"; `message` is for people.
  void emit(std::string_view level, std::string_view type, const std::string& message, json::Object fields);

  /// A `diagnostic` line each, in their order.
  void tell(const Diagnostics& diagnostics, const SourceMap& sources);
  /// How the hosts stand to the manifest, what is planned, and what the policies say of it.
  void tell(const plan::Plan& plan, const plan::Drift& drift);
  /// The `change_summary` of a plan; `exit` when nothing comes after it.
  void tell_planned(const plan::Plan& plan, std::optional<Exit> exit);

 private:
  Print print_;
  const Clock& clock_;
  std::string run_id_;
  std::int64_t sequence_ = 0;
};

/// What the program ends with after a run that ended so.
using FinalExit = std::function<Exit(Exit)>;

/// A run as events of `stream`, which outlives the view. The last of them tells what `final_exit` makes of the run's
/// end.
[[nodiscard]] std::unique_ptr<apply::View> make_json_view(EventStream& stream, FinalExit final_exit = {});

/// How many resources are made, changed and removed, in Terraform's words.
struct ResourceCounts {
  std::int64_t add = 0;
  std::int64_t change = 0;
  std::int64_t remove = 0;

  void count(const plan::Change& change);
  void append_to(json::Object& object) const;
};

[[nodiscard]] json::Object exit_json(Exit exit);

}  // namespace firmform::report
