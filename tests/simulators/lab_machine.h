// SPDX-License-Identifier: Apache-2.0
// LabMachine: one simulated BMC behind a TLS port.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "engine/base/task.h"
#include "tests/simulators/bmc.h"

namespace firmform::simulators {

/// Called for every request: method, path and query, status (0: the connection was closed instead).
using MachineLog =
    std::function<void(const std::string& host, const std::string& method, const std::string& target, int status)>;

/// What all machines of a lab share; outlives them.
struct LabServices {
  boost::asio::io_context& loop;
  boost::asio::ssl::context& tls;
  Duration reply_delay{0};
  MachineLog log;
};

class LabMachine {
 public:
  LabMachine(LabServices& services, std::unique_ptr<Bmc> bmc);

  /// Reserves 127.0.0.1:`port` (0: a free one). Fails with Code::lab_failed when it is taken.
  [[nodiscard]] Status bind(std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Begins to listen and to serve.
  void start();

 private:
  using Tls = boost::beast::ssl_stream<boost::beast::tcp_stream>;
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Reply = boost::beast::http::response<boost::beast::http::string_body>;

  [[nodiscard]] boost::system::error_code open();
  void listen();
  Task<void> accept();
  Task<void> serve(boost::asio::ip::tcp::socket socket);
  Task<bool> serve_request(Tls& stream, boost::beast::flat_buffer& buffer);
  Task<bool> refuse(Tls& stream, const Parser& parser, int status);
  Task<void> fetch(ImageOrder order);
  [[nodiscard]] BmcResponse answer(const Parser& parser, std::string body);
  /// After anything has happened: orders go out, ports open and close, the next wake-up is set.
  void follow_up();
  void wake();

  LabServices& services_;
  std::unique_ptr<Bmc> bmc_;
  std::uint16_t port_ = 0;
  std::unique_ptr<boost::asio::ip::tcp::acceptor> acceptor_;
  boost::asio::steady_timer timer_;
  bool listening_ = false;
  std::set<Tls*> connections_;
};

}  // namespace firmform::simulators
