// SPDX-License-Identifier: Apache-2.0
// The small parts of a simulation: chance, faults, what actions mean, what a BMC keeps.
#include <catch2/catch.hpp>

#include "engine/simulate/chance.h"
#include "engine/simulate/faults.h"
#include "engine/simulate/meaning.h"
#include "engine/simulate/resources.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using simulate::Fault;

plan::Action action(plan::ActionType type, const std::string& component) {
  plan::Action made;
  made.host = "web-01";
  made.type = type;
  made.components = {component};
  if (type != plan::ActionType::verify) made.request = plan::PlannedRequest{};
  made.expected = std::chrono::minutes(4);
  return made;
}

plan::Action verify(const std::string& component, const std::string& version) {
  plan::Action made = action(plan::ActionType::verify, component);
  made.postconditions = {
      {.type = plan::Condition::Type::wanted_version, .component = component, .value = version, .scheme = {}}};
  return made;
}

plan::Plan plan_with(std::vector<plan::Action> actions) {
  plan::Plan plan;
  for (plan::Action& made : actions) {
    made.id = static_cast<plan::ActionId>(plan.actions.size());
    plan.actions.push_back(std::move(made));
  }
  return plan;
}

using Effects = std::vector<simulate::VersionEffect>;

}  // namespace

TEST_CASE("A draw depends on seed, purpose, host and number, and lies in the unit interval") {
  const simulate::Chance chance(1);
  double sum = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const double draw = chance.unit("slow", "web-01", i);
    CHECK(draw >= 0);
    CHECK(draw < 1);
    sum += draw;
  }
  CHECK(sum > 450);
  CHECK(sum < 550);
  CHECK(chance.unit("slow", "web-01") == simulate::Chance(1).unit("slow", "web-01"));
  CHECK(chance.unit("slow", "web-01") != chance.unit("slow", "web-02"));
  CHECK(chance.unit("slow", "web-01") != chance.unit("dead", "web-01"));
  CHECK(chance.unit("slow", "web-01") != simulate::Chance(2).unit("slow", "web-01"));
  // Where one text ends and the next begins makes a difference.
  CHECK(chance.unit("a", "bc") != chance.unit("ab", "c"));
}

TEST_CASE("Rates of faults are read as shares, percentages, and kind by kind") {
  const auto all = simulate::parse_faults("2%");
  REQUIRE(all.has_value());
  for (const Fault fault : simulate::kAllFaults) CHECK(all->rate(fault) == Approx(0.02));
  const auto some = simulate::parse_faults("slow=0.5, Lost-Reply=10%");
  REQUIRE(some.has_value());
  CHECK(some->rate(Fault::slow) == Approx(0.5));
  CHECK(some->rate(Fault::lost_reply) == Approx(0.1));
  CHECK(some->rate(Fault::dead) == 0);
  CHECK(some->describe() == "lost-reply=0.1,slow=0.5");
  CHECK_FALSE(simulate::parse_faults("0")->any());
}

TEST_CASE("A wrong rate of faults is refused with a way on") {
  CHECK(simulate::parse_faults("1.5").error().code() == Code::usage);
  CHECK(simulate::parse_faults("-1").error().code() == Code::usage);
  CHECK(simulate::parse_faults("").error().code() == Code::usage);
  CHECK(simulate::parse_faults("slow=often").error().code() == Code::usage);
  const auto typo = simulate::parse_faults("slwo=1%");
  REQUIRE_FALSE(typo.has_value());
  REQUIRE(typo.error().help().size() == 1);
  CHECK(typo.error().help().front() == "did you mean `slow`?");
}

TEST_CASE("A flash makes its version active at once where no restart follows") {
  const auto meanings =
      simulate::meanings_of(plan_with({action(plan::ActionType::flash, "bmc"), verify("bmc", "2.0")}));
  CHECK(meanings.actions[0].at_end == Effects{{"bmc", "2.0", false}});
  CHECK(meanings.actions[1].at_end.empty());
}

TEST_CASE("A restart makes active what was staged before it, for all parts that share it") {
  plan::Action restart = action(plan::ActionType::reset_host, "bios");
  restart.components = {"bios", "nic"};
  const auto meanings =
      simulate::meanings_of(plan_with({action(plan::ActionType::flash, "bios"), action(plan::ActionType::flash, "nic"),
                                       restart, verify("bios", "2.0"), verify("nic", "3.0")}));
  CHECK(meanings.actions[0].at_end == Effects{{"bios", "2.0", true}});
  CHECK(meanings.actions[1].at_end == Effects{{"nic", "3.0", true}});
  CHECK(meanings.actions[2].at_end == Effects{{"bios", "2.0", false}, {"nic", "3.0", false}});
}

TEST_CASE("Each step of a way through versions brings its own") {
  const auto meanings = simulate::meanings_of(plan_with(
      {action(plan::ActionType::flash, "bios"), action(plan::ActionType::reset_host, "bios"), verify("bios", "2.0"),
       action(plan::ActionType::flash, "bios"), action(plan::ActionType::reset_host, "bios"), verify("bios", "3.0")}));
  CHECK(meanings.actions[1].at_end == Effects{{"bios", "2.0", false}});
  CHECK(meanings.actions[3].at_end == Effects{{"bios", "3.0", true}});
  CHECK(meanings.actions[4].at_end == Effects{{"bios", "3.0", false}});
}

TEST_CASE("What is put into a queue is installed while somebody waits for it") {
  const auto meanings =
      simulate::meanings_of(plan_with({action(plan::ActionType::create, "bmc"), verify("bmc", "2.0")}));
  CHECK(meanings.actions[0].at_end.empty());
  CHECK(meanings.actions[0].afterwards == Effects{{"bmc", "2.0", false}});
  CHECK(meanings.actions[0].afterwards_takes == std::chrono::minutes(3));
}

TEST_CASE("Resources that are made of their contents have these contents") {
  inventory::Staging staging = empty_staging();
  const auto round_trip = [&](const auto& resource) {
    const std::string address = inventory::address_of(resource);
    CHECK(simulate::put(staging, address, inventory::content_of(resource)));
    CHECK(inventory::content_at(staging, address) == inventory::content_of(resource));
    simulate::remove(staging, address);
    CHECK_FALSE(inventory::content_at(staging, address).has_value());
  };
  round_trip(inventory::StoredImage{.file = "U46_2.36.fwpkg", .size = 33'554'432});
  round_trip(inventory::Window{.name = "night", .description = "a | b", .start = kNow, .end = kNow});
  const inventory::Step step{.name = "rom",
                             .file = "U46_2.36.fwpkg",
                             .updatable_by = {inventory::Updater::bmc, inventory::Updater::uefi},
                             .wait_seconds = 5,
                             .timeout_minutes = 7,
                             .targets = {"/redfish/v1/a", "/redfish/v1/b"}};
  round_trip(inventory::InstallSet{.name = "golden", .description = "d", .is_recovery = true, .steps = {step, step}});
  round_trip(inventory::QueueEntry{
      .step = step, .window_id = "w1", .start_after = kNow, .tpm_override = true, .update_recovery_set = true});
  CHECK_FALSE(simulate::put(staging, "queue:broken", "no content of an entry"));
  const auto free_bytes = staging.repository->free_bytes;
  CHECK(free_bytes == empty_staging().repository->free_bytes);
}

}  // namespace firmform::tests
