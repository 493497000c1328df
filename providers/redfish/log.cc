// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/log.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "providers/redfish/links.h"
#include "providers/redfish/read.h"
#include "providers/redfish/resource.h"

namespace firmform::redfish {
namespace {

/// A BMC gives 50 to 1000 entries a page; more pages than this take minutes.
constexpr int kMostPages = 20;

std::string next_page(const json::Value& page) {
  const json::Value& next = page["Members@odata.nextLink"];
  return next.as_string() != nullptr ? *next.as_string() : uri_of(next);
}

Task<Result<std::vector<json::Value>>> read_pages(Client& client, std::string uri) {
  std::vector<json::Value> items;
  for (int pages = 0; !uri.empty() && pages < kMostPages; ++pages) {
    const auto page = co_await client.get(uri);
    if (!page && page.error().code() == Code::resource_missing) co_return items;
    if (!page) co_return fail(page.error().with_context("while reading an event log"));
    std::ranges::copy((*page)["Members"].items(), std::back_inserter(items));
    uri = next_page(*page);
  }
  co_return items;
}

Task<Status> read_services(Client& client, json::Value owner, std::vector<LogEntry>& entries) {
  const std::string uri = link(owner, "LogServices");
  if (uri.empty()) co_return Status();
  std::vector<std::string> warnings;
  const auto services = co_await client.members(uri, warnings);
  if (!services) co_return fail(services.error().with_context("while reading the event logs"));
  for (const json::Value& service : *services) {
    if (!is_event_log(service)) continue;
    const auto items = co_await read_pages(client, link(service, "Entries"));
    if (!items) co_return fail(items.error());
    for (const json::Value& item : *items) entries.push_back(event_of(service.text("Name"), item));
  }
  co_return Status();
}

}  // namespace

bool is_event_log(const json::Value& service) {
  constexpr std::array<std::string_view, 5> kKnown = {"sel", "eventlog", "event", "standardlog", "platformlog"};
  constexpr std::array<std::string_view, 10> kOthers = {
      "lclog", "auditlog", "faultlist", "journal", "dump", "hostlogger", "postcodes", "crashdump", "sl", "securitylog"};
  const std::string id = to_lower(service.text("Id"));
  const std::string_view type = service.text("LogEntryType");
  if (service["ServiceEnabled"].as_bool() == false || std::ranges::find(kOthers, id) != kOthers.end()) return false;
  return type == "SEL" || type == "Event" || std::ranges::find(kKnown, id) != kKnown.end();
}

LogEntry event_of(std::string_view log, const json::Value& item) {
  std::string_view at = item.text("EventTimestamp");
  if (at.empty()) at = item.text("Created");
  return {.log = std::string(log),
          .id = std::string(item.text("Id")),
          .at = parse_rfc3339(at),
          .severity = std::string(item.text("Severity")),
          .code = std::string(item.text("MessageId")),
          .text = printable(trim(item.text("Message")))};
}

Task<Result<std::vector<LogEntry>>> read_event_logs(Client& client, std::optional<UtcTime> since) {
  const auto machine = co_await fetch_system(client);
  if (!machine) co_return fail(machine.error());
  std::vector<LogEntry> entries;
  const Status of_bmc = co_await read_services(client, machine->manager, entries);
  if (!of_bmc) co_return fail(of_bmc.error());
  // Some BMCs show the same logs in both places.
  const bool shared = same_link(link(machine->manager, "LogServices"), link(machine->system, "LogServices"));
  const Status of_host = co_await read_services(client, shared ? json::Value() : machine->system, entries);
  if (!of_host) co_return fail(of_host.error());
  std::erase_if(entries, [&](const LogEntry& entry) { return since && (!entry.at || *entry.at < *since); });
  const auto order = [](const LogEntry& entry) { return std::tuple(entry.at, entry.log, entry.id); };
  std::ranges::sort(entries, {}, order);
  co_return entries;
}

}  // namespace firmform::redfish
