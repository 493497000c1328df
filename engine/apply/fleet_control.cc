// SPDX-License-Identifier: Apache-2.0
// FleetRun and people: what they ask of the run from another process, through the journal.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include "engine/apply/fleet_run.h"
#include "engine/base/text.h"

namespace firmform::apply {

using journal::ControlKind;
using journal::EventKind;

Task<void> FleetRun::listen(Self self) {
  using namespace boost::asio::experimental::awaitable_operators;
  while (over_.count() == 0 && !shared_.broken) {
    co_await (over_.wait_after(0) || shared_.world.clock.sleep(options_.listen));
    if (over_.count() == 0) co_await hear();
  }
  self->listening_ = false;
  shared_.changed.notify();
}

/// All wishes that were not acted on yet. A journal that cannot be read now is read again later: nothing is lost.
Task<void> FleetRun::hear() {
  const auto controls = shared_.world.journal.controls(shared_.run_id);
  if (!controls) co_return;
  for (const journal::Control& control : *controls) {
    if (control.sequence > shared_.rollout.controls_seen) co_await obey(control);
  }
}

/// First the consequence, then that it was seen: after a crash in between it is simply done again.
Task<void> FleetRun::obey(journal::Control control) {
  const std::string by = control.by.empty() ? std::string("a person") : printable(control.by);
  switch (control.kind) {
    case ControlKind::pause:
      // One that nobody heard before the run ended is overtaken by its being taken up again.
      if (!listening_ && resumed_) break;
      if (!shared_.rollout.paused) co_await note(EventKind::paused, {}, fmt::format("{} paused the rollout", by));
      break;
    case ControlKind::proceed: {
      const auto paused = shared_.rollout.paused;
      const std::string wave = paused && paused->wave ? std::to_string(*paused->wave) : std::string();
      co_await note(EventKind::continued, wave, fmt::format("{} went on", by));
      break;
    }
    case ControlKind::advance:
      if (const auto wave = soaking()) {
        co_await note(EventKind::advanced, std::to_string(*wave), fmt::format("{} ended the soak", by));
      }
      break;
    case ControlKind::cancel:
      co_await note(EventKind::cancelled, {}, fmt::format("{} cancelled the rollout", by));
      break;
  }
  co_await note(EventKind::control_seen, std::to_string(control.sequence),
                fmt::format("{} by {}", to_string(control.kind), by));
  shared_.changed.notify();
}

/// The newest wave that is finished, unless the next one has begun.
std::optional<std::size_t> FleetRun::soaking() const {
  for (std::size_t i = waves_.size(); i-- > 0;) {
    const auto found = shared_.rollout.waves.find(i);
    if (found == shared_.rollout.waves.end()) continue;
    if (found->second.finished_at) return i;
    if (found->second.started) return std::nullopt;
  }
  return std::nullopt;
}

Task<void> FleetRun::ignore_windows() {
  if (options_.ignore_windows.empty() || !shared_.rollout.windows_ignored.empty()) co_return;
  co_await note(EventKind::windows_ignored, {}, options_.ignore_windows);
}

Task<void> FleetRun::note_overrides() {
  for (const plan::PolicyResult& result : options_.overridden) {
    std::string detail = fmt::format("by {}: {}", result.by, result.reason);
    co_await note(EventKind::policy_overridden, result.rule, std::move(detail));
  }
}

Task<void> FleetRun::note(EventKind kind, std::string subject, std::string detail) {
  journal::Event event;
  event.kind = kind;
  event.subject = std::move(subject);
  event.detail = std::move(detail);
  static_cast<void>(co_await shared_.record(std::move(event)));
}

}  // namespace firmform::apply
