// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/request_log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

#include "engine/base/text.h"
#include "engine/base/time_text.h"

namespace firmform::cli {
namespace {

std::shared_ptr<spdlog::logger> make_logger() {
  const char* level = std::getenv("FIRMFORM_LOG");
  if (level == nullptr || spdlog::level::from_str(to_lower(level)) > spdlog::level::debug) return nullptr;
  const char* path = std::getenv("FIRMFORM_LOG_PATH");
  spdlog::sink_ptr sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
  if (path != nullptr) {
    try {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_st>(path);
    } catch (const spdlog::spdlog_ex&) {
      std::fputs("FIRMFORM_LOG_PATH cannot be written; the log goes to standard error.\n", stderr);
    }
  }
  auto logger = std::make_shared<spdlog::logger>("firmform", sink);
  logger->set_level(spdlog::level::debug);
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  logger->flush_on(spdlog::level::debug);
  return logger;
}

class LoggingTransport final : public http::Transport {
 public:
  LoggingTransport(std::unique_ptr<http::Transport> inner, Clock& clock, std::shared_ptr<spdlog::logger> logger)
      : inner_(std::move(inner)), clock_(clock), logger_(std::move(logger)) {}

  Task<Result<http::Response>> send(http::Request request) override {
    const std::string what = fmt::format("{} {}{}", http::to_string(request.method), request.endpoint->url, request.target);
    const SteadyTime begin = clock_.steady_now();
    Result<http::Response> response = co_await inner_->send(std::move(request));
    const std::string elapsed = to_text(clock_.steady_now() - begin);
    if (response) {
      logger_->debug("{}: {} in {}", printable(what), response->status, elapsed);
    } else {
      logger_->debug("{}: {} in {}", printable(what), printable(response.error().one_line()), elapsed);
    }
    co_return response;
  }

 private:
  std::unique_ptr<http::Transport> inner_;
  Clock& clock_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace

std::unique_ptr<http::Transport> with_request_log(std::unique_ptr<http::Transport> transport, Clock& clock) {
  auto logger = make_logger();
  if (!logger) return transport;
  return std::make_unique<LoggingTransport>(std::move(transport), clock, std::move(logger));
}

}  // namespace firmform::cli
