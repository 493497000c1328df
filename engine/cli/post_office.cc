// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/post_office.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <thread>

#include "engine/cli/request_log.h"
#include "engine/http/curl_transport.h"
#include "engine/notify/outbox.h"

namespace firmform::cli {

/// What the thread uses; all but the two public functions belongs to it once it runs.
class PostOffice::Impl {
 public:
  Impl(const std::filesystem::path& directory, std::vector<notify::Receiver> receivers)
      : transport_(with_request_log(
            std::make_unique<http::CurlTransport>(loop_, http::CurlTransportOptions{.expected_hosts = 1}), clock_)),
        secrets_(directory),
        outbox_(loop_.get_executor(), clock_,
                std::make_shared<notify::Notifier>(*transport_, clock_, secrets_, std::move(receivers))),
        thread_([this] { loop_.run(); }) {}

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    loop_.stop();
    thread_.join();
  }

  void post(notify::Event event) {
    boost::asio::post(loop_, [this, event = std::move(event)]() mutable { outbox_.post(std::move(event)); });
  }

  std::vector<Error> finish(Duration patience) {
    return boost::asio::co_spawn(loop_, outbox_.finish(patience), boost::asio::use_future).get();
  }

 private:
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
  SystemClock clock_;  ///< receivers do not live at the pace of a lab
  std::unique_ptr<http::Transport> transport_;
  apply::Secrets secrets_;
  notify::Outbox outbox_;
  std::thread thread_;
};

PostOffice::PostOffice(const std::filesystem::path& directory, std::vector<notify::Receiver> receivers)
    : impl_(std::make_unique<Impl>(directory, std::move(receivers))) {}

PostOffice::~PostOffice() = default;

void PostOffice::post(notify::Event event) {
  impl_->post(std::move(event));
}

std::vector<Error> PostOffice::finish(Duration patience) {
  return impl_->finish(patience);
}

}  // namespace firmform::cli
