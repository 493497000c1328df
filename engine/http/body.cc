// SPDX-License-Identifier: Apache-2.0
#include "engine/http/body.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <random>

namespace firmform::http {
namespace {

/// 128 random bits, so that it occurs in no image by chance.
std::string make_boundary() {
  std::random_device device;
  return fmt::format("firmform-{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

/// Names in Content-Disposition as browsers write them (HTML, multipart/form-data encoding algorithm).
std::string quote_name(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    switch (c) {
      case '"':
        text += "%22";
        break;
      case '\r':
        text += "%0D";
        break;
      case '\n':
        text += "%0A";
        break;
      default:
        text += c;
    }
  }
  return text + '"';
}

std::string part_head(const FormPart& part, const std::string& boundary) {
  std::string head = fmt::format("--{}\r\nContent-Disposition: form-data; name={}", boundary, quote_name(part.name));
  if (!part.filename.empty()) head += "; filename=" + quote_name(part.filename);
  head += "\r\n";
  if (!part.content_type.empty()) head += "Content-Type: " + part.content_type + "\r\n";
  return head + "\r\n";
}

}  // namespace

BodyReader::BodyReader() = default;
BodyReader::BodyReader(BodyReader&&) noexcept = default;
BodyReader& BodyReader::operator=(BodyReader&&) noexcept = default;
BodyReader::~BodyReader() = default;

Result<BodyReader> BodyReader::open(const Body& body) {
  BodyReader reader;
  Status appended;
  if (const auto* text = std::get_if<std::string>(&body)) reader.append(*text);
  if (const auto* file = std::get_if<FileBody>(&body)) appended = reader.append(*file);
  if (const auto* form = std::get_if<Form>(&body)) appended = reader.append(*form);
  if (!appended) return fail(appended.error());
  return reader;
}

void BodyReader::append(std::string text) {
  size_ += text.size();
  segments_.emplace_back(std::move(text));
}

Status BodyReader::append(const FileBody& body) {
  File file;
  file.path = body.path.string();
  file.stream.reset(std::fopen(file.path.c_str(), "rbe"));
  if (!file.stream) {
    return fail(Code::image_unreadable, fmt::format("cannot open {}: {}", file.path, std::strerror(errno)));
  }
  struct stat facts{};
  if (fstat(fileno(file.stream.get()), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return fail(Code::image_unreadable, fmt::format("{} is not a regular file", file.path));
  }
  const auto whole = static_cast<std::uint64_t>(facts.st_size);
  file.size = body.length.value_or(whole - std::min(whole, body.offset));
  if (body.offset > whole || file.size > whole - body.offset) {
    return fail(Code::image_unreadable, fmt::format("{} has {} bytes, fewer than planned", file.path, whole));
  }
  if (body.offset > 0 && fseeko(file.stream.get(), static_cast<off_t>(body.offset), SEEK_SET) != 0) {
    return fail(Code::image_unreadable, fmt::format("cannot read {}: {}", file.path, std::strerror(errno)));
  }
  size_ += file.size;
  segments_.emplace_back(std::move(file));
  return {};
}

Status BodyReader::append(const Form& form) {
  const std::string boundary = make_boundary();
  for (const FormPart& part : form) {
    append(part_head(part, boundary));
    if (const auto* text = std::get_if<std::string>(&part.body)) append(*text);
    if (const auto* file = std::get_if<FileBody>(&part.body)) {
      const Status appended = append(*file);
      if (!appended) return appended;
    }
    append(std::string("\r\n"));
  }
  append("--" + boundary + "--\r\n");
  content_type_ = "multipart/form-data; boundary=" + boundary;
  return {};
}

Result<std::size_t> BodyReader::read(char* buffer, std::size_t capacity) {
  std::size_t filled = 0;
  while (filled < capacity && current_ < segments_.size()) {
    const auto count = read_segment(segments_[current_], buffer + filled, capacity - filled);
    if (!count) return count;
    filled += *count;
    position_ += *count;
    if (*count == 0) {
      ++current_;
      position_ = 0;
    }
  }
  return filled;
}

Result<std::size_t> BodyReader::read_segment(Segment& segment, char* buffer, std::size_t capacity) {
  if (const auto* text = std::get_if<std::string>(&segment)) {
    return text->copy(buffer, capacity, static_cast<std::size_t>(position_));
  }
  File& file = std::get<File>(segment);
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, file.size - position_));
  const std::size_t count = std::fread(buffer, 1, wanted, file.stream.get());
  if (count < wanted) {
    return fail(Code::image_unreadable, fmt::format("{} became shorter while it was sent", file.path));
  }
  return count;
}

Result<EncodedBody> encode(const Body& body) {
  auto reader = BodyReader::open(body);
  if (!reader) return fail(reader.error());
  EncodedBody encoded;
  encoded.content_type = reader->content_type();
  encoded.bytes.resize(static_cast<std::size_t>(reader->size()));
  const auto count = reader->read(encoded.bytes.data(), encoded.bytes.size());
  if (!count) return fail(count.error());
  return encoded;
}

}  // namespace firmform::http
