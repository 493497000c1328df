// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <cstdlib>

#include "engine/base/text.h"
#include "engine/plan/summary.h"
#include "engine/report/diagnostics_json.h"
#include "engine/report/inventory_report.h"
#include "engine/report/plan_graph.h"
#include "engine/report/plan_text.h"
#include "engine/report/run_program.h"
#include "engine/report/table.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

plan::Plan big_plan(int hosts) {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.entry("System ROM", "U46 v2.10 (08/10/2024)", "u46.bin");
  for (int i = 0; i < hosts; ++i) {
    fleet.add(host(fmt::format("rack-{:02}-node-{:03}", i % 40, i),
                   {bmc("2.46 May 11 2021"), bios("U46 v1.80 (07/05/2023)")}));
  }
  return *fleet.plan().value;
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  for (const std::string& line : split(text, '\n')) widest = std::max(widest, utf8_length(line));
  return widest;
}

}  // namespace

TEST_CASE("Five thousand equal hosts read like one, at any usual width") {
  const plan::Plan plan = big_plan(5000);
  for (const int width : {80, 100, 120}) {
    const std::string text = report::plan_text(plan, {.style = {.width = width}});
    CHECK(text.find("5000 like") != std::string::npos);
    CHECK(text.find("Plan: 10000 to update,") != std::string::npos);
    CHECK(split(text, '\n').size() < 20);
    CHECK(widest_line(text) <= static_cast<std::size_t>(width));
  }
}

TEST_CASE("Without colour there is no escape byte, and without Unicode nothing but ASCII") {
  const plan::Plan plan = big_plan(3);
  CHECK(report::plan_text(plan, {}).find('\x1b') == std::string::npos);
  CHECK(report::plan_text(plan, {.style = {.color = true}}).find("\x1b[32m↑\x1b[0m") != std::string::npos);
  const std::string ascii = report::plan_text(plan, {.style = {.unicode = false}, .verbose = true});
  CHECK(std::ranges::all_of(ascii, [](char c) { return static_cast<unsigned char>(c) < 128; }));
}

TEST_CASE("Device text cannot drive the terminal") {
  SmallFleet fleet;
  fleet.entry("C1", "2.0", "card.bin");
  fleet.add(host("web-01", {component("C1", "evil\x1b[2Jname", "1.0\r\n")}));
  const plan::Plan plan = *fleet.plan().value;
  const std::string text = report::plan_text(plan, {.verbose = true}) + report::inventory_text(fleet.inventory, {}) +
                           report::plan_dot(plan) + report::plan_mermaid(plan);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
}

TEST_CASE("The estimate follows the chain of a host, the limit and the order between hosts") {
  plan::Plan plan = big_plan(4);
  // Flash and verify of the BMC, flash of the ROM, restart, verify: 4 + 1 + 5 + 8 + 1 minutes.
  CHECK(plan::estimate(plan, 4).slowest_host == std::chrono::minutes(19));
  CHECK(plan::estimate(plan, 4).whole == std::chrono::minutes(19));
  CHECK(plan::estimate(plan, 2).whole == std::chrono::minutes(38));
  CHECK(plan::estimate(plan, 0).whole == std::chrono::minutes(76));
  CHECK(plan::estimate({}, 4).whole == Duration(0));
}

TEST_CASE("A table wraps what does not fit and cuts nothing") {
  report::Table table({{"NAME", 4}, {"VERSION", 4}, {"N", 1, true}});
  table.add({"a rather long name of a part", "1.2.3", "7"});
  CHECK(table.render(80, false) ==
        "NAME                          VERSION  N\n"
        "a rather long name of a part  1.2.3    7\n");
  CHECK(table.render(30, false) ==
        "NAME                VERSION  N\n"
        "a rather long name  1.2.3    7\n"
        "of a part\n");
}

TEST_CASE("Wrapping breaks at spaces, and long words only where it must") {
  using Lines = std::vector<std::string>;
  CHECK(report::wrap("one two three", 7) == Lines{"one two", "three"});
  CHECK(report::wrap("abcdefghij kl", 4) == Lines{"abcd", "efgh", "ij", "kl"});
  CHECK(report::wrap("", 5) == Lines{""});
  CHECK(report::wrap("äöüß", 2) == Lines{"äö", "üß"});
}

TEST_CASE("The inventory as JSON says of each component what the BMC says, and null where it says nothing") {
  SmallFleet fleet;
  auto card = component("Card", "Card", "");
  card.version.reset();
  card.updateable.reset();
  fleet.add(host("web-01", {bmc("3.11 Feb 25 2025"), card}));
  fleet.add(unreachable("web-02"));
  const json::Value value = report::inventory_json(fleet.inventory);
  CHECK(value.text("format_version") == "1.0");
  const json::Value& first = value["hosts"].items()[0];
  CHECK(first["error"].is_null());
  const json::Value& null_card = first["components"].items()[0];
  CHECK(null_card.text("address") == "Card");
  CHECK(null_card["version"].is_null());
  CHECK(null_card["updateable"].is_null());
  const json::Value& ilo = first["components"].items()[1];
  CHECK(ilo.text("version") == "3.11 Feb 25 2025");
  CHECK(ilo["updateable"].as_bool() == true);
  CHECK(ilo.text("kind") == "firmware");
  CHECK(ilo.text("uri") == "/redfish/v1/UpdateService/FirmwareInventory/SystemBMC");
  const json::Value& dead = value["hosts"].items()[1];
  CHECK(dead.text("status") == "unreachable");
  CHECK(dead["error"].text("code") == "FF0403");
  CHECK(dead["components"].items().empty());
}

TEST_CASE("The inventory as text has a row for a host that could not be read") {
  SmallFleet fleet;
  fleet.add(host("web-01", {bmc("3.11 Feb 25 2025")}));
  fleet.add(unreachable("web-02"));
  const std::string text = report::inventory_text(fleet.inventory, {});
  CHECK(text.find("?  web-02  unreachable") != std::string::npos);
  CHECK(text.find("web-02: FF0403 no connection") != std::string::npos);
  CHECK(text.find("SystemBMC  iLO 5  3.11 Feb 25 2025") != std::string::npos);
  CHECK(text.ends_with("1 host read, 1 not.\n"));
}

TEST_CASE("Diagnostics as JSON carry code, place and help") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("3.12")}));
  const json::Value value = report::diagnostics_json(fleet.plan().diagnostics, fleet.lines.sources());
  CHECK(value["valid"].as_bool() == false);
  CHECK(value["error_count"].as_int() == 1);
  const json::Value& first = value["diagnostics"].items().front();
  CHECK(first.text("code") == "FF0305");
  CHECK(first.text("severity") == "error");
  CHECK(first.text("address") == "web-01/SystemBMC");
  CHECK(first["range"].text("filename") == "fleet.yaml");
  CHECK(first["range"]["start"]["line"].as_int() == 1);
  CHECK(first["snippet"].text("code") == "- component: iLO 5, version: 3.11");
  CHECK_FALSE(first["help"].items().empty());
}

TEST_CASE("Graphviz draws the plan") {
  const Result<std::string> svg = report::plan_svg(big_plan(2));
  REQUIRE(svg);
  CHECK(svg->find("<svg") != std::string::npos);
  CHECK(svg->find("class=\"node\"") != std::string::npos);
  CHECK(svg->ends_with("</svg>\n"));
}

TEST_CASE("A program that is missing or fails is told apart") {
  CHECK(report::run_program({"firmform-no-such-program"}, "").error().code() == Code::tool_missing);
  CHECK(report::run_program({"false"}, "").error().code() == Code::output_failed);
  CHECK(report::run_program({"cat"}, std::string(1'000'000, 'x')).value().size() == 1'000'000);
}

}  // namespace firmform::tests
