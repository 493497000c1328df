// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/package_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/base/text.h"

namespace firmform::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockSize = 64U << 10U;
constexpr std::size_t kMaxDepth = 16;

struct FreeArchive {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// What is wrong with the name of an entry; empty when nothing is. Both kinds of separators count: packages are
/// unpacked on all kinds of systems.
std::string_view flaw_of_name(std::string_view name) {
  if (name.empty()) return "has no name";
  if (std::ranges::any_of(name, is_control)) return "has control characters in its name";
  const bool drive = name.size() >= 2 && name[1] == ':';
  if (name.front() == '/' || name.front() == '\\' || drive) return "has an absolute name";
  std::string normal(name);
  std::ranges::replace(normal, '\\', '/');
  const std::vector<std::string> segments = split(normal, '/');
  if (std::ranges::find(segments, "..") != segments.end()) return "has a name that leads out of the package";
  return segments.size() > kMaxDepth ? std::string_view("lies too deep in folders") : std::string_view();
}

class PackageReader {
 public:
  PackageReader(const fs::path& path, const ArchiveLimits& limits) : path_(path), limits_(limits) {}

  Status open() {
    std::error_code problem;
    packed_bytes_ = fs::file_size(path_, problem);
    archive_read_support_format_zip_seekable(reader_.get());
    const int status = problem ? ARCHIVE_FATAL : archive_read_open_filename(reader_.get(), path_.c_str(), kBlockSize);
    if (status != ARCHIVE_OK) return fail(damaged());
    return {};
  }

  /// Moves to the next entry, whose name, kind and claimed size are in order. False: there is none.
  Result<bool> next() {
    const int status = archive_read_next_header(reader_.get(), &entry_);
    if (status == ARCHIVE_EOF) return false;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return fail(damaged());
    if (++entries_ > limits_.entries) return fail(malformed(fmt::format("has more than {} entries", limits_.entries)));
    if (const Status good = check_entry(); !good) return fail(good.error());
    return true;
  }

  [[nodiscard]] bool is_payload() const {
    const char* pathname = archive_entry_pathname(entry_);
    if (pathname == nullptr || archive_entry_filetype(entry_) != AE_IFREG) return false;
    std::string_view name = pathname;
    if (name.starts_with("./")) name.remove_prefix(2);
    return equals_ignoring_case(name, "payload.json");
  }

  /// The content of the current entry.
  Result<std::string> unpack() {
    std::string content;
    const Status read = for_each_block([&](std::string_view block) -> Status {
      content += block;
      if (content.size() <= limits_.metadata_bytes) return {};
      return fail(malformed(fmt::format("has a payload.json of more than {} KiB", limits_.metadata_bytes >> 10U)));
    });
    if (!read) return fail(read.error());
    return content;
  }

  /// Reads the current entry to its end and keeps nothing.
  Status drain() {
    return for_each_block([&](std::string_view block) -> Status {
      drained_bytes_ += block.size();
      return check_total(drained_bytes_);
    });
  }

  [[nodiscard]] Error malformed(std::string_view what) const {
    return Error(Code::package_malformed, fmt::format("{} {}", printable(path_.filename().string()), what));
  }

 private:
  template <class Consume>
  Status for_each_block(Consume consume) {
    std::array<char, 65536> buffer{};
    for (;;) {
      const la_ssize_t count = archive_read_data(reader_.get(), buffer.data(), buffer.size());
      if (count < 0) return fail(damaged());
      if (count == 0) return {};
      const Status good = consume(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
      if (!good) return good;
    }
  }

  Status check_entry() {
    const char* pathname = archive_entry_pathname(entry_);
    const std::string_view name = pathname == nullptr ? std::string_view() : std::string_view(pathname);
    const std::string_view flaw = flaw_of_name(name);
    if (!flaw.empty()) return fail(malformed(fmt::format("holds an entry that {}: \"{}\"", flaw, printable(name))));
    const auto kind = archive_entry_filetype(entry_);
    if (kind != AE_IFREG && kind != AE_IFDIR) {
      return fail(malformed(fmt::format("holds something else than files: \"{}\"", printable(name))));
    }
    if (archive_entry_size_is_set(entry_) != 0) {
      const la_int64_t size = archive_entry_size(entry_);
      if (size < 0) return fail(malformed("claims a negative size of an entry"));
      claimed_bytes_ += std::min(static_cast<std::uint64_t>(size), limits_.unpacked_bytes + 1);
    }
    return check_total(claimed_bytes_);
  }

  [[nodiscard]] Status check_total(std::uint64_t unpacked) const {
    if (unpacked > limits_.unpacked_bytes) {
      return fail(malformed(fmt::format("unpacks to more than {} MiB", limits_.unpacked_bytes >> 20U)));
    }
    const bool swollen = unpacked > limits_.small_bytes && unpacked / limits_.ratio > packed_bytes_;
    if (!swollen) return {};
    return fail(malformed(fmt::format("unpacks to more than {} times its size, as no firmware does", limits_.ratio)));
  }

  [[nodiscard]] Error damaged() const {
    const char* reason = archive_error_string(reader_.get());
    const Error error =
        malformed("is not a readable package (a zip archive): it is cut off, damaged or something else");
    return reason == nullptr ? error : error.with_note(printable(reason));
  }

  fs::path path_;
  ArchiveLimits limits_;
  std::unique_ptr<archive, FreeArchive> reader_{archive_read_new()};
  archive_entry* entry_ = nullptr;
  std::size_t entries_ = 0;
  std::uint64_t packed_bytes_ = 0;
  std::uint64_t claimed_bytes_ = 0;
  std::uint64_t drained_bytes_ = 0;
};

}  // namespace

Result<std::optional<std::string>> read_payload(const fs::path& package, const ArchiveLimits& limits) {
  PackageReader reader(package, limits);
  if (const Status opened = reader.open(); !opened) return fail(opened.error());
  std::optional<std::string> payload;
  for (;;) {
    const Result<bool> more = reader.next();
    if (!more) return fail(more.error());
    if (!*more) return payload;
    if (!reader.is_payload()) continue;
    if (payload) return fail(reader.malformed("holds payload.json twice; which one counts cannot be known"));
    Result<std::string> content = reader.unpack();
    if (!content) return fail(content.error());
    if (content->empty()) return fail(reader.malformed("holds an empty payload.json"));
    payload = *std::move(content);
  }
}

Status test_archive(const fs::path& package, const ArchiveLimits& limits) {
  PackageReader reader(package, limits);
  if (const Status opened = reader.open(); !opened) return opened;
  for (;;) {
    const Result<bool> more = reader.next();
    if (!more) return fail(more.error());
    if (!*more) return {};
    if (const Status good = reader.drain(); !good) return good;
  }
}

}  // namespace firmform::catalog
