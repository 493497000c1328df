// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <memory>

#include "engine/base/time_text.h"
#include "providers/hpe/log.h"
#include "providers/redfish/client.h"
#include "tests/support/fake_transport.h"
#include "tests/support/virtual_clock.h"

namespace firmform {
namespace {

using http::Method;

/// The real entry of ilo.md 12.1.
constexpr const char* kFailed = R"({"Id":"253","Created":"2025-06-13T21:33:22Z","Severity":"Warning",
  "MessageId":"35.1096","Message":"Firmware update failed   with reason: file invalid",
  "Oem":{"Hpe":{"Class":35,"Code":1096,"Count":1,"EventNumber":1777,"Severity":"Caution","Updated":"2025-06-13T21:35:22Z"}}})";

LogEntry entry(const char* id, const char* at, const char* text) {
  return {.log = "iLO event log", .id = id, .at = parse_rfc3339(at), .text = text};
}

TEST_CASE("a log entry is read with the time of its newest repeat") {
  const LogEntry read = hpe::log_entry("iLO event log", *json::parse(kFailed));
  CHECK(read.id == "1777");
  CHECK(read.at == parse_rfc3339("2025-06-13T21:35:22Z"));
  CHECK(read.severity == "Caution");
  CHECK(read.code == "35.1096");
  CHECK(read.text == "Firmware update failed   with reason: file invalid");
}

TEST_CASE("repeats of an event are one entry, in order of time, and older ones are left out") {
  const auto sorted =
      hpe::sorted_entries({entry("7", "2026-01-01T10:00:00Z", "again"), entry("6", "2026-01-01T09:00:00Z", "old"),
                           entry("7", "2026-01-01T09:30:00Z", "first"), entry("8", "2026-01-01T09:45:00Z", "other")},
                          parse_rfc3339("2026-01-01T09:30:00Z"));
  REQUIRE(sorted.size() == 2);
  CHECK(sorted[0].text == "other");
  CHECK(sorted[1].text == "again");
}

constexpr const char* kIel = "/redfish/v1/Managers/1/LogServices/IEL/Entries";

struct Ilo {
  Ilo() {
    const auto serve = [&](const std::string& uri, const std::string& body) {
      transport.on(Method::get, uri, tests::reply(200, body));
    };
    serve("/redfish/v1/", R"({"@odata.id":"/redfish/v1/","RedfishVersion":"1.20.0",
      "Managers":{"@odata.id":"/redfish/v1/Managers"},"Systems":{"@odata.id":"/redfish/v1/Systems"}})");
    serve("/redfish/v1/Managers", R"({"Members":[{"@odata.id":"/redfish/v1/Managers/1"}]})");
    serve("/redfish/v1/Systems", R"({"Members":[{"@odata.id":"/redfish/v1/Systems/1"}]})");
    serve("/redfish/v1/Managers/1", R"({"@odata.id":"/redfish/v1/Managers/1",
      "LogServices":{"@odata.id":"/redfish/v1/Managers/1/LogServices"}})");
    serve("/redfish/v1/Systems/1", R"({"@odata.id":"/redfish/v1/Systems/1"})");
    serve("/redfish/v1/Managers/1/LogServices",
          R"({"Members":[{"@odata.id":"/redfish/v1/Managers/1/LogServices/IEL"}]})");
    serve("/redfish/v1/Managers/1/LogServices/IEL",
          std::string(R"({"Id":"IEL","Entries":{"@odata.id":")") + kIel + R"("}})");
    serve(kIel, std::string(R"({"Members":[)") + kFailed + "]}");
  }

  std::vector<LogEntry> read(std::optional<UtcTime> since) {
    REQUIRE(tests::run(io, clock, client.connect()).has_value());
    const auto entries = tests::run(io, clock, hpe::read_logs(client, since));
    REQUIRE(entries.has_value());
    return *entries;
  }

  boost::asio::io_context io;
  tests::VirtualClock clock;
  tests::FakeTransport transport;
  redfish::Client client{transport,
                         clock,
                         std::make_shared<http::Endpoint>(http::Endpoint{"https://bmc.example", {}}),
                         {"admin", Secret("secret")},
                         {.use_session = false}};
};

const std::string kFiltered = std::string(kIel) + "?$filter=Oem/Hpe/Updated%20ge%20'2025-06-13T21:00:00Z'";

TEST_CASE("the log is read through the iLO's filter where it works, and whole where it does not") {
  const auto since = parse_rfc3339("2025-06-13T21:00:00Z");
  Ilo filtering;
  filtering.transport.on(Method::get, kFiltered, tests::reply(200, std::string(R"({"Members":[)") + kFailed + "]}"));
  CHECK(filtering.read(since).size() == 1);
  CHECK(filtering.transport.count(Method::get, kIel) == 0);

  Ilo refusing;
  refusing.transport.on(Method::get, kFiltered, tests::reply(400, "{}"));
  CHECK(refusing.read(since).size() == 1);
  Ilo blind;  // knows no such property, and finds nothing
  blind.transport.on(Method::get, kFiltered, tests::reply(200, R"({"Members":[]})"));
  CHECK(blind.read(since).size() == 1);
  Ilo linking;
  linking.transport.on(
      Method::get, kFiltered,
      tests::reply(200, R"({"Members":[{"@odata.id":"/redfish/v1/Managers/1/LogServices/IEL/Entries/253"}]})"));
  CHECK(linking.read(since).size() == 1);
}

TEST_CASE("without a time the whole log is read") {
  Ilo ilo;
  CHECK(ilo.read(std::nullopt).at(0).log == "iLO event log");
  CHECK(ilo.read(parse_rfc3339("2025-06-14T00:00:00Z")).empty());
}

}  // namespace
}  // namespace firmform
