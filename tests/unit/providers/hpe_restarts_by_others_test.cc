// SPDX-License-Identifier: Apache-2.0
// Restarts of the host that the iLO or an agent gives, not the run: the plan says so beforehand.
#include <catch2/catch.hpp>

#include "tests/unit/providers/change.h"

namespace firmform {
namespace {

using tests::Change;

/// A package for a network card, which the iLO cannot flash by itself.
Change card() {
  Change change = Change::on("ilo5", "15b3101715b30116@PCI-E-Slot-1");
  change.policies.tpm_override = manifest::Permission::allow;
  change.image.name = "firmware.fwpkg";
  change.image.path = "/images/firmware.fwpkg";
  change.image.format = catalog::ImageFormat::fwpkg;
  change.image.package = catalog::PackageMetadata{
      .format = "FWPKG",
      .device_class = change.component().device_class,
      .devices = {{.name = "x", .target = change.component().targets.at(0), .version = "9.99"}},
      .reset_required = true,
      .install_seconds = 600};
  return change;
}

/// The warning about the restart; nothing when there is none.
std::string warning(Change& change) {
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  const auto found = std::ranges::find(recipe.warnings, Code::needs_install_queue, &plan::Reason::code);
  return found == recipe.warnings.end() ? std::string() : found->text;
}

}  // namespace

TEST_CASE("a restart that the iLO gives in its window is warned of, one of the run is not") {
  Change change = card();
  change.image.package->uefi_flashable = true;
  CHECK(warning(change).empty());
  change.appointment = plan::Appointment{.window = "night", .id = "0a1b2c3d", .start = {}, .end = {}};
  CHECK(warning(change) == "the iLO restarts the host in the window, so that UEFI installs firmware.zip during POST");
}

TEST_CASE("a restart that an agent gives is warned of, one of the run is not") {
  Change change = card();
  change.image.package->updatable_by_agent = true;
  change.host.staging->agent = {.service_state = "Running", .mode = "AutoDeploy", .version = {}};
  CHECK(warning(change).empty());
  change.host.staging->agent.mode = "AutoDeployReboot";
  CHECK(warning(change) ==
        "the agent in the operating system restarts the host by itself after it has installed firmware.fwpkg "
        "(mode AutoDeployReboot)");
}

}  // namespace firmform
