// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/run_spans.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "engine/base/time_text.h"

namespace firmform::telemetry {
namespace {

std::string code_text(Code code) {
  return fmt::format("FF{:04}", static_cast<int>(code));
}

}  // namespace

void RunSpans::run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) {
  for (const plan::PlannedHost& host : plan.hosts) bmcs_[host.name] = host.bmc;
  run_ = tracer_.begin("run", tracer_.scope(),
                       {{"firmform.run.id", run_id},
                        {"firmform.run.resumed", resumed},
                        {"firmform.plan.id", plan.header.id},
                        {"firmform.plan.actions", static_cast<std::int64_t>(plan.actions.size())}});
  tracer_.enter(run_);
}

void RunSpans::checks_started(std::size_t hosts) {
  checks_ = tracer_.begin("checks", run_, {{"firmform.hosts", static_cast<std::int64_t>(hosts)}});
  tracer_.enter(checks_);
}

void RunSpans::host_checked(std::size_t done, std::size_t hosts) {
  if (done < hosts) return;
  tracer_.leave(checks_);
  tracer_.end(checks_);
}

void RunSpans::wave_started(const plan::Wave& wave, std::size_t index, std::size_t waves) {
  const SpanId span = tracer_.begin("wave", run_,
                                    {{"firmform.wave", wave.name},
                                     {"firmform.wave.index", static_cast<std::int64_t>(index)},
                                     {"firmform.wave.count", static_cast<std::int64_t>(waves)}});
  waves_[wave.name] = {span, {wave.hosts.begin(), wave.hosts.end()}};
}

void RunSpans::wave_finished(const plan::Wave& wave, const std::string& decision) {
  const auto found = waves_.find(wave.name);
  if (found == waves_.end()) return;
  tracer_.set(found->second.span, "firmform.wave.decision", decision);
  tracer_.end(found->second.span);
  waves_.erase(found);
}

void RunSpans::run_waits(const std::string& reason, std::optional<UtcTime> until) {
  Attributes attributes{{"firmform.reason", reason}};
  if (until) attributes.push_back({"firmform.until", to_rfc3339(*until)});
  tracer_.event(run_, "waits", std::move(attributes));
}

SpanId RunSpans::above(const std::string& host) const {
  for (const auto& [name, wave] : waves_) {
    if (wave.hosts.contains(host)) return wave.span;
  }
  return run_;
}

RunSpans::HostSpans& RunSpans::open_host(const std::string& host) {
  const auto [entry, added] = hosts_.try_emplace(host);
  if (!added) return entry->second;
  entry->second.span = tracer_.begin("host", above(host), {{"firmform.host", host}, {"firmform.bmc", bmcs_[host]}});
  tracer_.enter(bmcs_[host], entry->second.span);
  return entry->second;
}

void RunSpans::host_started(const std::string& host) {
  open_host(host);
}

void RunSpans::action_started(const plan::Action& action) {
  HostSpans& host = open_host(action.host);
  if (host.actions.contains(action.id)) return;
  const SpanId span =
      tracer_.begin("action", host.span,
                    {{"firmform.host", action.host},
                     {"firmform.action.id", std::int64_t{action.id}},
                     {"firmform.action.type", std::string(plan::to_string(action.type))},
                     {"firmform.action.summary", action.summary},
                     {"firmform.action.components", fmt::format("{}", fmt::join(action.components, ", "))}});
  host.actions[action.id] = span;
  tracer_.enter(bmcs_[action.host], span);
}

void RunSpans::action_succeeded(const plan::Action& action, const std::string& detail) {
  const auto host = hosts_.find(action.host);
  if (host == hosts_.end()) return;
  const auto found = host->second.actions.find(action.id);
  if (found == host->second.actions.end()) return;
  if (!detail.empty()) tracer_.set(found->second, "firmform.action.detail", detail);
  close_action(action.host, found->second);
  host->second.actions.erase(found);
}

void RunSpans::close_action(const std::string& host, SpanId span) {
  tracer_.leave(bmcs_[host], span);
  tracer_.end(span);
}

void RunSpans::host_finished(const std::string& host, const apply::HostOutcome& outcome) {
  HostSpans& spans = open_host(host);
  tracer_.set(spans.span, "firmform.host.result", std::string(apply::to_string(outcome.result)));
  const bool failed = outcome.error && info(outcome.error->code()).exit != Exit::ok;
  for (const auto& [id, action] : spans.actions) {
    if (failed) tracer_.fail(action, outcome.error->message());
    close_action(host, action);
  }
  if (outcome.error) tracer_.set(spans.span, "error.type", code_text(outcome.error->code()));
  if (failed) tracer_.fail(spans.span, outcome.error->one_line());
  for (const std::string& note : outcome.notes) tracer_.event(spans.span, "note", {{"firmform.note", note}});
  tracer_.leave(bmcs_[host], spans.span);
  tracer_.end(spans.span);
  hosts_.erase(host);
}

void RunSpans::run_finished(const apply::Summary& summary) {
  for (const auto& [name, wave] : waves_) tracer_.end(wave.span);
  waves_.clear();
  tracer_.leave(checks_);
  tracer_.end(checks_);
  const Exit exit = summary.exit();
  tracer_.set(run_, "firmform.result", std::string(exit_name(exit)));
  if (exit != Exit::ok && exit != Exit::scheduled) {
    tracer_.fail(run_,
                 fmt::format("{} hosts were not done", summary.hosts.size() - summary.count(apply::HostResult::done)));
  }
  tracer_.leave(run_);
  tracer_.end(run_);
}

}  // namespace firmform::telemetry
