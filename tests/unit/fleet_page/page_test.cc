// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <chrono>

#include "engine/json/value.h"
#include "engine/report/fleet_page.h"
#include "engine/report/fleet_page_data.h"
#include "tests/support/page_fleet.h"

namespace firmform::tests {
namespace {

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const std::size_t begin = text.find(open);
  REQUIRE(begin != std::string::npos);
  const std::size_t start = begin + open.size();
  const std::size_t end = text.find(close, start);
  REQUIRE(end != std::string::npos);
  return text.substr(start, end - start);
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

json::Value embedded(const std::string& page) {
  const auto value = json::parse(between(page, R"(<script id="data" type="application/json">)", "</script>"),
                                 {.max_bytes = 64U << 20U, .max_values = 20'000'000});
  REQUIRE(value);
  return *value;
}

}  // namespace

TEST_CASE("A page is one file that asks nothing of any network") {
  const PageFleet fleet = PageFleet::mixed(6);
  const std::string page = report::html_report(fleet.report()).value();
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(page.find("http://") == page.find("http://www.w3.org/2000/svg"));
  CHECK(count(page, "src=") == 0);
  CHECK(count(page, "@import") == 0);
  CHECK(count(page, "url(") == count(page, "url(#head)"));
  const std::string policy = between(page, "Content-Security-Policy\" content=\"", "\">");
  CHECK(policy.starts_with("default-src 'none'; style-src 'sha256-"));
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(page.find("{{") == std::string::npos);
}

TEST_CASE("Names out of BMCs and manifests cannot leave the page's data") {
  const std::string hostile = "</script><img src=x onerror=alert(1)><!--<script>\xE2\x80\xA8&amp;";
  PageFleet fleet = PageFleet::mixed(3);
  fleet.rename_component("System ROM", hostile);
  fleet.drift();
  const std::string page = report::html_report(fleet.report()).value();
  CHECK(page.find("<img") == std::string::npos);
  CHECK(count(page, "</script>") == 2);
  CHECK(count(page, "<!--") == 0);
  const json::Value data = embedded(page);
  bool found = false;
  for (const json::Value& column : data["columns"].items()) found = found || column.text("name") == hostile;
  CHECK(found);
}

TEST_CASE("Script-safe JSON is the same JSON") {
  const json::Value value = json::Object{{"a<b>&c", "\xE2\x80\xA8 \xE2\x80\xA9 \xE2\x80\x94 </script>"}};
  const std::string text = report::script_safe(json::dump(value));
  CHECK(text == R"({"a\u003cb\u003e\u0026c":"\u2028 \u2029 — \u003c/script\u003e"})");
  CHECK(json::parse(text).value() == value);
}

TEST_CASE("The same report has the same page") {
  const PageFleet fleet = PageFleet::mixed(12);
  CHECK(report::html_report(fleet.report()).value() == report::html_report(fleet.report()).value());
}

TEST_CASE("The verdict is in words") {
  PageFleet fleet = PageFleet::mixed(6);
  CHECK(report::verdict_text(fleet.report()) == "5 of 6 hosts are not as the manifest wants them.");
  const PageFleet one = PageFleet::mixed(1);
  CHECK(report::verdict_text(one.report()) == "The host is as the manifest wants it.");
}

TEST_CASE("Where no host was looked at, the verdict is about the manifest") {
  const PageFleet fleet = PageFleet::mixed(1);
  const plan::Plan none;
  const plan::Drift empty;
  Diagnostics problems;
  const auto verdict = [&] {
    return report::verdict_text(
        {.verb = "validate", .plan = none, .drift = empty, .diagnostics = problems, .sources = fleet.sources});
  };
  CHECK(verdict() == "The manifest is valid.");
  problems.add(to_diagnostic(Error(Code::unknown_key, "unknown key `hots`")));
  CHECK(verdict() == "1 problem is in the way.");
}

TEST_CASE("Readers without JavaScript get the totals") {
  const PageFleet fleet = PageFleet::mixed(6);
  const std::string totals = between(report::html_report(fleet.report()).value(), "<noscript>", "</noscript>");
  CHECK(totals.find("<th scope=\"row\">Hosts</th><td>6</td>") != std::string::npos);
  CHECK(totals.find("<td>1 host</td>") != std::string::npos);
}

TEST_CASE("5,000 hosts with 12 components each are a few megabytes") {
  const PageFleet fleet = PageFleet::large(5'000, 12);
  const std::string page = report::html_report(fleet.report()).value();
  constexpr std::size_t kMost = 6U << 20U;
  INFO(page.size());
  CHECK(page.size() < kMost);
  const json::Value data = embedded(page);
  CHECK(data["hosts"].items().size() == 5'000);
  CHECK(data["profiles"].items().size() < 1'000);
}

}  // namespace firmform::tests
