// SPDX-License-Identifier: Apache-2.0
// CurlTransport: HTTP to thousands of BMCs from one thread. libcurl's multi interface under Asio, sharded;
// connections are budgeted per BMC and TLS handshakes over all BMCs.
#pragma once

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>

#include "engine/http/transport.h"

namespace firmform::http {

struct CurlTransportOptions {
  std::size_t expected_hosts = 100;  ///< decides the number of shards
  std::size_t max_handshakes = 64;   ///< connections that are set up at the same time
  /// Another connection to the same host costs both sides a TLS handshake, 30 to 400 ms of a BMC's CPU. It pays
  /// only where replies take their time, as those of BMCs do; replies quicker than this share one connection.
  Duration slow_reply = std::chrono::milliseconds(20);
};

class CurlEngine;

/// Lives on the thread that runs `io`, which must outlive it. Each connection is an open file: see
/// raise_open_files_limit().
class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(boost::asio::io_context& io, CurlTransportOptions options = {});
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  /// Abandons what is in flight; coroutines that wait for it are destroyed, not resumed.
  ~CurlTransport() override;

  /// At most Endpoint::max_connections requests per Endpoint object are in flight; others wait in order of
  /// arrival, and their deadlines start when they are sent. Asio cancellation (of any kind) abandons the
  /// request: the peer may have acted on it.
  Task<Result<Response>> send(Request request) override;

 private:
  std::shared_ptr<CurlEngine> engine_;
};

/// Shards for so many hosts: one per 250, at least 4, at most 64.
[[nodiscard]] std::size_t shard_count(std::size_t hosts);

/// Raises this process's soft limit on open files to its hard limit. Returns the limit that holds now.
std::size_t raise_open_files_limit();

}  // namespace firmform::http
