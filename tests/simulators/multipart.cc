// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/multipart.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "engine/base/text.h"

namespace firmform::simulators {
namespace {

/// Value of `key` in "form-data; name=\"x\"; filename=\"y\"".
std::string parameter(std::string_view header, std::string_view key) {
  for (const std::string& piece : split(header, ';')) {
    const std::string_view trimmed = trim(piece);
    const std::size_t equals = trimmed.find('=');
    if (equals == std::string_view::npos || !equals_ignoring_case(trim(trimmed.substr(0, equals)), key)) continue;
    std::string_view value = trim(trimmed.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return {};
}

void read_headers(std::string_view text, FormView& part) {
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (equals_ignoring_case(name, "Content-Type")) part.content_type = value;
    if (!equals_ignoring_case(name, "Content-Disposition")) continue;
    part.name = parameter(value, "name");
    part.filename = parameter(value, "filename");
  }
}

}  // namespace

std::optional<std::vector<FormView>> read_form(std::string_view content_type, std::string_view body) {
  if (!to_lower(content_type).starts_with("multipart/form-data")) return std::nullopt;
  const std::string boundary = parameter(content_type, "boundary");
  if (boundary.empty()) return std::nullopt;
  const std::string first = "--" + boundary;
  const std::string separator = "\r\n--" + boundary;
  if (!body.starts_with(first)) return std::nullopt;
  body.remove_prefix(first.size());
  std::vector<FormView> parts;
  while (!body.starts_with("--")) {
    if (!body.starts_with("\r\n")) return std::nullopt;
    body.remove_prefix(2);
    const std::size_t headers_end = body.find("\r\n\r\n");
    const std::size_t end = body.find(separator, headers_end);
    if (headers_end == std::string_view::npos || end == std::string_view::npos) return std::nullopt;
    FormView part;
    read_headers(body.substr(0, headers_end), part);
    // An empty part has its separator right behind the blank line, whose end belongs to both.
    part.content = end >= headers_end + 4 ? body.substr(headers_end + 4, end - headers_end - 4) : std::string_view();
    parts.push_back(std::move(part));
    body.remove_prefix(end + separator.size());
  }
  return parts;
}

Result<std::string> read_file_body(const http::FileBody& body) {
  std::ifstream stream(body.path, std::ios::binary);
  if (!stream) return fail(Code::image_unreadable, fmt::format("cannot open {}", body.path.string()));
  stream.seekg(static_cast<std::streamoff>(body.offset));
  if (!body.length) return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  std::string bytes(*body.length, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (static_cast<std::uint64_t>(stream.gcount()) == *body.length) return bytes;
  return fail(Code::image_unreadable, fmt::format("{} is shorter than it should be", body.path.string()));
}

Result<EncodedForm> write_form(const http::Form& form) {
  constexpr std::string_view kBoundary = "------------------------1771f60800cb2801";
  EncodedForm encoded{fmt::format("multipart/form-data; boundary={}", kBoundary), {}};
  for (const http::FormPart& part : form) {
    encoded.body += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"", kBoundary, part.name);
    if (!part.filename.empty()) encoded.body += fmt::format("; filename=\"{}\"", part.filename);
    encoded.body += "\r\n";
    if (!part.content_type.empty()) encoded.body += fmt::format("Content-Type: {}\r\n", part.content_type);
    encoded.body += "\r\n";
    if (const auto* text = std::get_if<std::string>(&part.body)) {
      encoded.body += *text;
    } else if (const auto* file = std::get_if<http::FileBody>(&part.body)) {
      const Result<std::string> bytes = read_file_body(*file);
      if (!bytes) return fail(bytes.error());
      encoded.body += *bytes;
    }
    encoded.body += "\r\n";
  }
  encoded.body += fmt::format("--{}--\r\n", kBoundary);
  return encoded;
}

}  // namespace firmform::simulators
