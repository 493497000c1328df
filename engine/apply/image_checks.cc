// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/image_checks.h"

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace firmform::apply {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  return time.tv_sec * kPerSecond + time.tv_nsec;
}

Task<Result<FileDigest>> digest_in_worker(std::string path) {
  co_return digest_file(path);
}

Error changed(const std::string& path) {
  return {Code::image_changed, fmt::format("{} is not the file that was planned with", path)};
}

}  // namespace

Result<ImageChecks::Stamp> ImageChecks::stamp_of(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) {
    return fail(Code::image_unreadable, fmt::format("cannot open {}: {}", path, std::strerror(errno)));
  }
  return Stamp{facts.st_dev, facts.st_ino, facts.st_size, nanoseconds(facts.st_mtim), nanoseconds(facts.st_ctim)};
}

Task<Status> ImageChecks::check(plan::Image image) {
  const auto whole = co_await digest(image.path);
  if (!whole) co_return fail(whole.error());
  if (whole->sha256 != image.sha256 || whole->size != image.size) co_return fail(changed(image.path));
  if (image.signature_path.empty()) co_return Status();
  const auto signature = co_await digest(image.signature_path);
  if (!signature) co_return fail(signature.error());
  if (signature->sha256 != image.signature_sha256) co_return fail(changed(image.signature_path));
  co_return Status();
}

Task<Result<FileDigest>> ImageChecks::digest(std::string path) {
  const auto stamp = stamp_of(path);
  if (!stamp) co_return fail(stamp.error());
  const auto [place, is_new] = entries_.try_emplace(path);
  Entry& entry = place->second;
  while (!is_new && !entry.ready) co_await hashed_.wait();
  if (!is_new && entry.stamp == *stamp) co_return entry.digest;
  entry.ready = false;
  entry.stamp = *stamp;
  Result<FileDigest> found = co_await hash(path);
  entry.digest = std::move(found);
  entry.ready = true;
  hashed_.notify();
  co_return entry.digest;
}

Task<Result<FileDigest>> ImageChecks::hash(std::string path) {
  if (workers_ == nullptr) co_return digest_file(path);
  co_return co_await boost::asio::co_spawn(*workers_, digest_in_worker(std::move(path)), boost::asio::use_awaitable);
}

}  // namespace firmform::apply
