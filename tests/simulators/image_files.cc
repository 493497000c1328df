// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/image_files.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <optional>

#include "tests/simulators/query.h"

namespace firmform::simulators {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::use_awaitable;
using Request = bhttp::request<bhttp::empty_body>;

struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "bytes=a-b", "bytes=a-" and "bytes=-n"; others are ignored, as RFC 9110 allows.
std::optional<Range> read_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (size == 0 || !header.starts_with(kUnit)) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number(header.substr(0, dash));
  const auto last = number(header.substr(dash + 1));
  if (!first && !last) return std::nullopt;
  if (!first) return Range{size - std::min(size, *last), size - 1};
  return Range{*first, std::min(last.value_or(size - 1), size - 1)};
}

/// The file of a request; empty when the path leads out of the folder or to nothing.
std::optional<std::filesystem::path> file_of(const std::filesystem::path& folder, std::string_view target) {
  std::string name = percent_decoded(target.substr(0, target.find('?')));
  if (name.empty() || name.front() != '/') return std::nullopt;
  name.erase(0, 1);
  const bool plain = !name.empty() && name.front() != '.' && name.find('/') == std::string::npos &&
                     name.find('\0') == std::string::npos;
  if (!plain || !std::filesystem::is_regular_file(folder / name)) return std::nullopt;
  return folder / name;
}

std::string read_part(const std::filesystem::path& path, Range range) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(range.first));
  std::string bytes(range.last - range.first + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

template <class Body>
Task<void> send(beast::tcp_stream& stream, bhttp::response<Body>& response, bool head) {
  bhttp::response_serializer<Body> serializer(response);
  if (head)
    co_await bhttp::async_write_header(stream, serializer, use_awaitable);
  else
    co_await bhttp::async_write(stream, serializer, use_awaitable);
}

Task<int> send_status(beast::tcp_stream& stream, const Request& request, bhttp::status status) {
  bhttp::response<bhttp::string_body> response(status, request.version());
  response.keep_alive(request.keep_alive());
  if (status == bhttp::status::method_not_allowed) response.set(bhttp::field::allow, "GET, HEAD");
  response.prepare_payload();
  co_await send(stream, response, false);
  co_return static_cast<int>(response.result_int());
}

Task<int> answer(beast::tcp_stream& stream, const Request& request, const std::filesystem::path& folder) {
  const bool head = request.method() == bhttp::verb::head;
  bhttp::status refusal = bhttp::status::ok;
  if (!head && request.method() != bhttp::verb::get) refusal = bhttp::status::method_not_allowed;
  const auto path = file_of(folder, {request.target().data(), request.target().size()});
  if (refusal == bhttp::status::ok && !path) refusal = bhttp::status::not_found;
  if (refusal != bhttp::status::ok) {
    const int status = co_await send_status(stream, request, refusal);
    co_return status;
  }
  const std::uint64_t size = std::filesystem::file_size(*path);
  const auto header = request[bhttp::field::range];
  const auto range = read_range({header.data(), header.size()}, size);
  if (range && (range->first >= size || range->last < range->first)) {
    const int status = co_await send_status(stream, request, bhttp::status::range_not_satisfiable);
    co_return status;
  }
  if (range) {
    bhttp::response<bhttp::string_body> response(bhttp::status::partial_content, request.version());
    response.keep_alive(request.keep_alive());
    response.set(bhttp::field::content_type, "application/octet-stream");
    response.set(bhttp::field::content_range, fmt::format("bytes {}-{}/{}", range->first, range->last, size));
    response.body() = read_part(*path, *range);
    response.prepare_payload();
    co_await send(stream, response, head);
    co_return 206;
  }
  bhttp::response<bhttp::file_body> response(bhttp::status::ok, request.version());
  response.keep_alive(request.keep_alive());
  response.set(bhttp::field::content_type, "application/octet-stream");
  response.set(bhttp::field::accept_ranges, "bytes");
  beast::error_code problem;
  response.body().open(path->c_str(), beast::file_mode::scan, problem);
  response.prepare_payload();
  co_await send(stream, response, head);
  co_return 200;
}

Task<void> serve_connection(asio::ip::tcp::socket socket, const std::filesystem::path& folder, const ImageLog& log) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  try {
    while (true) {
      stream.expires_after(std::chrono::seconds(60));
      Request request;
      co_await bhttp::async_read(stream, buffer, request, use_awaitable);
      const int status = co_await answer(stream, request, folder);
      log(std::string(request.method_string()), std::string(request.target()), status);
      if (!request.keep_alive()) break;
    }
  } catch (const std::exception&) {
    // The peer went away or spoke no HTTP: nothing to answer.
  }
}

}  // namespace

Task<void> serve_images(asio::ip::tcp::acceptor& acceptor, const std::filesystem::path& folder, const ImageLog& log) {
  const auto executor = co_await asio::this_coro::executor;
  while (acceptor.is_open()) {
    boost::system::error_code problem;
    asio::ip::tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(use_awaitable, problem));
    if (problem == asio::error::operation_aborted) break;
    if (!problem) asio::co_spawn(executor, serve_connection(std::move(socket), folder, log), asio::detached);
  }
}

}  // namespace firmform::simulators
