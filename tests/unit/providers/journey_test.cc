// SPDX-License-Identifier: Apache-2.0
// Whole changes on simulated BMCs: what a provider plans is what the machine takes.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/unit/providers/lab.h"

namespace firmform {
namespace {

using tests::Ending;
using tests::Lab;

Recipe planned(Lab& lab, const std::string& component, const catalog::CatalogImage& image) {
  auto answer = lab.plan(component, image);
  if (const auto* refused = std::get_if<Impossible>(&answer)) {
    throw std::runtime_error(fmt::format("{}: {}", to_string(refused->reason.code), refused->reason.text));
  }
  return std::get<Recipe>(std::move(answer));
}

void check_change(const std::string& model, const std::string& component, bool pulled) {
  INFO(model << " " << component << (pulled ? " pulled" : " pushed"));
  Lab lab(model);
  const std::string wanted = lab.next_version(component);
  const Recipe recipe = planned(lab, component, pulled ? lab.image_url(component) : lab.image_file(component));
  const Ending ending = lab.carry_out(recipe);
  INFO(ending.text);
  CHECK(ending.done);
  CHECK(lab.bmc().running_version(component) == wanted);
  CHECK(lab.bmc().flashes() == 1);
}

TEST_CASE("a pushed image of the BMC is installed on every simulated BMC") {
  for (const std::string model : {"ilo5", "ilo5-old", "ilo6", "ilo7", "idrac9", "xcc", "openbmc", "redfish"}) {
    check_change(model, "bmc", false);
  }
}

TEST_CASE("a pushed image of the boot firmware is staged and runs after one restart of the host") {
  for (const std::string model : {"ilo5", "ilo6", "ilo7", "idrac9", "xcc", "redfish"})
    check_change(model, "bios", false);
}

TEST_CASE("a pulled image is installed on every simulated BMC that pulls") {
  for (const std::string model : {"ilo5", "ilo6", "ilo7", "idrac9", "xcc", "redfish"}) {
    check_change(model, "bmc", true);
    check_change(model, "bios", true);
  }
}

}  // namespace
}  // namespace firmform
