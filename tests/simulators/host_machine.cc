// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/host_machine.h"

#include <utility>

namespace firmform::simulators {

HostMachine::HostMachine(Timeline& timeline, const UtcTime& clock, const ModelTraits& traits, double speed,
                         HostEvents events)
    : timeline_(timeline),
      clock_(clock),
      traits_(traits),
      speed_(speed),
      events_(std::move(events)),
      boot_began_(clock - std::chrono::hours(200)) {}

Duration HostMachine::scaled(Seconds duration) const {
  return Duration(static_cast<Duration::rep>(static_cast<double>(Duration(duration).count()) / speed_));
}

Duration HostMachine::since_boot() const {
  return clock_ - boot_began_;
}

BootPhase HostMachine::phase() const {
  if (!on_) return BootPhase::off;
  if (!booted_here_) return BootPhase::finished;
  const BootTraits& boot = traits_.boot;
  const Duration past = since_boot();
  if (past < scaled(Seconds(5))) return BootPhase::reset;
  if (stuck_ || past < scaled(boot.discovery_start + extra_)) return BootPhase::post;
  if (past < scaled(boot.discovery_complete + extra_)) return BootPhase::discovery;
  if (past < scaled(boot.post_complete + extra_)) return BootPhase::discovered;
  return BootPhase::finished;
}

bool HostMachine::inventory_is_complete() const {
  if (!booted_here_) return true;
  return on_ && !stuck_ && since_boot() >= scaled(traits_.boot.inventory_complete + extra_);
}

void HostMachine::boot() {
  timeline_.forget(Half::host);
  on_ = true;
  booted_here_ = true;
  boot_began_ = clock_;
  extra_ = Seconds(0);
  stuck_ = rom_broken_;
  ++boots_;
  // Staged firmware takes over first: it may extend this boot.
  events_.boot_began();
  if (stuck_) return;
  timeline_.at(clock_ + scaled(traits_.boot.discovery_start), Half::host, events_.drivers_start);
  arm(&BootTraits::discovery_complete, events_.discovery_complete);
  arm(&BootTraits::inventory_complete, events_.inventory_complete);
}

void HostMachine::arm(Seconds BootTraits::* stage, const std::function<void()>& event) {
  const UtcTime due = boot_began_ + scaled(traits_.boot.*stage + extra_);
  timeline_.at(due, Half::host, [this, stage, due, &event] {
    if (boot_began_ + scaled(traits_.boot.*stage + extra_) > due) return arm(stage, event);
    event();
  });
}

void HostMachine::power_on() {
  if (!on_) boot();
}

void HostMachine::power_off(bool graceful) {
  if (!on_) return;
  timeline_.forget(Half::host);
  timeline_.at(clock_ + scaled(graceful ? traits_.shutdown : Seconds(3)), Half::host, [this] { on_ = false; });
}

void HostMachine::lose_power() {
  timeline_.forget(Half::host);
  on_ = false;
}

void HostMachine::restart(bool graceful) {
  if (!on_) return;
  if (!graceful) return boot();
  // The operating system runs on until it has shut down; a boot that was under way goes on as well.
  timeline_.at(clock_ + scaled(traits_.shutdown), Half::host, [this] { boot(); });
}

}  // namespace firmform::simulators
