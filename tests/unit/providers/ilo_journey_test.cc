// SPDX-License-Identifier: Apache-2.0
// Everything that an iLO keeps, on the simulated iLOs of all generations: what is planned is what the machine takes.
#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/base/time_text.h"
#include "tests/unit/providers/lab.h"

namespace firmform {
namespace {

using inventory::InstallSet;
using inventory::QueueEntry;
using inventory::QueueState;
using inventory::Staging;
using inventory::Window;
using tests::Ending;
using tests::Lab;
using namespace std::chrono_literals;

const std::vector<std::string> kGenerations = {"ilo5-old", "ilo5", "ilo6", "ilo7"};

Staging kept(Lab& lab) {
  return lab.read().staging.value();
}

void check_done(const Ending& ending) {
  INFO(ending.text);
  REQUIRE(ending.done);
}

Window tomorrow(Lab& lab, const std::string& name = "saturday-night") {
  const auto start = std::chrono::floor<std::chrono::seconds>(lab.now()) + 24h;
  return {.name = name, .description = "Made by firmform", .start = start, .end = start + 4h};
}

/// A stored image that the iLO itself installs, and that is not its own firmware.
std::string stored_rom(Lab& lab) {
  const Staging staging = kept(lab);
  const auto is_rom = [](const inventory::StoredImage& image) { return image.file.ends_with(".signed.flash"); };
  return std::ranges::find_if(staging.repository->images, is_rom)->file;
}

TEST_CASE("a window is created, moved and removed, with the Id that was foreseen") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab lab(model);
    const Window wanted = tomorrow(lab);
    check_done(lab.write(CreateWindow{wanted}));
    const Window there = *kept(lab).find_window(wanted.name);
    CHECK(there.id == lab.provider().window_id(lab.read(), wanted.name));
    Window moved = there;
    moved.end = *there.end + 1h;
    check_done(lab.write(ChangeWindow{there, moved}));
    Window renamed = moved;
    renamed.name = "sunday-night";
    check_done(lab.write(ChangeWindow{*kept(lab).find_window(wanted.name), renamed}));
    check_done(lab.write(RemoveWindow{*kept(lab).find_window("sunday-night")}));
    CHECK(kept(lab).windows.empty());
  }
}

TEST_CASE("a queue entry is made in a window, bound to its image, and removed again") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab lab(model);
    const Window window = tomorrow(lab);
    check_done(lab.write(CreateWindow{window}));
    QueueEntry entry{.step = {.name = "firmform rom", .file = stored_rom(lab)},
                     .window_id = kept(lab).windows.at(0).id,
                     .tpm_override = true};
    check_done(lab.write(Enqueue{entry}));
    const QueueEntry there = *kept(lab).find_queue_entry("firmform rom");
    CHECK(there.is_bound);
    CHECK(there.state == QueueState::pending);
    CHECK(kept(lab).repository->find(entry.step.file)->locked);
    CHECK_FALSE(inventory::is_busy(lab.read()));
    const Ending again = lab.write(Enqueue{entry});
    CHECK_FALSE(again.done);
    check_done(lab.write(Dequeue{there}));
    CHECK(kept(lab).queue.empty());
  }
}

TEST_CASE("commands go into the queue by their names") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab lab(model);
    const Window window = tomorrow(lab);
    check_done(lab.write(CreateWindow{window}));
    const std::string id = kept(lab).windows.at(0).id;
    check_done(lab.write(Enqueue{{.step = {.name = "reset", .command = "ResetServer"}, .window_id = id}}));
    check_done(lab.write(Enqueue{{.step = {.name = "wait", .command = "Wait", .wait_seconds = 30}, .window_id = id}}));
    REQUIRE(kept(lab).queue.size() == 2);
    CHECK(kept(lab).queue[1].step.wait_seconds == 30);
  }
}

TEST_CASE("an install set is created, changed, invoked in a window, and removed") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab lab(model);
    const std::size_t captured = kept(lab).install_sets.size();
    InstallSet set{.name = "golden", .description = "Made by firmform"};
    set.steps = {{.name = "golden rom", .file = stored_rom(lab)}, {.name = "golden restart", .command = "ResetServer"}};
    check_done(lab.write(CreateInstallSet{set}));
    InstallSet there = *kept(lab).find_install_set("golden");
    CHECK(there.steps[0].updatable_by == std::vector{inventory::Updater::bmc});
    InstallSet changed = there;
    changed.name = "golden 2";
    std::ranges::reverse(changed.steps);
    check_done(lab.write(ChangeInstallSet{there, changed}));
    CHECK(kept(lab).find_install_set("golden") == nullptr);
    there = *kept(lab).find_install_set("golden 2");

    check_done(lab.write(CreateWindow{tomorrow(lab)}));
    const std::string id = kept(lab).windows.at(0).id;
    check_done(lab.write(InvokeInstallSet{.set = there, .tpm_override = true, .window_id = id}));
    REQUIRE(kept(lab).queue.size() == 2);
    CHECK(kept(lab).queue[0].step.name == "golden restart");
    // Clearing makes room for the same names.
    check_done(lab.write(InvokeInstallSet{.set = there, .clear_queue = true, .tpm_override = true, .window_id = id}));
    CHECK(kept(lab).queue.size() == 2);
    for (const QueueEntry& entry : kept(lab).queue) check_done(lab.write(Dequeue{entry}));
    check_done(lab.write(RemoveInstallSet{there}));
    CHECK(kept(lab).install_sets.size() == captured);
  }
}

TEST_CASE("an image is stored by push and by pull, and removed") {
  for (const std::string& model : kGenerations) {
    for (const bool pulled : {false, true}) {
      INFO(model << (pulled ? " pulled" : " pushed"));
      Lab lab(model);
      catalog::CatalogImage image = pulled ? lab.image_url("bios") : lab.image_file("bios");
      if (pulled) image.size = lab.image_file("bios").size;
      check_done(lab.write(StoreImage{image}));
      const auto repository = kept(lab).repository;
      const auto* stored = repository->find(image.name);
      REQUIRE(stored != nullptr);
      CHECK(stored->size == image.size);
      CHECK(lab.bmc().flashes() == 0);
      check_done(lab.write(RemoveImage{*stored}));
    }
  }
}

TEST_CASE("a file with detached signatures is stored in sections by push") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab lab(model);
    constexpr std::uint64_t kSection = 32U << 20U;
    const auto bytes =
        simulators::make_smart_component(model, "bios", lab.next_version("bios"), kSection + 1000, "Bmc");
    REQUIRE(bytes.has_value());
    catalog::CatalogImage image = lab.file("cp041234.exe", *bytes);
    image.format = catalog::ImageFormat::smart_component;
    image.signature = catalog::Signature::detached;
    for (std::uint64_t at = 0; at < bytes->size(); at += kSection) {
      const std::string part = bytes->substr(at, kSection);
      const auto signature = lab.file(std::to_string(at) + ".compsig", simulators::make_compsig(part));
      image.sections.push_back({.offset = at, .length = part.size(), .signature_path = signature.path});
    }
    REQUIRE(image.sections.size() == 2);
    check_done(lab.write(StoreImage{image}));
    const auto repository = kept(lab).repository;
    const auto* stored = repository->find("cp041234.exe");
    REQUIRE(stored != nullptr);
    CHECK(stored->size == image.size);
  }
}

TEST_CASE("firmware with an appointment waits in the queue and is installed in its window") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab lab(model);
    const Window window = tomorrow(lab);
    check_done(lab.write(CreateWindow{window}));
    const plan::Appointment appointment{
        .window = window.name, .id = kept(lab).windows.at(0).id, .start = *window.start, .end = *window.end};
    const std::string version = lab.next_version("bmc");
    auto answer = lab.plan("SystemBMC", version, lab.image_file("bmc"), appointment);
    REQUIRE(std::holds_alternative<Recipe>(answer));
    const Ending ending = lab.carry_out(std::get<Recipe>(answer));
    check_done(ending);
    CHECK(ending.text == "scheduled");
    CHECK(lab.bmc().flashes() == 0);
    lab.wait(25h);
    CHECK(lab.bmc().flashes() == 1);
    CHECK(lab.bmc().running_version("bmc") == version);
    CHECK(kept(lab).queue.at(0).state == QueueState::complete);
  }
}

/// The version of `address` on the host.
std::string version_of(Lab& lab, const std::string& address) {
  return lab.read().find(address)->version.value_or("");
}

TEST_CASE("a package that UEFI installs goes through the queue and one restart") {
  Lab lab("ilo5");
  const std::string version = "4.4.4.702";
  const auto bytes = simulators::make_fwpkg("ilo5", "sps", version, 1U << 20U);
  REQUIRE(bytes.has_value());
  const auto image = lab.file(simulators::package_file_name("ilo5", "sps", version), *bytes);
  auto answer = lab.plan("SPSFirmwareVersionData", version, image);
  if (const auto* refused = std::get_if<Impossible>(&answer)) FAIL(refused->reason.text);
  check_done(lab.carry_out(std::get<Recipe>(answer)));
  CHECK(version_of(lab, "SPSFirmwareVersionData") == version);
  CHECK(lab.bmc().flashes() == 1);
  CHECK(kept(lab).queue.empty());
}

TEST_CASE("in a window the restart comes before what UEFI installs") {
  Lab lab("ilo5");
  const Window window = tomorrow(lab);
  check_done(lab.write(CreateWindow{window}));
  const plan::Appointment appointment{
      .window = window.name, .id = kept(lab).windows.at(0).id, .start = *window.start, .end = *window.end};
  const std::string version = "4.4.4.702";
  const auto bytes = simulators::make_fwpkg("ilo5", "sps", version, 1U << 20U);
  const auto image = lab.file(simulators::package_file_name("ilo5", "sps", version), *bytes);
  auto answer = lab.plan("SPSFirmwareVersionData", version, image, appointment);
  if (const auto* refused = std::get_if<Impossible>(&answer)) FAIL(refused->reason.text);
  check_done(lab.carry_out(std::get<Recipe>(answer)));
  CHECK(lab.bmc().host_boots() == 0);
  lab.wait(26h);
  CHECK(version_of(lab, "SPSFirmwareVersionData") == version);
}

TEST_CASE("programmable logic is active after the power cycle") {
  Lab lab("ilo5");
  const std::string bytes = simulators::make_image("ilo5", "cpld", "0x16", 1U << 20U);
  const auto image = lab.file(simulators::image_file_name("ilo5", "cpld", "0x16"), bytes);
  auto answer = lab.plan("SystemProgrammableLogicDevice", "0x16", image);
  if (const auto* refused = std::get_if<Impossible>(&answer)) FAIL(refused->reason.text);
  check_done(lab.carry_out(std::get<Recipe>(answer)));
  CHECK(version_of(lab, "SystemProgrammableLogicDevice") == "0x16");
}

TEST_CASE("an iLO that pushes refuse without a word is explained") {
  Lab lab("ilo6", *json::parse(R"([{"fault":"push_refused_empty"}])"));
  const Ending ending = lab.write(StoreImage{lab.image_file("bios")});
  CHECK_FALSE(ending.done);
  CHECK(ending.text.find("without giving a reason") != std::string::npos);
}

TEST_CASE("the privileges of our own session are seen, and decide") {
  Lab lab("ilo7", *json::parse(R"([{"fault":"privileges","names":["LoginPriv"]}])"));
  const auto host = lab.read();
  REQUIRE(host.vendor_facts.count("hpe.privileges") == 1);
  const auto reasons = lab.provider().preflight(host);
  REQUIRE_FALSE(reasons.empty());
  CHECK(reasons[0].code == Code::privilege_missing);
}

TEST_CASE("collections that come as stubs are read like any others") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab stubs(model, *json::parse(R"([{"fault":"expand_stubs"}])"));
    Lab plain(model);
    const auto images = kept(stubs).repository->images;
    CHECK_FALSE(images.empty());
    CHECK(images == kept(plain).repository->images);
    CHECK(kept(stubs).install_sets == kept(plain).install_sets);
  }
}

TEST_CASE("an integrity check is followed until the time of the last scan has moved") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab lab(model);
    const auto before = lab.provider().integrity(lab.read());
    REQUIRE(before.has_value());
    const plan::Action check = lab.plan_write(CheckIntegrity{}).at(0);
    CHECK(lab.probe(check)->evidence == Evidence::ambiguous);
    check_done(lab.carry_out(check));
    CHECK(lab.provider().integrity(lab.read())->time != before->time);
    CHECK(lab.probe(check)->evidence == Evidence::done);
  }
}

TEST_CASE("an integrity check that finds an invalid ROM fails, after a crash as well") {
  Lab lab("ilo5", *json::parse(R"([{"fault":"power_loss_in_flash"}])"));
  auto answer = lab.plan("bios", lab.image_file("bios"));
  CHECK_FALSE(lab.carry_out(std::get<Recipe>(answer).actions.at(0)).done);
  lab.wait(10min);
  const plan::Action check = lab.plan_write(CheckIntegrity{}).at(0);
  const Ending ending = lab.carry_out(check);
  INFO(ending.text);
  CHECK_FALSE(ending.done);
  CHECK(ending.text.find("Failure") != std::string::npos);
  CHECK(lab.probe(check)->evidence == Evidence::running);
}

TEST_CASE("a lost answer to a write is settled by looking at the foreseeable place") {
  for (const bool acted : {false, true}) {
    const std::string when = acted ? "after" : "before";
    INFO(when);
    Lab lab("ilo6", *json::parse(R"([{"fault":"drop","method":"POST","path":"*MaintenanceWindows*","when":")" + when +
                                 R"("}])"));
    const plan::Action create = lab.plan_write(CreateWindow{tomorrow(lab)}).at(0);
    CHECK_FALSE(lab.perform(create).has_value());
    const auto probe = lab.probe(create);
    REQUIRE(probe.has_value());
    CHECK(probe->evidence == (acted ? Evidence::done : Evidence::not_started));
  }
}

TEST_CASE("an upload into the repository that was not answered is found by its tag") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab lab(model, *json::parse(R"([{"fault":"drop","method":"POST","path":"/cgi-bin/*","when":"after"}])"));
    const plan::Action store = lab.plan_write(StoreImage{lab.image_file("bios")}).at(0);
    CHECK(lab.probe(store)->evidence == Evidence::not_started);
    CHECK_FALSE(lab.perform(store).has_value());
    CHECK(lab.probe(store)->evidence == Evidence::running);
    lab.wait(10min);
    CHECK(lab.probe(store)->evidence == Evidence::done);
  }
}

TEST_CASE("a pull into the repository is found by its task") {
  Lab lab("ilo6");
  const plan::Action store = lab.plan_write(StoreImage{lab.image_url("bios")}).at(0);
  CHECK(lab.probe(store)->evidence == Evidence::not_started);
  REQUIRE(lab.perform(store).has_value());
  const auto probe = lab.probe(store);
  CHECK(probe->evidence == Evidence::running);
  CHECK_FALSE(probe->task_uri.empty());
}

TEST_CASE("a flash that lost its power is an incident with ways out") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab lab(model, *json::parse(R"([{"fault":"power_loss_in_flash"}])"));
    auto answer = lab.plan("bios", lab.image_file("bios"));
    CHECK_FALSE(lab.carry_out(std::get<Recipe>(answer).actions.at(0)).done);
    lab.wait(10min);
    const auto host = lab.read();
    REQUIRE_FALSE(host.incidents.empty());
    INFO(host.incidents[0].text);
    const auto ways = lab.provider().recovery(host);
    const auto set = std::ranges::find(ways, "recovery-set", &RecoveryWay::name);
    REQUIRE(set != ways.end());
    INFO(set->why_not);
    CHECK(set->available);
  }
}

TEST_CASE("a package of an agent is installed by the one that runs") {
  Lab lab("ilo6", *json::parse(R"([{"fault":"agent","mode":"AutoDeploy"}])"));
  CHECK(kept(lab).agent.installs_by_itself());
  const std::string version = lab.next_version("bios");
  const auto bytes = simulators::make_smart_component("ilo6", "bios", version, 1U << 20U, "RuntimeAgent");
  REQUIRE(bytes.has_value());
  catalog::CatalogImage image = lab.file("cp041234.zip", *bytes);
  image.format = catalog::ImageFormat::smart_component;
  image.signature = catalog::Signature::detached;
  image.sections = {{.offset = 0,
                     .length = bytes->size(),
                     .signature_path = lab.file("cp041234.compsig", simulators::make_compsig(*bytes)).path}};
  auto answer = lab.plan("SystemRomActive", version, image);
  if (const auto* refused = std::get_if<Impossible>(&answer)) FAIL(refused->reason.text);
  check_done(lab.carry_out(std::get<Recipe>(answer)));
  CHECK(lab.bmc().running_version("bios") == version);
  CHECK(kept(lab).queue.empty());
}

TEST_CASE("an unlicensed iLO says what its licence hides, and is read all the same") {
  Lab lab("ilo7", *json::parse(R"([{"fault":"unlicensed"}])"));
  CHECK(lab.read().vendor_facts.count("hpe.unlicensed") == 1);
}

TEST_CASE("a flash shows in the log of its own time") {
  for (const std::string& model : kGenerations) {
    INFO(model);
    Lab lab(model);
    const UtcTime before = lab.now();
    auto answer = lab.plan("bmc", lab.image_file("bmc"));
    check_done(lab.carry_out(std::get<Recipe>(answer)));
    const auto entries = lab.log(before);
    CHECK_FALSE(entries.empty());
    CHECK(std::ranges::all_of(entries, [&](const LogEntry& entry) { return entry.at && *entry.at >= before - 1s; }));
    CHECK(std::ranges::is_sorted(entries, {}, &LogEntry::at));
    CHECK(lab.log(std::nullopt).size() >= entries.size());
  }
}

}  // namespace
}  // namespace firmform
