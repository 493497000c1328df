// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "engine/manifest/problem.h"
#include "engine/manifest/recurrence.h"
#include "engine/manifest/safety.h"
#include "engine/schedule/opening.h"

namespace firmform::schedule {
namespace {

using manifest::DesiredHost;
using manifest::FreezePeriod;
using manifest::Window;

/// What hosts share: most of a fleet has the same window and the same freeze periods.
struct Times {
  const Window* window = nullptr;
  std::vector<const FreezePeriod*> freezes;
  auto operator<=>(const Times&) const = default;
};

/// Two days before any instant at which clocks somewhere show it.
UtcTime before(WallTime time) {
  return UtcTime(time.time_since_epoch()) - std::chrono::days(2);
}

bool is_once(const Window& window) {
  return window.schedule.empty() && window.recurrence.empty();
}

/// Before the first time of a window that comes to an end; empty for one that comes for ever.
std::optional<UtcTime> beginning(const Window& window) {
  if (is_once(window)) return window.start;
  if (window.recurrence.empty()) return std::nullopt;
  const auto first = manifest::parse_wall_time(window.first);
  if (!first) return std::nullopt;
  const auto rule = manifest::parse_recurrence(window.recurrence, *first);
  const bool ends = rule && (rule->count || rule->until);
  return ends ? std::optional(before(*first)) : std::nullopt;
}

/// From where on a freeze period stands in the way for good, or is over.
UtcTime settled(const Window& freeze) {
  if (is_once(freeze)) return freeze.end;
  const auto first = manifest::parse_wall_time(freeze.first);
  // Cron schedules have always been.
  return first ? UtcTime(first->time_since_epoch()) + std::chrono::days(2) : UtcTime{};
}

/// Whether there is any opening. What the answer is does not depend on when it is asked for.
bool ever_opens(const Times& times) {
  std::optional<UtcTime> from = times.window == nullptr ? std::nullopt : beginning(*times.window);
  if (!from) {
    from = UtcTime{};
    if (times.window != nullptr && !is_once(*times.window)) from = settled(*times.window);
    for (const FreezePeriod* freeze : times.freezes) from = std::max(*from, settled(freeze->when));
  }
  const auto opening = next_opening(times.window, times.freezes, *from, Duration(1));
  return !opening || opening->has_value();  // what cannot be told was reported where it is written
}

/// The same with no more freeze periods than it takes to leave no opening.
Times narrowed(Times times) {
  for (std::size_t i = 0; i < times.freezes.size();) {
    Times fewer = times;
    fewer.freezes.erase(fewer.freezes.begin() + static_cast<std::ptrdiff_t>(i));
    if (ever_opens(fewer)) {
      ++i;
    } else {
      times = std::move(fewer);
    }
  }
  return times;
}

Diagnostic never_opens(const Times& times, const std::vector<const DesiredHost*>& hosts) {
  const DesiredHost& host = *hosts.front();
  const bool any_time = times.window == nullptr;
  Diagnostic found =
      any_time
          ? manifest::problem(Code::window_never_opens, "freeze periods leave no time at all to do anything",
                              times.freezes.front()->span, "freezes all the time")
          : manifest::problem(Code::window_never_opens,
                              fmt::format("window `{}` never opens: freeze periods cover all of it", host.window->name),
                              host.window->span, "nothing could ever be done in it");
  for (const FreezePeriod* freeze : times.freezes) {
    if (!any_time || freeze != times.freezes.front()) found.secondary.push_back({freeze->span, "freezes it"});
  }
  std::vector<std::string> names;
  for (const DesiredHost* each : hosts) names.push_back(each->name);
  found.notes.push_back(fmt::format("concerns {}", manifest::some_of(names)));
  return found;
}

}  // namespace

Diagnostics check_openings(const manifest::Desired& desired) {
  std::map<Times, std::size_t> places;
  std::vector<std::pair<Times, std::vector<const DesiredHost*>>> shared;  // in order of the first host
  for (const auto& [name, host] : desired.hosts) {
    if (host.freezes.empty()) continue;
    const Window* window = host.window ? host.window->window.get() : nullptr;
    if (window != nullptr && window->absent) continue;
    const Times times{window, periods_of(host.freezes)};
    const auto [place, fresh] = places.emplace(times, shared.size());
    if (fresh) shared.emplace_back(times, std::vector<const DesiredHost*>{});
    shared[place->second].second.push_back(&host);
  }
  Diagnostics diagnostics;
  for (const auto& [times, hosts] : shared) {
    if (!ever_opens(times)) diagnostics.add(never_opens(narrowed(times), hosts));
  }
  return diagnostics;
}

}  // namespace firmform::schedule
