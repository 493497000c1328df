// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <random>

#include "engine/cli/event_output.h"
#include "engine/cli/scaled_clock.h"
#include "engine/cli/version.h"
#include "engine/cli/watch_verb.h"
#include "engine/cli/watcher.h"
#include "engine/watch/scheduler.h"

namespace firmform::cli {
namespace {

UtcTime now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::uint64_t any_seed() {
  std::random_device source;
  return (std::uint64_t{source()} << 32U) | source();
}

watch::State first_state(const WatchOptions& options) {
  const manifest::Watch settings = options.over({});
  watch::State state;
  state.tool_version = std::string(kVersion);
  state.started = now();
  state.apply = settings.apply;
  state.interval = settings.interval;
  state.jitter = settings.jitter;
  return state;
}

/// The loop of the verb: waits, polls, and has the fleet looked at.
class Watch {
 public:
  Watch(const WatchOptions& options, WatchPlace place, Attendant& attendant)
      : options_(options),
        place_(place),
        attendant_(attendant),
        clock_(make_clock()),
        watcher_(options, place),
        scheduler_(options.pace(watcher_.settings()), any_seed()) {}

  void run() {
    while (!attendant_.stopping()) {
      if (attendant_.take_request()) scheduler_.ask(watch::Cause::asked);
      const watch::Due due = scheduler_.next(clock_->steady_now());
      const Duration left = due.at - clock_->steady_now();
      if (left > Duration(0)) {
        attendant_.wait(*clock_, left);
      } else if (due.step == watch::Step::poll) {
        if (watcher_.has_news()) scheduler_.ask(watch::Cause::revision);
        scheduler_.polled(clock_->steady_now());
      } else {
        cycle(due.cause);
      }
    }
  }

  Exit cycle(watch::Cause cause) {
    if (cause == watch::Cause::asked) place_.manager.reloading();
    scheduler_.began();
    const watch::Cycle cycle = watcher_.reconcile(cause);
    scheduler_.set_pace(options_.pace(watcher_.settings()));
    const SteadyTime end = clock_->steady_now();
    scheduler_.ended(end, watch::succeeded(cycle.result));
    if (watcher_.is_superseded()) scheduler_.ask(watch::Cause::revision);
    place_.board.write([&](watch::State& state) {
      watch::record(state, cycle, now());
      if (!options_.once && !attendant_.stopping()) state.next = now() + (scheduler_.next_cycle(end) - end);
    });
    const watch::State state = place_.board.read();
    place_.console.ended(cycle, state);
    place_.manager.status(watch::cycle_line(cycle, state.next));
    interrupted_run_ = cycle.result == watch::CycleResult::interrupted && !cycle.run_id.empty();
    return watcher_.exit();
  }

  [[nodiscard]] bool interrupted_run() const { return interrupted_run_; }

 private:
  const WatchOptions& options_;
  WatchPlace place_;
  Attendant& attendant_;
  std::unique_ptr<Clock> clock_;
  Watcher watcher_;
  watch::Scheduler scheduler_;
  bool interrupted_run_ = false;
};

}  // namespace

Exit run_watch(const Arguments& arguments, Context& context) {
  const auto options = parse_watch_options(arguments);
  if (!options) return context.report(options.error());
  const auto events = EventOutput::open(arguments, context);
  if (!events) return events.error();
  watch::Board board(first_state(*options));
  watch::Pulse pulse(std::chrono::steady_clock::now());
  const auto manager = watch::make_systemd();
  Attendant attendant(board, pulse, *manager);
  if (!options->listen.empty()) {
    if (const Status listening = attendant.listen(options->listen); !listening) {
      return context.report(listening.error());
    }
  }
  attendant.start(options->once ? Exit::interrupted : Exit::ok);
  WatchConsole console(context, arguments.has("json"));
  Watch loop(*options, {arguments, context, board, pulse, *manager, attendant, console}, attendant);
  if (options->once) return loop.cycle(watch::Cause::start);
  console.started(std::filesystem::absolute(context.directory).lexically_normal().string(), attendant.address());
  manager->ready();
  loop.run();
  console.stopped(loop.interrupted_run());
  return Exit::ok;
}

}  // namespace firmform::cli
