// SPDX-License-Identifier: Apache-2.0
// What a push of a large image costs in memory: the form that iLO takes, sent by the real transport to a sink in
// another process. Usage: upload_bench [MIB]. Prints the peak memory before and after.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "engine/http/curl_transport.h"
#include "tests/support/temporary_directory.h"

namespace {

using namespace firmform;
using boost::asio::ip::tcp;

long peak_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

/// Takes one request, forgets its body and says yes. On a loop of its own: the parent's event queue is shared.
void be_a_sink(int listening) {
  boost::asio::io_context loop{1};
  tcp::acceptor acceptor(loop, tcp::v4(), ::dup(listening));
  tcp::socket socket = acceptor.accept();
  std::vector<char> buffer(1U << 20U);
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    head.append(buffer.data(), socket.read_some(boost::asio::buffer(buffer)));
  }
  const std::string name = "Content-Length: ";
  std::uint64_t left = std::stoull(head.substr(head.find(name) + name.size()));
  left -= head.size() - head.find("\r\n\r\n") - 4;
  while (left > 0) left -= std::min<std::uint64_t>(left, socket.read_some(boost::asio::buffer(buffer)));
  socket.send(boost::asio::buffer(std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")));
}

http::Request push_of(const std::filesystem::path& image, std::uint16_t port) {
  http::Request request;
  request.method = http::Method::post;
  request.endpoint = std::make_shared<const http::Endpoint>(
      http::Endpoint{"http://127.0.0.1:" + std::to_string(port), http::TlsOptions()});
  request.target = "/cgi-bin/uploadFile";
  request.body = http::Form{{"sessionKey", "", "", std::string("0123456789abcdef")},
                            {"parameters", "", "application/json", std::string("{\"UpdateTarget\": true}")},
                            {"file", "image.bin", "application/octet-stream", http::FileBody{image, 0, {}}}};
  request.deadlines.total = std::chrono::minutes(10);
  return request;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t mib = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 500;
  const tests::TemporaryDirectory directory;
  const std::filesystem::path image = directory.path() / "image.bin";
  std::ofstream(image).put('\0');
  std::filesystem::resize_file(image, mib << 20U);

  boost::asio::io_context loop{1};
  tcp::acceptor acceptor(loop, {boost::asio::ip::make_address("127.0.0.1"), 0});
  const std::uint16_t port = acceptor.local_endpoint().port();
  const pid_t sink = ::fork();
  if (sink == 0) {
    be_a_sink(acceptor.native_handle());
    ::_exit(0);
  }
  http::CurlTransport transport(loop);
  const long before = peak_mib();
  const auto begin = std::chrono::steady_clock::now();
  int status = 0;
  boost::asio::co_spawn(loop, transport.send(push_of(image, port)),
                        [&](std::exception_ptr problem, Result<http::Response> response) {
                          if (problem) std::rethrow_exception(problem);
                          status = response ? response->status : 0;
                        });
  loop.run();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  ::waitpid(sink, nullptr, 0);
  std::printf("%llu MiB pushed, status %d, %.1f s; peak memory %ld MiB before, %ld MiB after\n",
              static_cast<unsigned long long>(mib), status, elapsed.count(), before, peak_mib());
  return status == 200 ? 0 : 1;
}
