// SPDX-License-Identifier: Apache-2.0
// Channel: a TCP connection as bytes, with TLS or without. OpenSSL works on the socket itself: no second copy of what
// is sent, and one system call for many records.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/base/task.h"
#include "engine/image_server/certificate.h"

struct ssl_st;

namespace firmform::image_server {

class Channel {
 public:
  /// Without `tls` the bytes go as they are.
  Channel(boost::asio::ip::tcp::socket socket, TlsContext tls);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel();

  /// False when the peers could not agree.
  Task<bool> handshake();
  /// 0 at the end of the stream and after every failure.
  Task<std::size_t> read_some(char* buffer, std::size_t capacity);
  /// Whether all of it is on its way.
  Task<bool> write(std::string_view bytes);
  /// Says goodbye as far as that is possible without waiting.
  void finish();
  /// Ends the connection; whoever waits on it gets a failure.
  void close();

 private:
  friend struct SocketBio;
  enum class Step { done, failed, ended };

  template <class Operation>
  Task<Step> drive(Operation operation);
  Task<bool> wait_readable();
  Task<bool> wait_writable();
  Task<bool> flush();
  Task<bool> send_all(std::string_view bytes);

  boost::asio::ip::tcp::socket socket_;
  TlsContext context_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> tls_;
  std::vector<char> outgoing_;  ///< TLS records that wait for the socket
};

}  // namespace firmform::image_server
