// SPDX-License-Identifier: Apache-2.0
// Golden files: expected output kept beside the test. UPDATE_GOLDEN=1 rewrites them; review the diff.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace firmform::tests {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The expected text of `path` (below tests/). With UPDATE_GOLDEN=1 it becomes `actual` first.
inline std::string golden(const std::string& path, const std::string& actual) {
  const std::filesystem::path file = std::filesystem::path(FIRMFORM_TESTS_DIR) / path;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << actual;
  }
  return read_text(file);
}

}  // namespace firmform::tests
