// SPDX-License-Identifier: Apache-2.0
// firmform rollback: brings back what was installed before a run, by a plan like any other.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "engine/base/text.h"
#include "engine/catalog/versions.h"
#include "engine/cli/direct_run.h"
#include "engine/cli/fleet_plan.h"
#include "engine/cli/journal_runs.h"
#include "engine/cli/policy_gate.h"
#include "engine/cli/project_catalog.h"
#include "engine/cli/trust_verbs.h"
#include "engine/journal/sqlite_journal.h"
#include "engine/plan/rollback.h"

namespace firmform::cli {
namespace {

struct PastRun {
  std::string id;
  plan::Plan plan;
  std::set<plan::ActionId> sent;
};

/// What was put on its way is what may have changed something; whether it has, the installed versions tell.
std::set<plan::ActionId> sent_actions(const std::vector<journal::Event>& events) {
  std::set<plan::ActionId> sent;
  for (const journal::Event& event : events) {
    if (event.kind == journal::EventKind::intent && event.action) sent.insert(*event.action);
  }
  return sent;
}

Result<PastRun> read_run(const std::filesystem::path& state, const std::string& name) {
  std::error_code problem;
  if (!std::filesystem::exists(state / "journal.sqlite", problem)) return fail(no_such_run(name));
  const auto journal = journal::open_sqlite_journal(state);
  if (!journal) return fail(journal.error());
  const auto runs = (*journal)->runs();
  if (!runs) return fail(runs.error());
  const auto run = named_run(*runs, name);
  if (!run) return fail(run.error());
  auto plan = (*journal)->plan_of(run->id);
  if (!plan) return fail(plan.error());
  const auto events = (*journal)->events(run->id);
  if (!events) return fail(events.error());
  return PastRun{run->id, std::move(*plan), sent_actions(*events)};
}

/// Hosts on which the run began with something, and that `patterns` select; all of them without patterns.
OrExit<std::vector<std::string>> hosts_of(const PastRun& run, const std::vector<std::string>& patterns,
                                          const Context& context) {
  std::set<std::string> touched;
  for (const plan::ActionId id : run.sent) touched.insert(run.plan.actions[id].host);
  if (patterns.empty()) return std::vector<std::string>(touched.begin(), touched.end());
  std::set<std::string> selected;
  for (const std::string& pattern : patterns) {
    const std::size_t before = selected.size();
    std::ranges::copy_if(touched, std::inserter(selected, selected.end()),
                         [&](const std::string& host) { return glob_match(pattern, host); });
    if (selected.size() > before) continue;
    return leave(
        context.report(Error(Code::unknown_host, fmt::format("`{}` matches none of the {} that run {} changed", pattern,
                                                             counted(touched.size(), "host"), run.id))));
  }
  return std::vector<std::string>(selected.begin(), selected.end());
}

/// Of hosts that are in the manifest: others cannot be reached. Reports them.
std::vector<std::string> known_hosts(const std::vector<std::string>& hosts, const Project& project, Context& context,
                                     Exit& exit) {
  std::vector<std::string> known;
  for (const std::string& host : hosts) {
    if (project.desired.hosts.contains(host)) {
      known.push_back(host);
    } else {
      exit = worst(
          exit, context.report(Error(Code::unknown_host, fmt::format("the manifest has no host {} any more", host))));
    }
  }
  return known;
}

OrExit<catalog::CatalogReading> images_for(const Scene& scene, const plan::Undoing& undoing, Context& context) {
  const Project& project = scene.project;
  std::vector<std::string> names = plan::declared_images_of(undoing.undos, project.desired, scene.inventory);
  std::ranges::move(catalog::names_for(project.desired.catalog, project.directory,
                                       plan::versions_to_restore(undoing.undos, scene.inventory)),
                    std::back_inserter(names));
  return read_images(project, names, context, Pins::where_given);
}

Exit report_all(const plan::Undoing& undoing, const Arguments& arguments, Context& context) {
  Exit exit = Exit::ok;
  for (const plan::NotUndone& refused : undoing.refused) exit = worst(exit, context.report(refused.error));
  if (arguments.has("json")) return exit;
  for (const std::string& text : undoing.settled) context.out.print(fmt::format("Left alone: {}\n", text));
  return exit;
}

void print_what(const plan::Undoing& undoing, const std::string& run, const Context& context) {
  context.out.print(fmt::format("Going back to what was installed before run {}:\n", run));
  for (const plan::Undo& undo : undoing.undos) {
    context.out.print(fmt::format("  {}/{}  \"{}\" -> \"{}\"\n", undo.host, undo.address, printable(undo.installed),
                                  printable(undo.before)));
  }
  context.out.print(
      "The manifest still asks for what the run installed: change it, or the next apply installs that again.\n\n");
}

/// No problem, so it is said where results are.
Exit nothing_to_do(const std::string& run, const Arguments& arguments, const Context& context) {
  const Code code = Code::nothing_to_roll_back;
  if (arguments.has("json")) {
    // A line of the stream, as everything that -json prints here.
    const json::Object nothing{
        {"format_version", "1.0"}, {"run", run}, {"code", to_string(code)}, {"undos", json::Array()}};
    context.out.print(json::dump(nothing) + "\n");
  } else {
    context.out.print(fmt::format("Nothing to roll back ({}): no component is at a version that run {} installed.\n",
                                  to_string(code), run));
  }
  return info(code).exit;
}

Exit roll_back(DirectRun& direct, const PastRun& run, const Arguments& arguments, Context& context) {
  const Scene& scene = direct.scene();
  plan::Undoing undoing = plan::find_undos(run.plan, run.sent, scene.inventory);
  const auto images = images_for(scene, undoing, context);
  if (!images) return images.error();
  const manifest::Desired before =
      plan::desired_before(scene.project.desired, images->catalog, scene.inventory, undoing);
  const Exit problems = report_all(undoing, arguments, context);
  if (undoing.undos.empty()) {
    if (problems != Exit::ok) return problems;
    return nothing_to_do(run.id, arguments, context);
  }
  if (!arguments.has("json")) print_what(undoing, run.id, context);
  inventory::Inventory inventory;
  for (const auto& [name, host] : before.hosts) inventory.emplace(name, scene.inventory.at(name));
  const auto planned = plan_on(scene.project, before, std::move(inventory), context, Pins::where_given);
  if (!planned) return planned.error();
  context.report(planned->diagnostics, *scene.project.sources);
  return direct.carry_out(planned->plan, worst(problems, planned->exit()));
}

Exit run_rollback(const Arguments& arguments, Context& context) {
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto run = read_run(project->state_directory(), arguments.positionals().front());
  if (!run) return context.report(run.error());
  const auto hosts = hosts_of(*run, arguments.values("target"), context);
  if (!hosts) return hosts.error();
  Exit exit = Exit::ok;
  const std::vector<std::string> known = known_hosts(*hosts, *project, context, exit);
  if (known.empty()) {
    if (exit != Exit::ok) return exit;
    return nothing_to_do(run->id, arguments, context);
  }
  auto direct = DirectRun::open_what_answers("rollback", fmt::format("{}", fmt::join(known, ",")), arguments, context);
  if (!direct) return direct.error();
  return worst(exit, roll_back(*direct, *run, arguments, context));
}

}  // namespace

Verb rollback_verb() {
  return {
      "rollback",
      "Bring back what was installed before a run",
      "For each component that the run changed and that is still at the version that it installed: plans the version "
      "that was there before, with the catalog's image of it, shows the plan, asks, and carries it out. Going down is "
      "permitted for exactly these components, whatever `policies: {downgrade: …}` says. What cannot go back (no "
      "image, a BMC or "
      "device that takes no older firmware) is named with the reason. The manifest still asks for what the run "
      "installed: change it, or the next apply installs that again.",
      {{"RUN", "a run's id, or its beginning; `firmform status` lists them", true}},
      {{"target", "HOST", "Only this host; a name or a glob. May be given several times.", true},
       {"out", "FILE", "Save the plan, for `apply FILE`."},
       {"dry-run", "", "Show the requests that would be sent, and send none."},
       {"json", "", "Machine-readable output on standard output."},
       {"auto-approve", "", "Do not ask; apply at once."},
       {"input", "BOOL", "false: never ask; fail where an answer is needed."},
       override_option(),
       {"reason", "TEXT", "Why; kept in the journal. May be given once for each -override.", true},
       {"parallelism", "N", "Hosts at work at a time (default 10)."},
       {"read-parallelism", "N", "Hosts read at a time (default 512)."}},
      run_rollback,
      {}};
}

}  // namespace firmform::cli
