// SPDX-License-Identifier: Apache-2.0
// ilo.md 9
#include "tests/unit/simulators/ilo_parts.h"

namespace firmform::simulators {
namespace {

using Bench = PartsBench;

const std::string kChristmas = R"({"Name":"Christmas Maintenance Window","Description":"Christmas 2026",
  "StartAfter":"2026-12-25T00:00:00Z","Expire":"2026-12-25T22:00:00Z"})";
const std::string kChristmasId = "7ada2ed8";

std::string named(int number) {
  return R"({"Name":"w)" + std::to_string(number) +
         R"(","StartAfter":"2026-12-25T00:00:00Z","Expire":"2026-12-25T22:00:00Z"})";
}

std::string refusal(Bench& bench, const std::string& body) {
  const IloReply reply = bench.windows.create(Bench::read(body));
  CHECK(reply.status == 400);
  CHECK(bench.windows.size() == 0);
  return key_of(reply);
}

TEST_CASE("a new window is answered with what it is and can be read from then on") {
  Bench bench;
  const IloReply made = bench.windows.create(Bench::read(kChristmas));
  CHECK(made.status == 201);
  CHECK(made.body.text("@odata.id") == "/redfish/v1/UpdateService/MaintenanceWindows/" + kChristmasId);
  CHECK(made.body.text("@odata.type") == "#HpeMaintenanceWindow.v1_0_1.HpeMaintenanceWindow");
  CHECK(made.body.text("Id") == kChristmasId);
  CHECK(made.body.text("Name") == "Christmas Maintenance Window");
  CHECK(made.body.text("Description") == "Christmas 2026");
  CHECK(made.body.text("StartAfter") == "2026-12-25T00:00:00Z");
  CHECK(made.body.text("Expire") == "2026-12-25T22:00:00Z");
  CHECK(made.body.text("Created") == "2026-11-22T00:00:00Z");
  CHECK(made.body.text("Modified") == "2026-11-22T00:00:00Z");
  CHECK(bench.windows.member(kChristmasId) == made.body);
  CHECK(bench.windows.collection()["Members"].items().size() == 1);
  CHECK(bench.windows.collection()["Members@odata.count"].as_int() == 1);
}

TEST_CASE("an empty collection has the tag that every iLO gives it") {
  CHECK(Bench("ilo5").windows.collection().text("@odata.etag") == "W/\"75983E8D\"");
  CHECK(Bench("ilo7").windows.collection().text("@odata.etag") == "W/\"1972911757\"");
}

TEST_CASE("a window may be without times and without a description") {
  Bench bench;
  const std::string id = bench.add_window(R"({"Name":"any time","StartAfter":null,"Expire":null})");
  const json::Value window = bench.windows.member(id);
  CHECK(window.find("StartAfter") != nullptr);
  CHECK(window["StartAfter"].is_null());
  CHECK(window.find("Expire") == nullptr);
  CHECK(window.find("Description") != nullptr);
}

TEST_CASE("the Z at the end of a window's time may be left out") {
  Bench bench;
  const std::string id = bench.add_window(R"({"Name":"w","StartAfter":"2026-12-25T00:00:00"})");
  CHECK(bench.windows.member(id).text("StartAfter") == "2026-12-25T00:00:00Z");
}

TEST_CASE("windows that make no sense are refused with the reason") {
  const auto [body, key] = GENERATE(table<std::string, std::string>({
      {R"({"StartAfter":"2026-12-25T00:00:00Z"})", "PropertyMissing"},
      {R"({"Name":""})", "PropertyValueFormatError"},
      {R"({"Name":7})", "PropertyValueTypeError"},
      {R"({"Name":"w","Colour":"red"})", "PropertyUnknown"},
      {R"({"Name":"w","Id":"7ada2ed8"})", "PropertyNotWritable"},
      {R"({"Name":"w","StartAfter":"2026-12-25"})", "PropertyValueFormatError"},
      {R"({"Name":"w","StartAfter":"2026-12-25T00:00:00+01:00"})", "PropertyValueFormatError"},
      {R"({"Name":"w","StartAfter":"2026-12-25T00:00:00.5Z"})", "PropertyValueFormatError"},
      {R"({"Name":"w","StartAfter":"2026-13-25T00:00:00Z"})", "PropertyValueFormatError"},
      {R"({"Name":"w","StartAfter":12})", "PropertyValueTypeError"},
      {R"({"Name":"w","StartAfter":"2026-12-25T00:00:00Z","Expire":"2026-12-25T00:00:00Z"})",
       "PropertyValueIncompatible"},
      {R"({"Name":"w","StartAfter":"2026-12-25T01:00:00Z","Expire":"2026-12-25T00:00:00Z"})",
       "PropertyValueIncompatible"},
      {R"({"Name":"w","Expire":"2026-11-22T00:00:00Z"})", "PropertyValueIncompatible"},
  }));
  Bench bench;
  INFO(body);
  CHECK(refusal(bench, body) == key);
}

TEST_CASE("names and descriptions of windows have up to 64 characters") {
  Bench bench;
  const std::string fits(64, 'x');
  CHECK(refusal(bench, R"({"Name":")" + fits + R"(x"})") == "StringValueTooLong");
  CHECK(refusal(bench, R"({"Name":"w","Description":")" + fits + R"(x"})") == "StringValueTooLong");
  bench.add_window(R"({"Name":")" + fits + R"(","Description":")" + fits + R"("})");
}

TEST_CASE("there are at most eight windows") {
  Bench bench;
  for (int i = 0; i < 8; ++i) bench.add_window(named(i));
  const IloReply ninth = bench.windows.create(Bench::read(named(9)));
  CHECK(ninth.status == 400);
  CHECK(key_of(ninth) == "CreateLimitReachedForResource");
  CHECK(bench.windows.remove(ilo_object_id("w0")).status == 200);
  bench.add_window(named(9));
}

TEST_CASE("a window's name is taken once") {
  Bench bench;
  bench.add_window(kChristmas);
  const IloReply again = bench.windows.create(Bench::read(kChristmas));
  CHECK(again.status == 400);
  CHECK(key_of(again) == "ResourceAlreadyExists");
}

TEST_CASE("how a duplicate name is refused can be chosen") {
  IloDisagreements choices;
  choices.duplicate_status = 409;
  choices.duplicate_key = "PropertyValueIncompatible";
  Bench bench("ilo6", choices);
  bench.add_window(kChristmas);
  const IloReply again = bench.windows.create(Bench::read(kChristmas));
  CHECK(again.status == 409);
  CHECK(key_of(again) == "PropertyValueIncompatible");
  CHECK(again.messages.front().args.front() == "NonUnique");
}

TEST_CASE("a new name moves a window to another URI") {
  Bench bench;
  bench.add_window(kChristmas);
  CHECK(bench.windows.change(kChristmasId, Bench::read(R"({"Name":"Easter"})")).status == 200);
  CHECK(bench.windows.member(kChristmasId).is_null());
  const json::Value moved = bench.windows.member(ilo_object_id("Easter"));
  CHECK(moved.text("Name") == "Easter");
  CHECK(moved.text("Description") == "Christmas 2026");
}

TEST_CASE("a changed window keeps its creation time and shows when it was modified") {
  Bench bench;
  bench.add_window(kChristmas);
  bench.owner.pass(std::chrono::hours(1));
  CHECK(bench.windows.change(kChristmasId, Bench::read(R"({"Expire":"2026-12-26T00:00:00Z"})")).status == 200);
  const json::Value window = bench.windows.member(kChristmasId);
  CHECK(window.text("Created") == "2026-11-22T00:00:00Z");
  CHECK(window.text("Modified") == "2026-11-22T01:00:00Z");
  CHECK(window.text("Expire") == "2026-12-26T00:00:00Z");
}

TEST_CASE("a bad change of a window leaves it as it was") {
  Bench bench;
  bench.add_window(kChristmas);
  bench.add_window(named(1));
  const json::Value before = bench.windows.member(kChristmasId);
  CHECK(bench.windows.change(kChristmasId, Bench::read(R"({"Expire":"2026-12-24T00:00:00Z"})")).status == 400);
  CHECK(key_of(bench.windows.change(kChristmasId, Bench::read(R"({"Name":"w1"})"))) == "ResourceAlreadyExists");
  CHECK(bench.windows.change("12345678", Bench::read("{}")).status == 404);
  CHECK(bench.windows.member(kChristmasId) == before);
}

TEST_CASE("windows are neither made nor changed without the privilege to configure iLO") {
  Bench bench;
  bench.add_window(kChristmas);
  bench.owner.missing.insert("iLOConfigPriv");
  CHECK(bench.windows.create(Bench::read(named(1))).status == 403);
  CHECK(bench.windows.change(kChristmasId, Bench::read("{}")).status == 403);
  CHECK(bench.windows.remove(kChristmasId).status == 403);
  CHECK(key_of(bench.windows.remove_all()) == "InsufficientPrivilege");
  CHECK(bench.windows.size() == 1);
}

TEST_CASE("windows stay when they are over") {
  Bench bench;
  bench.add_window(kChristmas);
  bench.owner.pass(std::chrono::hours(24 * 60));
  CHECK(bench.windows.size() == 1);
}

TEST_CASE("a removed window cancels the entries that wait for it and nothing else") {
  Bench bench;
  bench.add_window(kChristmas);
  const std::string waits =
      bench.add(R"({"Name":"a","Command":"ApplyUpdate","Filename":"bios.flash","MaintenanceWindow":"7ada2ed8"})");
  const std::string other = bench.add(R"({"Name":"b","Command":"ApplyUpdate","Filename":"sps.fwpkg"})");
  CHECK(bench.windows.remove(kChristmasId).status == 200);
  CHECK(bench.state(waits) == "Canceled");
  CHECK(bench.state(other) == "Pending");
  CHECK(bench.windows.remove(kChristmasId).status == 404);
}

TEST_CASE("removing all windows cancels all their entries") {
  Bench bench;
  bench.add_window(kChristmas);
  bench.add_window(named(1));
  const std::string entry =
      bench.add(R"({"Name":"a","Command":"ApplyUpdate","Filename":"bios.flash","MaintenanceWindow":"7ada2ed8"})");
  CHECK(key_of(bench.windows.remove_all()) == "Success");
  CHECK(bench.windows.size() == 0);
  CHECK(bench.state(entry) == "Canceled");
}

TEST_CASE("new times of a window hold for the entries that wait for it") {
  Bench bench;
  bench.add_window(kChristmas);
  const std::string entry =
      bench.add(R"({"Name":"a","Command":"ApplyUpdate","Filename":"bios.flash","MaintenanceWindow":"7ada2ed8"})");
  REQUIRE(
      bench.windows
          .change(kChristmasId, Bench::read(R"({"StartAfter":"2026-11-22T01:00:00Z","Expire":"2026-11-22T02:00:00Z"})"))
          .status == 200);
  bench.owner.pass(std::chrono::minutes(59));
  CHECK(bench.state(entry) == "Pending");
  bench.owner.pass(std::chrono::minutes(2));
  CHECK(bench.state(entry) == "InProgress");
}

TEST_CASE("an entry of a renamed window never starts") {
  Bench bench;
  bench.add_window(kChristmas);
  const std::string entry =
      bench.add(R"({"Name":"a","Command":"ApplyUpdate","Filename":"bios.flash","MaintenanceWindow":"7ada2ed8"})");
  REQUIRE(bench.windows.change(kChristmasId, Bench::read(R"({"Name":"Easter"})")).status == 200);
  bench.owner.pass(std::chrono::hours(24 * 40));
  CHECK(bench.state(entry) == "Pending");
  CHECK(bench.owner.begun.empty());
}

TEST_CASE("a window that ends before a queued entry starts is refused, unless the documents are read otherwise") {
  const std::string early = R"({"Name":"tonight","Expire":"2026-11-23T00:00:00Z"})";
  const std::string later =
      R"({"Name":"a","Command":"ApplyUpdate","Filename":"bios.flash","StartAfter":"2026-12-01T00:00:00Z"})";
  Bench strict;
  strict.add(later);
  CHECK(key_of(strict.windows.create(Bench::read(early))) == "PropertyValueIncompatible");
  IloDisagreements choices;
  choices.early_window_refused = false;
  Bench lenient("ilo6", choices);
  lenient.add(later);
  lenient.add_window(early);
}

}  // namespace
}  // namespace firmform::simulators
