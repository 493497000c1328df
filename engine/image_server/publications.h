// SPDX-License-Identifier: Apache-2.0
// What the image server offers: parts of files, each under a path of its own that nobody can guess.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/apply/image_publisher.h"

namespace firmform::image_server {

/// An open regular file. It stays the file that it is, whatever happens to its name.
class File {
 public:
  /// Fails with image_unreadable.
  [[nodiscard]] static Result<std::shared_ptr<const File>> open(const std::string& path);
  File(int descriptor, std::uint64_t size, std::string identity);
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Device, inode and time of the last change.
  [[nodiscard]] const std::string& identity() const { return identity_; }
  /// Up to `count` bytes from `offset`; 0 at the end and when it cannot be read.
  [[nodiscard]] std::size_t read(char* buffer, std::size_t count, std::uint64_t offset) const;
  /// Asks the kernel to read ahead, so that read() finds the bytes in memory.
  void expect(std::uint64_t offset, std::uint64_t count) const;

 private:
  int descriptor_;
  std::uint64_t size_;
  std::string identity_;
};

struct Offer {
  std::string token;  ///< 128 random bits in hexadecimal
  std::string name;   ///< last segment of its path
  std::shared_ptr<const File> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string etag;
  apply::OnFetch on_fetch;
  std::uint64_t fetched = 0;  ///< the end of what was sent so far

  /// Takes note that the bytes up to `end` were sent.
  void sent_up_to(std::uint64_t end);
};

class Publications {
 public:
  struct Paths {
    std::string image;      ///< "/TOKEN/NAME", percent-encoded
    std::string signature;  ///< empty when there is none
  };
  /// Offering the same to the same host again gives the same paths. Fails with image_unreadable.
  [[nodiscard]] Result<Paths> add(const plan::Image& image, const std::string& host, apply::OnFetch on_fetch);

  /// What a request's target names; null when there is nothing. Takes as long for a wrong token as for a right one.
  [[nodiscard]] std::shared_ptr<Offer> find(std::string_view target) const;

 private:
  struct Part {
    std::string path;
    std::string name;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;  ///< 0: all of it
  };
  [[nodiscard]] Result<std::string> add_part(const Part& part, const std::string& host, apply::OnFetch on_fetch);
  [[nodiscard]] Result<std::shared_ptr<const File>> open_shared(const std::string& path);

  std::map<std::string, std::shared_ptr<Offer>> offers_;  ///< by host and part
  std::map<std::string, std::weak_ptr<const File>> files_;
};

/// As a segment of a URL's path, and back; the way back is empty when the text is malformed.
[[nodiscard]] std::string percent_encoded(std::string_view text);
[[nodiscard]] std::string percent_decoded(std::string_view text);

}  // namespace firmform::image_server
