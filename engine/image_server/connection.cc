// SPDX-License-Identifier: Apache-2.0
#include "engine/image_server/connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace firmform::image_server {
namespace {

namespace asio = boost::asio;
namespace bhttp = boost::beast::http;

constexpr std::size_t kChunk = 256U << 10U;
constexpr std::uint64_t kReadAhead = 4U << 20U;
constexpr std::uint32_t kLargestHead = 8U << 10U;

/// Under a cap in small pieces, so that no connection waits long for its turn.
std::size_t chunk_for(std::uint64_t bytes_per_second) {
  constexpr std::uint64_t kSmallest = 16U << 10U;
  constexpr std::uint64_t kTurnsPerSecond = 64;
  if (bytes_per_second == 0) return kChunk;
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(bytes_per_second / kTurnsPerSecond, kSmallest, kChunk));
}

std::string_view reason_of(int status) {
  const auto reason = bhttp::obsolete_reason(static_cast<bhttp::status>(status));
  return {reason.data(), reason.size()};
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, TlsContext tls, const Publications& publications,
                       TokenBucket& bucket, const Patience& patience)
    : timer_(socket.get_executor()),
      channel_(std::move(socket), std::move(tls)),
      publications_(publications),
      bucket_(bucket),
      patience_(patience),
      chunk_(chunk_for(bucket.bytes_per_second())) {}

Task<void> Connection::serve() {
  allow(patience_.handshake);
  const bool agreed = co_await channel_.handshake();
  bool more = agreed;
  while (more && !closed_) more = co_await serve_one();
  if (agreed && !closed_) channel_.finish();
  channel_.close();
}

void Connection::close() {
  closed_ = true;
  timer_.cancel();
  channel_.close();
}

/// True when the connection stays open for another request.
Task<bool> Connection::serve_one() {
  Parser parser;
  parser.header_limit(kLargestHead);
  parser.body_limit(0);
  const bool arrived = co_await read_head(parser);
  if (!arrived) co_return false;
  Answer answer = answer_to(parser);
  const bool keep = parser.get().keep_alive();
  const bool with_body = answer.offer && parser.get().method() == bhttp::verb::get;
  const std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nContent-Length: {}\r\n{}{}\r\n", answer.status, reason_of(answer.status),
                  answer.offer ? answer.range.count : 0, answer.extra, keep ? "" : "Connection: close\r\n");
  allow(patience_.chunk);
  const bool sent = co_await channel_.write(head);
  if (!sent) co_return false;
  if (with_body) {
    const bool whole = co_await send_file(std::move(answer.offer), answer.range);
    if (!whole) co_return false;
  }
  co_return keep;
}

Task<bool> Connection::read_head(Parser& parser) {
  std::array<char, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  bool begun = !received_.empty();
  allow(begun ? patience_.head : patience_.idle);
  for (;;) {
    boost::system::error_code problem;
    if (!received_.empty()) {
      const std::size_t used = parser.put(asio::buffer(received_), problem);
      received_.erase(0, used);
    }
    if (parser.is_done()) co_return true;
    if (problem && problem != bhttp::error::need_more) co_return false;
    const std::size_t count = co_await channel_.read_some(buffer.data(), buffer.size());
    if (count == 0) co_return false;
    if (!begun) allow(patience_.head);
    begun = true;
    received_.append(buffer.data(), count);
    if (received_.size() > kLargestHead) co_return false;
  }
}

Connection::Answer Connection::answer_to(const Parser& parser) const {
  const std::string_view target(parser.get().target().data(), parser.get().target().size());
  std::shared_ptr<Offer> offer = publications_.find(target);
  if (!offer) return {};
  const bhttp::verb method = parser.get().method();
  if (method != bhttp::verb::get && method != bhttp::verb::head) {
    return {.status = 405, .offer = {}, .range = {}, .extra = "Allow: GET, HEAD\r\n"};
  }
  return whole_or_part(std::move(offer), parser);
}

Connection::Answer Connection::whole_or_part(std::shared_ptr<Offer> offer, const Parser& parser) {
  const auto field = [&](bhttp::field name) {
    const auto value = parser.get()[name];
    return std::string_view(value.data(), value.size());
  };
  const std::uint64_t size = offer->length;
  std::string extra =
      fmt::format("Content-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\nETag: {}\r\n", offer->etag);
  const std::string_view same_file = field(bhttp::field::if_range);
  const bool ranges_hold = same_file.empty() || same_file == offer->etag;
  const auto range = ranges_hold ? parse_range(field(bhttp::field::range), size) : Whole();
  if (const auto* part = std::get_if<ByteRange>(&range)) {
    extra += fmt::format("Content-Range: bytes {}-{}/{}\r\n", part->first, part->first + part->count - 1, size);
    return {.status = 206, .offer = std::move(offer), .range = *part, .extra = std::move(extra)};
  }
  if (std::holds_alternative<Unsatisfiable>(range)) {
    return {.status = 416, .offer = {}, .range = {}, .extra = fmt::format("Content-Range: bytes */{}\r\n", size)};
  }
  return {.status = 200, .offer = std::move(offer), .range = {0, size}, .extra = std::move(extra)};
}

Task<bool> Connection::send_file(std::shared_ptr<Offer> offer, ByteRange range) {
  const std::shared_ptr<const File> file = offer->file;
  buffer_.resize(chunk_);
  std::uint64_t ahead = range.first;
  while (range.count > 0) {
    if (range.first >= ahead) {
      file->expect(offer->offset + range.first, std::min(range.count, kReadAhead));
      ahead = range.first + kReadAhead / 2;
    }
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_, range.count));
    const std::size_t count = file->read(buffer_.data(), wanted, offer->offset + range.first);
    if (count == 0) co_return false;  // the file became shorter: the peer must see that it has not got all
    const TokenBucket::Span wait = bucket_.take(count, std::chrono::steady_clock::now());
    if (wait > TokenBucket::Span(0)) co_await pause(wait);
    if (closed_) co_return false;
    allow(patience_.chunk);
    const bool sent = co_await channel_.write({buffer_.data(), count});
    if (!sent) co_return false;
    range.first += count;
    range.count -= count;
    offer->sent_up_to(range.first);
    // The loop serves the whole run: everybody gets a turn between two chunks.
    co_await asio::post(timer_.get_executor(), asio::use_awaitable);
  }
  buffer_ = {};
  co_return true;
}

Task<void> Connection::pause(TokenBucket::Span span) {
  deadline_ = Time::max();
  boost::system::error_code ignored;
  timer_.expires_after(span);
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace firmform::image_server
