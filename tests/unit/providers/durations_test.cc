// SPDX-License-Identifier: Apache-2.0
// Expected times decide whether work fits a window: they must hold on machines that take as long as real ones.
#include <catch2/catch.hpp>

#include "tests/unit/providers/lab.h"

namespace firmform {
namespace {

using tests::Lab;
using namespace std::chrono_literals;

/// Neither so short that a window is overrun, nor so long that no window is ever wide enough.
void check_time(Lab& lab, const std::vector<plan::Action>& actions) {
  const UtcTime began = lab.now();
  Duration expected(0);
  std::string text;
  for (const plan::Action& action : actions) {
    REQUIRE(lab.carry_out(action).done);
    expected += action.expected;
    text += action.summary + "; ";
    CHECK(action.deadline >= action.expected * 2);
  }
  const Duration took = lab.now() - began;
  INFO(text << "took " << took.count() / 1000 << " s, expected " << expected.count() / 1000 << " s");
  CHECK(took <= expected);
  CHECK(expected <= took * 3 + 6min);
}

TEST_CASE("the expected times of a change hold on every simulated BMC") {
  for (const std::string model : {"ilo5", "ilo6", "ilo7", "idrac9", "xcc", "openbmc", "redfish"}) {
    for (const std::string component : {"bmc", "bios"}) {
      if (model == "openbmc" && component == "bios") continue;
      INFO(model << " " << component);
      Lab lab(model);
      const auto answer = lab.plan(component, lab.image_file(component));
      const Recipe& recipe = std::get<Recipe>(answer);
      std::optional<plan::Action> reset;
      if (recipe.needs_host_reset) {
        reset = std::get<plan::Action>(lab.provider().plan_host_reset(lab.read(), recipe.verify.components));
      }
      for (const plan::Action& action : recipe.actions) check_time(lab, {action});
      // What a restart brings shows when its version is verified.
      check_time(lab, reset ? std::vector{*reset, recipe.verify} : std::vector{recipe.verify});
    }
  }
}

TEST_CASE("a package that says how long it takes is believed, as far as the deadline goes") {
  Lab lab("ilo6");
  const std::string version = lab.next_version("bmc");
  catalog::CatalogImage image = lab.file(simulators::package_file_name("ilo6", "bmc", version),
                                         *simulators::make_fwpkg("ilo6", "bmc", version, 1U << 16U));
  const auto expected = [&](int seconds) {
    image.package->install_seconds = seconds;
    const auto answer = lab.plan("bmc", image);
    return std::get<Recipe>(answer).actions.at(0).expected;
  };
  CHECK(expected(0) == 7min);
  CHECK(expected(900) == 15min);
  CHECK(expected(90'000) == 20min);
}

}  // namespace
}  // namespace firmform
