// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <string>
#include <vector>

#include "engine/version/spelling.h"
#include "engine/version/version.h"

namespace firmform::version {
namespace {

rc::Gen<std::string> number() {
  return rc::gen::apply(
      [](unsigned small, bool padded, bool huge) {
        std::string digits = std::to_string(small % 30);
        if (padded) digits.insert(0, 1 + small % 3, '0');
        if (huge) digits += "00000000000000000000000000000000000001";
        return digits;
      },
      rc::gen::arbitrary<unsigned>(), rc::gen::weightedElement<bool>({{3, false}, {1, true}}),
      rc::gen::weightedElement<bool>({{9, false}, {1, true}}));
}

/// "1.02.3": never unknown, because it starts with a number above zero.
rc::Gen<std::string> dotted() {
  return rc::gen::apply(
      [](unsigned first, const std::vector<std::string>& more) {
        std::string text = std::to_string(1 + first % 9);
        for (std::size_t i = 0; i < more.size() && i < 4; ++i) text += "." + more[i];
        return text;
      },
      rc::gen::arbitrary<unsigned>(), rc::gen::container<std::vector<std::string>>(number()));
}

rc::Gen<std::string> day() {
  return rc::gen::apply([](unsigned a) { return std::to_string(10 + a % 3) + "/1" + std::to_string(a % 9) + "/2024"; },
                        rc::gen::arbitrary<unsigned>());
}

/// Texts of one spelling; the property "transitive within a family" is about these.
std::vector<rc::Gen<std::string>> families() {
  const auto prefixed = [](std::string prefix, std::string suffix) {
    return rc::gen::map(dotted(), [=](const std::string& text) { return prefix + text + suffix; });
  };
  return {
      dotted(),
      prefixed("iLO 5 v", ""),
      prefixed("BF-", "-A"),
      rc::gen::apply(
          [](const std::string& text, const std::string& date) { return "U46 v" + text + " (" + date + ")"; }, dotted(),
          day()),
      rc::gen::apply(
          [](const std::string& text, unsigned build) { return text + " Build " + std::to_string(build % 4); },
          dotted(), rc::gen::arbitrary<unsigned>()),
      rc::gen::apply(
          [](const std::string& text, unsigned build) { return std::to_string(10 + build % 5) + "A-" + text; },
          dotted(), rc::gen::arbitrary<unsigned>()),
      rc::gen::map(rc::gen::inRange(0, 300),
                   [](int value) {
                     constexpr const char* kDigits = "0123456789ABCDEF";
                     return std::string("0x") + kDigits[value / 16 % 16] + kDigits[value % 16];
                   }),
      rc::gen::map(rc::gen::inRange(1, 99), [](int value) { return "A" + std::to_string(value); }),
      rc::gen::apply(
          [](const std::string& text, unsigned commits) {
            return text + ".0.0-dev-" + std::to_string(commits % 5) + "-gabcdef" + std::to_string(commits % 2);
          },
          dotted(), rc::gen::arbitrary<unsigned>()),
      rc::gen::apply([](const std::string& text, char letter) { return text + "(3" + letter + ")"; }, dotted(),
                     rc::gen::inRange('a', 'e')),
  };
}

rc::Gen<std::string> any_spelling() {
  return rc::gen::join(rc::gen::elementOf(families()));
}

/// Bytes, and bytes that look like versions for a while.
rc::Gen<std::string> hostile() {
  using namespace std::string_literals;
  const std::string version_like = "0019afgxvABFU .-_()+/,:~'\"\0\xff"s;
  return rc::gen::oneOf(rc::gen::arbitrary<std::string>(),
                        rc::gen::container<std::string>(rc::gen::elementOf(version_like)));
}

Ordering reversed(Ordering ordering) {
  if (ordering == Ordering::less) return Ordering::greater;
  if (ordering == Ordering::greater) return Ordering::less;
  return ordering;
}

const std::vector<Scheme> kSchemes = {Scheme::automatic, Scheme::semver, Scheme::dotted, Scheme::hex, Scheme::opaque};

TEST_CASE("any bytes at all are compared without failing, and consistently both ways") {
  rc::prop("hostile", [] {
    const auto a = *hostile();
    const auto b = *hostile();
    for (const Scheme scheme : kSchemes) {
      RC_ASSERT(compare(a, b, scheme) == reversed(compare(b, a, scheme)));
      RC_ASSERT(compare(a, a, scheme) == (is_unknown(a) ? Ordering::incomparable : Ordering::equal));
      RC_ASSERT(satisfies(a, b, scheme) == satisfies(b, a, scheme));
    }
  });
}

TEST_CASE("within a family the order is total up to incomparable words, and transitive") {
  rc::prop("family", [] {
    const auto family = *rc::gen::elementOf(families());
    const auto a = *family;
    const auto b = *family;
    const auto c = *family;
    const Ordering ab = compare(a, b);
    const Ordering bc = compare(b, c);
    const Ordering ac = compare(a, c);
    if (ab == bc && ab != Ordering::incomparable) RC_ASSERT(ac == ab);
    if (ab == Ordering::equal) RC_ASSERT(ac == bc);
    RC_ASSERT(ab == reversed(compare(b, a)));
  });
}

TEST_CASE("across spellings nothing is ever less and greater at once") {
  rc::prop("acyclic", [] {
    const auto a = *any_spelling();
    const auto b = *any_spelling();
    const auto c = *any_spelling();
    RC_ASSERT(compare(a, b) == reversed(compare(b, a)));
    if (compare(a, b) == Ordering::less && compare(b, c) == Ordering::less) {
      RC_ASSERT(compare(a, c) != Ordering::greater);
    }
  });
}

TEST_CASE("a trailing .0 changes nothing") {
  rc::prop("neutral", [] {
    const auto a = *dotted();
    const auto b = *dotted();
    RC_ASSERT(compare(a, a + ".0") == Ordering::equal);
    RC_ASSERT(compare(a + ".00", b) == compare(a, b));
    RC_ASSERT(compare(a + ".0", b, Scheme::dotted) == compare(a, b, Scheme::dotted));
  });
}

TEST_CASE("dotted integers order as their numbers do") {
  rc::prop("numbers", [](std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    const auto text = [](std::uint32_t x, std::uint32_t y) {
      return std::to_string(1ULL + x) + "." + std::to_string(y);
    };
    const auto left = std::pair(a, b);
    const auto right = std::pair(c, d);
    const Ordering expected = left < right ? Ordering::less : left == right ? Ordering::equal : Ordering::greater;
    RC_ASSERT(compare(text(a, b), text(c, d)) == expected);
    RC_ASSERT(compare(text(a, b), text(c, d), Scheme::dotted) == expected);
    RC_ASSERT(compare(text(a, b) + ".0", text(c, d) + ".0", Scheme::semver) == expected);
  });
}

TEST_CASE("normalizing twice is normalizing once, for texts without nested prefixes") {
  rc::prop("normalize", [] {
    const auto text = *any_spelling();
    const auto once = normalize("  " + text + "\t");
    RC_ASSERT(once == normalize(text));
    RC_ASSERT(normalize(once) == once);
  });
}

}  // namespace
}  // namespace firmform::version
