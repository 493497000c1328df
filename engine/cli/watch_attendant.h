// SPDX-License-Identifier: Apache-2.0
// The thread beside the one that watches: it answers for health and metrics, feeds the service manager's watchdog, and
// hears signals, whatever the watch is busy with.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "engine/watch/endpoint.h"
#include "engine/watch/pulse.h"
#include "engine/watch/service_manager.h"
#include "engine/watch/state.h"

namespace firmform::cli {

class Attendant {
 public:
  /// All outlive it.
  Attendant(watch::Board& board, watch::Pulse& pulse, watch::ServiceManager& manager);
  Attendant(const Attendant&) = delete;
  Attendant& operator=(const Attendant&) = delete;
  ~Attendant();

  /// Before start(). Fails with usage and endpoint_unavailable.
  [[nodiscard]] Status listen(const std::string& address);
  /// Where it listens; empty: nowhere.
  [[nodiscard]] std::string address() const;
  /// A stop while the watch only looks ends the process with this code.
  void start(Exit when_stopped);

  /// SIGTERM or SIGINT came. While the watch only looks, the process has ended by then: nothing was written. A second
  /// one ends it at once, which is as safe, for every intent is in the journal.
  [[nodiscard]] bool stopping() const { return stopping_; }
  /// Whether SIGHUP came since this was asked last.
  [[nodiscard]] bool take_request() { return requested_.exchange(false); }

  /// Returns after `duration` of the clock, or sooner when a signal came. For the thread that watches; keeps the pulse.
  void wait(Clock& clock, Duration duration);

 private:
  [[nodiscard]] watch::Answer answer(std::string_view path) const;
  void hear();
  void stop();
  void wake();
  void feed(Duration each);

  watch::Board& board_;
  watch::Pulse& pulse_;
  watch::ServiceManager& manager_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer watchdog_;
  std::unique_ptr<watch::Endpoint> endpoint_;
  Exit when_stopped_ = Exit::ok;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> requested_ = false;
  std::mutex mutex_;
  boost::asio::io_context* waiting_ = nullptr;  ///< the loop of wait(), guarded by mutex_
  std::thread thread_;
};

}  // namespace firmform::cli
