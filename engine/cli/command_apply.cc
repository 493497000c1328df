// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/cli/approval.h"
#include "engine/cli/commands.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/plan_output.h"
#include "engine/cli/plan_signatures.h"
#include "engine/cli/run_session.h"
#include "engine/plan/codec.h"
#include "engine/plan/part.h"

namespace firmform::cli {
namespace {

/// A plan that may be carried out, and the exit code of what it leaves out.
struct Approved {
  plan::Plan plan;
  Exit exit = Exit::ok;
};

/// Passing a saved plan is the approval. Its signatures come before anything else; and it must fit the manifest of
/// today.
OrExit<Approved> saved_plan(const std::string& file, const Project& project, const Arguments& arguments,
                            Context& context) {
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
  if (!arguments.has("target")) return Approved{std::move(*plan)};
  auto part = plan::part_of(*plan, arguments.values("target"));
  if (!part) return leave(context.report(part.error()));
  return Approved{std::move(*part)};
}

OrExit<Approved> fresh_plan(const Project& project, const Arguments& arguments, Context& context) {
  auto planned = plan_fleet(project, arguments, context);
  if (!planned) return leave(planned.error());
  context.report(planned->diagnostics, *project.sources);
  if (!arguments.has("json")) print_plan(planned->plan, false, context);
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
  return Approved{std::move(planned->plan), exit};
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
  const auto project = open_project(context);
  if (!project) return project.error();
  // The lock comes first: what another run is doing to the hosts must not look like a plan's problem.
  const auto session = RunSession::open(project->directory, "apply", arguments, context);
  if (!session) return session.error();
  if (const Exit ready = (*session)->ready_for_new_run(); ready != Exit::ok) return ready;

  const bool saved = !arguments.positionals().empty();
  const auto plan = saved ? saved_plan(arguments.positionals().front(), *project, arguments, context)
                          : fresh_plan(*project, arguments, context);
  if (!plan) return plan.error();
  if (plan->plan.actions.empty()) {
    if (saved) context.out.print("The plan has no actions; nothing was done.\n");
    return arguments.has("detailed-exitcode") ? worst(plan->exit, rest_of(plan->plan)) : plan->exit;
  }
  const Exit done = worst(plan->exit, (*session)->start(plan->plan));
  return exit_of_run(done, plan->plan, arguments.has("detailed-exitcode"));
}

Exit run_resume(const Arguments& arguments, Context& context) {
  std::error_code problem;
  const auto directory = std::filesystem::absolute(context.directory, problem).lexically_normal();
  if (!std::filesystem::exists(directory / ".firmform", problem)) {
    return context.report(Error(Code::nothing_to_resume, fmt::format("there is no journal in {}", directory.string())));
  }
  const auto session = RunSession::open(directory, "resume", arguments, context);
  if (!session) return session.error();
  return (*session)->resume();
}

}  // namespace firmform::cli
