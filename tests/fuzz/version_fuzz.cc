// SPDX-License-Identifier: Apache-2.0
// Input: two versions with a line break between them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/version/version.h"
#include "tests/fuzz/require.h"

using firmform::fuzz::require;
using firmform::version::compare;
using firmform::version::Ordering;
using firmform::version::Scheme;

namespace {

Ordering reversed(Ordering ordering) {
  if (ordering == Ordering::less) return Ordering::greater;
  if (ordering == Ordering::greater) return Ordering::less;
  return ordering;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line_break = input.find('\n');
  const std::string_view a = input.substr(0, line_break);
  const std::string_view b = line_break == std::string_view::npos ? a : input.substr(line_break + 1);
  for (const Scheme scheme : {Scheme::automatic, Scheme::semver, Scheme::dotted, Scheme::hex, Scheme::opaque}) {
    require(compare(a, b, scheme) == reversed(compare(b, a, scheme)));
    require(firmform::version::is_unknown(a) || compare(a, a, scheme) == Ordering::equal);
  }
  return 0;
}
