// SPDX-License-Identifier: Apache-2.0
// What is read of a host before its first write, kept in the journal, and compared after its last action: health and
// guarded settings. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/inventory/health.h"
#include "engine/manifest/manifest.h"
#include "engine/plan/plan.h"

namespace firmform::apply {

/// Settings in a form that fits into a journal: long values as digests, which are compared and never put back. The same
/// settings give the same form.
[[nodiscard]] inventory::Settings bounded(inventory::Settings settings);

/// As one line of JSON, and back; what cannot be read back is left out.
[[nodiscard]] std::string to_json_text(const inventory::Settings& settings);
[[nodiscard]] inventory::Settings settings_of(const std::string& text);

struct HealthBefore {
  inventory::Health health;
  Duration clock_skew{0};  ///< how far the BMC's clock was ahead
};
[[nodiscard]] std::string to_json_text(const HealthBefore& before);
[[nodiscard]] HealthBefore health_of(const std::string& text);

/// What is worse than before, one sentence each; empty when nothing is. `after.log_entries` are those since `before`.
[[nodiscard]] std::vector<std::string> worse(const manifest::HealthGate& gate, const inventory::Health& before,
                                             const inventory::Health& after);

/// Categories that are read, of a plan's guard: all but ignored ones.
[[nodiscard]] std::vector<std::string> guarded_categories(const plan::Plan& plan);

/// What differs, by what is to be done about it. Settings that the new firmware brings are no change of a setting, and
/// neither are BIOS attributes that it no longer has.
struct Differences {
  std::vector<std::string> reported;
  std::vector<std::string> failing;  ///< of categories that are to fail, or were to be restored and are not
};
[[nodiscard]] Differences differences(const std::map<std::string, manifest::GuardAction>& guard,
                                      const inventory::Settings& before, const inventory::Settings& after);

/// Those of the categories that are not as before and can be put back, as they were before.
[[nodiscard]] inventory::Settings to_put_back(const std::vector<std::string>& categories,
                                              const inventory::Settings& before, const inventory::Settings& present);

}  // namespace firmform::apply
