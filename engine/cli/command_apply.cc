// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "engine/base/text.h"
#include "engine/cli/commands.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/plan_output.h"
#include "engine/cli/run_session.h"
#include "engine/plan/codec.h"

namespace firmform::cli {
namespace {

/// A plan that may be carried out, and the exit code of what it leaves out.
struct Approved {
  plan::Plan plan;
  Exit exit = Exit::ok;
};

/// Passing a saved plan is the approval. It must fit the manifest of today.
OrExit<Approved> saved_plan(const std::string& file, const Project& project, Context& context) {
  auto plan = plan::read_file(file);
  if (!plan) return leave(context.report(plan.error().with_context(file)));
  if (plan->header.manifest_digest != project.desired.digest) {
    const Error error(Code::plan_stale, fmt::format("{} was made from other manifest files than those in {}", file,
                                                    project.directory.string()));
    return leave(context.report(error));
  }
  return Approved{std::move(*plan)};
}

OrExit<bool> ask(const plan::Plan& plan, const Arguments& arguments, Context& context) {
  if (arguments.has("auto-approve")) return true;
  const bool may_ask = ::isatty(STDIN_FILENO) == 1 && arguments.value("input").value_or("true") != "false" && !arguments.has("json");
  if (!may_ask) return leave(context.report(Error(Code::input_needed, "the plan is not approved, and nobody can be asked")));
  context.out.print(fmt::format("\nDo you want to perform these {}?\nOnly 'yes' will be accepted to approve.\n\nEnter a value: ",
                                counted(plan.actions.size(), "action")));
  static_cast<void>(context.out.flush());
  std::string answer;
  std::getline(std::cin, answer);
  return trim(answer) == "yes";
}

OrExit<Approved> fresh_plan(const Project& project, const Arguments& arguments, Context& context) {
  auto planned = plan_fleet(project, arguments, context);
  if (!planned) return leave(planned.error());
  context.report(planned->diagnostics, *project.sources);
  if (!arguments.has("json")) print_plan(planned->plan, false, context);
  const Exit exit = planned->exit();
  if (planned->plan.actions.empty()) return Approved{std::move(planned->plan), exit};
  const auto approved = ask(planned->plan, arguments, context);
  if (!approved) return leave(approved.error());
  if (!*approved) return leave(context.report(Error(Code::not_approved, "nothing was done")));
  return Approved{std::move(planned->plan), exit};
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
  const auto approved = saved ? saved_plan(arguments.positionals().front(), *project, context)
                              : fresh_plan(*project, arguments, context);
  if (!approved) return approved.error();
  if (approved->plan.actions.empty()) {
    if (saved) context.out.print("The plan has no actions; nothing was done.\n");
    return approved->exit;
  }
  const Exit done = worst(approved->exit, (*session)->start(approved->plan));
  return done == Exit::ok && arguments.has("detailed-exitcode") ? Exit::changes : done;
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
