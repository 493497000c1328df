// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/release.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace firmform::catalog {
namespace {

Release package(std::string component, std::string version, std::vector<std::string> targets,
                std::string device_class = "class") {
  return {.component = std::move(component),
          .version = std::move(version),
          .image = "x.fwpkg",
          .device_class = std::move(device_class),
          .targets = std::move(targets)};
}

Release entry(std::string component, std::string version) {
  return {.component = std::move(component), .version = std::move(version)};
}

/// "up System ROM 1 2"
std::string text_of(const ReleaseChange& change) {
  std::string text(to_string(change.move));
  text += " " + (change.before ? change.before->component : change.after->component);
  if (change.before) text += " " + change.before->version;
  return change.after ? text + " > " + change.after->version : text;
}

std::vector<std::string> differences(const std::vector<Release>& before, const std::vector<Release>& after) {
  std::vector<std::string> texts;
  for (const ReleaseChange& change : compare(before, after)) texts.push_back(text_of(change));
  return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("entries of baselines are compared by component") {
  CHECK(differences({entry("iLO 5", "3.11"), entry("System ROM", "U46 v2.34 (03/11/2025)"), entry("CPLD", "0x15")},
                    {entry("System ROM", "U46 v2.10 (08/10/2024)"), entry("iLO 5", "3.12"), entry("NIC", "1")}) ==
        Texts{"removed CPLD 0x15", "added NIC > 1", "down System ROM U46 v2.34 (03/11/2025) > U46 v2.10 (08/10/2024)",
              "up iLO 5 3.11 > 3.12"});
  CHECK(differences({entry("iLO 5", "3.11")}, {entry("ilo 5", "3.11")}).empty());
}

TEST_CASE("packages are compared by device class and shared target, whatever their names") {
  CHECK(
      differences({package("U32", "2.34_04-08-2020", {"a", "b"}), package("Old NIC", "1.0", {"n"})},
                  {package("ROM U32", "3.42_02-21-2025", {"b", "c"}), package("Old NIC", "1.0", {"m"}),
                   package("U32", "1", {"a"}, "another class")}) ==
      Texts{"removed Old NIC 1.0", "added Old NIC > 1.0", "up U32 2.34_04-08-2020 > 3.42_02-21-2025", "added U32 > 1"});
}

TEST_CASE("versions that cannot be compared are a change without a direction") {
  CHECK(differences({entry("Drive", "HPG3")}, {entry("Drive", "85031G00")}) == Texts{"other Drive HPG3 > 85031G00"});
  CHECK(move_between("2.34_04-08-2020", "2.34_05-08-2020") != Move::down);
}

TEST_CASE("a release is what the package says, else what the name hints at, else the name") {
  CatalogImage image{.name = "nic.fwpkg"};
  image.package.emplace();
  image.package->devices = {{"HPE NIC A", "t1", "1.2"}, {"HPE NIC B", "t2", "1.2"}, {"HPE NIC A", "t3", "1.2"}};
  CHECK(release_of(image).component == "HPE NIC A (and 1 more)");
  CHECK(release_of(image).targets == std::vector<std::string>{"t1", "t2", "t3"});
  const Release hinted = release_of({.name = "ilo5_311.bin"});
  CHECK(hinted.component == "iLO 5");
  CHECK(hinted.guessed);
  CHECK(release_of({.name = "x.bin"}).component == "x.bin");
}

}  // namespace
}  // namespace firmform::catalog
