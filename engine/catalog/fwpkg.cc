// SPDX-License-Identifier: Apache-2.0
#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "engine/catalog/payload.h"

namespace firmform::catalog {
namespace {

constexpr std::size_t kMaxMetadataBytes = 1U << 20U;
/// Real packages hold a handful of files.
constexpr int kMaxEntries = 4096;
constexpr std::size_t kBlockSize = 64U << 10U;

struct FreeArchive {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Archive = std::unique_ptr<archive, FreeArchive>;

Error malformed(const std::filesystem::path& path, std::string_view what) {
  return Error(Code::package_malformed, fmt::format("{} {}", path.filename().string(), what));
}

Error damaged(const std::filesystem::path& path, archive* reader) {
  const char* reason = archive_error_string(reader);
  return malformed(path, "is not a readable package (a zip archive)")
      .with_note(reason == nullptr ? "" : printable(reason));
}

bool is_payload(archive_entry* entry) {
  const char* pathname = archive_entry_pathname(entry);
  if (pathname == nullptr || archive_entry_filetype(entry) != AE_IFREG) return false;
  std::string_view name = pathname;
  if (name.starts_with("./")) name.remove_prefix(2);
  return equals_ignoring_case(name, "payload.json");
}

/// Unpacks the current entry. The size that it claims is not believed: what comes out is counted.
Result<std::string> unpack(const std::filesystem::path& path, archive* reader) {
  std::string content;
  std::array<char, 16384> buffer{};
  for (;;) {
    const la_ssize_t count = archive_read_data(reader, buffer.data(), buffer.size());
    if (count < 0) return fail(damaged(path, reader));
    if (count == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.size() > kMaxMetadataBytes) return fail(malformed(path, "has a payload.json of more than 1 MiB"));
  }
}

/// The text of payload.json; empty when the package has none.
Result<std::string> unpack_payload(const std::filesystem::path& path) {
  const Archive reader(archive_read_new());
  archive_read_support_format_zip_seekable(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), kBlockSize) != ARCHIVE_OK) {
    return fail(damaged(path, reader.get()));
  }
  std::string payload;
  for (int entries = 0; entries < kMaxEntries; ++entries) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) return payload;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return fail(damaged(path, reader.get()));
    if (!is_payload(entry)) continue;
    if (!payload.empty()) return fail(malformed(path, "holds payload.json twice; which one counts cannot be known"));
    Result<std::string> content = unpack(path, reader.get());
    if (!content) return content;
    if (content->empty()) return fail(malformed(path, "holds an empty payload.json"));
    payload = *std::move(content);
  }
  return fail(malformed(path, fmt::format("has more than {} entries", kMaxEntries)));
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
  Result<std::string> payload = unpack_payload(path);
  if (payload && payload->empty()) payload = read_file_beside(path);
  if (!payload) return fail(payload.error());
  const Result<PackageMetadata> metadata = parse_payload(*payload);
  if (!metadata) return fail(metadata.error().with_context(path.filename().string()));
  return *metadata;
}

}  // namespace firmform::catalog
