// SPDX-License-Identifier: Apache-2.0
// Completion: any Asio completion handler of signature void(error_code), move-only, invoked at most once.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <memory>
#include <utility>

namespace firmform::http {

class Completion {
 public:
  Completion() = default;

  template <class Handler>
  Completion(Handler handler, boost::asio::io_context& io)
      : held_(std::make_unique<Holder<Handler>>(std::move(handler), io)) {}

  [[nodiscard]] explicit operator bool() const { return held_ != nullptr; }
  /// Resumes the waiter now when on its executor, else soon.
  void dispatch(boost::system::error_code error) { std::exchange(held_, nullptr)->invoke(error, false); }
  /// Resumes the waiter from the event loop, never from within this call.
  void post(boost::system::error_code error) { std::exchange(held_, nullptr)->invoke(error, true); }

 private:
  struct HolderBase {
    virtual ~HolderBase() = default;
    virtual void invoke(boost::system::error_code error, bool later) = 0;
  };

  template <class Handler>
  struct Holder final : HolderBase {
    using Executor = boost::asio::associated_executor_t<Handler, boost::asio::io_context::executor_type>;

    Holder(Handler h, boost::asio::io_context& io)
        : work(boost::asio::get_associated_executor(h, io.get_executor())), handler(std::move(h)) {}

    void invoke(boost::system::error_code error, bool later) override {
      auto bound = [h = std::move(handler), error]() mutable { std::move(h)(error); };
      if (later) {
        boost::asio::post(work.get_executor(), std::move(bound));
      } else {
        boost::asio::dispatch(work.get_executor(), std::move(bound));
      }
    }

    boost::asio::executor_work_guard<Executor> work;  ///< keeps the loop running while someone waits
    Handler handler;
  };

  std::unique_ptr<HolderBase> held_;
};

}  // namespace firmform::http
