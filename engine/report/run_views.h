// SPDX-License-Identifier: Apache-2.0
// The views of a run: lines for logs, a live display for terminals, a JSON stream for programs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/apply/view.h"

namespace firmform::report {

/// Where a view writes; called with whole lines, or with escape sequences by the live view.
using Print = std::function<void(std::string_view)>;

/// A line per change, and a heartbeat when a minute passes without one.
[[nodiscard]] std::unique_ptr<apply::View> make_line_view(Print print, const Clock& clock);

struct LiveOptions {
  int width = 100;
  int max_lines = 12;  ///< hosts shown at a time
  bool color = false;
  bool unicode = true;
};

/// One line per host at work and a bar for the fleet, redrawn in place.
[[nodiscard]] std::unique_ptr<apply::View> make_live_view(Print print, const Clock& clock, LiveOptions options);

/// One JSON object a line, with Terraform's field names (schemas/event.v1.schema.json).
[[nodiscard]] std::unique_ptr<apply::View> make_json_view(Print print, const Clock& clock, std::string tool_version);

/// Tells each of them, in order.
[[nodiscard]] std::unique_ptr<apply::View> make_view_group(std::vector<std::unique_ptr<apply::View>> views);

/// "Waiting: soak after canary until 2026-12-05T22:00:00Z".
[[nodiscard]] std::string wait_text(const std::string& reason, std::optional<UtcTime> until);

/// "2 hosts done, 1 failed", with the command to type next; what all text views end with.
[[nodiscard]] std::string summary_text(const apply::Summary& summary);

}  // namespace firmform::report
