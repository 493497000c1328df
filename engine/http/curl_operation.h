// SPDX-License-Identifier: Apache-2.0
// The bookkeeping of CurlTransport: what is known of a BMC as a connection target, and of a request under way.
#pragma once

#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "engine/http/completion.h"
#include "engine/http/curl_shard.h"
#include "engine/http/curl_transfer.h"

namespace firmform::http {

struct Operation;
using OperationPtr = std::shared_ptr<Operation>;

/// What is known of one Endpoint object: its budget and who waits for it.
struct Target {
  /// Follows quick replies at once and slow ones slowly, so that one slow resource does not count for much.
  void learn(std::chrono::microseconds sample) {
    reply_time = reply_time ? std::min(sample, *reply_time + (sample - *reply_time) / 8) : sample;
  }

  std::weak_ptr<const Endpoint> endpoint;  ///< expired: nobody can send to it any more
  std::shared_ptr<const CurlPeer> peer;
  TlsSessions sessions = make_tls_sessions();
  CurlShard* shard = nullptr;
  int budget = 1;
  int active = 0;                                       ///< requests that hold a connection or wait for a handshake
  int active_writes = 0;                                ///< of these, such as uploads: reads do not wait for them
  int idle = 0;                                         ///< connections believed to be open and unused
  std::optional<std::chrono::microseconds> reply_time;  ///< from the request sent to the first byte back
  std::deque<OperationPtr> waiting;
};

/// Where a request is on its way.
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
  boost::asio::cancellation_slot cancellation;
  std::optional<Result<Response>> result;
};

}  // namespace firmform::http
