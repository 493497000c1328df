// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/ilo_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"

namespace firmform::simulators {
namespace {

using Severity = IloLogEvent::Severity;

/// The standard's word, then HPE's.
std::pair<std::string_view, std::string_view> words(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return {"OK", "Informational"};
    case Severity::caution:
      return {"Warning", "Caution"};
    case Severity::critical:
      return {"Critical", "Critical"};
  }
  return {"OK", "Informational"};
}

}  // namespace

IloLog::IloLog(const IloLogKind& kind, std::string base, std::string model, bool with_ids)
    : kind_(kind), uri_(std::move(base) + std::string(kind.uri)), model_(std::move(model)), with_ids_(with_ids) {}

void IloLog::add(const IloLogEvent& event, const std::string& now) {
  const auto same = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return entry.event.event_class == event.event_class && entry.event.code == event.code &&
           entry.event.message == event.message;
  });
  if (same != entries_.end()) {
    ++same->count;
    same->updated = now;
    return;
  }
  entries_.push_back({++last_id_, ++last_number_, event, 1, now, now});
}

json::Value IloLog::render(const Entry& entry) const {
  const auto& [severity, hpe_severity] = words(entry.event.severity);
  json::Array categories;
  for (const std::string& category : entry.event.categories) categories.emplace_back(category);
  json::Object hpe{{"@odata.type", "#HpeLogEntry.v2_4_0.HpeLogEntry"},
                   {"Categories", std::move(categories)},
                   {"Class", entry.event.event_class},
                   {"ClassDescription", entry.event.event_class == 35 ? model_ : "Firmware Management"},
                   {"Code", entry.event.code},
                   {"Count", entry.count},
                   {"EventNumber", entry.number},
                   {"Severity", hpe_severity},
                   {"Updated", entry.updated}};
  json::Object body{{"@odata.context", "/redfish/v1/$metadata#LogEntry.LogEntry"},
                    {"@odata.id", fmt::format("{}/Entries/{}", uri_, entry.id)},
                    {"@odata.type", with_ids_ ? "#LogEntry.v1_11_0.LogEntry" : "#LogEntry.v1_0_0.LogEntry"},
                    {"Id", std::to_string(entry.id)},
                    {"Created", entry.created},
                    {"EntryType", "Oem"},
                    {"Message", entry.event.message},
                    {"Name", kind_.name},
                    {"OemRecordFormat", kind_.format},
                    {"Severity", severity}};
  if (with_ids_) {
    body.set("MessageId", fmt::format("{}.{}", entry.event.event_class, entry.event.code));
    body.set("MessageArgs", json::Array{});
  }
  body.set("Oem", json::Object{{"Hpe", std::move(hpe)}});
  return body;
}

json::Value IloLog::document(std::string_view path, const std::string& now) const {
  const std::string entries = uri_ + "/Entries";
  if (equals_ignoring_case(path, uri_)) {
    const json::Object clear{{"target", clear_target()}};
    return json::Object{{"@odata.context", "/redfish/v1/$metadata#LogService.LogService"},
                        {"@odata.etag", ""},
                        {"@odata.id", uri_},
                        {"@odata.type", "#LogService.v1_0_0.LogService"},
                        {"Id", uri_.substr(uri_.rfind('/') + 1)},
                        {"Actions", json::Object{{"#LogService.ClearLog", clear}}},
                        {"DateTime", now},
                        {"DateTimeLocalOffset", "+00:00"},
                        {"Entries", json::Object{{"@odata.id", entries}}},
                        {"Name", kind_.name},
                        {"OverWritePolicy", "WrapsWhenFull"}};
  }
  if (equals_ignoring_case(path, entries)) {
    // The members are the entries themselves, whether or not the request expands them.
    json::Array members;
    for (const Entry& entry : entries_) members.push_back(render(entry));
    const auto count = static_cast<std::int64_t>(members.size());
    return json::Object{{"@odata.context", "/redfish/v1/$metadata#LogEntryCollection.LogEntryCollection"},
                        {"@odata.etag", ""},
                        {"@odata.id", entries},
                        {"@odata.type", "#LogEntryCollection.LogEntryCollection"},
                        {"Description", kind_.name},
                        {"Name", kind_.name},
                        {"Members", std::move(members)},
                        {"Members@odata.count", count}};
  }
  for (const Entry& entry : entries_) {
    if (equals_ignoring_case(path, fmt::format("{}/{}", entries, entry.id))) return render(entry);
  }
  return {};
}

}  // namespace firmform::simulators
