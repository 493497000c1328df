// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/image_cache.h"

#include <fmt/format.h>

#include <fstream>
#include <system_error>

namespace firmform::catalog {
namespace {

namespace fs = std::filesystem;

Error cannot_write(const fs::path& path, const std::error_code& reason) {
  return {Code::output_failed, fmt::format("cannot write {}: {}", path.string(), reason.message())};
}

}  // namespace

fs::path image_cache(const fs::path& directory) {
  return directory / ".firmform" / "images";
}

fs::path cached_path(const fs::path& cache, const std::string& sha256, const std::string& name) {
  return cache / sha256 / name;
}

fs::path partial_path(const fs::path& cache, const std::string& identity) {
  return cache / "partial" / sha256_hex(identity);
}

Status append_bytes(const fs::path& path, std::string_view bytes) {
  std::error_code problem;
  fs::create_directories(path.parent_path(), problem);
  if (problem) return fail(cannot_write(path.parent_path(), problem));
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return fail(Code::output_failed, fmt::format("cannot write {}", path.string()));
  return {};
}

Result<fs::path> keep(const fs::path& cache, const fs::path& partial, const std::string& sha256,
                      const std::string& name) {
  fs::path place = cached_path(cache, sha256, name);
  std::error_code problem;
  fs::create_directories(place.parent_path(), problem);
  if (!problem) fs::rename(partial, place, problem);
  if (problem) return fail(cannot_write(place, problem));
  return place;
}

}  // namespace firmform::catalog
