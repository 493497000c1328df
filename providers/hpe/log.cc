// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <tuple>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "providers/hpe/dialect.h"
#include "providers/redfish/read.h"
#include "providers/redfish/resource.h"

namespace firmform::hpe {
namespace {

using redfish::Client;

/// The logs that speak of firmware, by the Id of their LogService.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kLogs = {
    {{"IEL", "iLO event log"}, {"IML", "Integrated Management Log"}}};

std::string_view title_of(const json::Value& service) {
  const auto found =
      std::ranges::find(kLogs, service.text("Id"), &std::pair<std::string_view, std::string_view>::first);
  return found == kLogs.end() ? std::string_view() : found->second;
}

std::optional<UtcTime> time_of(const json::Value& item) {
  for (const std::string_view text : {oem(item).text("Updated"), item.text("Created")}) {
    if (const auto time = parse_rfc3339(text)) return time;
  }
  return std::nullopt;
}

/// "35.1096"; older firmware shows class and code only.
std::string code_of(const json::Value& item) {
  const auto kind = oem(item)["Class"].as_int();
  const auto code = oem(item)["Code"].as_int();
  if (kind && code) return fmt::format("{}.{}", *kind, *code);
  return std::string(item.text("MessageId"));
}

/// EventNumber where there is one: the Id of an entry may be given to another one later.
std::string number_of(const json::Value& item) {
  const auto number = oem(item)["EventNumber"].as_int();
  return number ? std::to_string(*number) : std::string(item.text("Id"));
}

unsigned long as_number(const std::string& text) {
  unsigned long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_link_only(const json::Value& member) {
  return member.text("Message").empty() && oem(member).is_null();
}

/// The iLO's filter on the newest repeat. What it does not understand it refuses, and what it ignores is filtered here.
std::string filtered(const std::string& entries_uri, UtcTime since) {
  return fmt::format("{}?$filter=Oem/Hpe/Updated%20ge%20'{}'", entries_uri, to_rfc3339(since));
}

Task<std::optional<std::vector<json::Value>>> read_filtered(Client& client, std::string entries_uri, UtcTime since) {
  const auto page = co_await client.get(filtered(entries_uri, since));
  if (!page || !(*page)["Members"].is_array()) co_return std::nullopt;
  if (!(*page)["Members@odata.nextLink"].is_null()) co_return std::nullopt;
  const json::Array& members = (*page)["Members"].items();
  // An iLO that does not know the property finds nothing.
  if (members.empty()) co_return std::nullopt;
  if (std::ranges::any_of(members, is_link_only)) co_return std::nullopt;
  co_return std::vector<json::Value>(members.begin(), members.end());
}

Task<Result<std::vector<json::Value>>> read_entries(Client& client, std::string entries_uri,
                                                    std::optional<UtcTime> since) {
  if (since) {
    auto some = co_await read_filtered(client, entries_uri, *since);
    if (some) co_return std::move(*some);
  }
  std::vector<std::string> warnings;
  co_return co_await client.members(entries_uri, warnings);
}

Task<Result<std::vector<LogEntry>>> read_services(Client& client, json::Value owner, std::optional<UtcTime> since) {
  std::vector<LogEntry> entries;
  const std::string uri = redfish::link(owner, "LogServices");
  if (uri.empty()) co_return entries;
  std::vector<std::string> warnings;
  const auto services = co_await client.members(uri, warnings);
  if (!services) co_return fail(services.error());
  for (const json::Value& service : *services) {
    const std::string_view title = title_of(service);
    const std::string entries_uri = redfish::link(service, "Entries");
    if (title.empty() || entries_uri.empty()) continue;
    const auto items = co_await read_entries(client, entries_uri, since);
    if (!items) co_return fail(items.error());
    for (const json::Value& item : *items) entries.push_back(log_entry(title, item));
  }
  co_return entries;
}

}  // namespace

LogEntry log_entry(std::string_view log, const json::Value& item) {
  const std::string_view severity = oem(item).text("Severity");
  return {.log = std::string(log),
          .id = number_of(item),
          .at = time_of(item),
          .severity = std::string(severity.empty() ? item.text("Severity") : severity),
          .code = code_of(item),
          .text = printable(trim(item.text("Message")))};
}

std::vector<LogEntry> sorted_entries(std::vector<LogEntry> entries, std::optional<UtcTime> since) {
  std::map<std::pair<std::string, std::string>, LogEntry> newest;
  for (LogEntry& entry : entries) {
    if (since && entry.at && *entry.at < *since) continue;
    LogEntry& kept = newest[{entry.log, entry.id}];
    if (kept.id.empty() || kept.at < entry.at) kept = std::move(entry);
  }
  std::vector<LogEntry> sorted;
  for (auto& [key, entry] : newest) sorted.push_back(std::move(entry));
  const auto order = [](const LogEntry& entry) { return std::tuple(entry.at, entry.log, as_number(entry.id)); };
  std::ranges::sort(sorted, {}, order);
  return sorted;
}

Task<Result<std::vector<LogEntry>>> read_logs(Client& client, std::optional<UtcTime> since) {
  const auto machine = co_await redfish::fetch_system(client);
  if (!machine) co_return fail(machine.error());
  auto entries = co_await read_services(client, machine->manager, since);
  if (!entries) co_return fail(entries.error());
  auto of_host = co_await read_services(client, machine->system, since);
  if (!of_host) co_return fail(of_host.error());
  std::ranges::move(*of_host, std::back_inserter(*entries));
  co_return sorted_entries(std::move(*entries), since);
}

}  // namespace firmform::hpe
