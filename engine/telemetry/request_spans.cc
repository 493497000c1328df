// SPDX-License-Identifier: Apache-2.0
// Attributes as in https://opentelemetry.io/docs/specs/semconv/http/http-spans/
#include "engine/telemetry/request_spans.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace firmform::telemetry {
namespace {

constexpr std::size_t kMostFailures = 10'000;

/// scheme://host[:port]
struct Server {
  std::string scheme;
  std::string host;
  std::int64_t port = 0;
};

Server server_of(const std::string& url) {
  const std::size_t colon = std::min(url.find("://"), url.size());
  Server server{.scheme = url.substr(0, colon), .host = {}, .port = url.starts_with("https") ? 443 : 80};
  server.host = colon == url.size() ? url : url.substr(colon + 3);
  const std::size_t port = server.host.rfind(':');
  if (port == std::string::npos || server.host.ends_with(']')) return server;
  std::from_chars(server.host.data() + port + 1, server.host.data() + server.host.size(), server.port);
  server.host.resize(port);
  return server;
}

Attributes attributes_of(const http::Request& request, const std::string& path) {
  const Server server = server_of(request.endpoint->url);
  return {{"http.request.method", std::string(http::to_string(request.method))},
          {"url.scheme", server.scheme},
          {"server.address", server.host},
          {"server.port", server.port},
          {"url.path", path},
          {"url.full", request.endpoint->url + path}};
}

/// "FF0403"
std::string code_text(Code code) {
  return fmt::format("FF{:04}", static_cast<int>(code));
}

bool is_sent_again(int status) {
  return status == 401 || status == 429 || status >= 500;
}

}  // namespace

RequestSpans::RequestSpans(std::unique_ptr<http::Transport> inner, Tracer& tracer, Redact redact)
    : inner_(std::move(inner)), tracer_(tracer), redact_(std::move(redact)) {}

Task<Result<http::Response>> RequestSpans::send(http::Request request) {
  const std::string key =
      fmt::format("{} {}{}", http::to_string(request.method), request.endpoint->url, request.target);
  const SpanId span = begin(request, key);
  Result<http::Response> response = co_await inner_->send(std::move(request));
  end(span, key, response);
  co_return response;
}

SpanId RequestSpans::begin(const http::Request& request, const std::string& key) {
  const std::string path = redact_(request.target.substr(0, request.target.find_first_of("?#")));
  const SpanId span = tracer_.begin(std::string(http::to_string(request.method)), tracer_.scope(request.endpoint->url),
                                    attributes_of(request, path), SpanKind::client);
  const auto failed = failures_.find(key);
  if (failed != failures_.end()) tracer_.set(span, "http.request.resend_count", failed->second);
  return span;
}

void RequestSpans::end(SpanId span, const std::string& key, const Result<http::Response>& response) {
  const bool failed = !response || is_sent_again(response->status);
  if (!failed) failures_.erase(key);
  if (failed && (failures_.size() < kMostFailures || failures_.contains(key))) ++failures_[key];
  if (!response) {
    tracer_.set(span, "error.type", code_text(response.error().code()));
    tracer_.fail(span, redact_(response.error().message()));
  } else {
    tracer_.set(span, "http.response.status_code", std::int64_t{response->status});
    if (response->status >= 400) {
      tracer_.set(span, "error.type", std::to_string(response->status));
      tracer_.fail(span, {});
    }
  }
  tracer_.end(span);
}

}  // namespace firmform::telemetry
