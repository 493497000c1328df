// SPDX-License-Identifier: Apache-2.0
// What goes out and what comes back, and the truth about requests that failed.
#include <boost/asio/ip/tcp.hpp>

#include <cstdlib>

#include "engine/base/digest.h"
#include "engine/http/transport.h"
#include "tests/e2e/transport/transport_fixture.h"

namespace firmform::tests {
namespace {

std::string header_of(const ServerRequest& request, std::string_view name) {
  return std::string(request.headers.find(name).value_or(""));
}

int count(const HttpsServer& server, const std::string& method) {
  int found = 0;
  for (const auto& request : server.requests()) found += request.method == method ? 1 : 0;
  return found;
}

std::filesystem::path write_image(const Loop& loop, std::size_t size) {
  const auto path = loop.directory.path() / "image.bin";
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 2654435761U) >> 13U);
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

}  // namespace

TEST_CASE("requests to one host share a kept-alive connection") {
  HttpsServer server(trusted_server(), always(text_reply("{}")));
  Loop loop;
  const auto endpoint = loop.endpoint(server.url());
  for (int i = 0; i < 10; ++i) REQUIRE(loop.send(Loop::get(endpoint)));
  REQUIRE(server.connections() == 1);

  Request fresh = Loop::get(endpoint);
  fresh.fresh_connection = true;
  REQUIRE(loop.send(std::move(fresh)));
  REQUIRE(server.connections() == 2);
}

TEST_CASE("a GET carries what a BMC needs and nothing that could confuse it") {
  HttpsServer server(trusted_server(), always(text_reply("{}")));
  Loop loop;
  Request request = Loop::get(loop.endpoint(server.url()), "/redfish/v1/X?$expand=.($levels=1)");
  request.headers.add("X-Auth-Token", "t");
  request.headers.add("X-Empty", "");
  REQUIRE(loop.send(std::move(request)));
  const ServerRequest seen = server.requests().at(0);
  REQUIRE(seen.method == "GET");
  REQUIRE(seen.target == "/redfish/v1/X?$expand=.($levels=1)");
  REQUIRE(header_of(seen, "X-Auth-Token") == "t");
  REQUIRE(seen.headers.find("X-Empty") == "");
  REQUIRE(header_of(seen, "Accept-Encoding") == "identity");
  REQUIRE_FALSE(seen.headers.find("Content-Type"));
  REQUIRE_FALSE(seen.headers.find("Expect"));
}

TEST_CASE("every method goes out as it is called, with its body") {
  HttpsServer server(trusted_server(), always(text_reply("")));
  Loop loop;
  const auto endpoint = loop.endpoint(server.url());
  for (const Method method : {Method::post, Method::patch, Method::put, Method::delete_}) {
    Request request = Loop::request(method, endpoint);
    request.headers.add("Content-Type", "application/json");
    request.body = std::string(R"({"a":1})");
    REQUIRE(loop.send(std::move(request)));
    REQUIRE(server.requests().back().method == to_string(method));
    REQUIRE(server.requests().back().body == R"({"a":1})");
    REQUIRE(header_of(server.requests().back(), "Content-Length") == "7");
    REQUIRE(header_of(server.requests().back(), "Content-Type") == "application/json");
  }
  REQUIRE(loop.send(Loop::request(Method::delete_, endpoint)));
  REQUIRE(server.requests().back().method == "DELETE");
  REQUIRE(server.requests().back().body.empty());
  REQUIRE(loop.send(Loop::post(endpoint, {})));
  REQUIRE(server.requests().back().method == "POST");
  REQUIRE(header_of(server.requests().back(), "Content-Length") == "0");
}

TEST_CASE("replies come with status, headers and body, whatever the status") {
  ServerReply reply = text_reply("nope", 404);
  reply.headers.add("X-Thing", "  spaced  ");
  reply.headers.add("Retry-After", "5");
  HttpsServer server(trusted_server(), always(reply));
  Loop loop;
  const auto response = loop.send(Loop::get(loop.endpoint(server.url())));
  REQUIRE(response->status == 404);
  REQUIRE(response->body == "nope");
  REQUIRE(response->headers.find("x-thing") == "spaced");
  REQUIRE(response->headers.find("Retry-After") == "5");
}

TEST_CASE("a redirect is a reply like any other: nobody else is asked") {
  HttpsServer other(trusted_server(), always(text_reply("caught")));
  ServerReply reply = text_reply("", 302);
  reply.headers.add("Location", other.url() + "/");
  HttpsServer server(trusted_server(), always(reply));
  Loop loop;
  Request request = Loop::get(loop.endpoint(server.url()));
  request.headers.add("X-Auth-Token", "secret");
  const auto response = loop.send(std::move(request));
  REQUIRE(response->status == 302);
  REQUIRE(other.connections() == 0);
}

TEST_CASE("a reply that was compressed without being asked for is unpacked") {
  ServerReply reply;
  const unsigned char gzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0x54,
                                0xb2, 0x32, 0xac, 0x05, 0x00, 0xaf, 0xac, 0x1b, 0x56, 0x07, 0x00, 0x00, 0x00};
  reply.body.assign(reinterpret_cast<const char*>(gzip), sizeof gzip);
  reply.headers.add("Content-Encoding", "gzip");
  HttpsServer server(trusted_server(), always(reply));
  Loop loop;
  const auto response = loop.send(Loop::get(loop.endpoint(server.url())));
  REQUIRE(response);
  REQUIRE(response->body == R"({"a":1})");
}

TEST_CASE("proxies from the environment are not used") {
  ::setenv("https_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  HttpsServer server(trusted_server(), always(text_reply("{}")));
  Loop loop;
  const auto response = loop.send(Loop::get(loop.endpoint(server.url())));
  ::unsetenv("https_proxy");
  ::unsetenv("ALL_PROXY");
  REQUIRE(response);
}

TEST_CASE("addresses and headers that could be misread are refused before anything is sent") {
  HttpsServer server(trusted_server(), always(text_reply("{}")));
  Loop loop;
  for (const std::string url : {"ftp://127.0.0.1", "https://user:pw@127.0.0.1", "https://127.0.0.1/path", "https://",
                                "file:///etc/passwd", "https://127.0.0.1:99999", "not a url"}) {
    CAPTURE(url);
    const auto response = loop.send(Loop::get(loop.endpoint(url)));
    REQUIRE(response.error().code() == Code::bad_request_address);
    REQUIRE(response.error().message().find("pw") == std::string::npos);
  }
  for (const std::string target : {"/a b", "/a\r\nX: y", "a", ""}) {
    REQUIRE(loop.send(Loop::get(loop.endpoint(server.url()), target)).error().code() == Code::bad_request_address);
  }
  Request request = Loop::get(loop.endpoint(server.url()));
  request.headers.add("X", "a\r\nEvil: 1");
  REQUIRE(loop.send(std::move(request)).error().code() == Code::bad_request_address);
  REQUIRE(server.connections() == 0);
}

TEST_CASE("a file is streamed with its length, and arrives as it is") {
  HttpsServer server(trusted_server(), always(text_reply("{}")));
  Loop loop;
  const auto image = write_image(loop, 3'000'001);
  Request request = Loop::post(loop.endpoint(server.url()), http::FileBody{image});
  request.headers.add("Content-Type", "application/octet-stream");
  REQUIRE(loop.send(std::move(request)));
  const ServerRequest seen = server.requests().at(0);
  REQUIRE(header_of(seen, "Content-Length") == "3000001");
  REQUIRE_FALSE(seen.headers.find("Transfer-Encoding"));
  REQUIRE_FALSE(seen.headers.find("Expect"));
  REQUIRE(sha256_hex(seen.body) == digest_file(image)->sha256);
}

TEST_CASE("a form arrives as multipart with a length") {
  HttpsServer server(trusted_server(), always(text_reply("{}")));
  Loop loop;
  http::Form form;
  form.push_back({"UpdateParameters", "", "application/json", std::string("{}")});
  form.push_back({"UpdateFile", "image.bin", "application/octet-stream", http::FileBody{write_image(loop, 100'000)}});
  REQUIRE(loop.send(Loop::post(loop.endpoint(server.url()), form)));
  const ServerRequest seen = server.requests().at(0);
  REQUIRE(header_of(seen, "Content-Type").starts_with("multipart/form-data; boundary="));
  REQUIRE(header_of(seen, "Content-Length") == std::to_string(seen.body.size()));
  REQUIRE(seen.body.find("name=\"UpdateParameters\"") < seen.body.find("name=\"UpdateFile\"; filename=\"image.bin\""));
}

TEST_CASE("a file that cannot be read fails before anything is sent") {
  HttpsServer server(trusted_server(), always(text_reply("{}")));
  Loop loop;
  const auto response = loop.send(Loop::post(loop.endpoint(server.url()), http::FileBody{"/nonexistent/image.bin"}));
  REQUIRE(response.error().code() == Code::image_unreadable);
  REQUIRE(http::was_not_sent(response.error().code()));
  REQUIRE(server.connections() == 0);
  REQUIRE(loop.send(Loop::get(loop.endpoint(server.url()))));
}

TEST_CASE("a refusal that comes before the body was read is the reply") {
  HttpsServerOptions options = trusted_server();
  options.before_body = [](const ServerRequest&) { return text_reply("too large", 413); };
  HttpsServer server(options, always(text_reply("never")));
  Loop loop;
  const auto response =
      loop.send(Loop::post(loop.endpoint(server.url()), http::FileBody{write_image(loop, 40U << 20U)}));
  REQUIRE(response);
  REQUIRE(response->status == 413);
  REQUIRE(response->body == "too large");
}

TEST_CASE("a reply above the limit is cut off, and so are endless headers") {
  HttpsServer server(trusted_server(), [](const ServerRequest& request) {
    if (request.target == "/body") return text_reply(std::string(100'001, 'x'));
    ServerReply reply;
    for (int i = 0; i < 40; ++i) reply.headers.add("X-Long-" + std::to_string(i), std::string(8000, 'h'));
    return reply;
  });
  Loop loop;
  const auto endpoint = loop.endpoint(server.url());
  Request request = Loop::get(endpoint, "/body");
  request.max_response_bytes = 100'000;
  REQUIRE(loop.send(request).error().code() == Code::reply_too_large);
  request.max_response_bytes = 100'001;
  REQUIRE(loop.send(request));
  REQUIRE(loop.send(Loop::get(endpoint, "/headers")).error().code() == Code::reply_too_large);
}

TEST_CASE("a connection that nobody accepts was not sent to") {
  Loop loop;
  std::uint16_t free_port = 0;
  {
    const HttpsServer gone({}, always({}));
    free_port = gone.port();
  }
  const auto refused = loop.send(Loop::get(loop.endpoint("https://127.0.0.1:" + std::to_string(free_port))));
  REQUIRE(refused.error().code() == Code::connection_refused);

  const auto unknown = loop.send(Loop::get(loop.endpoint("https://no-such-host.invalid")));
  REQUIRE(unknown.error().code() == Code::name_not_resolved);
}

TEST_CASE("a peer that accepts and then says nothing is a connection timeout: nothing was sent") {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor silent(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
  Loop loop;
  Request request =
      Loop::post(loop.endpoint("https://127.0.0.1:" + std::to_string(silent.local_endpoint().port())), "x");
  request.deadlines.connect = 300ms;
  const auto response = loop.send(std::move(request));
  REQUIRE(response.error().code() == Code::connect_timeout);
  REQUIRE(http::was_not_sent(response.error().code()));
}

TEST_CASE("a POST whose connection breaks after it was sent is lost, and was sent once") {
  ServerReply drop;
  drop.drop = true;
  HttpsServer server(trusted_server(),
                     [&](const ServerRequest& request) { return request.method == "POST" ? drop : text_reply("{}"); });
  Loop loop;
  const auto endpoint = loop.endpoint(server.url());
  SECTION("on a new connection") {}
  SECTION("on a kept-alive connection, where libcurl by itself would send it again") {
    REQUIRE(loop.send(Loop::get(endpoint)));
  }
  const auto response = loop.send(Loop::post(endpoint, "flash"));
  REQUIRE(response.error().code() == Code::connection_lost);
  REQUIRE_FALSE(http::was_not_sent(response.error().code()));
  REQUIRE(count(server, "POST") == 1);
}

TEST_CASE("a GET on a kept-alive connection that died goes out again at once") {
  ServerReply closing = text_reply("{}");
  closing.close = true;
  HttpsServer server(trusted_server(), [&](const ServerRequest& request) {
    return request.target == "/close" ? closing : text_reply("{}");
  });
  Loop loop;
  const auto endpoint = loop.endpoint(server.url());
  REQUIRE(loop.send(Loop::get(endpoint, "/close")));
  REQUIRE(loop.send(Loop::get(endpoint, "/")));
}

TEST_CASE("a truncated reply is a lost connection, never a short body") {
  ServerReply truncated;
  truncated.raw = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Id\":";
  HttpsServer server(trusted_server(), always(truncated));
  Loop loop;
  REQUIRE(loop.send(Loop::get(loop.endpoint(server.url()))).error().code() == Code::connection_lost);
}

TEST_CASE("what is not HTTP is a lost connection") {
  ServerReply noise;
  noise.raw = "220 mail.example ESMTP\r\n";
  HttpsServer server(trusted_server(), always(noise));
  Loop loop;
  REQUIRE(loop.send(Loop::get(loop.endpoint(server.url()))).error().code() == Code::connection_lost);
}

TEST_CASE("a reply that does not come before the deadline is no reply: it may have been acted on") {
  ServerReply slow = text_reply("{}");
  slow.delay = 30s;
  HttpsServer server(trusted_server(), always(slow));
  Loop loop;
  Request request = Loop::post(loop.endpoint(server.url()), "flash");
  SECTION("whole request") {
    request.deadlines.total = 300ms;
  }
  SECTION("idle") {
    request.deadlines.idle = 1s;
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto response = loop.send(std::move(request));
  REQUIRE(response.error().code() == Code::no_reply);
  REQUIRE_FALSE(http::was_not_sent(response.error().code()));
  REQUIRE(std::chrono::steady_clock::now() - begin < 25s);
  REQUIRE(count(server, "POST") == 1);
}

}  // namespace firmform::tests
