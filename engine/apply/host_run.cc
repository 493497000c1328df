// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/host_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/time_text.h"
#include "engine/http/transport.h"
#include "engine/plan/make_plan.h"

namespace firmform::apply {
namespace {

using journal::EventKind;
using namespace std::chrono_literals;

constexpr int kSendAttempts = 3;         // each after the one before provably did nothing
constexpr Duration kBetweenAttempts = 5s;
constexpr Duration kFirstPoll = 1s;
constexpr Duration kLongestPoll = 30s;
constexpr Duration kLeastAfterResume = 2min;  // time to look, however late a resume comes

/// The first condition that does not hold, in words.
std::optional<std::string> first_broken(const std::vector<plan::Condition>& conditions,
                                        const inventory::HostSnapshot& snapshot) {
  for (const plan::Condition& condition : conditions) {
    if (auto why = plan::check(condition, snapshot)) return why;
  }
  return std::nullopt;
}

bool is_write(const plan::Action& action) { return action.request.has_value(); }

/// Looks often at the start, when things fail or are quick, and more seldom later.
class PollInterval {
 public:
  explicit PollInterval(Duration expected) : longest_(std::clamp(expected / 10, kFirstPoll, kLongestPoll)) {}
  Duration next() {
    const Duration current = std::min(next_, longest_);
    next_ = current + current / 2;
    return current;
  }

 private:
  Duration longest_;
  Duration next_ = kFirstPoll;
};

HostResult result_of(const Error& error) {
  switch (status_of(error.code())) {
    case inventory::HostStatus::unreachable:
    case inventory::HostStatus::refused: return HostResult::unreachable;
    case inventory::HostStatus::ok:
    case inventory::HostStatus::failed: return HostResult::failed;
  }
  return HostResult::failed;
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
  co_return status;
}

HostRun::HostRun(Shared& shared, const plan::PlannedHost& host, std::vector<plan::ActionId> actions)
    : shared_(shared), host_(host), actions_(std::move(actions)), target_(target_of(host)) {}

Task<HostOutcome> HostRun::execute() {
  Stop stopped = co_await open();
  for (const plan::ActionId id : actions_) {
    if (stopped) break;
    if (entry(id).state == ActionState::succeeded) continue;
    stopped = co_await advance(id);
  }
  if (client_) co_await client_->logout();
  co_return stopped.value_or(HostOutcome());
}

Task<HostRun::Stop> HostRun::open() {
  provider_ = shared_.world.providers.find(host_.provider);
  if (provider_ == nullptr) {
    co_return HostOutcome{HostResult::failed, Error(Code::internal_error, fmt::format("no provider '{}'", host_.provider))};
  }
  auto client = shared_.world.connector.client(target_);
  if (!client) co_return HostOutcome{HostResult::unreachable, client.error()};
  client_ = std::move(*client);

  // Only a host that nothing was sent to yet can be refused for having moved: afterwards it moves by our own hand.
  const bool untouched =
      std::ranges::all_of(actions_, [&](plan::ActionId id) { return entry(id).state == ActionState::pending; });
  if (!untouched) co_return std::nullopt;
  const auto snapshot = co_await look();
  if (!snapshot) co_return HostOutcome{result_of(snapshot.error()), snapshot.error()};
  co_return check_plan_still_fits(*snapshot);
}

HostRun::Stop HostRun::check_plan_still_fits(const inventory::HostSnapshot& snapshot) const {
  if (inventory::fingerprint(snapshot) == host_.fingerprint) return std::nullopt;
  std::string what = "its inventory or the state of its update service is not the one that was planned for";
  for (const plan::ActionId id : actions_) {
    const auto broken = first_broken(action(id).preconditions, snapshot);
    if (broken) {
      what = *broken;
      break;
    }
  }
  return HostOutcome{HostResult::moved, Error(Code::host_moved, fmt::format("{} changed since the plan: {}", host_.name, what))};
}

/// Brings one action to its end from wherever it stands.
Task<HostRun::Stop> HostRun::advance(plan::ActionId id) {
  switch (entry(id).state) {
    case ActionState::pending: co_return co_await start(id);
    case ActionState::intended: co_return co_await investigate(id);
    case ActionState::accepted: co_return co_await follow(id);
    case ActionState::succeeded: co_return std::nullopt;
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
  if (!is_write(action(id))) {
    shared_.world.view.action_started(action(id));
    const SteadyTime deadline = shared_.world.clock.steady_now() + action(id).deadline;
    co_return co_await await_postconditions(id, deadline);
  }
  const auto snapshot = co_await look();
  if (!snapshot) {
    const Error error = snapshot.error().with_note("nothing was sent to it");
    co_return co_await stop(id, EventKind::skipped, result_of(error), error);
  }
  const std::vector<plan::Condition> purpose = purpose_of(id);
  const bool already = !purpose.empty() && !first_broken(purpose, *snapshot);
  if (already) co_return co_await succeed(id, "already so; nothing was sent");
  if (const auto broken = first_broken(action(id).preconditions, *snapshot)) {
    const Error error(Code::host_moved, fmt::format("{} is no longer as planned: {}", host_.name, *broken));
    co_return co_await stop(id, EventKind::skipped, HostResult::moved, error);
  }
  co_return co_await send(id);
}

/// What a write is for: the versions that its components shall have in the end. A step whose purpose is
/// fulfilled is left out, whoever fulfilled it.
std::vector<plan::Condition> HostRun::purpose_of(plan::ActionId id) const {
  std::vector<plan::Condition> purpose;
  for (const plan::ActionId other : actions_) {
    for (const plan::Condition& condition : action(other).postconditions) {
      const bool concerned = std::ranges::count(action(id).components, condition.component) > 0;
      if (condition.type == plan::Condition::Type::wanted_version && concerned) purpose.push_back(condition);
    }
  }
  return purpose;
}

/// Intent, then the request, once. Only a request of which not one byte left is tried again.
Task<HostRun::Stop> HostRun::send(plan::ActionId id) {
  const bool uploads = action(id).image && !action(id).image->path.empty();
  Semaphore::Permit permit;
  if (uploads) permit = co_await shared_.uploads.acquire();
  if (uploads) {
    const Status image = check_image(*action(id).image);
    if (!image) co_return co_await stop(id, EventKind::skipped, HostResult::failed, image.error());
  }
  for (;;) {
    if (shared_.detaching) co_return co_await detached(id);
    const int attempt = ++attempts_[id];
    if (attempt > kSendAttempts) {
      const Error error(Code::connection_lost, fmt::format("{}: {} broke off {} times before it reached the BMC", host_.name,
                                                           action(id).summary, kSendAttempts));
      co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
    }
    const Status intended = co_await record(EventKind::intent, id, action(id).summary);
    if (!intended) co_return HostOutcome{HostResult::failed, intended.error()};
    if (attempt == 1) shared_.world.view.action_started(action(id));

    const auto accepted = co_await provider_->perform(*client_, action(id));
    if (accepted) {
      const Status recorded = co_await record(EventKind::accepted, id, accepted->message, accepted->task_uri);
      if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
      permit = {};
      co_return co_await follow(id);
    }
    const Error error = accepted.error();
    if (error.code() == Code::bmc_refused_update) {
      co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
    }
    if (!http::was_not_sent(error.code())) {
      const Status recorded = co_await record(EventKind::uncertain, id, error.one_line());
      if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
      client_->forget_session();
      co_return co_await investigate(id);
    }
    const Status recorded = co_await record(EventKind::refused, id, error.one_line());
    if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
    if (attempt == kSendAttempts) co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
    co_await wait(kBetweenAttempts);
  }
}

/// A request that may or may not have arrived: what the BMC shows decides.
Task<HostRun::Stop> HostRun::investigate(plan::ActionId id) {
  shared_.world.view.action_progress(action(id), std::nullopt, "looking for traces of the request");
  PollInterval interval(action(id).expected);
  const SteadyTime deadline = deadline_of(id);
  for (;;) {
    if (shared_.detaching) co_return co_await detached(id);
    const Status connected = co_await client_->connect();
    Result<Probe> probe = connected ? co_await provider_->probe(*client_, action(id)) : fail(connected.error());
    if (probe) {
      const Status recorded = co_await record(EventKind::observed, id, probe->text, probe->task_uri);
      if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
      switch (probe->evidence) {
        case Evidence::done: co_return co_await succeed(id, probe->text);
        case Evidence::running: {
          const Status adopted = co_await record(EventKind::accepted, id, probe->text, probe->task_uri);
          if (!adopted) co_return HostOutcome{HostResult::failed, adopted.error()};
          co_return co_await follow(id);
        }
        case Evidence::not_started: {
          const Status refused = co_await record(EventKind::refused, id, probe->text);
          if (!refused) co_return HostOutcome{HostResult::failed, refused.error()};
          co_return co_await start(id);
        }
        case Evidence::ambiguous: {
          const Error error(Code::outcome_unknown,
                            fmt::format("{}: whether \"{}\" was executed cannot be told: {}", host_.name,
                                        action(id).summary, probe->text));
          co_return co_await stop(id, EventKind::unknown, HostResult::unknown, error);
        }
      }
    }
    if (shared_.world.clock.steady_now() >= deadline) {
      const Error error = Error(Code::outcome_unknown, fmt::format("{}: the BMC does not answer, so whether \"{}\" was executed "
                                                                   "cannot be told", host_.name, action(id).summary))
                              .with_note(probe.error().one_line());
      co_return co_await stop(id, EventKind::unknown, HostResult::unknown, error);
    }
    client_->forget_session();
    co_await wait(interval.next());
  }
}

/// Watches an accepted request until the BMC is done with it. A BMC that does not answer is restarting
/// until the deadline says otherwise.
Task<HostRun::Stop> HostRun::follow(plan::ActionId id) {
  const SteadyTime deadline = deadline_of(id);
  PollInterval interval(action(id).expected);
  const Accepted accepted{.task_uri = entry(id).task_uri, .message = entry(id).detail};
  for (;;) {
    if (shared_.detaching) co_return co_await detached(id);
    const Status connected = co_await client_->connect();
    Result<Progress> progress =
        connected ? co_await provider_->poll(*client_, action(id), accepted) : fail(connected.error());
    if (!progress) {
      client_->forget_session();
      shared_.world.view.action_progress(action(id), std::nullopt, "waiting for the BMC to answer");
    } else {
      switch (progress->state) {
        case ProgressState::running:
          shared_.world.view.action_progress(action(id), progress->percent, progress->text);
          break;
        case ProgressState::failed: {
          const Error error(Code::update_failed, fmt::format("{}: {} failed: {}", host_.name, action(id).summary, progress->text));
          co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
        }
        case ProgressState::succeeded:
        case ProgressState::gone:  // a task that vanished says nothing: the inventory decides
          co_return co_await await_postconditions(id, deadline);
      }
    }
    if (shared_.world.clock.steady_now() >= deadline) co_return co_await give_up(id);
    co_await wait(interval.next());
  }
}

/// The deadline passed before the BMC said that it is done: a BMC at rest did not take the image, any other
/// is left to itself.
Task<HostRun::Stop> HostRun::give_up(plan::ActionId id) {
  const auto snapshot = co_await look();
  const auto broken = snapshot ? first_broken(action(id).postconditions, *snapshot) : std::nullopt;
  if (broken && !inventory::is_busy(*snapshot)) co_return co_await did_not_take(id, *broken);
  const Error error(Code::action_timed_out, fmt::format("{}: {} did not end within {}", host_.name, action(id).summary,
                                                        to_text(action(id).deadline)));
  co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
}

Task<HostRun::Stop> HostRun::did_not_take(plan::ActionId id, std::string why) {
  const Error error(Code::did_not_take, fmt::format("{}: accepted, did not take within {}: {}", host_.name,
                                                    to_text(action(id).deadline), why));
  co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
}

/// Done is only what the inventory shows.
Task<HostRun::Stop> HostRun::await_postconditions(plan::ActionId id, SteadyTime deadline) {
  if (action(id).postconditions.empty()) co_return co_await succeed(id, "accepted by the BMC");
  PollInterval interval(action(id).expected);
  for (;;) {
    if (shared_.detaching) co_return co_await detached(id);
    const auto snapshot = co_await look();
    const auto broken = snapshot ? first_broken(action(id).postconditions, *snapshot)
                                 : std::optional(fmt::format("the BMC does not answer ({})", snapshot.error().message()));
    if (!broken) co_return co_await succeed(id, "verified in the inventory");
    if (!snapshot) client_->forget_session();
    if (shared_.world.clock.steady_now() >= deadline) co_return co_await did_not_take(id, *broken);
    shared_.world.view.action_progress(action(id), std::nullopt, *broken);
    co_await wait(interval.next());
  }
}

Task<Result<inventory::HostSnapshot>> HostRun::look() {
  return read_host(*client_, shared_.world.providers, target_, shared_.world.clock);
}

Status HostRun::check_image(const plan::Image& image) const {
  const auto digest = digest_file(image.path);
  if (!digest) return fail(digest.error());
  if (digest->sha256 == image.sha256 && digest->size == image.size) return {};
  return fail(Code::image_changed, fmt::format("{} is not the file that was planned with", image.path));
}

/// Counted from the intent, also across a crash; yet a resume always has some time to look.
SteadyTime HostRun::deadline_of(plan::ActionId id) const {
  const ActionRecord& record = shared_.state[id];
  const Duration passed = std::max(Duration(0), shared_.world.clock.now() - record.sent_at);
  return shared_.world.clock.steady_now() + std::max(action(id).deadline - passed, kLeastAfterResume);
}

/// Returns early when detaching is asked for.
Task<void> HostRun::wait(Duration duration) {
  using namespace boost::asio::experimental::awaitable_operators;
  if (shared_.detaching) co_return;
  co_await (shared_.world.clock.sleep(duration) || shared_.interrupted.wait());
}

Task<HostRun::Stop> HostRun::succeed(plan::ActionId id, std::string detail) {
  const Status recorded = co_await record(EventKind::succeeded, id, detail);
  if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
  shared_.world.view.action_succeeded(action(id), detail);
  shared_.changed.notify();
  co_return std::nullopt;
}

Task<HostRun::Stop> HostRun::stop(plan::ActionId id, EventKind kind, HostResult result, Error error) {
  const Status recorded = co_await record(kind, id, error.one_line());
  if (!recorded) error = error.with_note(recorded.error().one_line());
  co_return HostOutcome{result, error};
}

Task<HostRun::Stop> HostRun::detached(plan::ActionId id) {
  const bool begun = entry(id).state != ActionState::pending;
  const std::string_view state = begun ? "goes on by itself" : is_write(action(id)) ? "was not started" : "was left off";
  const Error error(Code::detached, fmt::format("{}: \"{}\" {}", host_.name, action(id).summary, state));
  if (!begun) co_return HostOutcome{HostResult::detached, error};
  co_return co_await stop(id, EventKind::detached, HostResult::detached, error);
}

Task<Status> HostRun::record(EventKind kind, plan::ActionId id, std::string detail, std::string task_uri) {
  journal::Event event;
  event.kind = kind;
  event.action = id;
  event.detail = std::move(detail);
  event.task_uri = std::move(task_uri);
  co_return co_await shared_.record(std::move(event));
}

}  // namespace firmform::apply
