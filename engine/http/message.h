// SPDX-License-Identifier: Apache-2.0
// HTTP requests and responses as values. No library types, so that fakes are as easy as the real thing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/clock.h"

namespace firmform::http {

enum class Method { get, head, post, patch, put, delete_ };

[[nodiscard]] std::string_view to_string(Method method);
/// "GET" …; empty for anything else.
[[nodiscard]] std::optional<Method> parse_method(std::string_view text);

/// Header fields in order of arrival; names compare without regard to case.
class Headers {
 public:
  void add(std::string name, std::string value);
  void set(std::string name, std::string value);  ///< replaces all of that name
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }
  [[nodiscard]] bool empty() const { return fields_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Bytes of a file, or of a part of it, streamed from disk while they are sent.
struct FileBody {
  std::filesystem::path path;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;  ///< absent: up to the end of the file
};

/// One part of a multipart/form-data body. Empty filename or content_type: the header is left out.
struct FormPart {
  std::string name;
  std::string filename;
  std::string content_type;
  std::variant<std::string, FileBody> body;
};

using Form = std::vector<FormPart>;
using Body = std::variant<std::monostate, std::string, FileBody, Form>;

/// How the peer's identity is checked. With `pin_sha256` only the pinned key is trusted (chain and name
/// are not looked at); with `verify` false nothing is checked.
struct TlsOptions {
  bool verify = true;
  std::optional<std::filesystem::path> ca_file;  ///< instead of the system store
  std::optional<std::string> pin_sha256;  ///< base64 or 64 hex digits of SHA-256 over the peer's public key (SPKI, DER)
  bool operator==(const TlsOptions&) const = default;
};

/// One BMC as a connection target; requests to the same Endpoint object share its connection budget.
struct Endpoint {
  std::string url;  ///< scheme://host[:port], no path
  TlsOptions tls;
  int max_connections = 2;
};

struct Deadlines {
  Duration connect = std::chrono::seconds(10);  ///< TCP and TLS
  Duration idle = std::chrono::seconds(60);     ///< no byte in either direction
  Duration total = std::chrono::seconds(180);   ///< whole request, waiting for a connection slot excluded
};

struct Request {
  Method method = Method::get;
  std::shared_ptr<const Endpoint> endpoint;
  std::string target;  ///< path and query, beginning with '/'
  Headers headers;
  Body body;
  Deadlines deadlines;
  std::size_t max_response_bytes = 16U << 20U;
  bool fresh_connection = false;  ///< do not reuse a kept-alive connection
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
};

}  // namespace firmform::http
