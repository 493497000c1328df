// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/catalog/catalog.h"
#include "engine/catalog/package_archive.h"
#include "engine/catalog/payload.h"

namespace firmform::catalog {
namespace {

constexpr std::size_t kMaxMetadataBytes = 1U << 20U;

Error malformed(const std::filesystem::path& path, std::string_view what) {
  return Error(Code::package_malformed, fmt::format("{} {}", path.filename().string(), what));
}

Status check_regular_file(const std::filesystem::path& path) {
  std::error_code problem;
  if (std::filesystem::is_regular_file(path, problem)) return {};
  return fail(Code::image_unreadable, fmt::format("{} is missing or not a regular file", path.string()));
}

/// Packages that hold only their image have the metadata in a file of the same name with .json.
Result<std::string> read_file_beside(const std::filesystem::path& package) {
  const std::filesystem::path path = std::filesystem::path(package).replace_extension(".json");
  std::error_code problem;
  const auto kind = std::filesystem::symlink_status(path, problem).type();
  if (kind == std::filesystem::file_type::not_found) return fail(malformed(package, "holds no payload.json"));
  if (kind != std::filesystem::file_type::regular) {
    return fail(malformed(package, "holds no payload.json").with_note(path.string() + " is not a regular file"));
  }
  std::ifstream file(path, std::ios::binary);
  std::string content(kMaxMetadataBytes + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (file.bad() || file.gcount() == 0) return fail(Code::image_unreadable, path.string() + " cannot be read");
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (content.size() > kMaxMetadataBytes) return fail(malformed(path, "is larger than 1 MiB"));
  return content;
}

}  // namespace

Result<PackageMetadata> read_fwpkg(const std::filesystem::path& path) {
  if (const Status regular = check_regular_file(path); !regular) return fail(regular.error());
  const Result<std::optional<std::string>> inside = read_payload(path);
  if (!inside) return fail(inside.error());
  const Result<std::string> payload = *inside ? Result<std::string>(**inside) : read_file_beside(path);
  if (!payload) return fail(payload.error());
  const Result<PackageMetadata> metadata = parse_payload(*payload);
  if (!metadata) return fail(metadata.error().with_context(path.filename().string()));
  return *metadata;
}

}  // namespace firmform::catalog
