// SPDX-License-Identifier: Apache-2.0
// Ids that real iLOs gave, from captures and from HPE's documents (ilo.md 4.4).
#include "providers/hpe/object_id.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include "providers/provider.h"

namespace firmform {
namespace {

const std::vector<std::pair<std::string, std::string>> kSeen = {
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
    {"U46_1.64_08_11_2022.signed.flash", "58e3b384"},
    {"ilo7_1.14.00.bin", "2c1382f4"},
    {"ilo7_1.13.01.bin", "68cc9561"},
};

TEST_CASE("names give the Ids that real iLOs gave") {
  for (const auto& [name, id] : kSeen) {
    INFO(name);
    CHECK(hpe::object_id(name) == id);
  }
}

TEST_CASE("the hash is MurmurHash3 for every length of the tail") {
  CHECK(hpe::murmur3("") == 0);
  CHECK(hpe::murmur3("a") == 0x3c2569b2);
  CHECK(hpe::murmur3("abc") == 0xb3dd93fa);
  CHECK(hpe::murmur3("abcd") == 0x43ed676a);
  CHECK(hpe::murmur3("Hello, world!") == 0xc0363e43);
}

TEST_CASE("Ids depend on the case of the name, and a member's URI on its collection") {
  CHECK(hpe::object_id("mytask") != hpe::object_id("MyTask"));
  CHECK(hpe::member_uri("/redfish/v1/UpdateService/UpdateTaskQueue/", "MyTask") ==
        "/redfish/v1/UpdateService/UpdateTaskQueue/9774ef68");
}

TEST_CASE("the Id of a window is known before the iLO has it") {
  const Providers providers = all_providers();
  CHECK(providers.find("hpe")->window_id({}, "Christmas Maintenance Window") == "7ada2ed8");
  CHECK(providers.find("dell")->window_id({}, "Christmas Maintenance Window").empty());
}

}  // namespace
}  // namespace firmform
