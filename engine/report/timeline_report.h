// SPDX-License-Identifier: Apache-2.0
// A simulated run for people and for programs.
#pragma once

#include <string>

#include "engine/json/value.h"
#include "engine/report/style.h"
#include "engine/simulate/timeline.h"

namespace firmform::report {

/// Lanes of hosts over time, waves, limits and a summary. More than forty hosts are grouped: those of one wave that do
/// the same share a line.
[[nodiscard]] std::string timeline_text(const simulate::Timeline& timeline, const Style& style);

/// Names are stable; times are RFC 3339 with milliseconds left out, durations are seconds.
[[nodiscard]] json::Value timeline_json(const simulate::Timeline& timeline);

/// A picture that needs nothing else. More than sixty hosts are shown as numbers of hosts over time, wave by wave.
[[nodiscard]] std::string timeline_svg(const simulate::Timeline& timeline);

/// One page around the picture that needs no network: summary, limits, waves, and what became of each host.
[[nodiscard]] std::string timeline_html(const simulate::Timeline& timeline);

}  // namespace firmform::report
