// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/calendar_report.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using simulate::Calendar;
using simulate::CalendarRun;
using simulate::Limit;
using simulate::Straggler;

std::string minute(UtcTime time) {
  return fmt::format("{:%a %Y-%m-%d %H:%M} UTC", std::chrono::floor<std::chrono::seconds>(time));
}

std::size_t table_width(const Style& style) {
  constexpr int kNarrowest = 60;
  return static_cast<std::size_t>(std::max(style.width, kNarrowest));
}

std::string runs_table(const Calendar& calendar, const Style& style) {
  Table table({{"BEGIN", 20},
               {"END", 20},
               {"WINDOW", 8},
               {"BEGUN", 5, true},
               {"FAILED", 6, true},
               {"NEWLY DONE", 6, true},
               {"LEFT", 4, true}});
  for (const CalendarRun& run : calendar.runs) {
    table.add({minute(run.start), minute(run.end), fmt::format("{}", fmt::join(run.windows, ", ")),
               std::to_string(run.begun), std::to_string(run.failed), std::to_string(run.compliant),
               std::to_string(run.waiting)});
  }
  return table.render(table_width(style), style.color);
}

/// Hosts with the same reasons share a line.
std::string stragglers_text(const Calendar& calendar, const Style& style) {
  constexpr std::size_t kMostNames = 5;
  std::map<std::vector<std::string>, std::vector<std::string>> hosts;
  for (const Straggler& straggler : calendar.stragglers) hosts[straggler.reasons].push_back(straggler.host);
  std::string text;
  for (const auto& [reasons, names] : hosts) {
    const std::vector<std::string> first(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostNames)));
    const std::string more = names.size() > kMostNames ? fmt::format(" and {} more", names.size() - kMostNames) : "";
    text += paragraph(
        fmt::format("{}{}: {}", fmt::join(first, ", "), more, printable(fmt::format("{}", fmt::join(reasons, "; ")))),
        2, table_width(style));
  }
  return text;
}

std::string limit_line(const Limit& limit) {
  std::string line = fmt::format("  without {}: ", limit.name);
  line += limit.done ? fmt::format("done {}", minute(*limit.done)) : "not done either";
  if (limit.gain > Duration(0)) line += fmt::format(", {} earlier", to_text(limit.gain));
  if (limit.more_hosts > 0) line += fmt::format(", {} more", counted(limit.more_hosts, "host"));
  return line + "\n";
}

}  // namespace

std::string calendar_text(const Calendar& calendar, const Style& style) {
  if (calendar.compliant_before == calendar.hosts) {
    return fmt::format("All of {} are as the manifest wants them now.\n", counted(calendar.hosts, "host"));
  }
  std::string text = fmt::format("{} of {} are as the manifest wants them now.\n\n", calendar.compliant_before,
                                 counted(calendar.hosts, "host"));
  if (!calendar.runs.empty()) text += runs_table(calendar, style) + "\n";
  if (calendar.done) {
    text += fmt::format("The whole fleet would be done {}, {} from now.\n", minute(*calendar.done),
                        to_text(*calendar.done - calendar.start));
  } else {
    text += fmt::format("{} would not be done until {}:\n{}", counted(calendar.stragglers.size(), "host"),
                        minute(calendar.until), stragglers_text(calendar, style));
  }
  if (calendar.limits.empty()) return text;
  text += fmt::format("\nWhat holds the fleet back most: {}.\n", calendar.limits.front().name);
  for (const Limit& limit : calendar.limits) text += limit_line(limit);
  return text;
}

}  // namespace firmform::report
