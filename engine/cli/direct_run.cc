// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/direct_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "engine/base/text.h"
#include "engine/cli/approval.h"
#include "engine/cli/dry_run.h"
#include "engine/cli/plan_output.h"
#include "engine/cli/plan_signatures.h"
#include "engine/cli/policy_gate.h"
#include "engine/cli/version.h"
#include "engine/plan/codec.h"

namespace firmform::cli {
namespace {

bool only_shown(const Arguments& arguments) {
  return arguments.has("dry-run") || arguments.has("out");
}

OrExit<std::unique_ptr<RunSession>> open_session(const Project& project, std::string_view verb,
                                                 const Arguments& arguments, Context& context) {
  auto session = RunSession::open(project.directory, verb, arguments, context);
  if (!session) return session;
  if (const Exit ready = (*session)->ready_for_new_run(); ready != Exit::ok) return leave(ready);
  return session;
}

std::string question_about(const plan::Plan& plan) {
  std::set<std::string> hosts;
  for (const plan::Action& action : plan.actions) hosts.insert(action.host);
  return fmt::format("Do you want to perform {} on {}?", counted(plan.actions.size(), "action"),
                     fmt::join(hosts, ", "));
}

}  // namespace

OrExit<DirectRun> DirectRun::open(std::string_view verb, const std::string& hosts, const Arguments& arguments,
                                  Context& context) {
  auto run = open_what_answers(verb, hosts, arguments, context);
  if (!run) return run;
  if (const Exit unread = report_unread(run->scene(), context); unread != Exit::ok) return leave(unread);
  return run;
}

OrExit<DirectRun> DirectRun::open_what_answers(std::string_view verb, const std::string& hosts,
                                               const Arguments& arguments, Context& context) {
  const auto project = open_project(context);
  if (!project) return leave(project.error());
  std::unique_ptr<RunSession> session;
  if (!only_shown(arguments)) {
    auto opened = open_session(*project, verb, arguments, context);
    if (!opened) return leave(opened.error());
    session = std::move(*opened);
  }
  auto scene = look_at({hosts}, arguments, context);
  if (!scene) return leave(scene.error());
  return DirectRun(std::move(*scene), std::move(session), arguments, context);
}

void DirectRun::deliver_by(manifest::Delivery delivery) {
  if (delivery == manifest::Delivery::automatic) return;
  for (auto& [name, host] : scene_.project.desired.hosts) host.delivery = delivery;
}

Exit DirectRun::carry_out(const std::vector<HostWork>& work, const catalog::Catalog& catalog) {
  const manifest::Desired& desired = scene_.project.desired;
  std::vector<plan::DirectRequest> requests;
  for (const HostWork& one : work) {
    requests.push_back({.desired = &desired.hosts.at(one.host),
                        .snapshot = &scene_.inventory.at(one.host),
                        .writes = one.writes,
                        .reset = one.reset});
  }
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  auto planned = plan::make_direct_plan({.desired = desired,
                                         .inventory = scene_.inventory,
                                         .catalog = catalog,
                                         .sources = *scene_.project.sources,
                                         .now = now,
                                         .tool_version = std::string(kVersion)},
                                        all_providers(), requests);
  const Diagnostics problems = planned.diagnostics.errors();
  context_->report(problems, *scene_.project.sources);
  if (!planned.value) return worst(Exit::error, problems.exit());
  return carry_out(*planned.value, problems.exit());
}

Exit DirectRun::carry_out(const plan::Plan& made, Exit problems) {
  const bool json = arguments_->has("json");
  if (arguments_->has("dry-run")) {
    context_->out.print(json ? json::dump_pretty(requests_json(made)) : requests_text(made));
    return problems;
  }
  plan::Plan plan = made;
  const auto overrides = overrides_of(*arguments_);
  if (!overrides) return context_->report(overrides.error());
  std::vector<plan::PolicyResult> results = judged(plan, scene_.project, *context_);
  const Exit decided = override_by_person(results, *overrides, *context_);
  keep_results(plan, std::move(results));
  if (!json) print_plan(plan, false, *context_);
  if (const auto file = arguments_->value("out")) {
    if (const Status written = plan::write_file(plan, *file); !written) return context_->report(written.error());
    context_->out.print(fmt::format("\nSaved the plan. To carry out exactly this: firmform apply {}\n", *file));
    return worst(problems, exit_of(plan.policies));
  }
  if (decided != Exit::ok) return decided;
  if (plan.actions.empty()) return problems;
  if (const Exit refused = refuse(plan.policies, *context_); refused != Exit::ok) return refused;
  if (const Status allowed = check_unsaved(plan, scene_.project); !allowed) return context_->report(allowed.error());
  const auto answer = approved(question_about(plan), *arguments_, *context_);
  if (!answer) return answer.error();
  if (!*answer) return context_->report(Error(Code::not_approved, "nothing was done"));
  session_->record_overrides(overridden(plan.policies));
  const Exit done = session_->start(plan);
  return worst(problems, done == Exit::scheduled ? Exit::ok : done);
}

}  // namespace firmform::cli
