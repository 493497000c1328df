// SPDX-License-Identifier: Apache-2.0
// One connection of the image server: requests in, files out. Internal to engine/image_server.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <string>
#include <vector>

#include "engine/image_server/byte_range.h"
#include "engine/image_server/channel.h"
#include "engine/image_server/image_server.h"
#include "engine/image_server/publications.h"
#include "engine/image_server/token_bucket.h"

namespace firmform::image_server {

class Connection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Connection(boost::asio::ip::tcp::socket socket, TlsContext tls, const Publications& publications, TokenBucket& bucket,
             const Patience& patience);

  /// Answers until the peer goes, breaks the rules or close() is called.
  Task<void> serve();
  /// A step of the peer is overdue after this time.
  [[nodiscard]] Time deadline() const { return deadline_; }
  void close();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
  struct Answer {
    int status = 404;
    std::shared_ptr<Offer> offer;  ///< whose bytes follow
    ByteRange range;
    std::string extra;  ///< header lines
  };

  Task<bool> serve_one();
  Task<bool> read_head(Parser& parser);
  [[nodiscard]] Answer answer_to(const Parser& parser) const;
  [[nodiscard]] static Answer whole_or_part(std::shared_ptr<Offer> offer, const Parser& parser);
  Task<bool> send_file(std::shared_ptr<Offer> offer, ByteRange range);
  Task<void> pause(TokenBucket::Span span);
  void allow(Duration time) { deadline_ = std::chrono::steady_clock::now() + time; }

  boost::asio::steady_timer timer_;
  Channel channel_;
  const Publications& publications_;
  TokenBucket& bucket_;
  const Patience& patience_;
  Time deadline_ = Time::max();
  std::size_t chunk_;     ///< bytes of a file that are sent at a time
  std::string received_;  ///< of the next request, already read
  std::vector<char> buffer_;
  bool closed_ = false;
};

}  // namespace firmform::image_server
