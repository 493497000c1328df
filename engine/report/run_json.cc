// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/change_words.h"
#include "engine/report/event_stream.h"

namespace firmform::report {
namespace {

class JsonView final : public apply::View {
 public:
  JsonView(EventStream& stream, FinalExit final_exit) : stream_(stream), final_exit_(std::move(final_exit)) {}

  void run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) override {
    stream_.set_run_id(run_id);
    for (const plan::Change& change : plan.changes) counts_[change.host].count(change);
    emit("info", "run_start", fmt::format("run {} {}", run_id, resumed ? "resumed" : "started"),
         {{"plan_id", plan.header.id},
          {"resumed", resumed},
          {"actions", static_cast<std::int64_t>(plan.actions.size())}});
  }

  void checks_started(std::size_t hosts) override {
    emit("info", "check_start", fmt::format("checking {} before any is changed", counted(hosts, "host")),
         {{"hosts", static_cast<std::int64_t>(hosts)}});
  }

  void host_checked(std::size_t done, std::size_t hosts) override {
    if (done < hosts) return;
    emit("info", "check_complete", fmt::format("{} checked", counted(hosts, "host")),
         {{"hosts", static_cast<std::int64_t>(hosts)}});
  }

  void wave_started(const plan::Wave& wave, std::size_t index, std::size_t waves) override {
    emit("info", "wave_start", fmt::format("{} begins: {}", wave.name, counted(wave.hosts.size(), "host")),
         {{"wave", json::Object{{"name", wave.name},
                                {"index", static_cast<std::int64_t>(index)},
                                {"waves", static_cast<std::int64_t>(waves)},
                                {"hosts", static_cast<std::int64_t>(wave.hosts.size())}}}});
  }

  void wave_finished(const plan::Wave& wave, const std::string& decision) override {
    emit("info", "wave_complete", printable(decision),
         {{"wave", json::Object{{"name", wave.name}, {"decision", printable(decision)}}}});
  }

  void run_waits(const std::string& reason, std::optional<UtcTime> until) override {
    emit("info", "run_wait", wait_text(reason, until),
         {{"reason", printable(reason)}, {"until", until ? json::Value(to_rfc3339(*until)) : json::Value()}});
  }

  void host_started(const std::string& host) override {
    emit("info", "host_start", fmt::format("{}: started", host), {{"host", host}});
  }

  void action_started(const plan::Action& action) override {
    emit("info", "apply_start", fmt::format("{}: {}", action.host, action.summary), {{"hook", hook(action)}});
  }

  void action_progress(const plan::Action& action, std::optional<int> percent, const std::string& text) override {
    json::Object progress = hook(action);
    progress.set("text", printable(text));
    progress.set("percent", percent ? json::Value(*percent) : json::Value());
    emit("info", "apply_progress", fmt::format("{}: {}: {}", action.host, action.summary, printable(text)),
         {{"hook", std::move(progress)}});
  }

  void action_succeeded(const plan::Action& action, const std::string& detail) override {
    json::Object done = hook(action);
    done.set("detail", printable(detail));
    emit("info", "apply_complete", fmt::format("{}: {}: done", action.host, action.summary),
         {{"hook", std::move(done)}});
  }

  void host_finished(const std::string& host, const apply::HostOutcome& outcome) override {
    json::Object fields{{"host", host}, {"result", apply::to_string(outcome.result)}};
    if (!outcome.notes.empty()) {
      json::Array texts;
      for (const std::string& note : outcome.notes) texts.emplace_back(printable(note));
      fields.append("notes", std::move(texts));
    }
    if (!outcome.error) {
      emit("info", "host_complete", fmt::format("{}: {}", host, apply::to_string(outcome.result)), std::move(fields));
      return;
    }
    const Error& error = *outcome.error;
    json::Array notes;
    for (const std::string& note : error.notes()) notes.emplace_back(printable(note));
    fields.set("diagnostic", json::Object{{"severity", "error"},
                                          {"code", to_string(error.code())},
                                          {"summary", info(error.code()).title},
                                          {"detail", printable(error.message())},
                                          {"notes", std::move(notes)}});
    emit("error", "host_errored", fmt::format("{}: {}", host, printable(error.one_line())), std::move(fields));
  }

  void run_finished(const apply::Summary& summary) override {
    json::Object changes;
    carried_out(summary).append_to(changes);
    changes.append("operation", "apply");
    for (const auto result : {apply::HostResult::done, apply::HostResult::scheduled, apply::HostResult::failed,
                              apply::HostResult::unreachable, apply::HostResult::moved, apply::HostResult::unknown,
                              apply::HostResult::deferred, apply::HostResult::held, apply::HostResult::skipped,
                              apply::HostResult::detached}) {
      changes.set(std::string(apply::to_string(result)), static_cast<std::int64_t>(summary.count(result)));
    }
    const std::string text = summary_text(summary);
    emit("info", "change_summary", text.substr(0, text.find('\n')),
         {{"changes", std::move(changes)},
          {"elapsed_seconds",
           static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(summary.elapsed).count())},
          {"exit", exit_json(final_exit_ ? final_exit_(summary.exit()) : summary.exit())}});
  }

 private:
  /// Of the hosts that came to their end, or whose BMC goes on by itself.
  [[nodiscard]] ResourceCounts carried_out(const apply::Summary& summary) const {
    ResourceCounts sum;
    for (const auto& [host, outcome] : summary.hosts) {
      const auto counts = counts_.find(host);
      const bool is_done = outcome.result == apply::HostResult::done || outcome.result == apply::HostResult::scheduled;
      if (!is_done || counts == counts_.end()) continue;
      sum.add += counts->second.add;
      sum.change += counts->second.change;
      sum.remove += counts->second.remove;
    }
    return sum;
  }

  static json::Object hook(const plan::Action& action) {
    json::Array addresses;
    for (const std::string& component : action.components) addresses.emplace_back(action.host + "/" + component);
    return {{"resource", json::Object{{"addr", addresses.empty() ? json::Value(action.host) : addresses.front()},
                                      {"resource_type", plan::resource_type_word(action.components.empty()
                                                                                     ? std::string_view()
                                                                                     : action.components.front())}}},
            {"host", action.host},
            {"addresses", std::move(addresses)},
            {"action_id", static_cast<std::int64_t>(action.id)},
            {"action", plan::to_string(action.type)},
            {"summary", action.summary}};
  }

  void emit(std::string_view level, std::string_view type, const std::string& message, json::Object fields) {
    stream_.emit(level, type, message, std::move(fields));
  }

  EventStream& stream_;
  FinalExit final_exit_;
  std::map<std::string, ResourceCounts> counts_;  ///< of the plan, by host
};

}  // namespace

std::unique_ptr<apply::View> make_json_view(EventStream& stream, FinalExit final_exit) {
  return std::make_unique<JsonView>(stream, std::move(final_exit));
}

}  // namespace firmform::report
