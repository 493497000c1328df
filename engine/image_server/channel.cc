// SPDX-License-Identifier: Apache-2.0
#include "engine/image_server/channel.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace firmform::image_server {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// So much is encrypted before the socket is asked to take it.
constexpr std::size_t kBatch = 128U << 10U;
constexpr std::size_t kRecordOverhead = 1U << 10U;

}  // namespace

/// A BIO over a Channel: reads come straight from the socket, writes are gathered.
struct SocketBio {
  static BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "firmform socket");
      BIO_meth_set_write(method, &SocketBio::write);
      BIO_meth_set_read(method, &SocketBio::read);
      BIO_meth_set_ctrl(method, &SocketBio::control);
      return method;
    }();
    return made;
  }

  static Channel& channel(BIO* bio) { return *static_cast<Channel*>(BIO_get_data(bio)); }

  static int write(BIO* bio, const char* bytes, int count) {
    std::vector<char>& outgoing = channel(bio).outgoing_;
    outgoing.insert(outgoing.end(), bytes, bytes + count);
    return count;
  }

  static int read(BIO* bio, char* buffer, int capacity) {
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(channel(bio).socket_.native_handle(), buffer, static_cast<std::size_t>(capacity), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(got);
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
};

Channel::Channel(asio::ip::tcp::socket socket, TlsContext tls)
    : socket_(std::move(socket)), context_(std::move(tls)), tls_(nullptr, &SSL_free) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.native_non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (!context_) return;
  tls_.reset(SSL_new(context_.get()));
  BIO* bio = BIO_new(SocketBio::method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(tls_.get(), bio, bio);
  outgoing_.reserve(kBatch + (kBatch / 8));
}

Channel::~Channel() = default;

Task<bool> Channel::wait_readable() {
  error_code problem;
  co_await socket_.async_wait(asio::ip::tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, problem));
  co_return !problem;
}

Task<bool> Channel::wait_writable() {
  error_code problem;
  co_await socket_.async_wait(asio::ip::tcp::socket::wait_write, asio::redirect_error(asio::use_awaitable, problem));
  co_return !problem;
}

Task<bool> Channel::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return false;
    const bool writable = co_await wait_writable();
    if (!writable) co_return false;
  }
  co_return true;
}

Task<bool> Channel::flush() {
  if (outgoing_.empty()) co_return true;
  const bool sent = co_await send_all({outgoing_.data(), outgoing_.size()});
  outgoing_.clear();
  co_return sent;
}

/// Repeats an operation of OpenSSL until it needs nothing more from the socket.
template <class Operation>
Task<Channel::Step> Channel::drive(Operation operation) {
  for (;;) {
    ERR_clear_error();
    const int result = operation();
    const int reason = result > 0 ? SSL_ERROR_NONE : SSL_get_error(tls_.get(), result);
    const bool flushed = co_await flush();
    if (!flushed) co_return Step::failed;
    if (reason == SSL_ERROR_NONE) co_return Step::done;
    if (reason == SSL_ERROR_ZERO_RETURN) co_return Step::ended;
    if (reason != SSL_ERROR_WANT_READ) co_return Step::failed;
    const bool readable = co_await wait_readable();
    if (!readable) co_return Step::failed;
  }
}

Task<bool> Channel::handshake() {
  if (!tls_) co_return true;
  const Step step = co_await drive([this] { return SSL_accept(tls_.get()); });
  co_return step == Step::done;
}

Task<std::size_t> Channel::read_some(char* buffer, std::size_t capacity) {
  if (!tls_) {
    error_code problem;
    const std::size_t count = co_await socket_.async_read_some(asio::buffer(buffer, capacity),
                                                               asio::redirect_error(asio::use_awaitable, problem));
    co_return problem ? 0 : count;
  }
  std::size_t count = 0;
  const Step step = co_await drive([&] { return SSL_read_ex(tls_.get(), buffer, capacity, &count); });
  co_return step == Step::done ? count : 0;
}

Task<bool> Channel::write(std::string_view bytes) {
  if (!tls_) {
    const bool sent = co_await send_all(bytes);
    co_return sent;
  }
  while (!bytes.empty()) {
    // Gathering cannot fail for want of room, so a write only fails when the connection is beyond help.
    while (!bytes.empty() && outgoing_.size() + kRecordOverhead < kBatch) {
      std::size_t count = 0;
      ERR_clear_error();
      if (SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &count) != 1) co_return false;
      bytes.remove_prefix(count);
    }
    const bool flushed = co_await flush();
    if (!flushed) co_return false;
  }
  co_return true;
}

void Channel::finish() {
  if (!tls_ || !socket_.is_open()) return;
  ERR_clear_error();
  SSL_shutdown(tls_.get());
  ::send(socket_.native_handle(), outgoing_.data(), outgoing_.size(), MSG_NOSIGNAL);
  outgoing_.clear();
}

void Channel::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace firmform::image_server
