// SPDX-License-Identifier: Apache-2.0
#include "engine/report/plan_windows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using plan::HeldWindow;

/// Hosts that wait for the same opening.
struct Waiting {
  std::vector<std::string> hosts;
  Duration longest{0};     ///< work of one host
  UtcTime latest_start{};  ///< of the host with the longest work
};

/// "3 hosts (web-01, web-02, web-03)"
std::string names(const std::vector<std::string>& hosts) {
  constexpr std::size_t kShown = 4;
  if (hosts.size() == 1) return hosts.front();
  const auto last = hosts.begin() + static_cast<std::ptrdiff_t>(std::min(hosts.size(), kShown));
  return fmt::format("{} ({}{})", counted(hosts.size(), "host"), fmt::join(hosts.begin(), last, ", "),
                     hosts.size() > kShown ? ", …" : "");
}

std::string opening(const HeldWindow& window, UtcTime now) {
  if (window.start <= now) return fmt::format("open until {}", to_rfc3339(window.end));
  const auto left = std::chrono::duration_cast<Duration>(window.start - now);
  return fmt::format("opens {} (in {}), closes {}", to_rfc3339(window.start), to_text(left), to_rfc3339(window.end));
}

}  // namespace

std::string windows_text(const plan::Plan& plan, std::size_t width) {
  std::map<std::tuple<UtcTime, UtcTime, std::string>, Waiting> windows;
  for (const plan::PlannedHost& host : plan.hosts) {
    if (!host.window) continue;
    Waiting& waiting = windows[{host.window->start, host.window->end, host.window->name}];
    waiting.hosts.push_back(host.name);
    if (host.window->expected < waiting.longest) continue;
    waiting.longest = host.window->expected;
    waiting.latest_start = host.window->latest_start;
  }
  if (windows.empty()) return {};
  std::string text = "When hosts may begin:\n";
  for (const auto& [when, waiting] : windows) {
    const auto& [start, end, name] = when;
    const HeldWindow window{.name = name, .start = start, .end = end};
    text += paragraph(fmt::format("{}: {}; {}: {} of work at most, to begin by {}", printable(name),
                                  opening(window, plan.header.created_at), names(waiting.hosts),
                                  to_text(waiting.longest), to_rfc3339(waiting.latest_start)),
                      2, width);
  }
  return text + "\n";
}

}  // namespace firmform::report
