// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/contract.h"
#include "engine/plan/queue.h"
#include "engine/plan/resource.h"
#include "engine/plan/way.h"

namespace firmform::plan {
namespace {

/// What the same entry selects, or another one with the same image; what is blocked shall stay as it is.
std::vector<std::string> meant_with(const HostDraft& host, const Step& step) {
  std::vector<std::string> addresses;
  for (const ChangeDraft& other : host.changes) {
    const bool has_image = step.is_last() && other.image == step.draft.image && other.is_wanted();
    const bool is_meant = other.entry == step.draft.entry || has_image;
    const bool is_free = other.change.kind != ChangeKind::blocked;
    if (other.is_firmware() && other.component != nullptr && is_meant && is_free) {
      addresses.push_back(other.component->address);
    }
  }
  return addresses;
}

/// The host as it will be when later steps come: a copy in which the component has another version each time.
class Rehearsal {
 public:
  Rehearsal(HostDraft& host, const ChangeDraft& draft) : draft_(draft), copy_(copy_of(host)) {
    component_ = &*std::ranges::find(copy_.components, draft.component->address, &inventory::Component::address);
  }
  ~Rehearsal() { *component_ = *draft_.component; }
  Rehearsal(const Rehearsal&) = delete;
  Rehearsal& operator=(const Rehearsal&) = delete;

  Step step(std::size_t from, std::size_t place) {
    component_->version = version_at(draft_, from);
    component_->staged_version.reset();
    return {.draft = draft_, .place = place, .host = copy_, .component = *component_};
  }

 private:
  static inventory::HostSnapshot& copy_of(HostDraft& host) {
    if (host.rehearsal == nullptr) host.rehearsal = std::make_unique<inventory::HostSnapshot>(*host.snapshot);
    return *host.rehearsal;
  }

  const ChangeDraft& draft_;
  inventory::HostSnapshot& copy_;
  inventory::Component* component_ = nullptr;
};

/// What the manifest calls a version, the BMC may spell in another way: a later step takes what satisfies it.
void accept_stop(const ChangeDraft& draft, std::size_t from, Work& work) {
  const manifest::FirmwareEntry& entry = entry_at(draft, from);
  for (Action& action : work.actions) {
    for (Condition& condition : action.preconditions) {
      const bool is_own = condition.component == draft.component->address;
      if (condition.type != Condition::Type::installed_version || !is_own) continue;
      condition = {.type = Condition::Type::wanted_version,
                   .component = condition.component,
                   .value = entry.version.value,
                   .scheme = entry.version_scheme ? entry.version_scheme->value : std::string()};
    }
  }
}

Action hold_of(const HostDraft& host, const ChangeDraft& draft, const manifest::PowerNeed& power) {
  const std::string& state = power.state.empty() ? host.snapshot->system.power_state : power.state;
  Action hold;
  hold.type = ActionType::hold;
  hold.components = {draft.change.address};
  hold.summary =
      fmt::format("leave the host {} for {}", state.empty() ? "as it is" : to_lower(state), to_text(power.hold));
  Condition condition{.type = Condition::Type::update_service_idle};
  if (!state.empty()) condition = {.type = Condition::Type::power_state, .value = state};
  hold.preconditions = {condition};
  hold.postconditions = {condition};
  hold.expected = power.hold;
  hold.deadline = power.hold + std::chrono::minutes(10);
  return hold;
}

void heed_power(const HostDraft& host, const ChangeDraft& draft, Work& work) {
  const manifest::PowerNeed& power = draft.entry->power;
  if (!power.state.empty()) {
    for (Action& action : work.actions) {
      action.preconditions.push_back({.type = Condition::Type::power_state, .value = power.state});
    }
  }
  if (power.hold > Duration::zero()) work.hold = hold_of(host, draft, power);
}

}  // namespace

const manifest::FirmwareEntry& Step::entry() const {
  return entry_at(draft, place);
}

const catalog::CatalogImage& Step::image() const {
  return image_at(draft, place);
}

Step first_step(const HostDraft& host, const ChangeDraft& draft) {
  return {
      .draft = draft, .place = places_of_route(draft).front(), .host = *host.snapshot, .component = *draft.component};
}

ChangeRequest request_for(const Scope& scope, const HostDraft& host, const Step& step) {
  return {.host = step.host,
          .component = step.component,
          .entry = step.entry(),
          .image = step.image(),
          .policies = scope.inputs.desired.policies,
          .kind = step.draft.comes_later.value_or(step.draft.change.kind),
          .delivery = host.desired->delivery,
          .appointment = host.appointment,
          .also = meant_with(host, step)};
}

const SourceSpan& span_of(const manifest::FirmwareEntry& entry) {
  return entry.image ? entry.image->span : entry.span;
}

void expect_as_learned(const Scope& scope, const HostDraft& host, Action& action) {
  if (scope.inputs.estimates == nullptr) return;
  const std::string component = action.components.empty() ? std::string() : action.components.front();
  const auto learned =
      scope.inputs.estimates->expected(host.snapshot->provider, host.snapshot->system.model, component, action.type);
  if (!learned) return;
  action.expected = std::max(*learned, Duration(1));
  action.deadline = std::max(action.deadline, action.expected * 2);
}

void expect_as_learned(const Scope& scope, const HostDraft& host, Recipe& recipe) {
  for (Action& action : recipe.actions) expect_as_learned(scope, host, action);
  expect_as_learned(scope, host, recipe.verify);
  for (Action& action : recipe.cleanup) expect_as_learned(scope, host, action);
}

Work work_of(const Scope& scope, const HostDraft& host, const Step& step, Recipe recipe) {
  Work work{.actions = std::move(recipe.actions),
            .needs_host_reset = recipe.needs_host_reset,
            .verify = std::nullopt,
            .cleanup = {},
            .scheduled = recipe.scheduled};
  guard_queue(scope, recipe.scheduled ? std::optional(host.latest) : std::nullopt, work.actions);
  if (recipe.scheduled) return work;
  work.verify = std::move(recipe.verify);
  work.cleanup = std::move(recipe.cleanup);
  heed_power(host, step.draft, work);
  return work;
}

std::optional<Finding> add_further_steps(const Scope& scope, HostDraft& host, ChangeDraft& draft,
                                         const CheckRecipe& check) {
  draft.further.clear();
  const std::vector<std::size_t> places = places_of_route(draft);
  if (places.size() < 2) return std::nullopt;
  std::vector<Work> further;
  Rehearsal rehearsal(host, draft);
  for (std::size_t number = 1; number < places.size(); ++number) {
    const Step step = rehearsal.step(places[number - 1], places[number]);
    const ChangeRequest request = request_for(scope, host, step);
    auto answer = host.provider->plan_change(request);
    auto* recipe = std::get_if<Recipe>(&answer);
    if (recipe == nullptr) return from_provider(std::get<Impossible>(answer).reason, span_of(step.entry()));
    expect_as_learned(scope, host, *recipe);
    const std::vector<std::string> broken = violations(*recipe, request);
    if (!broken.empty()) return broken_contract(host.snapshot->provider, broken);
    if (auto finding = check(step, *recipe)) return finding;
    draft.needs_restart[places[number] - 1] = recipe->needs_host_reset;
    further.push_back(work_of(scope, host, step, std::move(*recipe)));
    accept_stop(draft, places[number - 1], further.back());
  }
  draft.further = std::move(further);
  return std::nullopt;
}

}  // namespace firmform::plan
