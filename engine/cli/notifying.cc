// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/notifying.h"

#include "engine/cli/version.h"
#include "engine/notify/run_view.h"

namespace firmform::cli {
namespace {

constexpr Duration kPatienceOfLooking = std::chrono::minutes(2);
constexpr Duration kPatienceOfRuns = std::chrono::seconds(30);

/// Nothing when there is nothing to tell.
std::optional<notify::Event> event_of(const report::FleetReport& report) {
  const notify::Stamp stamp{.id = notify::make_event_id(), .tool_version = std::string(kVersion)};
  if (report.verb == "drift" && report.drift.exit() != Exit::ok) return notify::drift_event(report, stamp);
  if (report.verb == "plan" && !report.plan.actions.empty()) return notify::changes_event(report, stamp);
  return std::nullopt;
}

}  // namespace

OptionSpec notify_option() {
  return {"notify", "", "Post what is found to the receivers of `notifications:`."};
}

OptionSpec notify_run_option() {
  return {"notify", "", "Post what becomes of the run to the receivers of `notifications:`."};
}

OrExit<Notifying> Notifying::open(const Project& project, const Arguments& arguments, Context& context) {
  Notifying result;
  if (!arguments.has("notify")) return result;
  result.directory_ = project.directory;
  result.receivers_ = notify::receivers_of(project.desired.notifications, project.directory);
  if (result.is_on()) return result;
  const Error error(Code::usage, "-notify is given, and the manifest has no `notifications:`");
  return leave(context.report(error.with_help("say there whom to tell, or leave the option out")));
}

OrExit<Notifying> Notifying::open(const Arguments& arguments, Context& context) {
  if (!arguments.has("notify")) return Notifying();
  const auto project = open_project(context);
  if (!project) return leave(project.error());
  return open(*project, arguments, context);
}

std::shared_ptr<PostOffice> Notifying::open_office() const {
  return std::make_shared<PostOffice>(directory_, receivers_);
}

Exit Notifying::tell(const report::FleetReport& report, Context& context) const {
  if (!is_on()) return Exit::ok;
  const auto event = event_of(report);
  if (!event) return Exit::ok;
  const auto office = open_office();
  office->post(*event);
  Exit exit = Exit::ok;
  for (const Error& error : office->finish(kPatienceOfLooking)) exit = worst(exit, context.report(error));
  return exit;
}

void Notifying::follow(RunSession& session, std::string verb) {
  if (!is_on()) return;
  office_ = open_office();
  session.add_view(
      notify::make_notifying_view([office = office_](notify::Event event) { office->post(std::move(event)); },
                                  session.runtime().clock(), std::move(verb), std::string(kVersion)));
}

void Notifying::finish(Context& context) {
  if (office_ == nullptr) return;
  Diagnostics problems;
  for (const Error& error : office_->finish(kPatienceOfRuns)) {
    Diagnostic problem = to_diagnostic(error);
    problem.severity = Severity::warning;
    problems.add(std::move(problem));
  }
  if (!problems.empty()) context.report(problems, SourceMap());
}

}  // namespace firmform::cli
