// SPDX-License-Identifier: Apache-2.0
// A span for each request to a BMC, below the work that the BMC's host is at. Of the request, method, host and path;
// nothing of headers, queries and bodies.
#pragma once

#include <memory>
#include <unordered_map>

#include "engine/http/transport.h"
#include "engine/telemetry/tracer.h"

namespace firmform::telemetry {

class RequestSpans final : public http::Transport {
 public:
  /// Takes what identifies a session out of a path.
  using Redact = std::function<std::string(const std::string&)>;

  RequestSpans(std::unique_ptr<http::Transport> inner, Tracer& tracer, Redact redact);

  Task<Result<http::Response>> send(http::Request request) override;

 private:
  SpanId begin(const http::Request& request, const std::string& key);
  void end(SpanId span, const std::string& key, const Result<http::Response>& response);

  std::unique_ptr<http::Transport> inner_;
  Tracer& tracer_;
  Redact redact_;
  std::unordered_map<std::string, std::int64_t> failures_;  ///< in a row, by request; those that a client sends again
};

}  // namespace firmform::telemetry
