// SPDX-License-Identifier: Apache-2.0
// ilo.md 4.4
#include "tests/simulators/ilo_object_id.h"

#include <catch2/catch.hpp>

#include "engine/json/value.h"
#include "tests/simulators/captured_tree.h"

namespace firmform::simulators {
namespace {

TEST_CASE("Ids of names seen on real iLOs come out as they were seen") {
  const auto [name, id] = GENERATE(table<std::string, std::string>({
      {"System Recovery Set", "a74b22b6"},
      {"ilo5_244.bin", "224c0cdf"},
      {"ilo5_271.bin", "051e264c"},
      {"cp040154.exe", "994284f9"},
      {"cp043370.exe", "9456ccd7"},
      {"Friendly name for this item in the installation queue", "2d1a59f9"},
      {"FW for HPE Integrated Lights-Out 5", "fcf05991"},
      {"Christmas Maintenance Window", "7ada2ed8"},
      {"MyInstallSet", "a4f0d824"},
      {"MyModifiedInstallSet", "3e3567d5"},
      {"MyTask", "9774ef68"},
      {"Intel-ATS-M_pldm_sg2_amc_v_6_4_0_0.bin.hpepkg.signed", "f61dfea0"},
      {"Invalid_System_ROM", "440860f0"},
  }));
  CHECK(ilo_object_id(name) == id);
}

TEST_CASE("the hash gives the published values of MurmurHash3") {
  CHECK(ilo_hash("") == 0U);
  CHECK(ilo_hash("a") == 0x3c2569b2U);
  CHECK(ilo_hash("test") == 0xba6bd213U);
  CHECK(ilo_hash("Hello, world!") == 0xc0363e43U);
  CHECK(ilo_hash("The quick brown fox jumps over the lazy dog") == 0x2e4ff723U);
}

TEST_CASE("Ids of all captured components are those of their file names") {
  const std::string folder = GENERATE("hpe-dl360-gen10plus-ilo5", "hpe-dl380a-gen11-ilo6", "hpe-dl380a-gen12-ilo7");
  int seen = 0;
  for (const auto& [uri, resource] : CapturedTree::load(folder)->resources()) {
    if (!resource.body.text("@odata.type").starts_with("#HpeComponent.")) continue;
    CHECK(ilo_object_id(resource.body.text("Filename")) == resource.body.text("Id"));
    ++seen;
  }
  CHECK(seen >= 5);
}

TEST_CASE("Ids tell upper from lower case") {
  CHECK(ilo_object_id("MyTask") != ilo_object_id("mytask"));
}

}  // namespace
}  // namespace firmform::simulators
