// SPDX-License-Identifier: Apache-2.0
#include "engine/http/curl_transport.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/epoll.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <map>
#include <system_error>
#include <unordered_map>

#include "engine/http/completion.h"
#include "engine/http/curl_shard.h"
#include "engine/http/curl_transfer.h"

namespace firmform::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Timer = asio::steady_timer;

/// Events taken from the epoll set in one go.
constexpr std::size_t kEventBatch = 256;
/// After so many rounds without a pause, other work of the event loop gets its turn.
constexpr int kRoundsPerTurn = 16;
/// Easy handles kept for reuse; each holds some buffers.
constexpr std::size_t kPooledHandles = 256;

struct Operation;
using OperationPtr = std::shared_ptr<Operation>;

/// Another connection to the same host costs both sides a TLS handshake, 30 to 400 ms of a BMC's CPU. It pays
/// only where replies take their time; BMCs do, proxies and labs on loopback may not.
constexpr std::chrono::microseconds kReplyTimeWorthAConnection = std::chrono::milliseconds(20);

/// What is known of one Endpoint object: its budget and who waits for it.
struct Target {
  /// Follows quick replies at once and slow ones slowly, so that one slow resource does not count for much.
  void learn(std::chrono::microseconds sample) {
    reply_time = reply_time ? std::min(sample, *reply_time + (sample - *reply_time) / 8) : sample;
  }
  [[nodiscard]] bool another_connection_pays() const {
    return active == 0 || active_writes > 0 || !reply_time || *reply_time >= kReplyTimeWorthAConnection;
  }

  std::weak_ptr<const Endpoint> endpoint;  ///< expired: nobody can send to it any more
  std::shared_ptr<const CurlPeer> peer;
  CurlShard* shard = nullptr;
  int budget = 1;
  int active = 0;                                       ///< requests that hold a connection or wait for a handshake
  int active_writes = 0;                                ///< of these, such as uploads: reads do not wait for them
  int idle = 0;                                         ///< connections believed to be open and unused
  std::optional<std::chrono::microseconds> reply_time;  ///< from the request sent to the first byte back
  std::deque<OperationPtr> waiting;
};

enum class Phase { waiting_for_connection, waiting_for_handshake, in_flight, finished };

/// One send() from its start to its end.
struct Operation {
  Operation(Request request, std::shared_ptr<Target> to)
      : transfer(std::move(request), to->peer), target(std::move(to)) {}

  CurlTransfer transfer;
  std::shared_ptr<Target> target;
  Phase phase = Phase::waiting_for_connection;
  bool holds_handshake = false;
  Completion completion;
  asio::cancellation_slot cancellation;
  std::optional<Result<Response>> result;
};

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

void initialize_libcurl_once() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (done != CURLE_OK) throw std::runtime_error("libcurl cannot be initialized");
}

int make_epoll_set() {
  const int fd = epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}

}  // namespace

/// Everything happens in turn(): take events, drive libcurl, hand out results, start what may start. Nothing
/// of libcurl is called from its own callbacks; they only leave notes that the turn reads.
class CurlTransport::Impl : public std::enable_shared_from_this<CurlTransport::Impl> {
 public:
  Impl(asio::io_context& io, CurlTransportOptions options)
      : io_(io),
        options_{options.expected_hosts, std::max<std::size_t>(1, options.max_handshakes)},
        sockets_(io, make_epoll_set()),
        timer_(io) {}

  Result<std::shared_ptr<Target>> target_of(const std::shared_ptr<const Endpoint>& endpoint);
  void submit(const OperationPtr& operation);
  void shut_down();

  [[nodiscard]] asio::io_context& io() { return io_; }

 private:
  // Admission: first the BMC's own budget, then the handshakes of all.
  void start_waiting(const std::shared_ptr<Target>& target);
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
  [[nodiscard]] bool due(Timer::time_point now) const;
  void request_turn();
  void wait_for_events();
  void wait_for_timer();
  void stop_waiting_when_idle();

  CurlShard& shard_for(const CurlPeer& peer);
  void forget_dead_targets();
  EasyHandle take_handle();
  void keep_handle(EasyHandle handle);

  asio::io_context& io_;
  CurlTransportOptions options_;
  asio::posix::stream_descriptor sockets_;  ///< the epoll set of all shards; owned
  Timer timer_;
  std::optional<Timer::time_point> timer_armed_for_;
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

// --- targets and shards ---------------------------------------------------------------------------------

Result<std::shared_ptr<Target>> CurlTransport::Impl::target_of(const std::shared_ptr<const Endpoint>& endpoint) {
  const auto known = targets_.find(endpoint.get());
  if (known != targets_.end() && !known->second->endpoint.expired()) return known->second;

  auto peer = make_peer(*endpoint);
  if (!peer) return fail(peer.error());
  if (targets_.size() >= sweep_targets_at_) forget_dead_targets();
  auto target = std::make_shared<Target>();
  target->endpoint = endpoint;
  target->shard = &shard_for(*peer);
  target->budget = std::max(1, endpoint->max_connections);
  target->shard->allow_connections_per_host(target->budget);
  target->peer = std::make_shared<const CurlPeer>(std::move(*peer));
  targets_[endpoint.get()] = target;
  return target;
}

void CurlTransport::Impl::forget_dead_targets() {
  std::erase_if(targets_, [](const auto& entry) { return entry.second->endpoint.expired(); });
  sweep_targets_at_ = std::max<std::size_t>(64, 2 * targets_.size());
}

/// libcurl keeps one parsed CA file per multi handle, so endpoints that trust different files never share one.
CurlShard& CurlTransport::Impl::shard_for(const CurlPeer& peer) {
  auto& group = shards_by_trust_[peer.verify ? peer.ca_file : std::string("none")];
  group.resize(shard_count(options_.expected_hosts), nullptr);
  CurlShard*& shard = group[std::hash<std::string>()(peer.url) % group.size()];
  if (shard == nullptr) {
    shards_.push_back(
        std::make_unique<CurlShard>(sockets_.native_handle(), static_cast<std::uint32_t>(shards_.size())));
    shard = shards_.back().get();
  }
  return *shard;
}

EasyHandle CurlTransport::Impl::take_handle() {
  if (handle_pool_.empty()) return EasyHandle(curl_easy_init());
  EasyHandle handle = std::move(handle_pool_.back());
  handle_pool_.pop_back();
  return handle;
}

void CurlTransport::Impl::keep_handle(EasyHandle handle) {
  if (handle && handle_pool_.size() < kPooledHandles) handle_pool_.push_back(std::move(handle));
}

// --- admission ------------------------------------------------------------------------------------------

void CurlTransport::Impl::submit(const OperationPtr& operation) {
  if (operation->cancellation.is_connected()) {
    operation->cancellation.assign(
        [self = weak_from_this(), weak = std::weak_ptr<Operation>(operation)](asio::cancellation_type) {
          const auto impl = self.lock();
          const auto cancelled = weak.lock();
          if (impl && cancelled) impl->cancel(cancelled);
        });
  }
  operation->target->waiting.push_back(operation);
  start_waiting(operation->target);
  request_turn();
}

void CurlTransport::Impl::start_waiting(const std::shared_ptr<Target>& target) {
  while (target->active < target->budget && !target->waiting.empty()) {
    const bool reuses = target->idle > 0 && !target->waiting.front()->transfer.request().fresh_connection;
    if (!reuses && !target->another_connection_pays()) break;
    const OperationPtr operation = std::move(target->waiting.front());
    target->waiting.pop_front();
    ++target->active;
    if (operation->transfer.is_write()) ++target->active_writes;
    if (reuses) {
      --target->idle;
      start(operation);
    } else {
      operation->phase = Phase::waiting_for_handshake;
      waiting_for_handshake_.push_back(operation);
    }
  }
  start_handshakes();
}

void CurlTransport::Impl::start_handshakes() {
  while (handshakes_ < options_.max_handshakes && !waiting_for_handshake_.empty()) {
    const OperationPtr operation = std::move(waiting_for_handshake_.front());
    waiting_for_handshake_.pop_front();
    ++handshakes_;
    operation->holds_handshake = true;
    start(operation);
  }
}

void CurlTransport::Impl::start(const OperationPtr& operation) {
  operation->phase = Phase::in_flight;
  // Runs inside libcurl, hence only a note: the turn starts whoever waits for the handshake.
  operation->transfer.on_connected = [this, raw = operation.get()] { handshake_over(*raw); };
  const Status prepared = operation->transfer.prepare(take_handle());
  if (!prepared) {
    release(*operation, false);
    finish(operation, fail(prepared.error()));
    return;
  }
  in_flight_[operation->transfer.easy()] = operation;
  if (!operation->target->shard->add(operation->transfer.easy())) throw std::bad_alloc();
}

void CurlTransport::Impl::handshake_over(Operation& operation) {
  if (!std::exchange(operation.holds_handshake, false)) return;
  --handshakes_;
}

// --- endings --------------------------------------------------------------------------------------------

void CurlTransport::Impl::cancel(const OperationPtr& operation) {
  switch (operation->phase) {
    case Phase::waiting_for_connection:
      std::erase(operation->target->waiting, operation);
      break;
    case Phase::waiting_for_handshake:
      std::erase(waiting_for_handshake_, operation);
      release(*operation, false);
      break;
    case Phase::in_flight:
      operation->target->shard->remove(operation->transfer.easy());
      in_flight_.erase(operation->transfer.easy());
      release(*operation, false);
      break;
    case Phase::finished:
      return;  // too late: the result is on its way
  }
  operation->phase = Phase::finished;
  operation->completion.post(asio::error::operation_aborted);
  start_waiting(operation->target);
  request_turn();
}

void CurlTransport::Impl::finish(const OperationPtr& operation, Result<Response> result) {
  operation->phase = Phase::finished;
  operation->result.emplace(std::move(result));
  finished_.push_back(operation);
}

/// Gives back the places in the budgets and the easy handle. Whoever waits for them is started by the turn.
void CurlTransport::Impl::release(Operation& operation, bool connection_is_open) {
  handshake_over(operation);
  --operation.target->active;
  if (operation.transfer.is_write()) --operation.target->active_writes;
  if (connection_is_open) ++operation.target->idle;
  if (operation.transfer.easy() != nullptr) keep_handle(operation.transfer.release());
}

void CurlTransport::Impl::collect(CURL* easy, CURLcode code) {
  const auto found = in_flight_.find(easy);
  const OperationPtr operation = std::move(found->second);
  in_flight_.erase(found);
  auto result = operation->transfer.outcome(code);
  if (result) operation->target->learn(operation->transfer.reply_time());
  const bool reusable = code == CURLE_OK && operation->transfer.connection_reusable();
  operation->target->shard->remove(easy);
  release(*operation, reusable);
  finish(operation, std::move(result));
}

/// Resumes the waiters. They may send again at once, which is why the list is taken first.
void CurlTransport::Impl::hand_out() {
  const std::vector<OperationPtr> finished = std::exchange(finished_, {});
  for (const OperationPtr& operation : finished) {
    start_waiting(operation->target);
    if (operation->cancellation.is_connected()) operation->cancellation.clear();
    operation->completion.dispatch({});
  }
}

/// Coroutines that still wait are destroyed with their handlers; what they own may call back into nothing here.
void CurlTransport::Impl::shut_down() {
  for (const auto& [easy, operation] : in_flight_) operation->target->shard->remove(easy);
  std::vector<OperationPtr> abandoned;
  for (auto& [easy, operation] : in_flight_) abandoned.push_back(operation);
  for (auto& operation : waiting_for_handshake_) abandoned.push_back(operation);
  for (auto& operation : finished_) abandoned.push_back(operation);
  for (auto& [endpoint, target] : targets_) {
    for (auto& operation : target->waiting) abandoned.push_back(operation);
    target->waiting.clear();
  }
  in_flight_.clear();
  waiting_for_handshake_.clear();
  finished_.clear();
  for (const OperationPtr& operation : abandoned) {
    if (operation->cancellation.is_connected()) operation->cancellation.clear();
    operation->phase = Phase::finished;
    operation->completion = {};
  }
  error_code ignored;
  sockets_.cancel(ignored);
  timer_.cancel();
}

// --- the event loop -------------------------------------------------------------------------------------

void CurlTransport::Impl::turn() {
  turn_requested_ = false;
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
  if (more) {
    request_turn();
  } else if (in_flight_.empty()) {
    stop_waiting_when_idle();
  } else {
    wait_for_events();
    wait_for_timer();
  }
}

void CurlTransport::Impl::take_socket_events() {
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

void CurlTransport::Impl::run_timers() {
  const auto now = Timer::clock_type::now();
  for (const auto& shard : shards_) {
    if (shard->deadline() && *shard->deadline() <= now) shard->on_timeout();
  }
}

void CurlTransport::Impl::drain() {
  for (const auto& shard : shards_) shard->drain(ended_);
  for (const auto& [easy, code] : ended_) collect(easy, code);
  ended_.clear();
}

bool CurlTransport::Impl::due(Timer::time_point now) const {
  return std::ranges::any_of(shards_,
                             [&](const auto& shard) { return shard->deadline() && *shard->deadline() <= now; });
}

void CurlTransport::Impl::request_turn() {
  if (in_turn_ || std::exchange(turn_requested_, true)) return;
  asio::post(io_, [self = weak_from_this()] {
    if (const auto impl = self.lock()) impl->turn();
  });
}

void CurlTransport::Impl::wait_for_events() {
  if (std::exchange(waiting_for_events_, true)) return;
  sockets_.async_wait(asio::posix::stream_descriptor::wait_read, [self = weak_from_this()](error_code error) {
    const auto impl = self.lock();
    if (!impl) return;
    impl->waiting_for_events_ = false;
    if (!error || !impl->in_flight_.empty()) impl->turn();
  });
}

void CurlTransport::Impl::wait_for_timer() {
  std::optional<Timer::time_point> earliest;
  for (const auto& shard : shards_) {
    if (shard->deadline() && (!earliest || *shard->deadline() < *earliest)) earliest = shard->deadline();
  }
  if (!earliest || (timer_armed_for_ && *timer_armed_for_ <= *earliest)) return;
  timer_armed_for_ = earliest;
  timer_.expires_at(*earliest);
  timer_.async_wait([self = weak_from_this()](error_code error) {
    const auto impl = self.lock();
    if (!impl || error) return;  // re-armed for an earlier time, or idle
    impl->timer_armed_for_.reset();
    impl->turn();
  });
}

/// Pending waits would keep io_context::run() from ending. Checked a little later, because mostly the waiter
/// that was just resumed sends its next request.
void CurlTransport::Impl::stop_waiting_when_idle() {
  if (std::exchange(idle_check_posted_, true)) return;
  asio::post(io_, [self = weak_from_this()] {
    const auto impl = self.lock();
    if (!impl) return;
    impl->idle_check_posted_ = false;
    if (!impl->in_flight_.empty()) return;
    error_code ignored;
    impl->sockets_.cancel(ignored);
    impl->timer_.cancel();
    impl->timer_armed_for_.reset();
  });
}

// --- the interface --------------------------------------------------------------------------------------

CurlTransport::CurlTransport(asio::io_context& io, CurlTransportOptions options) {
  initialize_libcurl_once();
  impl_ = std::make_shared<Impl>(io, options);
}

CurlTransport::~CurlTransport() {
  impl_->shut_down();
}

Task<Result<Response>> CurlTransport::send(Request request) {
  auto target = impl_->target_of(request.endpoint);
  if (!target) co_return fail(target.error());

  const auto operation = std::make_shared<Operation>(std::move(request), std::move(*target));
  const std::shared_ptr<Impl> impl = impl_;
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(error_code)>(
      [impl, operation](auto handler) {
        operation->cancellation = asio::get_associated_cancellation_slot(handler);
        operation->completion = Completion(std::move(handler), impl->io());
        impl->submit(operation);
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
