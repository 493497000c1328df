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

/// A view that has something to say also while nothing happens.
class TickingView : public apply::View {
 public:
  /// To be called about ten times a second.
  virtual void tick() = 0;
};

/// A line per change, and a heartbeat that names the slowest hosts when a minute passes without one.
[[nodiscard]] std::unique_ptr<TickingView> make_line_view(Print print, const Clock& clock, int hosts_in_flight = 10);

struct LiveOptions {
  int width = 80;   ///< columns of the terminal
  int height = 24;  ///< its rows
  bool color = false;
  bool unicode = true;
  int hosts_in_flight = 10;  ///< at most, unless the plan says less
};

/// One line per host at work and a bar for the fleet, redrawn in place by tick(), and by nothing else: however many
/// things happen, the terminal is written to about ten times a second. What stays is printed above.
class LiveView : public TickingView {
 public:
  /// The terminal is another size now.
  virtual void resize(int width, int height) = 0;
  /// A line that stays.
  virtual void say(const std::string& line) = 0;
  /// Leaves the terminal with its cursor and without the live part; what waits to be said is said. The next tick()
  /// draws again.
  virtual void restore() = 0;
};

[[nodiscard]] std::unique_ptr<LiveView> make_live_view(Print print, const Clock& clock, LiveOptions options);

/// Tells each of them, in order.
[[nodiscard]] std::unique_ptr<apply::View> make_view_group(std::vector<std::unique_ptr<apply::View>> views);

/// "Waiting: soak after canary until 2026-12-05T22:00:00Z".
[[nodiscard]] std::string wait_text(const std::string& reason, std::optional<UtcTime> until);

/// "2 hosts done, 1 failed", with the command to type next; what all text views end with.
[[nodiscard]] std::string summary_text(const apply::Summary& summary);

}  // namespace firmform::report
