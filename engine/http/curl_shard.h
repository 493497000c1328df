// SPDX-License-Identifier: Apache-2.0
// CurlShard: one libcurl multi handle driven by socket readiness. A multi handle's bookkeeping grows faster
// than linearly beyond about 250 hosts, hence several; all of them share one epoll set.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace firmform::http {

class CurlShard {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Registers its sockets with `epoll_fd`, tagged with `index` in the upper half of the event's data and the
  /// socket in the lower half.
  CurlShard(int epoll_fd, std::uint32_t index);
  CurlShard(const CurlShard&) = delete;
  CurlShard& operator=(const CurlShard&) = delete;

  /// False when libcurl refuses the handle (out of memory).
  [[nodiscard]] bool add(CURL* easy);
  void remove(CURL* easy);
  /// Idle connections beyond this number per host are closed before new ones are opened.
  void allow_connections_per_host(long count);

  // The drivers. Neither may be called from a callback of libcurl.
  void on_socket(int socket, std::uint32_t epoll_events);
  void on_timeout();

  /// When on_timeout() is due; empty when libcurl waits for sockets only.
  [[nodiscard]] std::optional<TimePoint> deadline() const { return deadline_; }
  /// Transfers that have ended since the last call. They stay added.
  void drain(std::vector<std::pair<CURL*, CURLcode>>& ended);

 private:
  struct Cleanup {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  static int watch_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* known);
  static int set_timer(CURLM* multi, long timeout_ms, void* self);

  int epoll_fd_;
  std::uint32_t index_;
  long connections_per_host_ = 0;
  std::optional<TimePoint> deadline_;
  std::unique_ptr<CURLM, Cleanup> multi_;
};

}  // namespace firmform::http
