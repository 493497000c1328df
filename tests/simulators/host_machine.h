// SPDX-License-Identifier: Apache-2.0
// HostMachine: the server that a BMC looks after: power, graceful shutdown, reset and the course of a boot.
// Reference: ilo.md 13, redfish.md A.16.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tests/simulators/timeline.h"
#include "tests/simulators/traits.h"

namespace firmform::simulators {

/// How far a boot has come.
enum class BootPhase { off, reset, post, discovery, discovered, finished };

struct HostEvents {
  std::function<void()> boot_began;          ///< staged firmware takes over
  std::function<void()> drivers_start;       ///< UEFI can install what waits for it
  std::function<void()> discovery_complete;  ///< the BIOS has reported itself to the BMC
  std::function<void()> inventory_complete;  ///< the BMC's firmware inventory is up to date again
};

class HostMachine {
 public:
  /// A machine that has been running for long, or is off. `timeline` and `clock` must outlive it.
  HostMachine(Timeline& timeline, const UtcTime& clock, const ModelTraits& traits, double speed, HostEvents events);

  void set_off() { on_ = false; }
  [[nodiscard]] bool on() const { return on_; }
  [[nodiscard]] BootPhase phase() const;
  /// False from the reset until the BMC has read all versions again.
  [[nodiscard]] bool inventory_is_complete() const;
  [[nodiscard]] UtcTime last_reset() const { return boot_began_; }
  [[nodiscard]] int boots() const { return boots_; }

  void power_on();
  void power_off(bool graceful);
  void restart(bool graceful);
  /// Off at once, whatever it was doing.
  void lose_power();
  /// Firmware that is installed in this boot keeps the machine in POST for longer; until discovery is complete.
  void extend_boot(Seconds by) { extra_ += by; }
  /// A machine without a good System ROM never leaves POST. Holds for boots that begin from now on.
  void break_rom(bool broken) { rom_broken_ = broken; }

 private:
  [[nodiscard]] Duration scaled(Seconds duration) const;
  void boot();
  [[nodiscard]] Duration since_boot() const;
  /// Calls `event` when the boot under way has come to `stage`, however much it is held up.
  void arm(Seconds BootTraits::* stage, const std::function<void()>& event);

  Timeline& timeline_;
  const UtcTime& clock_;
  const ModelTraits& traits_;
  double speed_;
  HostEvents events_;
  bool on_ = true;
  bool booted_here_ = false;  ///< a boot was seen; before that the machine is simply up
  UtcTime boot_began_{};
  Seconds extra_{0};
  int boots_ = 0;
  bool rom_broken_ = false;
  bool stuck_ = false;  ///< this boot does not get beyond POST
};

}  // namespace firmform::simulators
