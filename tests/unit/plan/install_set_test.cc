// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

OneHost host_with_set(const Texts& steps) {
  OneHost host;
  for (const char* file : {"a.bin", "b.bin"}) {
    host.fleet.image(file);
    host.store(file);
  }
  host.fleet.install_set(host.desired(), "golden", steps);
  return host;
}

}  // namespace

TEST_CASE("A set that is missing is made, and the images that it names are stored first") {
  OneHost host = host_with_set({"a.bin", "b.bin", "ResetServer"});
  host.staging().repository->images.pop_back();
  const Plan plan = plan_of(host.fleet);
  CHECK(actions(plan) == Texts{"store repository:b.bin", "create install-set:golden"});
  CHECK(change_of(plan, "install-set:golden").details ==
        Texts{"step 1: a.bin by Bmc", "step 2: b.bin by Bmc", "step 3: ResetServer by Bmc"});
}

TEST_CASE("A set that two things of the host need is stored once") {
  OneHost host = host_with_set({"a.bin"});
  host.staging().repository->images.clear();
  host.fleet.repository(host.desired(), {"a.bin"});
  CHECK(actions(plan_of(host.fleet)) == Texts{"store repository:a.bin", "create install-set:golden"});
}

TEST_CASE("Equal sets are left alone, whatever their steps are called") {
  OneHost host = host_with_set({"a.bin", "b.bin"});
  host.staging().install_sets = {{.name = "golden", .steps = {by_bmc("iLO", "a.bin"), by_bmc("ROM", "b.bin")}}};
  CHECK(changes(plan_of(host.fleet)).empty());
}

TEST_CASE("Drift in order and content of a set is shown as a diff") {
  OneHost host = host_with_set({"b.bin", "a.bin", "ResetServer"});
  host.staging().install_sets = {{.name = "golden", .steps = {by_bmc("a", "a.bin"), by_bmc("b", "b.bin")}}};
  const Plan plan = plan_of(host.fleet);
  CHECK(changes(plan) == Texts{"update install-set:golden"});
  CHECK(change_of(plan, "install-set:golden").details ==
        Texts{"step 1: b.bin, was a.bin", "step 2: a.bin, was b.bin", "step 3 added: ResetServer by Bmc"});
}

TEST_CASE("H17: steps of one file get different names") {
  OneHost host = host_with_set({"a.bin", "ResetServer", "a.bin", "ResetServer"});
  const Plan plan = plan_of(host.fleet);
  const std::string& content = change_of(plan, "install-set:golden").to;
  for (const char* name : {"; a|", "; a 2|", "; ResetServer|", "; ResetServer 2|"}) {
    CHECK(content.find(name) != std::string::npos);
  }
}

TEST_CASE("A set goes before the images that it locks") {
  OneHost host = host_with_set({"a.bin"});
  const_cast<manifest::InstallSet&>(*host.desired().install_sets.front().set).absent = true;
  host.staging().install_sets = {{.name = "golden", .steps = {by_bmc("b", "b.bin")}}};
  host.staging().repository->images.back().locked = true;
  host.fleet.repository(host.desired(), {}).absent = {host.fleet.text("b.bin")};
  CHECK(actions(plan_of(host.fleet)) == Texts{"remove install-set:golden", "remove repository:b.bin"});
}

TEST_CASE("A set that lets go of an image is changed before the image is pruned") {
  OneHost host = host_with_set({"a.bin"});
  host.staging().install_sets = {{.name = "golden", .steps = {by_bmc("b", "b.bin")}}};
  host.staging().repository->images.back().locked = true;
  host.fleet.repository(host.desired(), {}).prune = true;
  CHECK(actions(plan_of(host.fleet)) == Texts{"change install-set:golden", "remove repository:b.bin"});
}

TEST_CASE("The recovery set is touched only where the policy says so, and holds only what the BMC installs") {
  OneHost host = host_with_set({"a.bin"});
  auto& set = const_cast<manifest::InstallSet&>(*host.desired().install_sets.front().set);
  set.recovery = true;
  host.staging().install_sets = {{.name = "System Recovery Set", .is_recovery = true, .steps = {by_bmc("b", "b.bin")}}};
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0353 install-set:System Recovery Set"});
  host.fleet.desired.policies.recovery_set = manifest::Permission::allow;
  CHECK(changes(plan_of(host.fleet)) == Texts{"update install-set:System Recovery Set"});
  set.steps.front().updatable_by = {"Uefi"};
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0353 install-set:System Recovery Set"});
}

TEST_CASE("A BMC holds a small number of sets, those that go counted") {
  OneHost host = host_with_set({"a.bin"});
  for (int i = 0; i < 8; ++i) {
    host.staging().install_sets.push_back({.name = fmt::format("set {}", i), .steps = {by_bmc("a", "a.bin")}});
  }
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0346 install-set:golden"});
  host.fleet.install_set(host.desired(), "set 3", {"a.bin"}).absent = true;
  CHECK(changes(plan_of(host.fleet)) == Texts{"create install-set:golden", "delete install-set:set 3"});
}

TEST_CASE("A set needs images that are somewhere") {
  OneHost host = host_with_set({"gone.bin"});
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0308 install-set:golden"});
  host.store("gone.bin");
  CHECK(changes(plan_of(host.fleet)) == Texts{"create install-set:golden"});
}

}  // namespace firmform::tests
