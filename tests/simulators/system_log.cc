// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/system_log.h"

#include <fmt/format.h>

#include <utility>

namespace firmform::simulators {

void SystemLog::add(std::string severity, std::string message, std::string now) {
  entries_.push_back({static_cast<int>(entries_.size()) + 1, std::move(severity), std::move(message), std::move(now)});
}

bool SystemLog::owns(std::string_view path) const {
  return !uri_.empty() && (path == collection_uri() || path == uri_ || path.starts_with(uri_ + "/"));
}

json::Value SystemLog::render(const Entry& entry) const {
  return json::Object{{"@odata.id", fmt::format("{}/Entries/{}", uri_, entry.id)},
                      {"@odata.type", "#LogEntry.v1_9_0.LogEntry"},
                      {"Id", std::to_string(entry.id)},
                      {"Name", fmt::format("Log Entry {}", entry.id)},
                      {"EntryType", "Event"},
                      {"Created", entry.created},
                      {"Severity", entry.severity},
                      {"Message", entry.message},
                      {"MessageArgs", json::Array{}}};
}

std::optional<json::Value> SystemLog::document(std::string_view path, const std::string& now) const {
  const std::string entries = uri_ + "/Entries";
  if (path == collection_uri()) {
    return json::Object{{"@odata.id", collection_uri()},
                        {"@odata.type", "#LogServiceCollection.LogServiceCollection"},
                        {"Name", "Log Services"},
                        {"Members", json::Array{json::Object{{"@odata.id", uri_}}}},
                        {"Members@odata.count", 1}};
  }
  if (path == uri_) {
    return json::Object{{"@odata.id", uri_},
                        {"@odata.type", "#LogService.v1_2_0.LogService"},
                        {"Id", uri_.substr(uri_.rfind('/') + 1)},
                        {"Name", "System Event Log"},
                        {"DateTime", now},
                        {"DateTimeLocalOffset", "+00:00"},
                        {"LogEntryType", "Event"},
                        {"ServiceEnabled", true},
                        {"OverWritePolicy", "WrapsWhenFull"},
                        {"Entries", json::Object{{"@odata.id", entries}}}};
  }
  if (path == entries) {
    json::Array members;
    for (const Entry& entry : entries_) members.push_back(render(entry));
    const auto count = static_cast<std::int64_t>(members.size());
    return json::Object{{"@odata.id", entries},
                        {"@odata.type", "#LogEntryCollection.LogEntryCollection"},
                        {"Name", "System Event Log Entries"},
                        {"Members", std::move(members)},
                        {"Members@odata.count", count}};
  }
  for (const Entry& entry : entries_) {
    if (path == fmt::format("{}/{}", entries, entry.id)) return render(entry);
  }
  return std::nullopt;
}

}  // namespace firmform::simulators
