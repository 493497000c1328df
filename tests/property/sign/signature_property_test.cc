// SPDX-License-Identifier: Apache-2.0
// Files of signatures, whatever is in them.
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <string>
#include <vector>

#include "engine/sign/ed25519.h"
#include "engine/sign/signature_file.h"

namespace firmform::tests {
namespace {

using sign::Signature;

std::vector<Signature> arbitrary_signatures() {
  const auto count = *rc::gen::inRange<std::size_t>(0, 4);
  std::vector<Signature> all;
  for (std::size_t i = 0; i < count; ++i) {
    Signature& one = all.emplace_back();
    one.key = *rc::gen::container<std::string>(64, rc::gen::elementOf(std::string("0123456789abcdef")));
    one.bytes = *rc::gen::container<std::string>(sign::kSignatureBytes, rc::gen::arbitrary<char>());
  }
  return all;
}

}  // namespace

TEST_CASE("Signatures are read back as they were written") {
  rc::prop("", [] {
    const std::vector<Signature> all = arbitrary_signatures();
    const auto again = sign::parse(sign::to_text(all));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == all);
  });
}

TEST_CASE("A file that is read has one spelling, and any other byte makes it another or none") {
  rc::prop("", [] {
    const std::vector<Signature> all = arbitrary_signatures();
    std::string text = sign::to_text(all);
    const auto place = *rc::gen::inRange<std::size_t>(0, text.size());
    text[place] = *rc::gen::arbitrary<char>();
    const auto parsed = sign::parse(text);
    if (!parsed) {
      RC_ASSERT(parsed.error().code() == Code::signature_invalid);
    } else {
      RC_ASSERT(sign::to_text(*parsed) == text);
    }
  });
}

TEST_CASE("No bytes whatever are more than refused") {
  rc::prop("", [](const std::string& text) {
    const auto parsed = sign::parse(text);
    if (parsed) RC_ASSERT(sign::to_text(*parsed) == text);
  });
}

}  // namespace firmform::tests
