// SPDX-License-Identifier: Apache-2.0
#include "engine/base/time_text.h"
#include "engine/report/calendar_report.h"

namespace firmform::report {
namespace {

using simulate::Calendar;

json::Value count(std::size_t number) {
  return static_cast<std::int64_t>(number);
}

json::Value time(const std::optional<UtcTime>& at) {
  return at ? json::Value(to_rfc3339(*at)) : json::Value();
}

json::Array texts(const std::vector<std::string>& all) {
  json::Array array;
  for (const std::string& text : all) array.emplace_back(text);
  return array;
}

}  // namespace

json::Value calendar_json(const Calendar& calendar) {
  json::Array runs;
  for (const simulate::CalendarRun& run : calendar.runs) {
    runs.push_back(json::Object{{"start", to_rfc3339(run.start)},
                                {"end", to_rfc3339(run.end)},
                                {"windows", texts(run.windows)},
                                {"begun", count(run.begun)},
                                {"failed", count(run.failed)},
                                {"newly_compliant", count(run.compliant)},
                                {"left", count(run.waiting)}});
  }
  json::Array stragglers;
  for (const simulate::Straggler& straggler : calendar.stragglers) {
    stragglers.push_back(json::Object{{"host", straggler.host}, {"reasons", texts(straggler.reasons)}});
  }
  json::Array limits;
  for (const simulate::Limit& limit : calendar.limits) {
    limits.push_back(json::Object{{"name", limit.name},
                                  {"done_without", time(limit.done)},
                                  {"gain_seconds", std::chrono::floor<std::chrono::seconds>(limit.gain).count()},
                                  {"more_hosts", count(limit.more_hosts)}});
  }
  return json::Object{{"format_version", "1.0"},
                      {"start", to_rfc3339(calendar.start)},
                      {"until", to_rfc3339(calendar.until)},
                      {"hosts", count(calendar.hosts)},
                      {"compliant_now", count(calendar.compliant_before)},
                      {"done", time(calendar.done)},
                      {"runs", std::move(runs)},
                      {"never", std::move(stragglers)},
                      {"limits", std::move(limits)}};
}

}  // namespace firmform::report
