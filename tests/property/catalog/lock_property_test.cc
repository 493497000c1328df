// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <string>

#include "engine/base/digest.h"
#include "engine/catalog/lock.h"

namespace firmform::catalog {
namespace {

Lock some_lock() {
  Lock lock;
  const auto size = *rc::gen::inRange(0, 20);
  for (int i = 0; i < size; ++i) {
    const std::string name = *rc::gen::nonEmpty(rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::inRange('a', 'z'), rc::gen::element(' ', '_', '"', '#'))));
    LockedImage& image = lock.images[name];
    image.sha256 = sha256_hex(*rc::gen::arbitrary<std::string>());
    image.size = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 40U);
    image.source = *rc::gen::container<std::string>(rc::gen::inRange(' ', '~'));
  }
  return lock;
}

TEST_CASE("a lock that is written reads back as itself, and gives the same bytes again") {
  rc::prop("parse(text(lock)) == lock", [] {
    const Lock lock = some_lock();
    const std::string text = lock_text(lock);
    const auto parsed = parse_lock(text);
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(*parsed == lock);
    RC_ASSERT(lock_text(*parsed) == text);
  });
}

TEST_CASE("whatever the bytes, a lock file is a lock or malformed") {
  rc::prop("damage is refused by its code", [] {
    std::string text = lock_text(some_lock());
    const auto place = *rc::gen::inRange<std::size_t>(0, text.size());
    text[place] = *rc::gen::arbitrary<char>();
    const auto parsed = parse_lock(text);
    // Not inside of the macro, which would look at the error of a success as well.
    const bool is_told = parsed.has_value() || parsed.error().code() == Code::lock_file_malformed;
    RC_ASSERT(is_told);
  });
}

TEST_CASE("what differs between two locks turns one into the other") {
  rc::prop("before + changes == after", [] {
    const Lock before = some_lock();
    const Lock after = some_lock();
    Lock patched = before;
    for (const LockChange& change : compare(before, after)) {
      RC_ASSERT(change.before.has_value() || change.after.has_value());
      if (change.after) patched.images[change.image] = *change.after;
      if (!change.after) patched.images.erase(change.image);
    }
    RC_ASSERT(patched == after);
    RC_ASSERT(compare(after, after).empty());
  });
}

}  // namespace
}  // namespace firmform::catalog
