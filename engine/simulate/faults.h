// SPDX-License-Identifier: Apache-2.0
// Faults: what goes wrong in a simulated fleet, and how often. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace firmform::simulate {

enum class Fault {
  lost_request,   ///< of a write: the connection breaks before the BMC has it
  lost_reply,     ///< of a write: the BMC does it, and the reply never comes
  failed_flash,   ///< of a flash: the BMC ends it with an error
  wrong_version,  ///< of a flash: the BMC says that it went well, and the old version stays
  unreachable,    ///< of a host: its BMC does not answer for some minutes in the middle of its work
  dead,           ///< of a host: its BMC never answers
  slow,           ///< of a host: everything takes three times as long
  unhealthy,      ///< of a host: a fan is critical after the last restart or flash
};

inline constexpr std::array kAllFaults = {Fault::lost_request,  Fault::lost_reply,  Fault::failed_flash,
                                          Fault::wrong_version, Fault::unreachable, Fault::dead,
                                          Fault::slow,          Fault::unhealthy};

[[nodiscard]] std::string_view to_string(Fault fault);  ///< "lost-request", …

class Faults {
 public:
  [[nodiscard]] double rate(Fault fault) const { return rates_[static_cast<std::size_t>(fault)]; }
  void set(Fault fault, double rate) { rates_[static_cast<std::size_t>(fault)] = rate; }
  [[nodiscard]] bool any() const;
  /// "lost-reply=0.1,slow=0.02"; "none".
  [[nodiscard]] std::string describe() const;

 private:
  std::array<double, kAllFaults.size()> rates_{};
};

/// "0.02" or "2%" for every kind, or "KIND=RATE,…". Fails with usage.
[[nodiscard]] Result<Faults> parse_faults(std::string_view text);

}  // namespace firmform::simulate
