// SPDX-License-Identifier: Apache-2.0
#include "engine/http/curl_engine.h"

#include <boost/asio/post.hpp>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace firmform::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Timer = asio::steady_timer;

/// Events taken from the epoll set in one go.
constexpr std::size_t kEventBatch = 256;
/// After so many rounds without a pause, other work of the event loop gets its turn.
constexpr int kRoundsPerTurn = 16;

/// Marks the time in which a turn runs, also when a resumed coroutine throws.
class InTurn {
 public:
  explicit InTurn(bool& flag) : flag_(flag) { flag_ = true; }
  InTurn(const InTurn&) = delete;
  InTurn& operator=(const InTurn&) = delete;
  ~InTurn() { flag_ = false; }

 private:
  bool& flag_;
};

int make_epoll_set() {
  const int fd = epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}

}  // namespace

CurlEngine::CurlEngine(asio::io_context& io, CurlTransportOptions options)
    : io_(io), options_(options), sockets_(io, make_epoll_set()), timer_(io) {
  options_.max_handshakes = std::max<std::size_t>(1, options_.max_handshakes);
}

void CurlEngine::turn() {
  turn_requested_ = false;
  meter_.begin(Timer::clock_type::now());
  bool more = true;
  for (int round = 0; more && round < kRoundsPerTurn; ++round) {
    const InTurn mark(in_turn_);
    take_socket_events();
    run_timers();
    drain();
    hand_out();
    start_handshakes();
    more = !finished_.empty() || due(Timer::clock_type::now());
  }
  meter_.end(Timer::clock_type::now());
  if (more) {
    request_turn();
  } else if (in_flight_.empty()) {
    stop_waiting_when_idle();
  } else {
    wait_for_events();
    wait_for_timer();
  }
}

void CurlEngine::take_socket_events() {
  std::array<epoll_event, kEventBatch> events;
  int count = 0;
  do {
    count = epoll_wait(sockets_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      shards_[event.data.u64 >> 32U]->on_socket(static_cast<int>(event.data.u64 & 0xffff'ffffU), event.events);
    }
  } while (count == static_cast<int>(events.size()));
}

void CurlEngine::run_timers() {
  const auto now = Timer::clock_type::now();
  for (const auto& shard : shards_) {
    if (shard->deadline() && *shard->deadline() <= now) shard->on_timeout();
  }
}

void CurlEngine::drain() {
  for (const auto& shard : shards_) shard->drain(ended_);
  for (const auto& [easy, code] : ended_) collect(easy, code);
  ended_.clear();
}

bool CurlEngine::due(Timer::time_point now) const {
  return std::ranges::any_of(shards_,
                             [&](const auto& shard) { return shard->deadline() && *shard->deadline() <= now; });
}

void CurlEngine::request_turn() {
  if (in_turn_ || std::exchange(turn_requested_, true)) return;
  asio::post(io_, [self = weak_from_this()] {
    if (const auto engine = self.lock()) engine->turn();
  });
}

void CurlEngine::wait_for_events() {
  if (std::exchange(waiting_for_events_, true)) return;
  sockets_.async_wait(asio::posix::stream_descriptor::wait_read, [self = weak_from_this()](error_code error) {
    const auto engine = self.lock();
    if (!engine) return;
    engine->waiting_for_events_ = false;
    if (!error || !engine->in_flight_.empty()) engine->turn();
  });
}

void CurlEngine::wait_for_timer() {
  std::optional<Timer::time_point> earliest;
  for (const auto& shard : shards_) {
    if (shard->deadline() && (!earliest || *shard->deadline() < *earliest)) earliest = shard->deadline();
  }
  if (!earliest || (timer_armed_for_ && *timer_armed_for_ <= *earliest)) return;
  timer_armed_for_ = earliest;
  timer_.expires_at(*earliest);
  timer_.async_wait([self = weak_from_this()](error_code error) {
    const auto engine = self.lock();
    if (!engine || error) return;  // re-armed for an earlier time, or idle
    engine->timer_armed_for_.reset();
    engine->turn();
  });
}

/// Pending waits would keep io_context::run() from ending. Checked a little later, because mostly the waiter
/// that was just resumed sends its next request.
void CurlEngine::stop_waiting_when_idle() {
  if (std::exchange(idle_check_posted_, true)) return;
  asio::post(io_, [self = weak_from_this()] {
    const auto engine = self.lock();
    if (!engine) return;
    engine->idle_check_posted_ = false;
    if (!engine->in_flight_.empty()) return;
    error_code ignored;
    engine->sockets_.cancel(ignored);
    engine->timer_.cancel();
    engine->timer_armed_for_.reset();
  });
}

}  // namespace firmform::http
