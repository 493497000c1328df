// SPDX-License-Identifier: Apache-2.0
#include "engine/journal/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/base/text.h"

namespace firmform::journal {
namespace {

std::string read_holder(int descriptor) {
  std::array<char, 256> buffer{};
  const ssize_t count = ::pread(descriptor, buffer.data(), buffer.size(), 0);
  if (count <= 0) return "another process";
  return printable(trim({buffer.data(), static_cast<std::size_t>(count)}));
}

}  // namespace

Result<Lock> Lock::acquire(const std::filesystem::path& directory, const std::string& holder) {
  const auto failed = [](const std::filesystem::path& path) {
    return fail(Code::journal_failed, fmt::format("cannot use {}: {}", path.string(), std::strerror(errno)));
  };
  if (::mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) return failed(directory);
  const std::filesystem::path file = directory / "lock";
  Lock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (lock.descriptor_ < 0) return failed(file);
  struct flock region{};
  region.l_type = F_WRLCK;
  region.l_whence = SEEK_SET;
  if (::fcntl(lock.descriptor_, F_OFD_SETLK, &region) != 0) {
    if (errno != EAGAIN && errno != EACCES) return failed(file);
    return fail(Error(Code::lock_held, fmt::format("{} is held by {}", file.string(), read_holder(lock.descriptor_))));
  }
  const std::string line = holder + "\n";
  const bool written = ::ftruncate(lock.descriptor_, 0) == 0 &&
                       ::pwrite(lock.descriptor_, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
  if (!written) return failed(file);
  return lock;
}

std::string Lock::holder(const std::filesystem::path& directory) {
  const Lock file(::open((directory / "lock").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (file.descriptor_ < 0) return {};
  struct flock region{};
  region.l_type = F_WRLCK;
  region.l_whence = SEEK_SET;
  const bool known = ::fcntl(file.descriptor_, F_OFD_GETLK, &region) == 0;
  return known && region.l_type != F_UNLCK ? read_holder(file.descriptor_) : std::string();
}

Lock::Lock(Lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Lock& Lock::operator=(Lock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Lock::~Lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace firmform::journal
