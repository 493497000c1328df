// SPDX-License-Identifier: Apache-2.0
// The text of a plan on terminals of every size, for one host and for five thousand.
#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/display_width.h"
#include "engine/report/plan_text.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  for (const std::string& line : split(text, '\n')) widest = std::max(widest, report::display_width(line));
  return widest;
}

std::string shown(const plan::Plan& plan, int width) {
  return report::plan_text(plan, {.style = {.width = width}});
}

/// Without the last line, whose form never changes.
std::string without_totals(const std::string& text) {
  return text.substr(0, text.rfind('\n', text.size() - 2) + 1);
}

/// Names as long and as wide as devices may give them.
SmallFleet odd_fleet() {
  SmallFleet fleet;
  const std::string names[] = {"iLO 5", "HPE Smart Array P408i-a SR Gen10 Controller Firmware in Slot 12 of Riser 2",
                               "ファームウェア管理コントローラー", std::string(90, 'x')};
  std::vector<inventory::Component> components;
  for (const std::string& name : names) {
    fleet.entry(name, "2.10-with-a-suffix-that-does-not-end-soon",
                "image-" + std::to_string(components.size()) + ".bin");
    components.push_back(component("Part." + std::to_string(components.size()), name, "2.9"));
  }
  components.front().is_bmc = true;
  fleet.add(host("a-host-with-a-rather-long-name-in-rack-a12-of-the-second-building", components));
  fleet.add(unreachable("web-02"));
  return fleet;
}

}  // namespace

TEST_CASE("No line of a plan but its totals is wider than the terminal, whatever devices are called") {
  const plan::Plan plan = *odd_fleet().plan().value;
  for (const int width : {60, 80, 120, 200}) {
    INFO(width << "\n" << shown(plan, width));
    CHECK(widest_line(without_totals(shown(plan, width))) <= static_cast<std::size_t>(width));
  }
}

TEST_CASE("Five thousand equal hosts are one group, and their plan fits a screen") {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  for (int i = 0; i < 5000; ++i) fleet.add(host(fmt::format("web-{:04}", i), {bmc(i % 100 == 0 ? "3.11" : "2.46")}));
  const std::string text = shown(*fleet.plan().value, 80);
  INFO(text);
  CHECK(std::ranges::count(text, '\n') <= 24);
  CHECK(text.find("4950 like web-0001") != std::string::npos);
  CHECK(text.find("Plan: 4950 to update, 0 to downgrade, 50 unchanged, 0 blocked, 0 unreachable.\n") !=
        std::string::npos);
}

}  // namespace firmform::tests
