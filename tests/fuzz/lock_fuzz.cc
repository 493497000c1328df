// SPDX-License-Identifier: Apache-2.0
// Input: a firmform.lock, and at the same time the index of a mirror.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/catalog/image_directory.h"
#include "engine/catalog/lock.h"
#include "engine/catalog/repository_index.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace firmform;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lock = catalog::parse_lock(text);
  if (lock) {
    const auto again = catalog::parse_lock(catalog::lock_text(*lock));
    fuzz::require(again && *again == *lock);
  } else {
    fuzz::require(lock.error().code() == Code::lock_file_malformed);
  }
  const auto index = catalog::parse_repository_index(text);
  if (!index) {
    fuzz::require(index.error().code() == Code::mirror_failed);
    return 0;
  }
  for (const auto& image : *index) fuzz::require(catalog::check_image_name(image.file).has_value());
  return 0;
}
