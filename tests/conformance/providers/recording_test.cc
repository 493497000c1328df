// SPDX-License-Identifier: Apache-2.0
// What is recorded of a BMC and read back is what was read of it.
#include "engine/inventory/recording.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

#include "tests/conformance/providers/mockups.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_directory.h"

namespace firmform {
namespace {

using inventory::HostSnapshot;
using inventory::HostStatus;
using inventory::Recording;

const UtcTime kCaptured{std::chrono::seconds(1'800'000'000)};

HostSnapshot record(Recording& recording, const std::string& folder, const std::string& name) {
  HostSnapshot host =
      tests::read_tree(tests::mockup_path(folder), [&](redfish::Client& client) {
        client.on_resource([&](const std::string& uri, const json::Value& body) { recording.add(name, uri, body); });
      }).host;
  host.name = name;
  return host;
}

void check_equal(const HostSnapshot& a, const HostSnapshot& b) {
  CHECK(a.provider == b.provider);
  CHECK(a.vendor == b.vendor);
  CHECK(a.system == b.system);
  CHECK(a.manager == b.manager);
  CHECK(a.update == b.update);
  CHECK(a.components == b.components);
  CHECK(a.warnings == b.warnings);
  CHECK(a.vendor_facts == b.vendor_facts);
  CHECK(a.staging == b.staging);
  CHECK(a.incidents == b.incidents);
  CHECK(inventory::fingerprint(a) == inventory::fingerprint(b));
}

TEST_CASE("a recorded BMC that is read back gives the same snapshot") {
  for (const tests::Mockup& mockup : tests::mockups()) {
    INFO(mockup.folder);
    const tests::TemporaryDirectory directory;
    auto recording = Recording::create(directory.path() / "snapshot");
    REQUIRE(recording.has_value());
    const HostSnapshot live = record(*recording, mockup.folder, "web-01");
    REQUIRE(recording->finish({{"web-01", live}}, kCaptured).has_value());

    const auto fleet = inventory::open_recording(directory.path() / "snapshot");
    REQUIRE(fleet.has_value());
    CHECK(fleet->captured_at == kCaptured);
    REQUIRE(fleet->hosts.size() == 1);
    check_equal(live, tests::read_tree(fleet->hosts[0].tree).host);
  }
}

TEST_CASE("a recording keeps hosts that could not be read, with the reason") {
  const tests::TemporaryDirectory directory;
  auto recording = Recording::create(directory.path());
  REQUIRE(recording.has_value());
  HostSnapshot dead;
  dead.name = "../web 02";
  dead.bmc = "https://10.0.0.2";
  dead.status = HostStatus::unreachable;
  dead.error = Error(Code::connect_timeout, "no answer").with_note("tried for 10 s");
  REQUIRE(recording->finish({{dead.name, dead}}, kCaptured).has_value());

  const auto fleet = inventory::open_recording(directory.path());
  REQUIRE(fleet.has_value());
  REQUIRE(fleet->hosts.size() == 1);
  CHECK(fleet->hosts[0].name == dead.name);
  CHECK(fleet->hosts[0].status == HostStatus::unreachable);
  CHECK(fleet->hosts[0].error->one_line() == dead.error->one_line());
  CHECK(fleet->hosts[0].tree.parent_path() == directory.path() / "hosts");
}

TEST_CASE("a recording refuses a directory that is not empty") {
  const tests::TemporaryDirectory directory;
  std::ofstream(directory.path() / "notes.txt") << "mine";
  const auto recording = Recording::create(directory.path());
  REQUIRE_FALSE(recording.has_value());
  CHECK(recording.error().code() == Code::snapshot_unwritable);
}

TEST_CASE("what is no recording is refused as one") {
  const tests::TemporaryDirectory directory;
  const auto check_refused = [&] {
    const auto fleet = inventory::open_recording(directory.path());
    REQUIRE_FALSE(fleet.has_value());
    CHECK(fleet.error().code() == Code::snapshot_unreadable);
  };
  const auto write = [&](const std::string& text) { std::ofstream(directory.path() / "snapshot.json") << text; };
  check_refused();
  write("not json");
  check_refused();
  write(R"({"format_version":2,"captured_at":"2026-01-01T00:00:00Z","hosts":[]})");
  check_refused();
  write(R"({"format_version":1,"captured_at":"2026-01-01T00:00:00Z","hosts":[{"name":"a","status":"ok"}]})");
  check_refused();
}

TEST_CASE("pages and expanded members of a collection become one collection of links") {
  const tests::TemporaryDirectory directory;
  auto recording = Recording::create(directory.path());
  REQUIRE(recording.has_value());
  const auto add = [&](const std::string& uri, const char* text) { recording->add("h", uri, *json::parse(text)); };
  add("/redfish/v1/C?$expand=.",
      R"({"Members":[{"@odata.id":"/redfish/v1/C/1","Id":"1"}],"Members@odata.nextLink":"/n"})");
  add("/redfish/v1/C?$skip=1", R"({"Members":[{"@odata.id":"/redfish/v1/C/2"}]})");
  REQUIRE(recording->finish({}, kCaptured).has_value());
  const auto read = [&](const std::string& file) {
    return *json::parse(tests::read_text(directory.path() / "hosts/h/redfish/v1" / file));
  };
  CHECK(read("C/index.json")["Members"].items().size() == 2);
  CHECK(read("C/index.json").find("Members@odata.nextLink") == nullptr);
  CHECK(read("C/1/index.json").text("Id") == "1");
}

TEST_CASE("a recording holds no secrets") {
  const auto resource = json::parse(R"({
    "Password": "hunter2", "PasswordLength": 8, "Empty": {"AuthToken": ""}, "X-Auth-Token": "abc",
    "Oem": {"Hpe": {"License": {"LicenseKey": "ABCDE"}, "Links": {"MySession": {"@odata.id": "/redfish/v1/Sessions/joe1"}}}},
    "SharedSecrets": ["one", {"deep": "kept"}], "Sessions": {"@odata.id": "/redfish/v1/SessionService/Sessions"},
    "SessionService": {"@odata.id": "/redfish/v1/SessionService/"}})");
  REQUIRE(resource.has_value());
  const json::Value clean = inventory::redacted(*resource);
  const std::string text = json::dump(clean);
  for (const char* secret : {"hunter2", "\"abc\"", "ABCDE", "joe1", "\"one\""}) {
    INFO(secret);
    CHECK(text.find(secret) == std::string::npos);
  }
  CHECK(clean["PasswordLength"].as_int() == 8);
  CHECK(clean["Sessions"].text("@odata.id") == "/redfish/v1/SessionService/Sessions");
}

TEST_CASE("living sessions are not recorded, and resources never leave the recording's directory") {
  const tests::TemporaryDirectory directory;
  auto recording = Recording::create(directory.path() / "r");
  REQUIRE(recording.has_value());
  recording->add("h", "/redfish/v1/SessionService/Sessions/joe", json::Object{{"Id", "joe"}});
  recording->add("h", "/redfish/../../../outside", json::Object{{"Id", "outside"}});
  REQUIRE(recording->finish({}, kCaptured).has_value());
  CHECK_FALSE(std::filesystem::exists(directory.path() / "r/hosts"));
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
}

}  // namespace
}  // namespace firmform
