// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "providers/hpe/object_id.h"
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

/// Targets end in a slash or not, as the iLO writes them.
bool leads_to(std::string_view target, std::string_view action) {
  if (target.ends_with('/')) target.remove_suffix(1);
  return target.ends_with(action);
}

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
  CHECK(flash.request->body["UpdateRepository"].as_bool() == false);
  CHECK(flash.request->body["UpdateTarget"].as_bool() == true);
  CHECK(flash.request->body.text("ETag").starts_with("firmform-"));
  CHECK(flash.request->body.text("ETag").size() <= 64);
  CHECK(flash.request->body.find("Section") == nullptr);
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

TEST_CASE("what SimpleUpdate would swallow without flashing is refused where there is no AddFromUri") {
  Change change = bmc();
  change.host.vendor_facts.erase("hpe.add_from_uri");
  change.pull("https://fw.example/ilo5_312.fwpkg");
  CHECK(change.refusal() == Code::image_would_be_ignored);
  change.host.update.simple_update_target.clear();
  CHECK(change.refusal() == Code::no_update_path);
}

TEST_CASE("a package behind a URL goes by AddFromUri, flashed and not stored") {
  Change change = bmc();
  change.pull("https://fw.example/ilo5_312.fwpkg");
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  const plan::Action& flash = recipe.actions.at(0);
  CHECK(leads_to(flash.request->target, "HpeiLOUpdateServiceExt.AddFromUri"));
  CHECK(flash.request->body["UpdateRepository"].as_bool() == false);
  CHECK(flash.request->body["UpdateTarget"].as_bool() == true);
  CHECK(flash.request->body.text("UploadCurrentEtag").starts_with("firmform-"));
  CHECK(flash.request->body.find("ComponentFileName") == nullptr);
  CHECK_FALSE(flash.image->served);
  CHECK(flash.completion == Completion::bmc_back);
  // Nobody looked into the package.
  CHECK(recipe.warnings.at(0).code == Code::image_not_applicable);
}

TEST_CASE("a raw image behind a URL must be of the component's kind") {
  for (const char* url :
       {"https://fw.example/U46_2.36.signed.flash", "https://fw.example/ilo5_312.exe", "https://fw.example/cpld.vme"}) {
    INFO(url);
    Change change = bmc();
    change.pull(url);
    CHECK(change.refusal() == Code::image_not_applicable);
  }
  Change system = rom();
  system.pull("https://fw.example/ilo5_312.bin");
  CHECK(system.refusal() == Code::image_not_applicable);
}

TEST_CASE("a file is served by the run itself where the manifest wants the iLO to pull") {
  Change change = bmc();
  change.image.name = "ilo5_312.bin";
  change.image.path = "/images/ilo5_312.bin";
  change.delivery = manifest::Delivery::pull;
  const plan::Action simple = change.recipe().actions.at(0);
  CHECK(json::dump(simple.request->body) == R"({"ImageURI":"firmform-image-server:/image"})");
  CHECK(simple.image->served);
  CHECK(simple.image->path == "/images/ilo5_312.bin");
  CHECK(simple.summary == "let the iLO pull ilo5_312.bin for iLO 5");

  Change system = rom();
  system.delivery = manifest::Delivery::pull;
  const plan::Action with_override = system.recipe().actions.at(0);
  CHECK(with_override.request->body.text("ImageURI") == plan::kServedImage);
  CHECK(with_override.request->body["TPMOverrideFlag"].as_bool() == true);
  CHECK(leads_to(with_override.request->target, "AddFromUri"));

  Change pushed = bmc();
  pushed.pull("https://fw.example/ilo5_312.bin");
  pushed.delivery = manifest::Delivery::push;
  CHECK(pushed.refusal() == Code::no_update_path);
}

TEST_CASE("a file with detached signatures goes in sections, counted as each way counts") {
  Change change = nic();
  change.image.format = catalog::ImageFormat::smart_component;
  change.image.name = "cp040154.exe";
  change.image.path = "/images/cp040154.exe";
  change.image.size = (32U << 20U) + 5;
  change.image.signature = catalog::Signature::detached;
  change.image.sections = {{.offset = 0, .length = 32U << 20U, .signature_path = "/images/cp040154_part1.compsig"},
                           {.offset = 32U << 20U, .length = 5, .signature_path = "/images/cp040154_part2.compsig"}};
  const Recipe pushed = change.recipe();
  CHECK(change.broken.empty());
  REQUIRE(pushed.actions.size() == 2);
  CHECK(pushed.actions[0].request->body["Section"].as_int() == 0);
  CHECK(pushed.actions[1].request->body["Section"].as_int() == 1);
  CHECK(pushed.actions[1].image->offset == 32U << 20U);
  CHECK(pushed.actions[1].image->length == 5);
  CHECK(pushed.actions[1].image->signature_path == "/images/cp040154_part2.compsig");
  CHECK(pushed.actions[0].request->body.text("ETag") != pushed.actions[1].request->body.text("ETag"));

  change.delivery = manifest::Delivery::pull;
  const Recipe pulled = change.recipe();
  REQUIRE(pulled.actions.size() == 2);
  CHECK(pulled.actions[0].request->body["Section"].as_int() == 1);
  CHECK(pulled.actions[1].request->body["Section"].as_int() == 2);
  CHECK(pulled.actions[1].request->body.text("ComponentFileName") == "cp040154.exe");
  CHECK(pulled.actions[1].request->body.text("CompSigURI") == plan::kServedSignature);
  CHECK(pulled.actions[1].image->served);

  change.image.sections.clear();
  CHECK(change.refusal() == Code::image_unsigned);
}

TEST_CASE("one of several equal devices is named where the iLO can be told") {
  Change change = Change::on("ilo5", "PowerSupplies@Bay-1");
  change.policies.tpm_override = manifest::Permission::allow;
  change.pull("https://fw.example/psu.bin");
  REQUIRE(change.host.find("PowerSupplies@Bay-2") != nullptr);
  change.host.manager.firmware_version = "iLO 5 v3.11";
  const plan::Action flash = change.recipe().actions.at(0);
  REQUIRE(flash.request->body["Targets"].items().size() == 1);
  CHECK(*flash.request->body["Targets"].items()[0].as_string() == change.component().uri);
  change.host.manager.firmware_version = "iLO 5 v2.55";
  CHECK(change.recipe().actions.at(0).request->body.find("Targets") == nullptr);
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
  CHECK(leads_to(system.recipe().actions[0].request->target, "AddFromUri"));

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

/// The iLO shows such a system in its window.
plan::Appointment saturday() {
  return {.window = "saturday-night 2026-12-05T22:00Z", .id = "0a1b2c3d", .start = {}, .end = {}};
}

TEST_CASE("a package that UEFI flashes is stored as ilorest stores it, queued, and tidied up") {
  Change change = nic();
  change.image.package->direct_flash = false;
  change.image.package->uefi_flashable = true;
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  REQUIRE(recipe.actions.size() == 2);
  const plan::Action& stored = recipe.actions[0];
  CHECK(stored.type == ActionType::store);
  CHECK(stored.image->name == "firmware.zip");
  CHECK(stored.request->body["UpdateRepository"].as_bool() == true);
  CHECK(stored.request->body["UpdateTarget"].as_bool() == false);
  CHECK(stored.postconditions.at(0).component == "repository:firmware.zip");
  CHECK(stored.postconditions.at(0).value == "1000 bytes");
  const plan::Action& queued = recipe.actions[1];
  CHECK(queued.type == ActionType::create);
  const std::string name(queued.request->body.text("Name"));
  CHECK(name.starts_with("firmform "));
  CHECK(queued.request->body.text("Command") == "ApplyUpdate");
  CHECK(queued.request->body.text("Filename") == "firmware.zip");
  CHECK(json::dump(queued.request->body["UpdatableBy"]) == R"(["Uefi"])");
  CHECK(queued.request->body["TPMOverride"].as_bool() == true);
  CHECK(queued.completion == Completion::immediate);
  CHECK(recipe.needs_host_reset);
  CHECK_FALSE(recipe.scheduled);
  REQUIRE(recipe.cleanup.size() == 1);
  CHECK(recipe.cleanup[0].request->target == "/redfish/v1/UpdateService/UpdateTaskQueue/" + hpe::object_id(name));
  CHECK(recipe.cleanup[0].request->method == http::Method::delete_);
}

TEST_CASE("a package of an agent needs one that installs by itself") {
  Change change = nic();
  change.image.package->direct_flash = false;
  change.image.package->updatable_by_bmc = false;
  change.image.package->updatable_by_agent = true;
  CHECK(change.refusal() == Code::agent_missing);
  change.host.staging->agent = {.service_state = "Running", .mode = "OnDemand", .version = {}};
  CHECK(change.refusal() == Code::agent_missing);
  change.host.staging->agent.mode = "AutoDeploy";
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  // Nobody else tells when the agent is done, and the restart must wait for it.
  CHECK(recipe.actions.at(1).completion == Completion::task);
  CHECK(recipe.needs_host_reset);
  CHECK(json::dump(recipe.actions[1].request->body["UpdatableBy"]) == R"(["RuntimeAgent"])");
  CHECK(recipe.actions[0].image->name == "firmware.fwpkg");

  change.host.staging->agent.mode = "AutoDeployReboot";
  const Recipe restarting = change.recipe();
  CHECK_FALSE(restarting.needs_host_reset);
  CHECK(restarting.actions.at(1).restarts == plan::Restarts::host);
  change.policies.reboot = manifest::RebootPolicy::deny;
  CHECK(change.refusal() == Code::reboot_denied);
}

TEST_CASE("work with an appointment goes into the queue and ends there") {
  Change change = bmc();
  change.appointment = saturday();
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  CHECK(recipe.scheduled);
  CHECK(recipe.cleanup.empty());
  REQUIRE(recipe.actions.size() == 2);
  CHECK(recipe.actions[0].type == ActionType::store);
  const plan::Action& queued = recipe.actions[1];
  CHECK(queued.request->body.text("MaintenanceWindow") == "0a1b2c3d");
  CHECK(json::dump(queued.request->body["UpdatableBy"]) == R"(["Bmc"])");
  CHECK(queued.restarts == plan::Restarts::bmc);
  const auto has = [&](plan::Condition::Type type) {
    return std::ranges::count(queued.preconditions, type, &plan::Condition::type) > 0;
  };
  CHECK(has(plan::Condition::Type::queue_unblocked));
  CHECK(has(plan::Condition::Type::clock_agrees));
  CHECK(has(plan::Condition::Type::resource_absent));
}

TEST_CASE("in a window the restart stands before what UEFI installs during it") {
  Change change = nic();
  change.image.package->direct_flash = false;
  change.image.package->uefi_flashable = true;
  change.appointment = saturday();
  const Recipe recipe = change.recipe();
  CHECK(change.broken.empty());
  REQUIRE(recipe.actions.size() == 3);
  CHECK(recipe.actions[1].request->body.text("Command") == "ResetServer");
  CHECK(json::dump(recipe.actions[1].request->body["UpdatableBy"]) == R"(["Bmc"])");
  CHECK(recipe.actions[1].request->body.text("MaintenanceWindow") == "0a1b2c3d");
  CHECK(recipe.actions[2].request->body.text("Command") == "ApplyUpdate");
  CHECK_FALSE(recipe.needs_host_reset);
  change.policies.reboot = manifest::RebootPolicy::deny;
  CHECK(change.refusal() == Code::reboot_denied);
}

TEST_CASE("what the queue cannot take is refused by name") {
  Change change = bmc();
  change.appointment = saturday();
  change.image.name = std::string(61, 'x') + ".bin";
  CHECK(change.refusal() == Code::name_too_long);
  change.image.name = "ilo5_271.bin";  // another one of that name is in the recovery set
  CHECK(change.refusal() == Code::image_locked);
  change.host.staging->queue_uri.clear();
  CHECK(change.refusal() == Code::feature_not_offered);
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

/// A package for the NIC and for a second one, which has an older version.
Change two_nics() {
  Change change = nic();
  inventory::Component other = change.component();
  other.address = "other@PCI-E-Slot-7";
  other.uri += "-other";
  other.name = "The other NIC";
  other.version = "1.0";
  other.targets = {"ffffffff-0000-0000-0000-000000000001"};
  change.host.components.push_back(other);
  change.image.package->devices.push_back({.name = "y", .target = other.targets[0], .version = "9.99"});
  change.host.manager.firmware_version = "iLO 5 v3.11";
  return change;
}

TEST_CASE("an image that the iLO would flash onto more than is meant is not pushed") {
  Change change = two_nics();
  REQUIRE(change.refusal() == Code::image_fits_others);
  const auto refused = std::get<Impossible>(change.answer()).reason;
  CHECK(refused.text.find("other@PCI-E-Slot-7 (The other NIC)") != std::string::npos);
  CHECK(refused.help.size() == 3);

  Change meant = two_nics();
  meant.also = {"other@PCI-E-Slot-7"};
  CHECK_FALSE(meant.refusal());
  Change current = two_nics();
  current.host.components.back().version = "9.99";
  CHECK_FALSE(current.refusal());
  Change inactive = two_nics();
  inactive.host.components.back().slot = inventory::Slot::backup;
  CHECK_FALSE(inactive.refusal());
}

TEST_CASE("an image that fits others goes by a way that names what is meant, where the firmware takes that") {
  Change change = two_nics();
  change.delivery = manifest::Delivery::pull;
  const plan::Action flash = change.recipe().actions.at(0);
  REQUIRE(flash.request->body["Targets"].items().size() == 1);
  CHECK(*flash.request->body["Targets"].items()[0].as_string() == change.component().uri);
  change.delivery = manifest::Delivery::automatic;
  change.appointment = saturday();
  CHECK(change.recipe().actions.at(1).request->body["Targets"].items().size() == 1);

  change.host.manager.firmware_version = "iLO 5 v2.55";
  CHECK(change.refusal() == Code::image_fits_others);
  change.appointment.reset();
  change.delivery = manifest::Delivery::pull;
  CHECK(change.refusal() == Code::image_fits_others);
  CHECK(std::get<Impossible>(change.answer()).reason.help.size() == 2);
}

TEST_CASE("a push of an image behind a URL sends the copy that was fetched") {
  Change change = bmc();
  change.pull("https://fw.example/ilo5_312.bin");
  change.delivery = manifest::Delivery::push;
  CHECK(change.refusal() == Code::no_update_path);
  change.image.fetched_path = "/cache/aaaa/ilo5_312.bin";
  const plan::Action flash = change.recipe().actions.at(0);
  CHECK(flash.request->upload == PlannedRequest::Upload::ilo_form);
  CHECK(flash.image->path == "/cache/aaaa/ilo5_312.bin");
  CHECK(flash.image->url.empty());
  change.delivery = manifest::Delivery::automatic;
  CHECK(change.recipe().actions.at(0).image->url == "https://fw.example/ilo5_312.bin");
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

TEST_CASE("programmable logic is flashed and then activated by an AC power cycle") {
  Change logic = Change::on("ilo5", "SystemProgrammableLogicDevice");
  logic.policies.tpm_override = manifest::Permission::allow;
  const Recipe recipe = logic.recipe();
  CHECK(logic.broken.empty());
  CHECK(recipe.needs_host_reset);
  const Providers providers = all_providers();
  const Provider& provider = *providers.find("hpe");
  const auto cycle = std::get<plan::Action>(provider.plan_host_reset(logic.host, {logic.address, "SystemRomActive"}));
  CHECK(leads_to(cycle.request->target, "HpeComputerSystemExt.SystemReset"));
  CHECK(json::dump(cycle.request->body) == R"({"ResetType":"AuxCycle"})");
  CHECK(plan::violations_of_reset(cycle, logic.host).empty());
  const auto reset = std::get<plan::Action>(provider.plan_host_reset(logic.host, {"SystemRomActive"}));
  CHECK(leads_to(reset.request->target, "ComputerSystem.Reset"));

  logic.appointment = saturday();
  CHECK(logic.refusal() == Code::reset_not_offered);
  logic.appointment.reset();
  logic.host.vendor_facts.erase("hpe.aux_cycle");
  CHECK(logic.refusal() == Code::reset_not_offered);
}

TEST_CASE("a host that lost its power in a flash is flashed as it is and then switched on") {
  Change system = rom();
  system.host.system.power_state = "Off";
  CHECK(system.refusal() == Code::host_is_off);
  system.host.incidents = {{.component = "SystemRomActive", .text = "invalid"}};
  CHECK(system.recipe().needs_host_reset);
  const auto answer = all_providers().find("hpe")->plan_host_reset(system.host, {"SystemRomActive"});
  const auto& on = std::get<plan::Action>(answer);
  CHECK(json::dump(on.request->body) == R"({"ResetType":"On"})");
  CHECK(plan::violations_of_reset(on, system.host).empty());
}

TEST_CASE("items without a flash target are not planned") {
  Change bootloader = Change::on("ilo5", "PowerManagementControllerBootloader");
  CHECK(bootloader.refusal() == Code::not_updateable);
}

TEST_CASE("a restart needs the privilege for it") {
  Change change = rom();
  change.host.vendor_facts["hpe.privileges"] = "LoginPriv iLOConfigPriv";
  const auto answer = all_providers().find("hpe")->plan_host_reset(change.host, {"SystemRomActive"});
  REQUIRE(std::holds_alternative<Impossible>(answer));
  CHECK(std::get<Impossible>(answer).reason.code == Code::privilege_missing);
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
