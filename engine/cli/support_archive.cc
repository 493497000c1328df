// SPDX-License-Identifier: Apache-2.0
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>

#include "engine/cli/support_bundle.h"

namespace firmform::cli {
namespace {

using Writer = std::unique_ptr<archive, decltype(&archive_write_free)>;
using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

Error unwritable(const std::filesystem::path& file, const char* why) {
  return {Code::bundle_unwritable, fmt::format("{}: {}", file.string(), why == nullptr ? "unknown" : why)};
}

bool add(archive* writer, const BundleEntry& text, std::time_t now) {
  const Entry entry(archive_entry_new(), &archive_entry_free);
  archive_entry_set_pathname_utf8(entry.get(), ("firmform-support/" + text.name).c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), S_IRUSR | S_IWUSR);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(text.text.size()));
  archive_entry_set_mtime(entry.get(), now, 0);
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return false;
  return archive_write_data(writer, text.text.data(), text.text.size()) == static_cast<la_ssize_t>(text.text.size());
}

bool write_all(archive* writer, const Bundle& bundle, int descriptor) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  bool good = archive_write_set_format_pax_restricted(writer) == ARCHIVE_OK &&
              archive_write_add_filter_gzip(writer) == ARCHIVE_OK &&
              archive_write_open_fd(writer, descriptor) == ARCHIVE_OK;
  for (const BundleEntry& entry : bundle.entries) good = good && add(writer, entry, now);
  return archive_write_close(writer) == ARCHIVE_OK && good;
}

}  // namespace

Status write_archive(const Bundle& bundle, const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (descriptor < 0 && errno == EEXIST) return fail(Code::would_overwrite, fmt::format("{} exists", file.string()));
  if (descriptor < 0) return fail(unwritable(file, std::strerror(errno)));
  const Writer writer(archive_write_new(), &archive_write_free);
  bool good = write_all(writer.get(), bundle, descriptor);
  const std::string why =
      good || archive_error_string(writer.get()) == nullptr ? "" : archive_error_string(writer.get());
  good = ::close(descriptor) == 0 && good;
  if (good) return {};
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return fail(unwritable(file, why.empty() ? std::strerror(errno) : why.c_str()));
}

}  // namespace firmform::cli
