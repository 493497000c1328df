// SPDX-License-Identifier: Apache-2.0
// A fleet of machines so simple that every step of an apply can be watched, failed or killed: a provider, a
// transport and a journal over shared state that survives a "crash" of the program.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/apply/run.h"
#include "engine/journal/memory_journal.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/virtual_clock.h"

namespace firmform::tests {

/// Thrown where the program is to die. Not a std::exception, so nothing in it handles it.
struct Killed {};

/// Counts effects and dies before the one that is chosen.
class Effects {
 public:
  /// 0: live for ever.
  void kill_at(int number) { kill_at_ = number; }
  void step() {
    if (++count_ == kill_at_) throw Killed{};
  }
  [[nodiscard]] int count() const { return count_; }
  void restart() { count_ = 0; }

 private:
  int count_ = 0;
  int kill_at_ = 0;
};

/// One machine with one component, "bmc", and what its BMC keeps.
struct Machine {
  std::string serial;
  std::string version = "1.0";
  std::string wanted = "2.0";
  std::optional<UtcTime> flash_ends;
  int flashes = 0;            ///< flash requests that arrived
  bool refuses = false;       ///< answers 400
  bool loses_reply = false;   ///< executes the request, and the reply never comes
  int drops_requests = 0;     ///< so many requests break before they are executed, after they were sent
  bool takes_not = false;     ///< accepts and changes nothing
  bool forgets_task = false;  ///< the task is gone when it is looked for
  bool unreachable = false;
  bool shows_no_traces = false;  ///< a probe is ambiguous
  bool breaks = false;           ///< a flash ends with a failure
  inventory::Staging staging;
  std::map<std::string, int> writes;  ///< by the action's summary: requests that arrived, other than flashes
  std::vector<std::string> bodies;    ///< of these, in order
  std::vector<plan::Reason> preflight;
  std::vector<inventory::Incident> incidents;
  std::vector<LogEntry> log;
  std::optional<UtcTime> log_asked_since;
  Duration clock_skew{0};

  std::map<std::string, int> flashed;  ///< flash requests that arrived, by the version that they bring
  std::string flashing_to;
  Duration flash_takes = std::chrono::minutes(5);
  Duration boot_takes = std::chrono::minutes(3);
  std::string task_state = "Updating";  ///< as it is shown while a flash runs
  std::optional<UtcTime> goes_silent_at;
  bool needs_restart = false;  ///< what was flashed runs after a restart of the host
  std::string staged;          ///< a version that waits for it
  int restarts = 0;            ///< of the host
  std::optional<UtcTime> boot_ends;
  bool restarts_late = false;        ///< says that a flash is done, shows the new version, and only then restarts
  std::optional<UtcTime> gone_from;  ///< the BMC restarts and does not answer
  std::optional<UtcTime> gone_until;
  std::string power = "On";
  std::optional<UtcTime> loses_power_at;
  std::optional<UtcTime> others_until;     ///< others are at work
  std::string others_bring;                ///< the version that they leave behind
  std::optional<UtcTime> others_bring_at;  ///< when that shows; absent: when they are done
  inventory::Health health = {.system = "OK", .bmc = "OK", .post = "FinishedPost", .sensors = {}, .log_entries = 0};
  std::optional<UtcTime> falls_ill_at;
  std::optional<inventory::Health> health_after;  ///< once something was flashed
  inventory::Settings settings;
  std::optional<inventory::Settings> settings_after;  ///< once something was flashed
  bool keeps_settings = false;                        ///< takes changes of settings, and keeps what it has
  int restored = 0;                                   ///< requests that changed settings

  void advance(UtcTime now);
  [[nodiscard]] bool is_silent(UtcTime now) const;
};

class FakeFleet {
 public:
  FakeFleet();
  Machine& add(const std::string& name);
  [[nodiscard]] plan::Plan make_plan() const;
  /// On each host: 1.0 to 1.5 and then to 2.0, each with a restart of the host, and ten minutes of rest in between.
  [[nodiscard]] plan::Plan make_path_plan() const;
  /// The plan with its hosts in waves of these.
  [[nodiscard]] static plan::Plan in_waves(plan::Plan plan, const std::vector<std::vector<std::string>>& waves);
  /// Guards these categories; those that are to be restored get an action for it on each host.
  [[nodiscard]] static plan::Plan guarded(plan::Plan plan, std::map<std::string, manifest::GuardAction> guard);
  /// The window of all hosts, and deadlines for what installs and restarts.
  [[nodiscard]] static plan::Plan in_window(plan::Plan plan, const plan::HeldWindow& window);
  /// On each host: store an image, put it into the queue, change an install set, and invoke it.
  [[nodiscard]] plan::Plan make_resource_plan();
  /// The host as it is now.
  [[nodiscard]] plan::PlannedHost planned_host(const std::string& name) const;

  /// Runs or resumes under virtual time on a new event loop. Throws Killed when the effects say so.
  Result<apply::Summary> apply(const plan::Plan& plan, apply::RunOptions options = {});
  Result<apply::Summary> resume(apply::RunOptions options = {});
  /// What another process leaves in the journal for the newest run.
  void ask(journal::ControlKind kind);
  /// Called with the run when it starts; for detaching.
  std::function<void(apply::Run&)> on_start;

  std::map<std::string, Machine> machines;
  Effects effects;
  VirtualClock clock;
  journal::MemoryJournal journal;
  apply::ImagePublisher* images = nullptr;
  apply::View* view = nullptr;                         ///< null: nobody watches
  std::vector<std::string> trail;                      ///< "read web-01", "write web-01", in order
  std::vector<std::pair<UtcTime, std::string>> begun;  ///< hosts in the order of their first writes
  /// What a write other than a flash does, by the action's summary.
  std::map<std::string, std::function<void(inventory::Staging&)>> effects_of;
  TemporaryDirectory directory;

 private:
  Result<apply::Summary> execute(const std::function<Task<Result<apply::Summary>>(apply::World)>& start);
};

}  // namespace firmform::tests
