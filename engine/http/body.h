// SPDX-License-Identifier: Apache-2.0
// Request bodies as bytes of a known length. Forms are encoded here and not by curl_mime, which invents a
// Content-Type from a part's file name; iLO and bmcweb look at that header, and some parts must have none.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/http/message.h"

namespace firmform::http {

/// A body on its way out: texts and files one after the other, read in constant memory.
class BodyReader {
 public:
  /// Opens every file, so that a body that cannot be read fails before anything is sent: image_unreadable.
  [[nodiscard]] static Result<BodyReader> open(const Body& body);

  BodyReader(BodyReader&&) noexcept;
  BodyReader& operator=(BodyReader&&) noexcept;
  ~BodyReader();

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// "multipart/form-data; boundary=…" for forms, else empty.
  [[nodiscard]] const std::string& content_type() const { return content_type_; }
  /// Fills `buffer` with up to `capacity` bytes; 0 at the end. Fails when a file became shorter meanwhile.
  [[nodiscard]] Result<std::size_t> read(char* buffer, std::size_t capacity);

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct File {
    std::unique_ptr<std::FILE, CloseFile> stream;
    std::string path;
    std::uint64_t size = 0;
  };
  using Segment = std::variant<std::string, File>;

  BodyReader();
  void append(std::string text);
  [[nodiscard]] Status append(const FileBody& file);
  [[nodiscard]] Status append(const Form& form);
  [[nodiscard]] Result<std::size_t> read_segment(Segment& segment, char* buffer, std::size_t capacity);

  std::vector<Segment> segments_;
  std::size_t current_ = 0;     ///< segment that is read
  std::uint64_t position_ = 0;  ///< in that segment
  std::uint64_t size_ = 0;
  std::string content_type_;
};

/// The whole body in memory and its Content-Type (empty when the body has none of its own), for transports
/// that have no socket.
struct EncodedBody {
  std::string bytes;
  std::string content_type;
};
[[nodiscard]] Result<EncodedBody> encode(const Body& body);

}  // namespace firmform::http
