// SPDX-License-Identifier: Apache-2.0
// CurlEngine: the inside of CurlTransport. Admission and endings are in curl_admission.cc, the event loop in
// curl_engine.cc.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/http/busy_meter.h"
#include "engine/http/curl_operation.h"
#include "engine/http/curl_transport.h"

namespace firmform::http {

/// Everything happens in turn(): take events, drive libcurl, hand out results, start what may start. Nothing
/// of libcurl is called from its own callbacks; they only leave notes that the turn reads.
class CurlEngine : public std::enable_shared_from_this<CurlEngine> {
 public:
  CurlEngine(boost::asio::io_context& io, CurlTransportOptions options);

  Result<std::shared_ptr<Target>> target_of(const std::shared_ptr<const Endpoint>& endpoint);
  void submit(const OperationPtr& operation);
  void shut_down();

  [[nodiscard]] boost::asio::io_context& io() { return io_; }

 private:
  // Admission: first the BMC's own budget, then the handshakes of all.
  void start_waiting(const std::shared_ptr<Target>& target);
  [[nodiscard]] bool another_connection_pays(const Target& target) const;
  void start_handshakes();
  void start(const OperationPtr& operation);
  void handshake_over(Operation& operation);

  // Endings.
  void cancel(const OperationPtr& operation);
  void finish(const OperationPtr& operation, Result<Response> result);
  void release(Operation& operation, bool connection_is_open);
  void collect(CURL* easy, CURLcode code);
  void hand_out();

  // The event loop.
  void turn();
  void take_socket_events();
  void run_timers();
  void drain();
  [[nodiscard]] bool due(boost::asio::steady_timer::time_point now) const;
  void request_turn();
  void wait_for_events();
  void wait_for_timer();
  void stop_waiting_when_idle();

  CurlShard& shard_for(const CurlPeer& peer);
  void forget_dead_targets();
  EasyHandle take_handle();
  void keep_handle(EasyHandle handle);

  boost::asio::io_context& io_;
  CurlTransportOptions options_;
  boost::asio::posix::stream_descriptor sockets_;  ///< the epoll set of all shards; owned
  boost::asio::steady_timer timer_;
  std::optional<boost::asio::steady_timer::time_point> timer_armed_for_;
  BusyMeter meter_;
  bool waiting_for_events_ = false;
  bool turn_requested_ = false;
  bool in_turn_ = false;
  bool idle_check_posted_ = false;

  std::vector<std::unique_ptr<CurlShard>> shards_;  ///< in order of the index in epoll events
  std::map<std::string, std::vector<CurlShard*>> shards_by_trust_;
  std::unordered_map<const Endpoint*, std::shared_ptr<Target>> targets_;
  std::size_t sweep_targets_at_ = 64;

  std::unordered_map<CURL*, OperationPtr> in_flight_;
  std::deque<OperationPtr> waiting_for_handshake_;
  std::size_t handshakes_ = 0;
  std::vector<std::pair<CURL*, CURLcode>> ended_;
  std::vector<OperationPtr> finished_;
  std::vector<EasyHandle> handle_pool_;
};

}  // namespace firmform::http
