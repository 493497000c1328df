// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/cli/approval.h"
#include "engine/cli/commands.h"
#include "engine/cli/event_output.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/notifying.h"
#include "engine/cli/plan_output.h"
#include "engine/cli/plan_signatures.h"
#include "engine/cli/policy_gate.h"
#include "engine/cli/report_outputs.h"
#include "engine/cli/run_session.h"
#include "engine/plan/codec.h"
#include "engine/plan/part.h"

namespace firmform::cli {
namespace {

/// A plan that may be carried out, and the exit code of what it leaves out.
struct Approved {
  plan::Plan plan;
  Exit exit = Exit::ok;
  std::vector<plan::PolicyResult> overridden;  ///< policies, by a person
};

using Overrides = std::vector<policy::Override>;

/// What the policies of now say of a saved plan counts, and of a whole one also what they said when it was made. The
/// plan itself stays as it is, so that the journal knows it again.
OrExit<Approved> admitted(plan::Plan plan, const Project& project, const Overrides& overrides, Context& context) {
  std::vector<plan::PolicyResult> results = judged(plan, project, context);
  if (plan.header.part_of.empty()) results = policy::stricter(std::move(results), plan.policies);
  const Exit decided = override_by_person(results, overrides, context);
  if (context.reports != nullptr) {
    plan::Plan shown = plan;
    shown.policies = results;
    context.reports->keep_plan(shown, project.desired.policies);
  }
  if (decided != Exit::ok) return leave(decided);
  if (const Exit refused = refuse(results, context); refused != Exit::ok) return leave(refused);
  return Approved{std::move(plan), Exit::ok, overridden(results)};
}

/// Passing a saved plan is the approval. Its signatures come before anything else; and it must fit the manifest of
/// today.
OrExit<Approved> saved_plan(const std::string& file, const Project& project, const Overrides& overrides,
                            const Arguments& arguments, Context& context) {
  auto plan = plan::read_file(file);
  if (!plan) return leave(context.report(plan.error().with_context(file)));
  if (const Status trusted = check_signatures(file, *plan, project); !trusted) {
    return leave(context.report(trusted.error()));
  }
  if (plan->header.manifest_digest != project.desired.digest) {
    const Error error(Code::plan_stale, fmt::format("{} was made from other manifest files than those in {}", file,
                                                    project.directory.string()));
    return leave(context.report(error));
  }
  if (!arguments.has("target")) return admitted(std::move(*plan), project, overrides, context);
  auto part = plan::part_of(*plan, arguments.values("target"));
  if (!part) return leave(context.report(part.error()));
  return admitted(std::move(*part), project, overrides, context);
}

/// What the run is about comes before it in the stream of events.
void tell_plan(const plan::Plan& plan, const Project& project, const Context& context) {
  if (context.events == nullptr) return;
  context.events->tell(plan, plan::drift_of(plan, project.desired.policies));
  if (!plan.actions.empty()) context.events->tell_planned(plan, std::nullopt);
}

OrExit<Approved> fresh_plan(const Project& project, const Overrides& overrides, const Arguments& arguments,
                            Context& context) {
  auto planned = plan_fleet(project, arguments, context);
  if (!planned) return leave(planned.error());
  context.report(planned->diagnostics, *project.sources);
  std::vector<plan::PolicyResult> results = judged(planned->plan, project, context);
  const Exit decided = override_by_person(results, overrides, context);
  keep_results(planned->plan, std::move(results));
  if (context.reports != nullptr) {
    context.reports->keep_plan(planned->plan, project.desired.policies, planned->inventory);
  }
  if (!arguments.has("json")) print_plan(planned->plan, false, context);
  tell_plan(planned->plan, project, context);
  if (decided != Exit::ok) return leave(decided);
  if (const Exit refused = refuse(planned->plan.policies, context); refused != Exit::ok) return leave(refused);
  const Exit exit = planned->exit();
  if (planned->plan.actions.empty()) return Approved{std::move(planned->plan), exit};
  if (const Status allowed = check_unsaved(planned->plan, project); !allowed) {
    return leave(context.report(allowed.error()));
  }
  const std::string question =
      fmt::format("Do you want to perform these {}?", counted(planned->plan.actions.size(), "action"));
  const auto answer = approved(question, arguments, context);
  if (!answer) return leave(answer.error());
  if (!*answer) return leave(context.report(Error(Code::not_approved, "nothing was done")));
  auto decisions = overridden(planned->plan.policies);
  return Approved{std::move(planned->plan), exit, std::move(decisions)};
}

/// What remains after a plan that has nothing to send, or whose actions all succeeded.
Exit rest_of(const plan::Plan& plan) {
  const auto left_to_bmc = [](const plan::Change& change) {
    return change.kind == plan::ChangeKind::pending || change.scheduled;
  };
  return std::ranges::any_of(plan.changes, left_to_bmc) ? Exit::scheduled : Exit::ok;
}

/// Without -detailed-exitcode, work that waits for its window is no more than a success. With it, a run that left such
/// work says so, and one that changed everything says that there were changes.
Exit exit_of_run(Exit done, const plan::Plan& plan, bool detailed) {
  if (done != Exit::ok && done != Exit::scheduled) return done;
  if (!detailed) return Exit::ok;
  const Exit rest = worst(done, rest_of(plan));
  return rest == Exit::ok ? Exit::changes : rest;
}

}  // namespace

Exit run_apply(const Arguments& arguments, Context& context) {
  const auto events = EventOutput::open(arguments, context);
  if (!events) return events.error();
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto overrides = overrides_of(arguments);
  if (!overrides) return context.report(overrides.error());
  auto notifying = Notifying::open(*project, arguments, context);
  if (!notifying) return notifying.error();
  // The lock comes first: what another run is doing to the hosts must not look like a plan's problem.
  const auto session = RunSession::open(project->directory, "apply", arguments, context);
  if (!session) return session.error();
  if (const Exit ready = (*session)->ready_for_new_run(); ready != Exit::ok) return ready;

  const bool saved = !arguments.positionals().empty();
  const bool detailed = arguments.has("detailed-exitcode");
  const auto plan = saved ? saved_plan(arguments.positionals().front(), *project, *overrides, arguments, context)
                          : fresh_plan(*project, *overrides, arguments, context);
  if (!plan) return plan.error();
  if (plan->plan.actions.empty()) {
    if (saved && !arguments.has("json")) context.out.print("The plan has no actions; nothing was done.\n");
    const Exit exit = detailed ? worst(plan->exit, rest_of(plan->plan)) : plan->exit;
    if (context.events != nullptr) context.events->tell_planned(plan->plan, exit);
    return exit;
  }
  notifying->follow(**session, "apply");
  if (context.reports != nullptr) (*session)->add_view(make_time_keeper(*context.reports, (*session)->runtime().clock()));
  (*session)->record_overrides(plan->overridden);
  const auto final_exit = [&](Exit run) { return exit_of_run(worst(plan->exit, run), plan->plan, detailed); };
  (*session)->ends_with(final_exit);
  const Exit exit = final_exit((*session)->start(plan->plan));
  notifying->finish(context);
  if (context.reports != nullptr) context.reports->keep_run((*session)->summary());
  return exit;
}

Exit run_resume(const Arguments& arguments, Context& context) {
  const auto events = EventOutput::open(arguments, context);
  if (!events) return events.error();
  std::error_code problem;
  const auto directory = std::filesystem::absolute(context.directory, problem).lexically_normal();
  if (!std::filesystem::exists(directory / ".firmform", problem)) {
    return context.report(Error(Code::nothing_to_resume, fmt::format("there is no journal in {}", directory.string())));
  }
  auto notifying = Notifying::open(arguments, context);
  if (!notifying) return notifying.error();
  const auto session = RunSession::open(directory, "resume", arguments, context);
  if (!session) return session.error();
  if (context.reports != nullptr) {
    (*session)->add_view(make_plan_keeper(*context.reports));
    (*session)->add_view(make_time_keeper(*context.reports, (*session)->runtime().clock()));
  }
  notifying->follow(**session, "resume");
  const Exit exit = (*session)->resume();
  notifying->finish(context);
  if (context.reports != nullptr) context.reports->keep_run((*session)->summary());
  return exit;
}

}  // namespace firmform::cli
