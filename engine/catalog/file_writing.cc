// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/file_writing.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace firmform::catalog {
namespace {

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Status replace_file(const std::filesystem::path& path, std::string_view text) {
  std::string scratch = path.string() + ".XXXXXX";
  const int file = ::mkstemp(scratch.data());
  if (file < 0)
    return fail(Code::output_failed, fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
  bool good = write_all(file, text) && ::fchmod(file, 0644) == 0 && ::fsync(file) == 0;
  good = ::close(file) == 0 && good && ::rename(scratch.c_str(), path.c_str()) == 0;
  if (good) return {};
  const int reason = errno;
  ::unlink(scratch.c_str());
  return fail(Code::output_failed, fmt::format("cannot write {}: {}", path.string(), std::strerror(reason)));
}

}  // namespace firmform::catalog
