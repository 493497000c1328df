// SPDX-License-Identifier: Apache-2.0
#include "engine/http/curl_shard.h"

#include <sys/epoll.h>

#include <new>

namespace firmform::http {
namespace {

/// Idle connections kept per shard: two for each of 250 hosts and slack. The default follows the number of
/// running transfers and would close connections between two requests to the same host.
constexpr long kIdleConnections = 640;

std::uint32_t wanted_events(int what) {
  std::uint32_t events = 0;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) events |= EPOLLIN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) events |= EPOLLOUT;
  return events;
}

}  // namespace

CurlShard::CurlShard(int epoll_fd, std::uint32_t index)
    : epoll_fd_(epoll_fd), index_(index), multi_(curl_multi_init()) {
  if (!multi_) throw std::bad_alloc();
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &CurlShard::watch_socket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &CurlShard::set_timer);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kIdleConnections);
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
}

bool CurlShard::add(CURL* easy) {
  return curl_multi_add_handle(multi_.get(), easy) == CURLM_OK;
}

void CurlShard::remove(CURL* easy) {
  curl_multi_remove_handle(multi_.get(), easy);
}

void CurlShard::allow_connections_per_host(long count) {
  if (count <= connections_per_host_) return;
  connections_per_host_ = count;
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, count);
}

void CurlShard::on_socket(int socket, std::uint32_t epoll_events) {
  int action = 0;
  if ((epoll_events & (EPOLLIN | EPOLLHUP | EPOLLRDHUP)) != 0) action |= CURL_CSELECT_IN;
  if ((epoll_events & EPOLLOUT) != 0) action |= CURL_CSELECT_OUT;
  if ((epoll_events & EPOLLERR) != 0) action |= CURL_CSELECT_ERR;
  int running = 0;
  curl_multi_socket_action(multi_.get(), socket, action, &running);
}

void CurlShard::on_timeout() {
  deadline_.reset();
  int running = 0;
  curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
}

void CurlShard::drain(std::vector<std::pair<CURL*, CURLcode>>& ended) {
  int remaining = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &remaining)) {
    if (message->msg == CURLMSG_DONE) ended.emplace_back(message->easy_handle, message->data.result);
  }
}

int CurlShard::watch_socket(CURL* /*easy*/, curl_socket_t socket, int what, void* self, void* known) {
  auto& shard = *static_cast<CurlShard*>(self);
  epoll_event event{};
  event.data.u64 = (std::uint64_t{shard.index_} << 32U) | static_cast<std::uint32_t>(socket);
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(shard.epoll_fd_, EPOLL_CTL_DEL, socket, &event);
    return 0;
  }
  event.events = wanted_events(what);
  const bool modified = known != nullptr && epoll_ctl(shard.epoll_fd_, EPOLL_CTL_MOD, socket, &event) == 0;
  if (!modified) {
    epoll_ctl(shard.epoll_fd_, EPOLL_CTL_ADD, socket, &event);
    curl_multi_assign(shard.multi_.get(), socket, self);
  }
  return 0;
}

int CurlShard::set_timer(CURLM* /*multi*/, long timeout_ms, void* self) {
  auto& shard = *static_cast<CurlShard*>(self);
  if (timeout_ms < 0) {
    shard.deadline_.reset();
  } else {
    shard.deadline_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  }
  return 0;
}

}  // namespace firmform::http
