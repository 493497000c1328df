// SPDX-License-Identifier: Apache-2.0
// Scenario: a random fleet with a manifest of its own, small enough to be read when it shows a fault of this program.
// Pure: the same seed gives the same scenario on every machine.
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/inventory/snapshot.h"
#include "engine/simulate/faults.h"

namespace firmform::simulate {

/// What every host of a scenario may have: firmware of BMC, boot firmware, a card, and a device that needs no restart.
inline constexpr std::size_t kParts = 4;
inline constexpr std::array<std::string_view, kParts> kPartNames = {"BMC", "BIOS", "NIC", "CPLD"};

struct ScenarioHost {
  std::string name;
  int rack = 0;
  int feed = 0;
  int model = 0;
  bool answers = true;
  std::array<int, kParts> installed{};  ///< major version; 0: the host has no such part
};

/// What the baseline asks of a part.
struct ScenarioEntry {
  bool wanted = false;
  int version = 0;
  int via = 0;                               ///< version on the way; 0: none
  std::optional<std::size_t> requires_part;  ///< that must have its wanted version before
  bool by_version = false;                   ///< told as `requires` with a version; else as `after`
};

struct Scenario {
  std::uint64_t seed = 1;
  std::vector<ScenarioHost> hosts;
  std::array<ScenarioEntry, kParts> entries;
  bool downgrades = false;
  bool chain = false;  ///< the second host comes after the first one
  bool window = false;
  bool freeze = false;
  bool health = false;
  bool canary = false;
  std::vector<std::string> batches;
  int soak_minutes = 0;
  int per_rack = 0;  ///< 0: no limit
  int per_feed_percent = 0;
  int max_hosts = 0;
  int max_uploads = 0;
  std::optional<int> max_failures;
  Faults faults;
  std::set<int> crashes;
};

[[nodiscard]] Scenario random_scenario(std::uint64_t seed);
/// Scenarios with one thing less each, the boldest cuts first.
[[nodiscard]] std::vector<Scenario> simpler(const Scenario& scenario);

[[nodiscard]] std::string manifest_of(const Scenario& scenario);
[[nodiscard]] inventory::Inventory inventory_of(const Scenario& scenario);
[[nodiscard]] catalog::Catalog catalog_of(const Scenario& scenario);
/// What of it the manifest does not say, for people.
[[nodiscard]] std::string describe(const Scenario& scenario);

}  // namespace firmform::simulate
