// SPDX-License-Identifier: Apache-2.0
// A record of everything that was asked of each host and what it answered, for support: one JSON object a line, one
// file per host and run. Secrets are left out.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/base/clock.h"
#include "engine/http/transport.h"
#include "engine/json/value.h"

namespace firmform::http {

struct TraceOptions {
  std::uint64_t max_bytes_per_host = 5U << 20U;
  std::size_t max_body_bytes = 64U << 10U;  ///< a larger JSON body is only counted
  std::size_t kept_runs = 20;
};

class TraceTransport final : public Transport {
 public:
  /// Takes secrets out of a JSON body, and out of a URL that is given as a JSON string.
  using Redact = std::function<json::Value(const json::Value&)>;
  /// Called once, when the trace cannot be written; the run goes on.
  using Warn = std::function<void(const Error&)>;

  TraceTransport(std::unique_ptr<Transport> inner, Clock& clock, Redact redact, TraceOptions options = {});

  /// From now on, writes to `directory`/`run_id`/HOST.jsonl (mode 0600), where HOST is the name by the URL of its
  /// endpoint. Traces of all but the newest runs below `directory` are removed.
  void begin(const std::filesystem::path& directory, const std::string& run_id,
             std::map<std::string, std::string> names, Warn warn);

  Task<Result<Response>> send(Request request) override;

 private:
  Task<Result<Response>> traced(Request request);
  void write(const std::string& url, const json::Value& line);
  [[nodiscard]] Status append(const std::filesystem::path& file, const std::string& text);
  [[nodiscard]] std::string file_name(const std::string& url) const;
  void give_up(const Error& error);

  std::unique_ptr<Transport> inner_;
  Clock& clock_;
  Redact redact_;
  TraceOptions options_;
  std::filesystem::path directory_;  ///< of the run; empty: nothing is traced
  std::map<std::string, std::string> names_;
  Warn warn_;
  std::set<std::filesystem::path> full_;  ///< nothing more is written to these
};

}  // namespace firmform::http
