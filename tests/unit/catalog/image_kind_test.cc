// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/image_kind.h"

#include <catch2/catch.hpp>

#include <string>

namespace firmform::catalog {
namespace {

std::string hint_text(std::string_view name) {
  const auto hint = hint_of(name);
  return hint ? hint->component + " " + hint->version : std::string("none");
}

TEST_CASE("the ending of a file tells its kind, whatever its case") {
  CHECK(kind_of("U32_3.42.fwpkg").format == ImageFormat::fwpkg);
  CHECK(kind_of("U32_3.42.FWPKG").signature == Signature::embedded);
  for (const std::string name : {"cp040154.exe", "CP123.scexe", "firmware-x.x86_64.rpm", "cp052878.zip"}) {
    INFO(name);
    CHECK(kind_of(name).format == ImageFormat::smart_component);
    CHECK(kind_of(name).signature == Signature::none);
  }
  for (const std::string name : {"ilo5_311.bin", "U46_2.36.signed.flash", "SPS.signed.bin", "CPLD.vme", "pic.hex",
                                 "x.full", "lang.lpk", "drive.HPb", "d.fup", "d.pup"}) {
    INFO(name);
    CHECK(kind_of(name).format == ImageFormat::raw);
    CHECK(kind_of(name).signature == Signature::embedded);
  }
}

TEST_CASE("an unsigned flash file and an unknown ending are raw and without a signature") {
  for (const std::string name : {"U46_2.36.flash", "image.tar", "noending", ".bin", "fwpkg"}) {
    INFO(name);
    CHECK(kind_of(name).format == ImageFormat::raw);
    CHECK(kind_of(name).signature == Signature::none);
    CHECK_FALSE(is_image_name(name));
  }
  for (const std::string name : {"bp003.xml", "readme.txt", "cp040154.compsig", "nic.json"}) {
    INFO(name);
    CHECK_FALSE(is_image_name(name));
  }
}

TEST_CASE("names of raw images hint at what they hold") {
  CHECK(hint_text("ilo5_311.bin") == "iLO 5 3.11");
  CHECK(hint_text("ilo7_1.14.00.bin") == "iLO 7 1.14.00");
  CHECK(hint_text("U46_2.36_03_11_2025.signed.flash") == "System ROM U46 v2.36 (03/11/2025)");
  CHECK(hint_text("A43_2.52.signed.flash") == "System ROM A43 v2.52");
  for (const std::string name : {"ilo5_311.fwpkg", "ilo5.bin", "ilo_311.bin", "ilo5_latest.bin", "U46.signed.flash",
                                 "U46_.signed.flash", "u46_2.36.signed.flash", "CPLD_1515_signed.vme", "_.bin", ""}) {
    INFO(name);
    CHECK(hint_text(name) == "none");
  }
}

}  // namespace
}  // namespace firmform::catalog
