// SPDX-License-Identifier: Apache-2.0
// HostRun from a request that may have left to what became of it.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/apply/evidence.h"
#include "engine/apply/host_run.h"
#include "engine/apply/purpose.h"
#include "engine/base/time_text.h"

namespace firmform::apply {
namespace {

using journal::EventKind;
using namespace std::chrono_literals;

constexpr Duration kFirstPoll = 1s;
constexpr Duration kLongestPoll = 30s;
constexpr Duration kLeastAfterResume = 2min;  // time to look, however late a resume comes
constexpr Duration kLongestEvidence = 60s;    // spent on asking a BMC about a failure
constexpr Duration kClockGrain = 2s;          // logs are stamped in whole seconds
constexpr int kGoodAnswers = 3;               // in a row, of a machine that restarts: the first may come before it does
constexpr Duration kBetweenGoodAnswers = 20s;

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

/// A restart that was just asked for: what the machine shows before it begins looks like its end.
bool is_restart(const plan::Action& action) {
  const bool resets = action.type == plan::ActionType::reset_host || action.type == plan::ActionType::reset_bmc;
  return resets && action.completion != plan::Completion::immediate;
}

int answers_needed(const plan::Action& action) {
  const bool is_kept = action.type == plan::ActionType::create || action.type == plan::ActionType::invoke;
  return action.restarts == plan::Restarts::nothing || is_kept ? 1 : kGoodAnswers;
}

/// Its end can be seen in the inventory; a flash that only stages an image leaves nothing there.
bool shows_its_effect(const plan::Action& action) {
  const auto tells = [](const plan::Condition& condition) {
    return condition.type != plan::Condition::Type::update_service_idle;
  };
  return action.type != plan::ActionType::flash || std::ranges::any_of(action.postconditions, tells);
}

}  // namespace

/// A request that may or may not have arrived: what the BMC shows decides.
Task<HostRun::Stop> HostRun::investigate(plan::ActionId id) {
  shared_.world.view.action_progress(action(id), std::nullopt, "looking for traces of the request");
  PollInterval interval(action(id).expected);
  const SteadyTime deadline = deadline_of(id);
  for (;;) {
    if (shared_.detaching) co_return co_await detached(id);
    const Status connected = co_await client_->connect();
    Result<Probe> probe = connected ? co_await provider_->probe(*client_, wire_action(id)) : fail(connected.error());
    if (probe) co_return co_await judge(id, std::move(*probe));
    if (shared_.world.clock.steady_now() >= deadline) {
      const Error error =
          Error(Code::outcome_unknown, fmt::format("{}: the BMC does not answer, so whether \"{}\" was executed "
                                                   "cannot be told",
                                                   host_.name, action(id).summary))
              .with_note(probe.error().one_line());
      co_return co_await stop(id, EventKind::unknown, HostResult::unknown, error);
    }
    client_->forget_session();
    co_await wait(interval.next());
  }
}

Task<HostRun::Stop> HostRun::judge(plan::ActionId id, Probe probe) {
  const Status recorded = co_await record(EventKind::observed, id, probe.text, probe.task_uri);
  if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
  switch (probe.evidence) {
    case Evidence::done:
      co_return co_await succeed(id, probe.text);
    case Evidence::running: {
      const Status adopted = co_await record(EventKind::accepted, id, probe.text, probe.task_uri);
      if (!adopted) co_return HostOutcome{HostResult::failed, adopted.error()};
      co_return co_await follow(id, Permit());
    }
    case Evidence::not_started: {
      const Status refused = co_await record(EventKind::refused, id, probe.text);
      if (!refused) co_return HostOutcome{HostResult::failed, refused.error()};
      co_return co_await start(id);
    }
    case Evidence::ambiguous:
      break;
  }
  const Error error(Code::outcome_unknown, fmt::format("{}: whether \"{}\" was executed cannot be told: {}", host_.name,
                                                       action(id).summary, probe.text));
  co_return co_await stop(id, EventKind::unknown, HostResult::unknown, error);
}

/// Watches an accepted request until the BMC is done with it. A BMC that does not answer is restarting
/// until the deadline says otherwise.
Task<HostRun::Stop> HostRun::follow(plan::ActionId id, Permit permit) {
  const SteadyTime deadline = deadline_of(id);
  PollInterval interval(action(id).expected);
  const Accepted accepted{.task_uri = entry(id).task_uri, .message = entry(id).detail};
  // One that nobody saw begin is believed after half of the time that it is expected to take, counted from its sending.
  bool has_begun = !is_restart(action(id));
  const Duration since = std::max(Duration(0), shared_.world.clock.now() - entry(id).sent_at);
  const SteadyTime believed = shared_.world.clock.steady_now() + action(id).expected / 2 - since;
  const SteadyTime usual_end = shared_.world.clock.steady_now() + action(id).expected - since;
  for (;;) {
    if (shared_.detaching && may_leave(id)) co_return co_await detached(id);
    const Status connected = co_await client_->connect();
    Result<Progress> progress =
        connected ? co_await provider_->poll(*client_, wire_action(id), accepted) : fail(connected.error());
    if (fetches_.contains(id) && fetches_[id].is_over()) permit = {};
    if (!progress || progress->state == ProgressState::running) has_begun = true;
    if (!progress) {
      client_->forget_session();
      shared_.world.view.action_progress(action(id), std::nullopt, "waiting for the BMC to answer");
    } else {
      switch (progress->state) {
        case ProgressState::running:
          shared_.world.view.action_progress(action(id), progress->percent, progress->text);
          break;
        case ProgressState::failed: {
          const Error error(Code::update_failed,
                            fmt::format("{}: {} failed: {}", host_.name, action(id).summary, progress->text));
          co_return co_await stop(id, EventKind::failed, HostResult::failed, error);
        }
        case ProgressState::gone:  // a task that vanished says nothing: the inventory decides, where it shows anything
          if (!shows_its_effect(action(id)) && shared_.world.clock.steady_now() < usual_end) {
            shared_.world.view.action_progress(action(id), std::nullopt,
                                               "its task is gone; waiting as long as it takes");
            break;
          }
          [[fallthrough]];
        case ProgressState::succeeded:
          if (!has_begun && shared_.world.clock.steady_now() < believed) {
            shared_.world.view.action_progress(action(id), std::nullopt, "waiting for the restart to begin");
            break;
          }
          permit = {};
          co_return co_await await_postconditions(id, deadline);
      }
    }
    if (shared_.world.clock.steady_now() >= deadline) co_return co_await give_up(id);
    co_await wait(interval.next());
  }
}

/// An image that the BMC is fetching from here would be cut off: that ends first.
bool HostRun::may_leave(plan::ActionId id) const {
  const auto fetch = fetches_.find(id);
  return fetch == fetches_.end() || !fetch->second.is_under_way();
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
  int good = 0;
  for (;;) {
    if (shared_.detaching) co_return co_await detached(id);
    const auto snapshot = co_await look();
    const auto broken = snapshot
                            ? unmet(id, *snapshot)
                            : std::optional(fmt::format("the BMC does not answer ({})", snapshot.error().message()));
    good = broken ? 0 : good + 1;
    if (good >= answers_needed(action(id))) co_return co_await succeed(id, "verified in the inventory");
    if (!snapshot) client_->forget_session();
    if (broken && shared_.world.clock.steady_now() >= deadline) co_return co_await did_not_take(id, *broken);
    shared_.world.view.action_progress(action(id), std::nullopt, broken.value_or("seeing whether it stays so"));
    co_await wait(good > 0 ? kBetweenGoodAnswers : interval.next());
  }
}

/// A version on the way counts as reached when a later one is there.
std::optional<std::string> HostRun::unmet(plan::ActionId id, const inventory::HostSnapshot& snapshot) const {
  std::vector<plan::Condition> conditions = action(id).postconditions;
  const bool is_verify = action(id).type == plan::ActionType::verify;
  if (is_verify && is_fulfilled(shared_.plan, actions_, id, snapshot)) {
    std::erase_if(conditions, [](const plan::Condition& condition) {
      return condition.type == plan::Condition::Type::wanted_version;
    });
  }
  return first_broken(conditions, snapshot);
}

Task<Result<inventory::HostSnapshot>> HostRun::look() {
  return read_host(*client_, shared_.world.providers, target_, shared_.world.clock);
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
  if (shared_.detaching) {
    // Only an image that is being fetched is still waited for.
    co_await shared_.world.clock.sleep(std::min(duration, kFirstPoll));
    co_return;
  }
  co_await (shared_.world.clock.sleep(duration) || shared_.interrupted.wait_after(0));
}

Task<HostRun::Stop> HostRun::succeed(plan::ActionId id, std::string detail) {
  const Status recorded = co_await record(EventKind::succeeded, id, detail);
  if (!recorded) co_return HostOutcome{HostResult::failed, recorded.error()};
  shared_.world.view.action_succeeded(action(id), detail);
  shared_.changed.notify();
  co_return std::nullopt;
}

Task<HostRun::Stop> HostRun::stop(plan::ActionId id, EventKind kind, HostResult result, Error error) {
  if (kind == EventKind::failed || kind == EventKind::unknown) error = co_await with_evidence(std::move(error));
  const Status recorded = co_await record(kind, id, error.one_line());
  if (!recorded) error = error.with_note(recorded.error().one_line());
  co_return HostOutcome{result, error};
}

/// The error with what the BMC says about it. That it says nothing changes nothing.
Task<Error> HostRun::with_evidence(Error error) {
  using namespace boost::asio::experimental::awaitable_operators;
  std::vector<std::string> notes;
  try {
    auto found = co_await (collect_evidence() || shared_.world.clock.sleep(kLongestEvidence));
    if (auto* collected = std::get_if<0>(&found)) notes = std::move(*collected);
  } catch (const std::exception&) {
    notes.clear();
  }
  for (std::string& note : notes) error = error.with_note(std::move(note));
  co_return error;
}

Task<std::vector<std::string>> HostRun::collect_evidence() {
  std::vector<std::string> notes;
  const auto snapshot = co_await look();
  if (!snapshot) co_return notes;
  notes = incident_notes(host_.name, *snapshot);
  const UtcTime since = first_request_at() + clock_skew(*snapshot) - kClockGrain;
  const auto log = co_await provider_->read_log(*client_, since);
  if (!log) co_return notes;
  for (std::string& note : log_notes(*log)) notes.push_back(std::move(note));
  co_return notes;
}

UtcTime HostRun::first_request_at() const {
  UtcTime first = begun_at_;
  for (const plan::ActionId id : actions_) {
    const UtcTime sent = shared_.state[id].sent_at;
    if (sent != UtcTime()) first = std::min(first, sent);
  }
  return first;
}

Task<HostRun::Stop> HostRun::detached(plan::ActionId id) {
  const bool begun = entry(id).state != ActionState::pending;
  const bool is_write = action(id).request.has_value();
  const std::string_view state = begun ? "goes on by itself" : is_write ? "was not started" : "was left off";
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
