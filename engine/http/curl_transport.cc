// SPDX-License-Identifier: Apache-2.0
#include "engine/http/curl_transport.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>

#include "engine/http/curl_engine.h"

namespace firmform::http {
namespace {

namespace asio = boost::asio;

void initialize_libcurl_once() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (done != CURLE_OK) throw std::runtime_error("libcurl cannot be initialized");
}

}  // namespace

CurlTransport::CurlTransport(asio::io_context& io, CurlTransportOptions options) {
  initialize_libcurl_once();
  engine_ = std::make_shared<CurlEngine>(io, options);
}

CurlTransport::~CurlTransport() {
  engine_->shut_down();
}

Task<Result<Response>> CurlTransport::send(Request request) {
  auto target = engine_->target_of(request.endpoint);
  if (!target) co_return fail(target.error());

  const auto operation = std::make_shared<Operation>(std::move(request), std::move(*target));
  const std::shared_ptr<CurlEngine> engine = engine_;
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(boost::system::error_code)>(
      [engine, operation](auto handler) {
        operation->cancellation = asio::get_associated_cancellation_slot(handler);
        operation->completion = Completion(std::move(handler), engine->io());
        engine->submit(operation);
      },
      asio::use_awaitable);
  co_return std::move(*operation->result);
}

std::size_t shard_count(std::size_t hosts) {
  return std::clamp<std::size_t>(hosts / 250, 4, 64);
}

std::size_t raise_open_files_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlimit raised{limit.rlim_max, limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return limit.rlim_cur;
}

}  // namespace firmform::http
