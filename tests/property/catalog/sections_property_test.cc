// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <set>

#include "engine/catalog/sections.h"

namespace firmform::catalog {
namespace {

/// Sizes at and around multiples of 32 MiB, where mistakes are made, and any others.
std::uint64_t some_size() {
  if (*rc::gen::arbitrary<bool>()) return *rc::gen::inRange<std::uint64_t>(1, 100 * kSectionBytes);
  const auto pieces = *rc::gen::inRange<std::uint64_t>(1, 40);
  const auto shift = *rc::gen::inRange<std::int64_t>(-3, 4);
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(pieces * kSectionBytes) + shift);
}

TEST_CASE("the pieces of a file lie one behind the other and cover it") {
  rc::prop("pieces cover the file", [] {
    const std::uint64_t size = some_size();
    const auto sections = cut_into_sections(size);
    std::uint64_t end = 0;
    for (const Section& section : sections) {
      RC_ASSERT(section.offset == end);
      RC_ASSERT(section.length > 0);
      RC_ASSERT(section.length <= kSectionBytes);
      end += section.length;
    }
    RC_ASSERT(end == size);
    RC_ASSERT(sections.size() == (size + kSectionBytes - 1) / kSectionBytes);
    // The BMC takes a piece shorter than 32 MiB for the last one.
    for (std::size_t i = 0; i + 1 < sections.size(); ++i) RC_ASSERT(sections[i].length == kSectionBytes);
  });
}

TEST_CASE("each piece has a signature of its own name") {
  rc::prop("as many names as pieces", [] {
    const std::uint64_t size = some_size();
    const auto names = signature_names("cp040154.exe", size);
    RC_ASSERT(names.size() == cut_into_sections(size).size());
    RC_ASSERT(std::set<std::string>(names.begin(), names.end()).size() == names.size());
  });
}

}  // namespace
}  // namespace firmform::catalog
