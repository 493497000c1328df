// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {

TEST_CASE("An image that is not stored is stored, and one of that name and size is left alone") {
  OneHost host;
  for (const char* file : {"a.bin", "b.bin"}) host.fleet.image(file);
  host.fleet.repository(host.desired(), {"a.bin", "b.bin"});
  host.store("b.bin");
  const Plan plan = plan_of(host.fleet);
  CHECK(changes(plan) == Texts{"create repository:a.bin"});
  CHECK(actions(plan) == Texts{"store repository:a.bin"});
  CHECK(change_of(plan, "repository:b.bin").kind == ChangeKind::no_op);
  CHECK(change_of(plan, "repository:a.bin").resource == plan::ResourceType::stored_image);
  CHECK(change_of(plan, "repository:a.bin").origin == "fleet.yaml:2:1");
}

TEST_CASE("An image of another size is replaced, unless something locks it") {
  OneHost host;
  host.fleet.image("a.bin");
  host.fleet.repository(host.desired(), {"a.bin"});
  host.store("a.bin", 16 * kMebi);
  CHECK(change_of(plan_of(host.fleet), "repository:a.bin").details == Texts{"33554432 bytes, was 16777216 bytes"});

  host.staging().repository->images.front().locked = true;
  host.staging().install_sets = {{.name = "theirs", .steps = {by_bmc("a", "a.bin")}}};
  const Plan plan = plan_of(host.fleet);
  CHECK(changes(plan) == Texts{"blocked FF0338 repository:a.bin"});
  CHECK(plan.changes.front().reasons.front().text.find("install-set:theirs") != std::string::npos);
}

TEST_CASE("What is absent is removed; what locks it is named") {
  OneHost host;
  host.fleet.repository(host.desired(), {}).absent = {host.fleet.text("old*")};
  host.store("old_1.bin");
  host.store("old_2.bin", kMebi, true);
  host.staging().queue = {{.step = by_bmc("theirs", "old_2.bin")}};
  const Plan plan = plan_of(host.fleet);
  CHECK(changes(plan) == Texts{"delete repository:old_1.bin", "blocked FF0338 repository:old_2.bin"});
  CHECK(change_of(plan, "repository:old_2.bin").reasons.front().text.find("queue:theirs") != std::string::npos);
}

TEST_CASE("Prune removes what nobody needs, and nothing else") {
  OneHost host;
  for (const char* file : {"set.bin", "kept.bin"}) host.fleet.image(file);
  host.fleet.entry("iLO 5", "3.11", "ilo5.bin");
  host.fleet.install_set(host.desired(), "golden", {"set.bin"});
  host.fleet.repository(host.desired(), {"kept.bin"}).prune = true;
  for (const char* file : {"set.bin", "kept.bin", "ilo5.bin", "stray.bin"}) host.store(file);
  host.store("theirs.bin", kMebi, true);
  host.staging().queue = {{.step = by_bmc("theirs", "theirs.bin")}};
  CHECK(changes(plan_of(host.fleet)) == Texts{"create install-set:golden", "delete repository:stray.bin"});
}

TEST_CASE("H16: without room for everything nothing is stored, and the sum is shown") {
  OneHost host;
  for (const char* file : {"a.bin", "b.bin"}) host.fleet.image(file);
  manifest::Repository& repository = host.fleet.repository(host.desired(), {"a.bin", "b.bin"});
  host.staging().repository->free_bytes = 40 * kMebi;
  const Plan plan = plan_of(host.fleet);
  CHECK(changes(plan) == Texts{"blocked FF0337 repository:a.bin", "blocked FF0337 repository:b.bin"});
  CHECK(plan.changes.front().reasons.front().text.find("67108864 bytes are to be stored (a.bin (33554432), b.bin "
                                                       "(33554432)), 41943040 are free") != std::string::npos);

  SECTION("but what is removed before makes room") {
    repository.absent = {host.fleet.text("old.bin")};
    host.store("old.bin");
    CHECK(actions(plan_of(host.fleet)) ==
          Texts{"remove repository:old.bin", "store repository:a.bin", "store repository:b.bin"});
  }
}

TEST_CASE("Names that the repository or the queue would refuse are refused before anything is sent") {
  OneHost host;
  const std::string stored = std::string(130, 'a') + ".bin";
  const std::string queued = std::string(70, 'b') + ".bin";
  for (const std::string& file : {stored, queued}) host.fleet.image(file);
  host.fleet.repository(host.desired(), {stored, queued});
  host.fleet.install_set(host.desired(), "golden", {queued});
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0339 install-set:golden",
                                              "blocked FF0339 repository:" + stored, "create repository:" + queued});
}

TEST_CASE("A repository is not offered by a BMC that has none") {
  OneHost host;
  host.fleet.image("a.bin");
  host.fleet.repository(host.desired(), {"a.bin"});
  host.fleet.inventory.at("web-01").staging.reset();
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0347 repository:a.bin"});
}

TEST_CASE("An image without its signature is not stored unless the policy allows it") {
  OneHost host;
  host.fleet.catalog.add({.name = "a.exe",
                          .path = "/images/a.exe",
                          .url = {},
                          .size = 1,
                          .sha256 = std::string(64, 'a'),
                          .signature = catalog::Signature::none});
  host.fleet.repository(host.desired(), {"a.exe"});
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0351 repository:a.exe"});
  host.fleet.desired.policies.unsigned_image = manifest::Permission::allow;
  CHECK(changes(plan_of(host.fleet)) == Texts{"create repository:a.exe"});
}

TEST_CASE("A package that is for no component of the host is pointed out") {
  OneHost host;
  host.fleet.image("card.fwpkg");
  catalog::CatalogImage package = *host.fleet.catalog.find("card.fwpkg");
  package.package =
      catalog::PackageMetadata{.devices = {{.name = "Another card", .target = "a-target", .version = "2.0"}}};
  host.fleet.catalog.add(package);
  host.fleet.repository(host.desired(), {"card.fwpkg"});
  const Plan plan = plan_of(host.fleet);
  const Change& change = change_of(plan, "repository:card.fwpkg");
  CHECK(change.kind == ChangeKind::create);
  REQUIRE(change.reasons.size() == 1);
  CHECK(change.reasons.front().code == Code::image_matches_nothing);
  CHECK(change.reasons.front().text.find("card.fwpkg is made for ") != std::string::npos);
}

TEST_CASE("What preflight finds keeps anything from being sent") {
  OneHost host;
  host.fleet.image("a.bin");
  host.fleet.repository(host.desired(), {"a.bin"});
  host.fleet.inventory.at("web-01").vendor_facts["fake.preflight"] = "the account lacks iLOConfigPriv";
  CHECK(changes(plan_of(host.fleet)) == Texts{"blocked FF0349 repository:a.bin"});
}

}  // namespace firmform::tests
