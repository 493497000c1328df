// SPDX-License-Identifier: Apache-2.0
// The plan on disk. A reader never sees half a plan, and nobody else sees any of it.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "engine/plan/canonical.h"
#include "engine/plan/codec.h"

namespace firmform::plan {
namespace {

namespace fs = std::filesystem;

// A plan for ten thousand hosts with ten changes each stays below these.
constexpr json::ParseLimits kLimits{.max_bytes = std::size_t{2} << 30U, .max_depth = 64, .max_values = 200'000'000};

Error unwritable(const fs::path& path, int error) {
  return {Code::plan_unwritable,
          fmt::format("{} cannot be written: {}", path.string(), std::generic_category().message(error))};
}

/// A new file beside the target, removed again unless it is put into place.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target) : name_(target.string() + ".XXXXXX") {
    // mkstemp creates with O_EXCL and mode 0600, so no link that waits at that name is followed.
    file_ = ::mkostemp(name_.data(), O_CLOEXEC);
    if (file_ < 0) error_ = errno;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (file_ < 0) return;
    ::close(file_);
    if (!in_place_) ::unlink(name_.c_str());
  }

  [[nodiscard]] int error() const { return error_; }

  void write(std::string_view bytes) {
    buffer_ += bytes;
    constexpr std::size_t kEnough = 1U << 20U;
    if (buffer_.size() >= kEnough) flush();
  }

  /// Durable under the name of the target; 0 or an errno.
  int put_in_place(const fs::path& target) {
    flush();
    if (error_ == 0 && ::fsync(file_) != 0) error_ = errno;
    if (error_ == 0 && ::rename(name_.c_str(), target.c_str()) != 0) error_ = errno;
    in_place_ = error_ == 0;
    if (in_place_) sync_directory(target);
    return error_;
  }

 private:
  void flush() {
    std::string_view rest = buffer_;
    while (error_ == 0 && !rest.empty()) {
      const ssize_t written = ::write(file_, rest.data(), rest.size());
      if (written >= 0) {
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        error_ = errno;
      }
    }
    buffer_.clear();
  }

  static void sync_directory(const fs::path& target) {
    const fs::path parent = target.has_parent_path() ? target.parent_path() : fs::path(".");
    const int directory = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
  }

  std::string name_;
  int file_ = -1;
  int error_ = 0;
  bool in_place_ = false;
  std::string buffer_;
};

}  // namespace

Status write_file(const Plan& plan, const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(fs::symlink_status(path, ignored))) return fail(unwritable(path, EISDIR));
  TemporaryFile file(path);
  if (file.error() == 0) {
    write_canonical(plan, true, [&](std::string_view bytes) { file.write(bytes); });
    file.write("\n");
    file.put_in_place(path);
  }
  if (file.error() != 0) return fail(unwritable(path, file.error()));
  return {};
}

Result<Plan> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || text.empty()) return fail(Code::plan_malformed, "the file cannot be read, or is empty");
  const Result<json::Value> value = json::parse(text, kLimits);
  if (!value) return fail(Code::plan_malformed, value.error().message());
  return from_json(*value);
}

}  // namespace firmform::plan
