// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/recipes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/contract.h"
#include "engine/plan/gates.h"
#include "engine/plan/queue.h"
#include "engine/plan/resource.h"
#include "engine/plan/steps.h"
#include "engine/plan/way.h"
#include "engine/plan/windows.h"

namespace firmform::plan {
namespace {

using manifest::RebootPolicy;

using Answer = std::variant<Recipe, Impossible>;

bool restarts_host(const Recipe& recipe) {
  const auto restarts = [](const Action& action) { return action.restarts == Restarts::host; };
  return recipe.needs_host_reset || std::ranges::any_of(recipe.actions, restarts);
}

std::optional<Finding> reboot_gate(const Scope& scope, const HostDraft& host, const Recipe& recipe) {
  const manifest::Policies& policies = scope.inputs.desired.policies;
  if (!restarts_host(recipe) || policies.reboot == RebootPolicy::allow) return std::nullopt;
  // What a BMC does at once although it could keep the window comes at any time.
  const bool is_in_window = recipe.scheduled || (host.desired->window && !is_kept_by_bmc(host));
  if (is_in_window && policies.reboot == RebootPolicy::in_window) return std::nullopt;
  Finding finding{.code = Code::reboot_denied, .what = "it becomes active only when the host restarts"};
  if (policies.reboot == RebootPolicy::in_window) {
    finding.what =
        "it needs a restart of the host, which may be in a maintenance window only, and the host is given none";
    finding.help = {"Give the host a `maintenance_window:`.",
                    "Write `policies: {reboot: allow}` to restart the hosts of this plan at any time."};
  }
  if (const auto place = policies.spans.find("reboot"); place != policies.spans.end()) {
    finding.span = place->second;
    finding.label = "says when a host may restart";
  }
  return finding;
}

std::vector<std::string> ways_out(const HostDraft& host) {
  std::vector<std::string> lines;
  for (const RecoveryWay& way : host.provider->recovery(*host.snapshot)) {
    lines.push_back(way.available ? fmt::format("{}: {}", way.name, way.text)
                                  : fmt::format("{}: not available: {}", way.name, way.why_not));
  }
  return lines;
}

/// A restart over firmware that is cut off may leave the host without any; the same flash again is the way to mend it.
void heed_incidents(const Scope& scope, const HostDraft& host, const Recipe& recipe, ChangeDraft& draft) {
  if (!restarts_host(recipe)) return;
  for (const inventory::Incident& incident : host.snapshot->incidents) {
    Finding finding{.code = Code::update_interrupted,
                    .what = printable(incident.text),
                    .help = ways_out(host),
                    .group = incident.component};
    if (incident.component == draft.component->address) {
      finding.what += "; this change is the retry";
      warn(scope, draft, finding);
    } else {
      block(scope, draft, finding);
    }
  }
}

std::optional<Finding> agent_gate(const HostDraft& host, const Step& step, const Recipe& recipe) {
  const auto& package = step.image().package;
  const bool only_agent =
      package && package->updatable_by_agent && !package->updatable_by_bmc && !package->updatable_by_uefi;
  if (!only_agent || host.staging() == nullptr || queue_names_of(recipe.actions).empty()) return std::nullopt;
  const inventory::Agent& agent = host.staging()->agent;
  if (agent.installs_by_itself()) return std::nullopt;
  return Finding{
      .code = Code::agent_missing,
      .what = agent.service_state.empty()
                  ? std::string("no agent was seen in the operating system")
                  : fmt::format("the agent is {} in mode {}", printable(agent.service_state), printable(agent.mode)),
      .span = span_of(step.entry()),
      .label = "is installed by an agent"};
}

/// In a window that the BMC keeps, nobody sees in which state the host is.
std::optional<Finding> scheduled_power_gate(const Step& step, const Recipe& recipe) {
  const manifest::PowerNeed& power = step.draft.entry->power;
  if (!recipe.scheduled || (power.state.empty() && power.hold == Duration::zero())) return std::nullopt;
  return Finding{.code = Code::feature_not_enforced,
                 .what = "the manifest asks for a power state, and nobody would hold it in a window that the BMC keeps",
                 .help = {"Write `held_by: engine` for the window."},
                 .span = step.draft.entry->span,
                 .label = "asked for here"};
}

/// What forbids this recipe.
std::optional<Finding> recipe_gate(const Scope& scope, const HostDraft& host, const Step& step, const Recipe& recipe) {
  if (auto denied = reboot_gate(scope, host, recipe)) return denied;
  if (auto missing = agent_gate(host, step, recipe)) return missing;
  return scheduled_power_gate(step, recipe);
}

/// What the BMC needs for it by itself; the image is stored before.
Duration time_in_window(const Recipe& recipe) {
  Duration time = recipe.verify.expected;
  for (const Action& action : recipe.actions) {
    if (action.type != ActionType::store) time += action.expected;
  }
  return time;
}

void give_work(const Scope& scope, const HostDraft& host, ChangeDraft& draft, const Step& step, Recipe recipe) {
  draft.change.scheduled = recipe.scheduled ? host.appointment : std::nullopt;
  auto work = std::make_unique<Work>(work_of(scope, host, step, std::move(recipe)));
  if (draft.work) {
    work->round = draft.work->round;
    work->rank = draft.work->rank;
  }
  draft.work = std::move(work);
}

/// It is in the queue, and only the restart that makes the BMC go on is missing.
bool waits_for_our_restart(const Standing& standing, const Recipe& recipe) {
  return recipe.needs_host_reset && !recipe.scheduled && standing.entry != nullptr &&
         standing.entry->state == inventory::QueueState::pending && standing.entry->window_id.empty();
}

void drop_queued(Recipe& recipe) {
  std::erase_if(recipe.actions, [](const Action& action) {
    return action.type == ActionType::store || !queue_names_of({action}).empty();
  });
}

/// True when the change is settled by what the queue shows.
bool settle_by_queue(const Scope& scope, const HostDraft& host, ChangeDraft& draft, Recipe& recipe) {
  const Standing standing = standing_of(scope, host, draft);
  switch (standing.kind) {
    case Standing::Kind::absent:
      return false;
    case Standing::Kind::failed:
      warn(scope, draft, {.code = Code::queue_entry_failed, .what = standing.text});
      return false;
    case Standing::Kind::waiting:
      break;
  }
  if (waits_for_our_restart(standing, recipe) && !reboot_gate(scope, host, recipe)) {
    drop_queued(recipe);
    draft.queue_names.clear();
    return false;
  }
  postpone(draft, standing.text);
  draft.change.scheduled = standing.appointment;
  return true;
}

void add_first_step(const Scope& scope, const HostDraft& host, ChangeDraft& draft) {
  const Step step = first_step(host, draft);
  const ChangeRequest request = request_for(scope, host, step);
  Answer answer = host.provider->plan_change(request);
  auto* recipe = std::get_if<Recipe>(&answer);
  std::vector<std::string> broken;
  if (recipe != nullptr) {
    expect_as_learned(scope, host, *recipe);
    broken = violations(*recipe, request);
    draft.queue_names = queue_names_of(recipe->actions);
    draft.restarts_host = restarts_host(*recipe);
    draft.lacks_restart = recipe->needs_host_reset;
    draft.needs_restart.assign(draft.stops.size() + 1, recipe->needs_host_reset);
    draft.in_window = time_in_window(*recipe);
    if (settle_by_queue(scope, host, draft, *recipe)) return;
  }
  if (block_by_host(scope, host, draft)) return;
  if (recipe == nullptr) {
    return block(scope, draft, from_provider(std::get<Impossible>(answer).reason, span_of(step.entry())));
  }
  if (!broken.empty()) return block(scope, draft, broken_contract(host.snapshot->provider, broken));
  if (const auto finding = recipe_gate(scope, host, step, *recipe)) return block(scope, draft, *finding);
  for (const Reason& warning : recipe->warnings) warn(scope, draft, from_provider(warning, span_of(step.entry())));
  heed_incidents(scope, host, *recipe, draft);
  if (draft.is_wanted()) give_work(scope, host, draft, step, std::move(*recipe));
}

void add_recipe(const Scope& scope, HostDraft& host, ChangeDraft& draft) {
  const bool is_gated = !host.gates.empty() || !host.firmware_gates.empty();
  const bool has_queue = host.staging() != nullptr && !host.staging()->queue.empty();
  if (is_gated && !has_queue) {
    block_by_host(scope, host, draft);
    return;
  }
  add_first_step(scope, host, draft);
  if (!draft.is_wanted()) return;
  const auto check = [&](const Step& step, const Recipe& recipe) {
    if (restarts_host(recipe) && !std::exchange(draft.restarts_host, true)) heed_incidents(scope, host, recipe, draft);
    return recipe_gate(scope, host, step, recipe);
  };
  if (const auto finding = add_further_steps(scope, host, draft, check)) block(scope, draft, *finding);
}

Finding would_activate(const ChangeDraft& staged) {
  return {.code = Code::other_version_staged,
          .what = fmt::format("the restart that it needs would activate \"{}\" on {}, where \"{}\" is wanted and "
                              "installed",
                              printable(staged.change.staged.value_or("")), staged.change.address, staged.change.to)};
}

template <class IsMeant>
std::vector<ChangeDraft*> all(HostDraft& host, IsMeant is_meant) {
  std::vector<ChangeDraft*> drafts;
  for (ChangeDraft& draft : host.changes) {
    if (is_meant(draft)) drafts.push_back(&draft);
  }
  return drafts;
}

void block_all(const Scope& scope, const std::vector<ChangeDraft*>& drafts, const Finding& finding) {
  for (ChangeDraft* draft : drafts) block(scope, *draft, finding);
}

/// What a restart is for, and why it is one of its own.
std::vector<std::string> reasons_of(const HostDraft& host, std::size_t round,
                                    const std::vector<ChangeDraft*>& waiting) {
  std::vector<std::string> names;
  for (const ChangeDraft* draft : waiting) {
    names.push_back(draft->change.name.empty() ? draft->change.address : draft->change.name);
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  std::vector<std::string> lines = {fmt::format("activates {}", printable(fmt::format("{}", fmt::join(names, ", "))))};
  if (round < host.because.size()) std::ranges::copy(host.because[round], std::back_inserter(lines));
  return lines;
}

/// The restart that `waiting` share; blocks them all when it cannot be had.
std::optional<Action> plan_reset(const Scope& scope, HostDraft& host, std::size_t round,
                                 const std::vector<ChangeDraft*>& waiting) {
  const auto spoils = [](const ChangeDraft& draft) {
    return draft.other_staged && draft.change.kind == ChangeKind::no_op;
  };
  const auto spoiled = std::ranges::find_if(host.changes, spoils);
  if (spoiled != host.changes.end()) {
    block_all(scope, waiting, would_activate(*spoiled));
    return std::nullopt;
  }
  std::vector<std::string> components;
  for (const ChangeDraft* draft : waiting) components.push_back(draft->change.address);
  std::ranges::sort(components);
  auto answer = host.provider->plan_host_reset(*host.snapshot, components);
  if (const auto* impossible = std::get_if<Impossible>(&answer)) {
    for (ChangeDraft* draft : waiting) block(scope, *draft, from_provider(impossible->reason, span_of(*draft->entry)));
    return std::nullopt;
  }
  auto& reset = std::get<Action>(answer);
  const std::vector<std::string> broken = violations_of_reset(reset, *host.snapshot);
  if (!broken.empty()) {
    block_all(scope, waiting, broken_contract(host.snapshot->provider, broken));
    return std::nullopt;
  }
  reset.components = std::move(components);
  reset.because = reasons_of(host, round, waiting);
  expect_as_learned(scope, host, reset);
  return std::move(reset);
}

bool restarts_in_window(const ChangeDraft& draft) {
  return draft.is_scheduled() && draft.work->needs_host_reset;
}

/// All that the BMC is expected to do in the window, what waits for it already included.
Duration time_in_window(const Scope& scope, HostDraft& host) {
  Duration time{0};
  const std::vector<ChangeDraft*> restarting = all(host, restarts_in_window);
  if (!restarting.empty()) {
    if (const auto reset = plan_reset(scope, host, 0, restarting)) time += reset->expected;
  }
  for (const ChangeDraft& draft : host.changes) {
    const bool is_pending = draft.change.kind == ChangeKind::pending && !draft.comes_later;
    if (draft.is_scheduled() || is_pending) time += draft.in_window;
  }
  return time;
}

/// The same work for the window that it fits into: the recipe of the first answer was good, so this one is, too.
void reschedule(const Scope& scope, const HostDraft& host, ChangeDraft& draft) {
  const Step step = first_step(host, draft);
  const ChangeRequest request = request_for(scope, host, step);
  Answer answer = host.provider->plan_change(request);
  auto* recipe = std::get_if<Recipe>(&answer);
  if (recipe == nullptr) {
    return block(scope, draft, from_provider(std::get<Impossible>(answer).reason, span_of(step.entry())));
  }
  expect_as_learned(scope, host, *recipe);
  const std::vector<std::string> broken = violations(*recipe, request);
  if (!broken.empty()) return block(scope, draft, broken_contract(host.snapshot->provider, broken));
  give_work(scope, host, draft, step, std::move(*recipe));
}

}  // namespace

void add_recipes(const Scope& scope, HostDraft& host) {
  for (ChangeDraft& draft : host.changes) {
    if (!draft.wants_firmware()) continue;
    if (host.provider != nullptr) {
      add_recipe(scope, host, draft);
    } else if (!block_by_host(scope, host, draft)) {
      block(scope, draft,
            {.code = Code::unsupported_generation,
             .what = fmt::format("no provider of this version is called \"{}\"", host.snapshot->provider)});
    }
  }
}

void settle_appointment(const Scope& scope, HostDraft& host) {
  if (std::ranges::none_of(host.changes, &ChangeDraft::is_scheduled)) return;
  const Duration work = time_in_window(scope, host);
  const std::vector<ChangeDraft*> scheduled = all(host, [](const ChangeDraft& draft) { return draft.is_scheduled(); });
  if (const auto finding = appoint(scope, host, work)) return block_all(scope, scheduled, *finding);
  for (ChangeDraft* draft : scheduled) reschedule(scope, host, *draft);
}

void reroute(const Scope& scope, HostDraft& host, ChangeDraft& draft) {
  const std::vector<Reason> reasons = draft.change.reasons;
  draft.work.reset();
  add_recipe(scope, host, draft);
  if (draft.is_wanted()) draft.change.reasons = reasons;
}

void add_resets(const Scope& scope, HostDraft& host) {
  host.resets.clear();
  for (std::size_t round = 0; round < host.because.size(); ++round) {
    const auto waiting = all(host, [&](const ChangeDraft& draft) { return draft.needs_reset(round); });
    host.resets.push_back(waiting.empty() ? std::nullopt : plan_reset(scope, host, round, waiting));
  }
}

}  // namespace firmform::plan
