// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/host_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/apply/host_check.h"
#include "engine/apply/purpose.h"
#include "engine/apply/served_action.h"
#include "engine/apply/window_check.h"
#include "engine/http/transport.h"

namespace firmform::apply {
namespace {

using journal::EventKind;
using namespace std::chrono_literals;

constexpr int kSendAttempts = 3;  // each after the one before provably did nothing
constexpr Duration kBetweenAttempts = 5s;
constexpr int kPercentStep = 10;  // of a fetch, for views

bool is_write(const plan::Action& action) {
  return action.request.has_value();
}

bool moves_an_image(const plan::Action& action) {
  return action.image && !action.image->path.empty();
}

}  // namespace

Task<Status> Shared::record(journal::Event event) {
  event.at = world.clock.now();
  Status status = co_await world.journal.append(run_id, event);
  if (!status) {
    broken = status.error();
    changed.notify();
    co_return status;
  }
  apply_event(state, event);
  apply_event(rollout, event);
  co_return status;
}

HostRun::HostRun(Shared& shared, const plan::PlannedHost& host, std::vector<plan::ActionId> actions)
    : shared_(shared),
      host_(host),
      actions_(std::move(actions)),
      target_(target_of(host)),
      begun_at_(shared.world.clock.now()),
      self_(std::make_shared<HostRun*>(this)) {}

Task<HostOutcome> HostRun::execute() {
  const Stop stopped = co_await go_through();
  if (client_) co_await client_->logout();
  HostOutcome outcome = stopped.value_or(HostOutcome());
  outcome.notes = std::move(notes_);
  co_return outcome;
}

Task<HostRun::Stop> HostRun::go_through() {
  Stop stopped = co_await open();
  if (!stopped && untouched_) stopped = co_await await_foreign_work();
  if (!stopped && untouched_) stopped = co_await read_before();
  for (const plan::ActionId id : actions_) {
    if (stopped) break;
    if (entry(id).state == ActionState::succeeded) continue;
    stopped = co_await advance(id);
  }
  if (!stopped) stopped = co_await compare_after();
  co_return stopped;
}

Task<HostRun::Stop> HostRun::open() {
  provider_ = shared_.world.providers.find(host_.provider);
  if (provider_ == nullptr) {
    co_return HostOutcome{HostResult::failed,
                          Error(Code::internal_error, fmt::format("no provider '{}'", host_.provider))};
  }
  auto client = shared_.world.connector.client(target_);
  if (!client) co_return HostOutcome{HostResult::unreachable, client.error()};
  client_ = std::move(*client);

  // Only a host that nothing was sent to yet can be refused for having moved: afterwards it moves by our own hand.
  untouched_ =
      std::ranges::all_of(actions_, [&](plan::ActionId id) { return entry(id).state == ActionState::pending; });
  if (!untouched_) co_return std::nullopt;
  auto snapshot = co_await look();
  if (!snapshot) {
    co_return HostOutcome{result_of(snapshot.error()), snapshot.error().with_note("nothing was sent to it")};
  }
  Stop against = reason_against(shared_.plan, host_, actions_, *snapshot, *provider_);
  fresh_ = std::move(*snapshot);
  co_return against;
}

/// Brings one action to its end from wherever it stands.
Task<HostRun::Stop> HostRun::advance(plan::ActionId id) {
  switch (entry(id).state) {
    case ActionState::pending:
      co_return co_await start(id);
    case ActionState::intended:
      // What sends nothing, or the same again, is simply taken up.
      if (action(id).type == plan::ActionType::hold || action(id).type == plan::ActionType::restore) {
        co_return co_await start(id);
      }
      co_return co_await investigate(id);
    case ActionState::accepted:
      co_return co_await follow(id, Permit());
    case ActionState::succeeded:
      co_return std::nullopt;
    case ActionState::failed:
      co_return HostOutcome{HostResult::failed, Error(Code::update_failed, entry(id).detail)};
    case ActionState::skipped:
      co_return HostOutcome{HostResult::skipped, Error(Code::skipped_after_failure, entry(id).detail)};
    case ActionState::unknown:
      co_return HostOutcome{HostResult::unknown, Error(Code::outcome_unknown, entry(id).detail)};
  }
  co_return std::nullopt;
}

Task<HostRun::Stop> HostRun::start(plan::ActionId id) {
  if (shared_.broken) co_return HostOutcome{HostResult::failed, *shared_.broken};
  if (shared_.detaching) co_return co_await detached(id);
  if (action(id).type == plan::ActionType::hold) co_return co_await hold(id);
  if (action(id).type == plan::ActionType::restore) co_return co_await restore(id);
  if (!is_write(action(id))) {
    shared_.world.view.action_started(action(id));
    const SteadyTime deadline = shared_.world.clock.steady_now() + action(id).deadline;
    co_return co_await await_postconditions(id, deadline);
  }
  Permit permit;
  if (moves_an_image(action(id))) {
    // What was seen before a wait for others' uploads is no longer fresh.
    if (shared_.uploads.would_wait()) fresh_.reset();
    permit = co_await shared_.uploads.acquire();
    if (shared_.detaching) co_return co_await detached(id);
  }
  co_return co_await start_write(id, std::move(permit));
}

/// The last look before a request: its purpose may be fulfilled, or its preconditions broken.
Task<HostRun::Stop> HostRun::start_write(plan::ActionId id, Permit permit) {
  Result<inventory::HostSnapshot> snapshot = fail(Code::internal_error, "not read");
  if (fresh_) {
    snapshot = std::move(*std::exchange(fresh_, std::nullopt));
  } else {
    snapshot = co_await look();
  }
  if (!snapshot) {
    const Error error = snapshot.error().with_note("nothing was sent to it");
    co_return co_await stop(id, EventKind::skipped, result_of(error), error);
  }
  if (is_fulfilled(shared_.plan, actions_, id, *snapshot))
    co_return co_await succeed(id, "already so; nothing was sent");
  const bool keeps_window = host_.window && shared_.rollout.windows_ignored.empty();
  if (keeps_window) {
    if (auto why = untimely(host_, action(id), shared_.world.clock.now()))
      co_return co_await defer(id, std::move(*why));
  }
  const auto& conditions = action(id).preconditions;
  if (const auto broken = first_broken(host_.window ? without_times(conditions) : conditions, *snapshot)) {
    const Error error(Code::host_moved, fmt::format("{} is no longer as planned: {}", host_.name, *broken));
    co_return co_await stop(id, EventKind::skipped, HostResult::moved, error);
  }
  const Status image = co_await prepare_image(id);
  if (!image) co_return co_await stop(id, EventKind::skipped, HostResult::failed, image.error());
  co_return co_await send(id, std::move(permit));
}

/// The file is still the one that was planned with, and where the BMC pulls it, it can.
Task<Status> HostRun::prepare_image(plan::ActionId id) {
  if (!moves_an_image(action(id))) co_return Status();
  Status checked = co_await shared_.images.check(*action(id).image);
  if (!checked || !is_served(action(id))) co_return checked;
  co_return co_await publish(id);
}

Task<Status> HostRun::publish(plan::ActionId id) {
  if (shared_.world.images == nullptr) {
    co_return fail(Code::image_server_failed, fmt::format("{}: this run has no image server to pull from", host_.name));
  }
  OnFetch on_fetch = [self = std::weak_ptr(self_), id](std::uint64_t fetched, std::uint64_t total) {
    if (const auto run = self.lock()) (*run)->show_fetch(id, fetched, total);
  };
  const auto published =
      co_await shared_.world.images->publish(*action(id).image, host_.name, host_.bmc, std::move(on_fetch));
  if (!published) co_return fail(published.error());
  fetches_[id] = Fetch{.action = with_urls(action(id), *published), .offered = true};
  co_return Status();
}

void HostRun::show_fetch(plan::ActionId id, std::uint64_t fetched, std::uint64_t total) {
  Fetch& fetch = fetches_[id];
  fetch.fetched = fetched;
  fetch.total = total;
  const int percent = total == 0 ? 100 : static_cast<int>(fetched * 100 / total);
  if (percent < fetch.shown_percent + kPercentStep && !(fetch.is_over() && fetch.shown_percent < 100)) return;
  fetch.shown_percent = percent;
  shared_.world.view.action_progress(action(id), std::nullopt, fmt::format("the BMC has fetched {}%", percent));
}

const plan::Action& HostRun::wire_action(plan::ActionId id) {
  if (!is_served(action(id))) return action(id);
  const auto found = fetches_.find(id);
  if (found != fetches_.end()) return found->second.action;
  return fetches_[id].action = with_urls(action(id), recognizable(*action(id).image));
}

/// Intent, then the request, once. Only a request of which not one byte left is tried again.
Task<HostRun::Stop> HostRun::send(plan::ActionId id, Permit permit) {
  for (;;) {
    if (shared_.detaching) co_return co_await detached(id);
    const int attempt = ++attempts_[id];
    if (attempt > kSendAttempts) {
      const Error error(Code::connection_lost, fmt::format("{}: {} broke off {} times before it reached the BMC",
                                                           host_.name, action(id).summary, kSendAttempts));
      co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
    }
    const Status intended = co_await record(EventKind::intent, id, action(id).summary);
    if (!intended) co_return HostOutcome{HostResult::failed, intended.error()};
    if (attempt == 1) shared_.world.view.action_started(action(id));

    auto accepted = co_await provider_->perform(*client_, wire_action(id));
    if (accepted) co_return co_await accept(id, std::move(*accepted), std::move(permit));
    const Error error = accepted.error();
    if (error.code() == Code::bmc_refused_update) {
      co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
    }
    if (!http::was_not_sent(error.code())) {
      const Status recorded = co_await record(EventKind::uncertain, id, error.one_line());
      if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
      client_->forget_session();
      permit = {};
      co_return co_await investigate(id);
    }
    const Status recorded = co_await record(EventKind::refused, id, error.one_line());
    if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
    if (attempt == kSendAttempts) co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
    co_await wait(kBetweenAttempts);
  }
}

Task<HostRun::Stop> HostRun::accept(plan::ActionId id, Accepted accepted, Permit permit) {
  const Status recorded = co_await record(EventKind::accepted, id, accepted.message, accepted.task_uri);
  if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
  // A pushed image is there now; a served one is still on its way.
  if (!is_served(action(id))) permit = {};
  co_return co_await follow(id, std::move(permit));
}

}  // namespace firmform::apply
