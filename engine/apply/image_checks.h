// SPDX-License-Identifier: Apache-2.0
// ImageChecks: that files are still those that were planned with, found out once per file and run.
#pragma once

#include <boost/asio/thread_pool.hpp>

#include <cstdint>
#include <map>
#include <string>

#include "engine/apply/sync.h"
#include "engine/base/digest.h"
#include "engine/plan/plan.h"

namespace firmform::apply {

class ImageChecks {
 public:
  /// Hashes on `workers`; without them on the loop's own thread, which stands still meanwhile.
  explicit ImageChecks(boost::asio::thread_pool* workers) : workers_(workers) {}

  /// File and signature as a whole. Fails with image_changed and image_unreadable. A file that was written to since
  /// it was hashed is hashed again.
  Task<Status> check(plan::Image image);

 private:
  /// What a file's bytes cannot change without, short of malice.
  struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const Stamp&) const = default;
  };
  struct Entry {
    Stamp stamp;
    bool ready = false;
    Result<FileDigest> digest = FileDigest();
  };

  [[nodiscard]] static Result<Stamp> stamp_of(const std::string& path);
  Task<Result<FileDigest>> digest(std::string path);
  Task<Result<FileDigest>> hash(std::string path);

  boost::asio::thread_pool* workers_;
  std::map<std::string, Entry> entries_;  ///< by path
  Signal hashed_;
};

}  // namespace firmform::apply
