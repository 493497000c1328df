// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/simulate.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <stdexcept>

#include "engine/base/digest.h"
#include "engine/journal/memory_journal.h"
#include "engine/simulate/model_fleet.h"
#include "engine/simulate/recorder.h"
#include "engine/simulate/virtual_clock.h"

namespace firmform::simulate {
namespace {

using namespace std::chrono_literals;

constexpr Duration kRestartOfProgram = 1min;
constexpr Duration kLongestWait = 24h * 366 * 10;

/// Thrown where the program is to die. No std::exception, so that nothing in it handles it.
struct Died {};

/// Dies before chosen entries.
class MortalJournal final : public journal::Journal {
 public:
  explicit MortalJournal(std::set<int> deaths) : deaths_(std::move(deaths)) {}

  Task<Status> begin(journal::Run run, const plan::Plan& plan) override { return kept_.begin(std::move(run), plan); }
  Task<Status> append(std::string run_id, journal::Event event) override {
    if (deaths_.contains(++written_)) throw Died{};
    return kept_.append(std::move(run_id), std::move(event));
  }
  Task<Status> finish(std::string run_id, UtcTime at, std::string result) override {
    return kept_.finish(std::move(run_id), at, std::move(result));
  }
  Result<std::vector<journal::Run>> runs() override { return kept_.runs(); }
  Result<plan::Plan> plan_of(const std::string& run_id) override { return kept_.plan_of(run_id); }
  Result<std::vector<journal::Event>> events(const std::string& run_id) override { return kept_.events(run_id); }

 private:
  journal::MemoryJournal kept_;
  std::set<int> deaths_;
  int written_ = 0;
};

/// No host has a password that this process may ask for, and no image is read: an empty file stands for each.
plan::Plan rehearsal_of(plan::Plan plan, const inventory::Inventory& inventory, bool guessed) {
  const std::string empty = sha256_hex({});
  for (plan::PlannedHost& host : plan.hosts) {
    host.password = {.kind = manifest::PasswordSource::Kind::exec, .name = {}, .argv = {"echo", "simulated"}};
    const auto seen = inventory.find(host.name);
    if (guessed && seen != inventory.end()) host.fingerprint = inventory::fingerprint(seen->second);
  }
  for (plan::Action& action : plan.actions) {
    if (!action.image || action.image->path.empty()) continue;
    action.image->path = "/dev/null";
    action.image->sha256 = empty;
    action.image->size = 0;
    if (action.image->signature_path.empty()) continue;
    action.image->signature_path = "/dev/null";
    action.image->signature_sha256 = empty;
  }
  if (plan.rollout) {
    for (plan::Wave& wave : plan.rollout->waves) wave.pause = false;
  }
  return plan;
}

apply::RunOptions run_options(const Options& options) {
  apply::RunOptions run{.parallelism = options.parallelism};
  if (options.wait_for_windows) run.wait_for_window = kLongestWait;
  return run;
}

}  // namespace

/// One program after the other on the same fleet, until one comes to the end.
class Simulation::Rehearsal {
 public:
  Rehearsal(const plan::Plan& plan, const inventory::Inventory& inventory, const Providers& providers,
            const Options& options)
      : options_(options),
        before_(inventory),
        plan_(rehearsal_of(plan, inventory, options.guessed_inventory)),
        clock_(options.start),
        fleet_options_{.seed = options.seed, .faults = options.faults, .preflight = !options.guessed_inventory},
        fleet_(plan, inventory, providers, clock_, fleet_options_),
        recorder_(plan_, clock_),
        journal_(options.crashes) {}

  Result<Outcome> run() {
    auto summary = run_program(false);
    while (!summary) {
      clock_.advance(kRestartOfProgram);
      summary = run_program(true);
    }
    if (!*summary) return fail(summary->error());
    Outcome outcome{.timeline = recorder_.timeline(fleet_, fleet_options_),
                    .summary = std::move(**summary),
                    .inventory = inventory_at(clock_.now()),
                    .events = {}};
    const auto runs = journal_.runs();
    if (runs && !runs->empty()) outcome.events = journal_.events(runs->front().id).value_or(outcome.events);
    return outcome;
  }

  inventory::Inventory inventory_at(UtcTime time) {
    inventory::Inventory inventory = fleet_.inventory_at(time);
    inventory.insert(before_.begin(), before_.end());  // those that it does not model
    return inventory;
  }

 private:
  /// Empty when it died.
  std::optional<Result<apply::Summary>> run_program(bool resumes) {
    apply::Secrets secrets("/");
    apply::Connector connector(fleet_.transport(), clock_, secrets, {.use_session = false});
    const apply::World world{clock_, connector, fleet_.providers(), journal_, recorder_, &fleet_.images()};
    boost::asio::io_context loop;  // last: what is left of a dead program still refers to the others
    try {
      return simulate::run(
          loop, clock_,
          resumes ? resume_run(world, run_options(options_), {}) : start_run(world, plan_, run_options(options_), {}));
    } catch (const Died&) {
      return std::nullopt;
    } catch (const std::logic_error& stuck) {
      return fail(Code::simulation_stuck, stuck.what());
    }
  }

  Options options_;
  inventory::Inventory before_;
  plan::Plan plan_;
  VirtualClock clock_;
  FleetOptions fleet_options_;
  ModelFleet fleet_;
  Recorder recorder_;
  MortalJournal journal_;
};

Simulation::Simulation(const plan::Plan& plan, const inventory::Inventory& inventory, const Providers& providers,
                       const Options& options)
    : rehearsal_(std::make_unique<Rehearsal>(plan, inventory, providers, options)) {}

Simulation::~Simulation() = default;

Result<Outcome> Simulation::run() {
  return rehearsal_->run();
}

inventory::Inventory Simulation::inventory_at(UtcTime time) {
  return rehearsal_->inventory_at(time);
}

Result<Outcome> simulate(const plan::Plan& plan, const inventory::Inventory& inventory, const Providers& providers,
                         const Options& options) {
  return Simulation(plan, inventory, providers, options).run();
}

}  // namespace firmform::simulate
