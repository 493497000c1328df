// SPDX-License-Identifier: Apache-2.0
// Input: a plan file. What is accepted survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/plan/codec.h"
#include "tests/fuzz/require.h"

namespace json = firmform::json;
namespace plan = firmform::plan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = json::parse({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  const auto decoded = plan::from_json(*value);
  if (!decoded) return 0;
  const auto again = plan::from_json(plan::to_json(*decoded));
  firmform::fuzz::require(again.has_value() && plan::compute_id(*again) == plan::compute_id(*decoded));
  return 0;
}
