// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/manifest/load.h"
#include "tests/fuzz/require.h"

namespace manifest = firmform::manifest;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  firmform::SourceMap sources;
  const auto loaded = manifest::load({{"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size)}}, sources);
  if (loaded.value) static_cast<void>(manifest::resolve(*loaded.value, sources));
  return 0;
}
