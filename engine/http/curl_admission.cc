// SPDX-License-Identifier: Apache-2.0
// Who may start: first the BMC's own budget, then the handshakes of all. And what is given back at the end.
#include <boost/asio/error.hpp>

#include <algorithm>
#include <new>

#include "engine/http/curl_engine.h"

namespace firmform::http {
namespace {

/// Easy handles kept for reuse; each holds some buffers.
constexpr std::size_t kPooledHandles = 256;

}  // namespace

Result<std::shared_ptr<Target>> CurlEngine::target_of(const std::shared_ptr<const Endpoint>& endpoint) {
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

void CurlEngine::forget_dead_targets() {
  std::erase_if(targets_, [](const auto& entry) { return entry.second->endpoint.expired(); });
  sweep_targets_at_ = std::max<std::size_t>(64, 2 * targets_.size());
}

/// libcurl keeps one parsed CA file per multi handle, so endpoints that trust different files never share one.
CurlShard& CurlEngine::shard_for(const CurlPeer& peer) {
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

EasyHandle CurlEngine::take_handle() {
  if (handle_pool_.empty()) return EasyHandle(curl_easy_init());
  EasyHandle handle = std::move(handle_pool_.back());
  handle_pool_.pop_back();
  return handle;
}

void CurlEngine::keep_handle(EasyHandle handle) {
  if (handle && handle_pool_.size() < kPooledHandles) handle_pool_.push_back(std::move(handle));
}

void CurlEngine::submit(const OperationPtr& operation) {
  if (operation->cancellation.is_connected()) {
    operation->cancellation.assign(
        [self = weak_from_this(), weak = std::weak_ptr<Operation>(operation)](boost::asio::cancellation_type) {
          const auto engine = self.lock();
          const auto cancelled = weak.lock();
          if (engine && cancelled) engine->cancel(cancelled);
        });
  }
  operation->target->waiting.push_back(operation);
  start_waiting(operation->target);
  request_turn();
}

void CurlEngine::start_waiting(const std::shared_ptr<Target>& target) {
  while (target->active < target->budget && !target->waiting.empty()) {
    const bool reuses = target->idle > 0 && !target->waiting.front()->transfer.request().fresh_connection;
    if (!reuses && !another_connection_pays(*target)) break;
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

/// Besides the first: where replies are slow and this loop has the time, or an upload holds the only one.
bool CurlEngine::another_connection_pays(const Target& target) const {
  if (target.active == 0 || target.active_writes > 0 || !target.reply_time) return true;
  return *target.reply_time >= options_.slow_reply && !meter_.saturated();
}

void CurlEngine::start_handshakes() {
  while (handshakes_ < options_.max_handshakes && !waiting_for_handshake_.empty()) {
    const OperationPtr operation = std::move(waiting_for_handshake_.front());
    waiting_for_handshake_.pop_front();
    ++handshakes_;
    operation->holds_handshake = true;
    start(operation);
  }
}

void CurlEngine::start(const OperationPtr& operation) {
  operation->phase = Phase::in_flight;
  // Runs inside libcurl, hence only a note: the turn starts whoever waits for the handshake.
  operation->transfer.on_connected = [this, raw = operation.get()] { handshake_over(*raw); };
  const Status prepared = operation->transfer.prepare(take_handle(), operation->target->sessions);
  if (!prepared) {
    release(*operation, false);
    finish(operation, fail(prepared.error()));
    return;
  }
  in_flight_[operation->transfer.easy()] = operation;
  if (!operation->target->shard->add(operation->transfer.easy())) throw std::bad_alloc();
}

void CurlEngine::handshake_over(Operation& operation) {
  if (!std::exchange(operation.holds_handshake, false)) return;
  --handshakes_;
}

void CurlEngine::cancel(const OperationPtr& operation) {
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
  operation->completion.post(boost::asio::error::operation_aborted);
  start_waiting(operation->target);
  request_turn();
}

void CurlEngine::finish(const OperationPtr& operation, Result<Response> result) {
  operation->phase = Phase::finished;
  operation->result.emplace(std::move(result));
  finished_.push_back(operation);
}

/// Gives back the places in the budgets and the easy handle. Whoever waits for them is started by the turn.
void CurlEngine::release(Operation& operation, bool connection_is_open) {
  handshake_over(operation);
  --operation.target->active;
  if (operation.transfer.is_write()) --operation.target->active_writes;
  if (connection_is_open) operation.target->idle = std::min(operation.target->idle + 1, operation.target->budget);
  if (operation.transfer.easy() != nullptr) keep_handle(operation.transfer.release());
}

void CurlEngine::collect(CURL* easy, CURLcode code) {
  const auto found = in_flight_.find(easy);
  const OperationPtr operation = std::move(found->second);
  in_flight_.erase(found);
  auto result = operation->transfer.outcome(code);
  if (result) {
    operation->target->learn(operation->transfer.reply_time());
  } else if (result.error().code() == Code::tls_failed) {
    operation->target->sessions = make_tls_sessions();  // perhaps the BMC cannot resume them after a restart
  }
  const bool reusable = code == CURLE_OK && operation->transfer.connection_reusable();
  operation->target->shard->remove(easy);
  release(*operation, reusable);
  finish(operation, std::move(result));
}

/// Resumes the waiters. They may send again at once, which is why the list is taken first.
void CurlEngine::hand_out() {
  const std::vector<OperationPtr> finished = std::exchange(finished_, {});
  for (const OperationPtr& operation : finished) {
    start_waiting(operation->target);
    if (operation->cancellation.is_connected()) operation->cancellation.clear();
    operation->completion.dispatch({});
  }
}

/// Coroutines that still wait are destroyed with their handlers; what they own may call back into nothing here.
void CurlEngine::shut_down() {
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
  boost::system::error_code ignored;
  sockets_.cancel(ignored);
  timer_.cancel();
}

}  // namespace firmform::http
