// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/json/value.h"
#include "tests/fuzz/require.h"

namespace json = firmform::json;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = json::parse({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  const auto again = json::parse(json::dump(*value));
  firmform::fuzz::require(again.has_value() && *again == *value);
  firmform::fuzz::require(json::dump_canonical(*again) == json::dump_canonical(*value));
  return 0;
}
