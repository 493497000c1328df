// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "providers/hpe/package.h"
#include "tests/unit/providers/change.h"

namespace firmform {
namespace {

using catalog::PackageMetadata;
using plan::ActionType;
using plan::Completion;
using plan::PlannedRequest;
using tests::Change;

constexpr const char* kNic = "15b3101715b30116@PCI-E-Slot-1";

Change bmc() {
  return Change::on("ilo5", "SystemBMC");
}

Change rom() {
  Change change = Change::on("ilo5", "SystemRomActive");
  change.image.name = "U46_2.36.signed.flash";
  change.image.path = "/images/U46_2.36.signed.flash";
  change.policies.tpm_override = manifest::Permission::allow;
  return change;
}

/// A package for the component, flashed by the iLO.
void pack(Change& change) {
  change.image.name = "firmware.fwpkg";
  change.image.path = "/images/firmware.fwpkg";
  change.image.format = catalog::ImageFormat::fwpkg;
  change.image.package =
      PackageMetadata{.format = "FWPKG",
                      .device_class = change.component().device_class,
                      .devices = {{.name = "x", .target = change.component().targets.at(0), .version = "9.99"}},
                      .updatable_by_bmc = true,
                      .direct_flash = true,
                      .reset_required = true,
                      .install_seconds = 600};
}

Change nic() {
  Change change = Change::on("ilo5", kNic);
  change.policies.tpm_override = manifest::Permission::allow;
  pack(change);
  return change;
}

TEST_CASE("a file is pushed to the iLO's form, to be flashed and not stored") {
  Change change = bmc();
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  REQUIRE(recipe.actions.size() == 1);
  const plan::Action& flash = recipe.actions[0];
  CHECK(flash.request->upload == PlannedRequest::Upload::ilo_form);
  CHECK(flash.request->target == "/cgi-bin/uploadFile");
  CHECK(json::dump(flash.request->body) ==
        R"({"UpdateRepository":false,"UpdateTarget":true,"ETag":"firmform-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})");
  CHECK(flash.completion == Completion::bmc_back);
  CHECK(flash.restarts == plan::Restarts::bmc);
  CHECK_FALSE(recipe.needs_host_reset);
  CHECK(recipe.warnings.empty());
}

TEST_CASE("the System ROM is staged and waits for a restart of the host") {
  Change change = rom();
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  CHECK(recipe.needs_host_reset);
  CHECK(recipe.actions[0].completion == Completion::update_state);
  CHECK(recipe.verify.type == ActionType::verify);
}

TEST_CASE("an iLO pulls the two kinds of files that its SimpleUpdate flashes") {
  Change ilo = bmc();
  ilo.pull("https://fw.example/ilo5_312.bin");
  CHECK(json::dump(ilo.recipe().actions[0].request->body) == R"({"ImageURI":"https://fw.example/ilo5_312.bin"})");
  Change system = rom();
  system.pull("https://fw.example/U46_2.36.signed.flash?token=1");
  CHECK(system.recipe().actions[0].request->upload == PlannedRequest::Upload::none);
}

TEST_CASE("what SimpleUpdate would swallow without flashing is refused") {
  for (const char* url : {"https://fw.example/ilo5_312.fwpkg", "https://fw.example/U46_2.36.signed.flash",
                          "https://fw.example/ilo5_312.exe", "https://fw.example/cpld.vme"}) {
    INFO(url);
    Change change = bmc();
    change.pull(url);
    CHECK(change.refusal() == Code::image_would_be_ignored);
  }
}

TEST_CASE("an image over plain http needs a policy, and is warned of with it") {
  Change change = bmc();
  change.pull("http://fw.example/ilo5_312.bin");
  CHECK(change.refusal() == Code::unpinned_image);
  change.policies.plain_http_image = manifest::Permission::allow;
  const Recipe recipe = change.recipe();
  REQUIRE(recipe.warnings.size() == 1);
  CHECK(recipe.warnings[0].code == Code::unpinned_image);
}

TEST_CASE("an active TPM needs an override for everything but the iLO itself") {
  Change ilo = bmc();
  CHECK(ilo.host.system.tpm_active);
  CHECK_FALSE(ilo.refusal().has_value());

  Change system = rom();
  system.policies.tpm_override = manifest::Permission::deny;
  CHECK(system.refusal() == Code::tpm_override_needed);
  system.policies.tpm_override = manifest::Permission::allow;
  const Recipe pushed = system.recipe();
  CHECK(pushed.actions[0].request->body["TPMOverride"].as_bool() == true);
  CHECK(pushed.warnings.at(0).code == Code::tpm_override_needed);
  system.pull("https://fw.example/U46_2.36.signed.flash");
  CHECK(system.recipe().actions[0].request->body["TPMOverrideFlag"].as_bool() == true);

  system.host.system.tpm_active = false;
  CHECK(system.recipe().actions[0].request->body.find("TPMOverrideFlag") == nullptr);
}

TEST_CASE("a package is pushed when the iLO flashes it, and activates by its own word") {
  Change change = nic();
  const Recipe with_reset = change.recipe();
  CHECK(change.broken.empty());
  CHECK(with_reset.needs_host_reset);
  CHECK(with_reset.actions[0].expected == std::chrono::minutes(10));
  change.image.package->reset_required = false;
  CHECK_FALSE(change.recipe().needs_host_reset);
}

TEST_CASE("a package for other devices is refused, whatever the case of its GUIDs") {
  Change change = nic();
  change.image.package->devices[0].target = "A6B1A447-382A-5A4F-15B3-101715B30116";
  CHECK_FALSE(change.refusal().has_value());
  change.image.package->devices[0].target = "a6b1a447-382a-5a4f-8086-101715b30116";
  CHECK(change.refusal() == Code::image_not_applicable);
  Change ilo = bmc();
  pack(ilo);
  ilo.image.package->device_class = "aa148d2e-6e09-453e-bc6f-63baa5f5ccc4";
  CHECK(ilo.refusal() == Code::image_not_applicable);
}

TEST_CASE("a package that UEFI or an agent must flash needs the installation queue") {
  Change change = nic();
  change.image.package->direct_flash = false;
  change.image.package->uefi_flashable = true;
  CHECK(change.refusal() == Code::needs_install_queue);
  change.image.package->uefi_flashable = false;
  CHECK(change.refusal() == Code::needs_install_queue);
  change.image.package->direct_flash = true;
  change.image.package->updatable_by_uefi = true;
  change.image.package->updatable_by_agent = true;
  CHECK(change.refusal() == Code::needs_install_queue);
}

TEST_CASE("a package of UEFI and BMC is flashed by the iLO where the device can be") {
  PackageMetadata package{.updatable_by_bmc = true, .updatable_by_uefi = true};
  inventory::Component component;
  component.updateable = true;
  CHECK(hpe::type_of(package, component) == hpe::PackageType::b);
  component.updateable = false;
  CHECK(hpe::type_of(package, component) == hpe::PackageType::c);
  component.updateable.reset();
  component.location = "Slot=12:Port=2I:Box=1:Bay=1";
  CHECK(hpe::type_of(package, component) == hpe::PackageType::b);
}

TEST_CASE("a package with another version than the wanted one is refused") {
  Change change = nic();
  change.image.package->devices[0].version = "9.98";
  CHECK(change.refusal() == Code::package_version_differs);
}

TEST_CASE("the spellings of a package name the versions of the inventory") {
  CHECK(hpe::same_version("2.34_04-08-2020", "U32 v2.34 (04/08/2020)"));
  CHECK(hpe::same_version("2.34_04-08-2020", "2.34"));
  CHECK(hpe::same_version("3.11", "3.11 Feb 25 2025"));
  CHECK(hpe::same_version("HPK5", "HPK5"));
  CHECK_FALSE(hpe::same_version("2.34_04-08-2020", "2.36"));
  CHECK_FALSE(hpe::same_version("3.11", "3.12"));
}

TEST_CASE("programmable logic and items without a flash target are not planned") {
  Change logic = Change::on("ilo5", "SystemProgrammableLogicDevice");
  CHECK(logic.refusal() == Code::reset_not_offered);
  Change bootloader = Change::on("ilo5", "PowerManagementControllerBootloader");
  CHECK(bootloader.refusal() == Code::not_updateable);
}

TEST_CASE("the state of the host decides whether a restart may be planned") {
  Change off = rom();
  off.host.system.power_state = "Off";
  CHECK(off.refusal() == Code::host_is_off);
  Change booting = rom();
  booting.host.system.discovery_complete = false;
  CHECK(booting.refusal() == Code::host_not_ready);
  Change stuck = rom();
  stuck.host.system.reset_types = {"On", "ForceOff"};
  CHECK(stuck.refusal() == Code::reset_not_offered);
  Change bmc_only = bmc();
  bmc_only.host.system.power_state = "Off";
  CHECK_FALSE(bmc_only.refusal().has_value());
}

TEST_CASE("what an iLO forbids is refused or warned of") {
  Change down = bmc();
  down.kind = plan::ChangeKind::downgrade;
  down.host.update.downgrade_policy = "NoDowngrade";
  CHECK(down.refusal() == Code::downgrade_denied);
  down.host.update.downgrade_policy = "RecoveryDowngrade";
  CHECK(down.recipe().warnings.size() == 1);

  Change third = rom();
  third.image.name = "drive.hpb";
  third.host.update.accepts_third_party = false;
  CHECK(third.refusal() == Code::no_update_path);

  Change managed = bmc();
  managed.host.vendor_facts["hpe.external_manager"] = "ComputeOpsManagement";
  CHECK(managed.recipe().warnings.at(0).code == Code::external_manager);

  Change old = bmc();
  old.host.vendor_facts["hpe.generation"] = "iLO 4";
  CHECK(old.refusal() == Code::unsupported_generation);

  Change mute = bmc();
  mute.host.update.http_push_uri.clear();
  CHECK(mute.refusal() == Code::no_update_path);
}

}  // namespace
}  // namespace firmform
