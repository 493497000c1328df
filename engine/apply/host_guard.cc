// SPDX-License-Identifier: Apache-2.0
// HostRun's evidence: health and guarded settings, read and journaled before the first write, compared after the last
// action, and put back where the plan says so.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/apply/evidence.h"
#include "engine/apply/host_check.h"
#include "engine/apply/host_run.h"
#include "engine/base/text.h"
#include "engine/http/transport.h"

namespace firmform::apply {
namespace {

using journal::EventKind;
using manifest::GuardAction;
using namespace std::chrono_literals;

constexpr Duration kSettling = 10min;  // after a restart, until sensors, POST and settings are what they will be
constexpr Duration kBetweenLooks = 15s;
constexpr Duration kClockGrain = 1s;  // logs are stamped in whole seconds

bool writes(const plan::Action& action) {
  return action.request.has_value();
}

bool is_restore_of(const plan::Action& action, const std::string& category) {
  return action.type == plan::ActionType::restore && std::ranges::count(action.components, category) > 0;
}

/// BIOS settings that were put back take effect with a restart. Where the plan has none after it, they are not there
/// yet when the host is done, and that is no failure.
std::map<std::string, GuardAction> guard_at_the_end(const plan::Plan& plan,
                                                    const std::vector<plan::ActionId>& actions) {
  std::map<std::string, GuardAction> guard = plan.config_guard;
  bool waits_for_restart = false;
  for (const plan::ActionId id : actions) {
    const plan::Action& action = plan.actions[id];
    if (is_restore_of(action, "bios")) waits_for_restart = true;
    if (action.type == plan::ActionType::reset_host) waits_for_restart = false;
  }
  if (waits_for_restart) guard["bios"] = GuardAction::report;
  return guard;
}

std::optional<std::string> joined(const std::vector<std::string>& sentences) {
  if (sentences.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(sentences, "; "));
}

}  // namespace

Task<HostRun::Stop> HostRun::read_before() {
  const bool any = std::ranges::any_of(actions_, [&](plan::ActionId id) { return writes(action(id)); });
  if (!any) co_return std::nullopt;
  const auto unread = [&](const Error& error) {
    return HostOutcome{result_of(error), error.with_note("nothing was sent to it"), {}};
  };
  if (const auto categories = guarded_categories(shared_.plan); !categories.empty()) {
    const auto settings = co_await read_settings(categories);
    if (!settings) co_return unread(settings.error().with_context("reading the settings to guard"));
    const Status recorded = co_await note(EventKind::settings, to_json_text(bounded(*settings)));
    if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error(), {}};
  }
  if (shared_.plan.rollout && shared_.plan.rollout->health) {
    const Duration skew = fresh_ ? clock_skew(*fresh_) : Duration(0);
    const auto health = co_await read_health(shared_.world.clock.now() + skew);
    if (!health) co_return unread(health.error().with_context("reading the host's health"));
    const Status recorded = co_await note(EventKind::health, to_json_text(HealthBefore{*health, skew}));
    if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error(), {}};
  }
  co_return std::nullopt;
}

/// A host counts as done only when what was read before its first write still holds.
Task<HostRun::Stop> HostRun::compare_after() {
  const HostRecord known = before();
  const bool was_read = !known.settings.empty() || !known.health.empty();
  if (!was_read || known.done) co_return std::nullopt;
  if (!known.settings.empty()) {
    auto found = co_await unlike_before();
    if (auto stop = co_await end_compared(std::move(found), Code::settings_changed, "settings changed")) co_return stop;
  }
  if (!known.health.empty()) {
    auto found = co_await less_healthy(false);
    if (auto stop = co_await end_compared(std::move(found), Code::health_worse, "is less healthy than before")) {
      co_return stop;
    }
  }
  if (shared_.detaching) co_return co_await detached(actions_.back());
  const Status recorded = co_await note(EventKind::host_done, {});
  if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error(), {}};
  co_return std::nullopt;
}

/// Guarded settings that are not as they were. What a restart has not brought back yet has some time to come.
Task<std::vector<std::string>> HostRun::unlike_before() {
  const inventory::Settings known = settings_of(before().settings);
  const auto guard = guard_at_the_end(shared_.plan, actions_);
  const SteadyTime settled = shared_.world.clock.steady_now() + kSettling;
  std::vector<std::string> found;
  for (;;) {
    const auto present = co_await read_settings(guarded_categories(shared_.plan));
    if (present) {
      Differences differ = differences(guard, known, bounded(*present));
      if (differ.failing.empty()) {
        for (std::string& sentence : differ.reported) notes_.push_back(std::move(sentence));
        if (const auto text = joined(notes_)) static_cast<void>(co_await note(EventKind::settings_differ, *text));
        co_return std::vector<std::string>();
      }
      found = std::move(differ.failing);
    } else {
      client_->forget_session();
      found = {fmt::format("they cannot be read: {}", present.error().message())};
    }
    if (shared_.detaching || shared_.world.clock.steady_now() >= settled) co_return found;
    shared_.world.view.action_progress(action(actions_.back()), std::nullopt,
                                       "comparing its settings: " + found.front());
    co_await wait(kBetweenLooks);
  }
}

Task<std::optional<HostOutcome>> HostRun::look_again() {
  provider_ = shared_.world.providers.find(host_.provider);
  auto client = shared_.world.connector.client(target_);
  if (provider_ == nullptr || !client) co_return std::nullopt;
  client_ = std::move(*client);
  auto found = co_await less_healthy(true);
  Stop ill = co_await end_compared(std::move(found), Code::health_worse, "is less healthy than before");
  co_await client_->logout();
  co_return ill;
}

/// `is_done`: nobody watches the host's actions any more.
Task<std::vector<std::string>> HostRun::less_healthy(bool is_done) {
  const HealthBefore known = health_of(before().health);
  const UtcTime since = before().read_at + known.clock_skew - kClockGrain;
  const SteadyTime settled = shared_.world.clock.steady_now() + kSettling;
  for (;;) {
    const auto present = co_await read_health(since);
    std::vector<std::string> found;
    if (present) {
      found = worse(*shared_.plan.rollout->health, known.health, *present);
    } else {
      client_->forget_session();
      found = {fmt::format("its health cannot be read: {}", present.error().message())};
    }
    const bool over = shared_.detaching || shared_.world.clock.steady_now() >= settled;
    if (found.empty() || over) co_return found;
    if (!is_done) {
      shared_.world.view.action_progress(action(actions_.back()), std::nullopt,
                                         "comparing its health: " + found.front());
    }
    co_await wait(kBetweenLooks);
  }
}

Task<HostRun::Stop> HostRun::end_compared(std::vector<std::string> found, Code code, std::string_view what) {
  if (found.empty()) co_return std::nullopt;
  // What was seen on the way to an interrupt says nothing yet.
  if (shared_.detaching) co_return co_await detached(actions_.back());
  Error error(code, fmt::format("{}: {}: {}", host_.name, what, found.front()));
  for (std::size_t i = 1; i < found.size(); ++i) error = error.with_note(found[i]);
  error = co_await with_evidence(std::move(error));
  const Status recorded = co_await note(EventKind::host_failed, error.one_line());
  if (!recorded) error = error.with_note(recorded.error().one_line());
  co_return HostOutcome{HostResult::failed, error, {}};
}

/// Each request is idempotent, so a crash in the middle begins anew.
Task<HostRun::Stop> HostRun::restore(plan::ActionId id) {
  const inventory::Settings known = settings_of(before().settings);
  shared_.world.view.action_started(action(id));
  const SteadyTime deadline = shared_.world.clock.steady_now() + std::max(action(id).deadline, kSettling);
  std::size_t sent = 0;
  for (;;) {
    if (shared_.detaching) co_return co_await detached(id);
    const auto present = co_await read_settings(action(id).components);
    if (!present) {
      client_->forget_session();
    } else {
      const auto wanted = to_put_back(action(id).components, known, bounded(*present));
      const auto is_bios = [](const inventory::Setting& setting) { return setting.category == "bios"; };
      const bool over = wanted.empty() || (sent > 0 && std::ranges::all_of(wanted, is_bios));
      if (over) {
        co_return co_await succeed(id, sent == 0        ? "no setting was changed; nothing was sent"
                                       : wanted.empty() ? "the settings are as before"
                                                        : "the settings are put back, those of the BIOS with the next "
                                                          "restart");
      }
      if (sent == 0) {
        auto requests = provider_->plan_settings(wanted, *present);
        if (requests.empty()) {
          const Error error(Code::settings_changed, fmt::format("{}: {} cannot be put back on this BMC", host_.name,
                                                                counted(wanted.size(), "setting")));
          co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
        }
        sent = requests.size();
        if (auto stopped = co_await put_back(id, std::move(requests))) co_return stopped;
        continue;
      }
    }
    if (shared_.world.clock.steady_now() >= deadline) {
      const Error error(Code::settings_changed,
                        fmt::format("{}: settings were put back, and are not as before", host_.name));
      co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
    }
    co_await wait(kBetweenLooks);
  }
}

Task<HostRun::Stop> HostRun::put_back(plan::ActionId id, std::vector<plan::PlannedRequest> requests) {
  constexpr int kAttempts = 3;
  for (plan::PlannedRequest& request : requests) {
    plan::Action sent = action(id);
    sent.request = std::move(request);
    const Status intended = co_await record(EventKind::intent, id, "put back settings of " + sent.request->target);
    if (!intended) co_return HostOutcome{HostResult::failed, intended.error(), {}};
    for (int attempt = 1;; ++attempt) {
      const Status connected = co_await client_->connect();
      const Result<Accepted> accepted =
          connected ? co_await provider_->perform(*client_, sent) : fail(connected.error());
      if (accepted) break;
      const bool hopeless = accepted.error().code() == Code::bmc_refused_update || attempt == kAttempts;
      if (hopeless) co_return co_await stop(id, EventKind::failed, HostResult::failed, accepted.error());
      client_->forget_session();
      co_await wait(kBetweenLooks);
    }
  }
  co_return std::nullopt;
}

Task<Result<inventory::Settings>> HostRun::read_settings(std::vector<std::string> categories) {
  const Status connected = co_await client_->connect();
  if (!connected) co_return fail(connected.error());
  co_return co_await provider_->read_settings(*client_, std::move(categories));
}

Task<Result<inventory::Health>> HostRun::read_health(UtcTime since) {
  const Status connected = co_await client_->connect();
  if (!connected) co_return fail(connected.error());
  co_return co_await provider_->read_health(*client_, since);
}

Task<Status> HostRun::note(EventKind kind, std::string detail) {
  journal::Event event;
  event.kind = kind;
  event.subject = host_.name;
  event.detail = std::move(detail);
  co_return co_await shared_.record(std::move(event));
}

}  // namespace firmform::apply
