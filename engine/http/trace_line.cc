// SPDX-License-Identifier: Apache-2.0
#include "engine/http/trace_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "engine/base/text.h"

namespace firmform::http {
namespace {

using json::Object;
using json::Value;
using Redact = std::function<Value(const Value&)>;

constexpr std::string_view kRedacted = "REDACTED";

/// Values of these headers and form parts open sessions.
bool is_secret(std::string_view name) {
  constexpr std::array<std::string_view, 7> kSecrets = {"x-auth-token", "authorization", "cookie",   "set-cookie",
                                                        "sessionkey",   "password",      "x-api-key"};
  return std::ranges::find(kSecrets, to_lower(name)) != kSecrets.end();
}

/// A URL or a short text, through the same rules as the texts of a JSON body.
Value redacted_text(const std::string& text, const Redact& redact) {
  return redact(Value(printable(text)));
}

Object headers_json(const Headers& headers, const Redact& redact) {
  Object object;
  for (const auto& [name, value] : headers) {
    object.set(printable(name), is_secret(name) ? Value(kRedacted) : redacted_text(value, redact));
  }
  return object;
}

/// JSON is shown redacted; of anything else only the size, for nobody knows what it holds.
Value body_json(const std::string& body, const Redact& redact, std::size_t max_body_bytes) {
  if (body.empty()) return {};
  if (body.size() <= max_body_bytes) {
    if (const auto parsed = json::parse(body); parsed && (parsed->is_object() || parsed->is_array())) {
      return redact(*parsed);
    }
  }
  return Object{{"bytes", std::uint64_t{body.size()}}};
}

std::uint64_t size_of(const FileBody& file) {
  if (file.length) return *file.length;
  std::error_code problem;
  const std::uintmax_t size = std::filesystem::file_size(file.path, problem);
  return problem || size < file.offset ? 0 : size - file.offset;
}

Value file_json(const FileBody& file) {
  Object object{{"file", file.path.filename().string()}, {"bytes", size_of(file)}};
  if (file.offset > 0) object.append("offset", file.offset);
  return object;
}

Value part_json(const FormPart& part, const Redact& redact, std::size_t max_body_bytes) {
  Object object{{"name", part.name}};
  if (!part.filename.empty()) object.append("filename", part.filename);
  if (const auto* file = std::get_if<FileBody>(&part.body)) {
    object.append("body", file_json(*file));
  } else {
    const std::string& text = std::get<std::string>(part.body);
    object.append("body", is_secret(part.name) ? Value(kRedacted) : body_json(text, redact, max_body_bytes));
  }
  return object;
}

Value request_body_json(const Body& body, const Redact& redact, std::size_t max_body_bytes) {
  if (const auto* text = std::get_if<std::string>(&body)) return body_json(*text, redact, max_body_bytes);
  if (const auto* file = std::get_if<FileBody>(&body)) return file_json(*file);
  if (const auto* form = std::get_if<Form>(&body)) {
    json::Array parts;
    for (const FormPart& part : *form) parts.push_back(part_json(part, redact, max_body_bytes));
    return parts;
  }
  return {};
}

}  // namespace

Object trace_of(const Request& request, const Redact& redact, std::size_t max_body_bytes) {
  Object object{{"method", to_string(request.method)},
                {"target", redacted_text(request.target, redact)},
                {"request_headers", headers_json(request.headers, redact)}};
  Value body = request_body_json(request.body, redact, max_body_bytes);
  if (!body.is_null()) object.append("request_body", std::move(body));
  return object;
}

Object trace_of(const Result<Response>& response, const Redact& redact, std::size_t max_body_bytes) {
  if (!response) return {{"error", redacted_text(response.error().one_line(), redact)}};
  Object object{{"status", response->status},
                {"response_headers", headers_json(response->headers, redact)},
                {"response_bytes", std::uint64_t{response->body.size()}}};
  Value body = body_json(response->body, redact, max_body_bytes);
  if (!body.is_null()) object.append("response_body", std::move(body));
  return object;
}

}  // namespace firmform::http
