// SPDX-License-Identifier: Apache-2.0
// The image server over real sockets, asked by the real transport.
#include "engine/image_server/image_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <optional>

#include "engine/http/curl_transport.h"
#include "tests/support/certificates.h"
#include "tests/support/temporary_directory.h"

using namespace firmform;
using boost::asio::ip::tcp;
using image_server::ImageServer;

namespace {

/// Bytes that differ from place to place.
std::string some_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

class World {
 public:
  plan::Image file(const std::string& name, const std::string& content) {
    const auto path = directory.path() / name;
    std::ofstream(path, std::ios::binary) << content;
    return {.name = name, .path = path.string(), .served = true};
  }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr problem, T value) {
      if (problem) std::rethrow_exception(problem);
      result.emplace(std::move(value));
      loop.stop();
    });
    loop.restart();
    loop.run();
    return std::move(*result);
  }

  std::string publish(ImageServer& server, const plan::Image& image, apply::OnFetch on_fetch = {}) {
    const auto published = run(server.publish(image, "web-01", "https://127.0.0.1", std::move(on_fetch)));
    REQUIRE(published);
    return published->url;
  }

  http::Response ask(const std::string& url, http::Method method = http::Method::get, http::Headers headers = {},
                     http::TlsOptions tls = {.verify = false}) {
    const std::size_t path = url.find('/', 8);
    http::Request request;
    request.method = method;
    request.endpoint = std::make_shared<const http::Endpoint>(http::Endpoint{url.substr(0, path), std::move(tls)});
    request.target = url.substr(path);
    request.headers = std::move(headers);
    auto response = run(transport.send(std::move(request)));
    INFO(url);
    REQUIRE(response);
    return std::move(*response);
  }

  tests::TemporaryDirectory directory;
  boost::asio::io_context loop{1};
  http::CurlTransport transport{loop};
};

http::Headers range(const std::string& text) {
  http::Headers headers;
  headers.add("Range", text);
  return headers;
}

plan::ImageServerSettings any_port(bool tls = true) {
  return {.first_port = 0, .last_port = 0, .tls = tls};
}

tcp::endpoint endpoint_of(const std::string& url) {
  const std::size_t colon = url.find(':', 8);
  const int port = std::stoi(url.substr(colon + 1));
  return {boost::asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(port)};
}

}  // namespace

TEST_CASE("an image is served whole, over TLS and plain, with its length and progress") {
  for (const bool tls : {true, false}) {
    CAPTURE(tls);
    World world;
    ImageServer server(world.loop.get_executor(), any_port(tls));
    const std::string content = some_bytes(3'000'001);
    std::uint64_t fetched = 0;
    const std::string url =
        world.publish(server, world.file("rom.bin", content), [&](std::uint64_t now, std::uint64_t) { fetched = now; });
    CHECK(url.starts_with(tls ? "https://127.0.0.1:" : "http://127.0.0.1:"));
    CHECK(url.ends_with("/rom.bin"));
    const http::Response response = world.ask(url);
    CHECK(response.status == 200);
    CHECK(response.headers.find("Content-Length") == "3000001");
    CHECK((response.body == content));
    CHECK(fetched == content.size());
  }
}

TEST_CASE("ranges, HEAD, and what cannot be had") {
  World world;
  ImageServer server(world.loop.get_executor(), any_port());
  const std::string content = some_bytes(700'000);
  const std::string url = world.publish(server, world.file("rom.bin", content));

  const http::Response middle = world.ask(url, http::Method::get, range("bytes=1000-600000"));
  CHECK(middle.status == 206);
  CHECK(middle.headers.find("Content-Range") == "bytes 1000-600000/700000");
  CHECK((middle.body == content.substr(1000, 599'001)));
  CHECK((world.ask(url, http::Method::get, range("bytes=-5")).body == content.substr(699'995)));

  http::Headers other_file = range("bytes=0-1");
  other_file.add("If-Range", "\"another\"");
  CHECK(world.ask(url, http::Method::get, other_file).body.size() == content.size());
  http::Headers same_file = range("bytes=0-1");
  same_file.add("If-Range", std::string(*middle.headers.find("ETag")));
  CHECK(world.ask(url, http::Method::get, same_file).body.size() == 2);

  const http::Response behind = world.ask(url, http::Method::get, range("bytes=700000-"));
  CHECK(behind.status == 416);
  CHECK(behind.headers.find("Content-Range") == "bytes */700000");

  const http::Response head = world.ask(url, http::Method::head);
  CHECK(head.status == 200);
  CHECK(head.headers.find("Content-Length") == "700000");
  CHECK(head.body.empty());

  CHECK(world.ask(url, http::Method::delete_).status == 405);
  const std::string base = url.substr(0, url.find('/', 8));
  for (const char* target :
       {"/", "/rom.bin", "/../../etc/passwd", "/0123456789abcdef0123456789abcdef/rom.bin", "/%2e%2e/x"}) {
    CAPTURE(target);
    const http::Response missing = world.ask(base + target);
    CHECK(missing.status == 404);
    CHECK(missing.body.empty());
  }
}

TEST_CASE("the next free port of the range is taken, and a full range is named") {
  World world;
  tcp::acceptor taken(world.loop, {boost::asio::ip::make_address("127.0.0.1"), 0});
  const std::uint16_t port = taken.local_endpoint().port();
  const plan::Image image = world.file("rom.bin", "x");

  ImageServer full(world.loop.get_executor(), {.first_port = port, .last_port = port});
  const auto refused = world.run(full.publish(image, "web-01", "https://127.0.0.1", {}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == Code::image_server_failed);
  CHECK(refused.error().one_line().find(std::to_string(port) + ": ") != std::string::npos);

  if (port > 65000) return;
  ImageServer server(world.loop.get_executor(),
                     {.first_port = port, .last_port = static_cast<std::uint16_t>(port + 50)});
  const std::string url = world.publish(server, image);
  CHECK(endpoint_of(url).port() > port);
  CHECK(world.ask(url).body == "x");
}

TEST_CASE("a given certificate is shown, and one that cannot be used is refused") {
  World world;
  const tests::CertificateAuthority ca;
  const tests::Identity identity = ca.issue();
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(world.directory.path() / name) << text;
    return (world.directory.path() / name).string();
  };
  plan::ImageServerSettings settings = any_port();
  settings.certificate = write("server.pem", identity.certificate_pem);
  settings.key = write("server.key", identity.key_pem);
  ImageServer server(world.loop.get_executor(), settings);
  const std::string url = world.publish(server, world.file("rom.bin", "x"));
  const http::TlsOptions trusting{.verify = true, .ca_file = write("ca.pem", ca.certificate_pem()), .pin_sha256 = {}};
  CHECK(world.ask(url, http::Method::get, {}, trusting).body == "x");

  settings.key = write("other.key", ca.issue().key_pem);
  ImageServer broken(world.loop.get_executor(), settings);
  const auto refused = world.run(broken.publish(world.file("rom.bin", "x"), "web-01", "https://127.0.0.1", {}));
  CHECK(refused.error().code() == Code::image_server_failed);
}

TEST_CASE("an address that is given stands in the URL, also one of another machine") {
  World world;
  plan::ImageServerSettings settings = any_port(false);
  settings.address = "192.0.2.7";
  ImageServer server(world.loop.get_executor(), settings);
  std::string url = world.publish(server, world.file("rom.bin", "x"));
  REQUIRE(url.starts_with("http://192.0.2.7:"));
  CHECK(world.ask(url.replace(7, 9, "127.0.0.1")).body == "x");
}

TEST_CASE("a request that is no HTTP, or too large, ends the connection and nothing else") {
  World world;
  ImageServer server(world.loop.get_executor(), any_port(false));
  const std::string url = world.publish(server, world.file("rom.bin", "x"));
  const auto send_raw = [&](std::string bytes) -> Task<std::string> {
    tcp::socket socket(world.loop);
    co_await socket.async_connect(endpoint_of(url), boost::asio::use_awaitable);
    co_await boost::asio::async_write(socket, boost::asio::buffer(bytes), boost::asio::use_awaitable);
    std::string answer;
    boost::system::error_code end;
    co_await boost::asio::async_read(socket, boost::asio::dynamic_buffer(answer),
                                     boost::asio::redirect_error(boost::asio::use_awaitable, end));
    co_return answer;
  };
  CHECK(world.run(send_raw("\x16\x03\x01 no HTTP\r\n\r\n")).empty());
  CHECK(world.run(send_raw("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n")).empty());
  CHECK(world.run(send_raw("GET / HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789")).empty());
  const std::string two = "GET /x HTTP/1.1\r\n\r\nGET /y HTTP/1.1\r\nConnection: close\r\n\r\n";
  const std::string answers = world.run(send_raw(two));
  CHECK(answers.find("404", answers.find("404") + 3) != std::string::npos);
  CHECK(world.ask(url).body == "x");
}

TEST_CASE("beyond the limit connections wait for their turn") {
  World world;
  plan::ImageServerSettings settings = any_port(false);
  settings.max_connections = 1;
  ImageServer server(world.loop.get_executor(), settings);
  const std::string url = world.publish(server, world.file("rom.bin", "x"));
  std::optional<tcp::socket> first(std::in_place, world.loop);
  const auto occupy = [&]() -> Task<bool> {
    co_await first->async_connect(endpoint_of(url), boost::asio::use_awaitable);
    while (server.connections() == 0) co_await boost::asio::post(world.loop, boost::asio::use_awaitable);
    co_return true;
  };
  REQUIRE(world.run(occupy()));
  std::optional<http::Response> answer;
  const auto second = [&]() -> Task<bool> {
    http::Request request;
    request.endpoint = std::make_shared<const http::Endpoint>(http::Endpoint{url.substr(0, url.find('/', 8)), {}});
    request.target = url.substr(url.find('/', 8));
    auto response = co_await world.transport.send(std::move(request));
    if (response) answer = std::move(*response);
    co_return true;
  };
  boost::asio::co_spawn(world.loop, second(), [](std::exception_ptr, bool) {});
  world.loop.restart();
  world.loop.poll();
  CHECK_FALSE(answer);
  CHECK(server.connections() == 1);
  first.reset();
  while (!answer) world.loop.run_one();
  CHECK(answer->body == "x");
}

TEST_CASE("whoever trickles or says nothing is cut off, with TLS and without, and frees its place") {
  using namespace std::chrono_literals;
  for (const bool tls : {true, false}) {
    CAPTURE(tls);
    World world;
    plan::ImageServerSettings settings = any_port(tls);
    settings.max_connections = 1;
    ImageServer server(world.loop.get_executor(), settings,
                       {.handshake = 30ms, .head = 30ms, .idle = 30ms, .chunk = 10s, .sweep = 10ms});
    const std::string url = world.publish(server, world.file("rom.bin", "x"));
    const auto trickle = [&](std::string bytes) -> Task<bool> {
      tcp::socket socket(world.loop);
      co_await socket.async_connect(endpoint_of(url), boost::asio::use_awaitable);
      co_await boost::asio::async_write(socket, boost::asio::buffer(bytes), boost::asio::use_awaitable);
      char byte = 0;
      boost::system::error_code end;
      co_await boost::asio::async_read(socket, boost::asio::buffer(&byte, 1),
                                       boost::asio::redirect_error(boost::asio::use_awaitable, end));
      co_return end.failed();
    };
    CHECK(world.run(trickle("")));
    CHECK(world.run(trickle("GET / HT")));
    CHECK(world.ask(url).body == "x");
  }
}

TEST_CASE("the cap holds for all connections together") {
  World world;
  plan::ImageServerSettings settings = any_port(false);
  settings.bytes_per_second = 2'000'000;
  ImageServer server(world.loop.get_executor(), settings);
  const std::string url = world.publish(server, world.file("rom.bin", some_bytes(600'000)));
  const auto begin = std::chrono::steady_clock::now();
  CHECK(world.ask(url).body.size() == 600'000);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(150));
}

TEST_CASE("after stop nobody is served, and the loop ends") {
  World world;
  ImageServer server(world.loop.get_executor(), any_port(false));
  const std::string url = world.publish(server, world.file("rom.bin", "x"));
  REQUIRE(world.ask(url).status == 200);
  server.stop();
  world.loop.restart();
  world.loop.run();
  CHECK(server.connections() == 0);
  tcp::socket socket(world.loop);
  boost::system::error_code problem;
  socket.connect(endpoint_of(url), problem);
  CHECK(problem == boost::asio::error::connection_refused);
}
