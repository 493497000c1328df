// SPDX-License-Identifier: Apache-2.0
// Serves one file with the image server until standard input ends, and prints its URL. Driven by
// image_server_bench.sh.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/resource.h>

#include <cstdio>
#include <exception>

#include "engine/image_server/image_server.h"

namespace {

using namespace firmform;

/// The user + system time and the most memory that this process took so far.
void print_cost() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const double cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  std::printf("%.2f s CPU, %ld MB\n", cpu, usage.ru_maxrss / 1024);
}

Task<void> serve(image_server::ImageServer& server, plan::Image image) {
  const auto published = co_await server.publish(std::move(image), "bench", "https://127.0.0.1", {});
  if (!published) {
    std::fprintf(stderr, "%s\n", published.error().one_line().c_str());
    co_return;
  }
  std::printf("%s\n", published->url.c_str());
  std::fflush(stdout);
  boost::asio::posix::stream_descriptor input(co_await boost::asio::this_coro::executor, 0);
  boost::system::error_code ended;
  char byte = 0;
  while (!ended) {
    co_await input.async_read_some(boost::asio::buffer(&byte, 1),
                                   boost::asio::redirect_error(boost::asio::use_awaitable, ended));
  }
  input.release();
  server.stop();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  boost::asio::io_context loop{1};
  image_server::ImageServer server(loop.get_executor(), {.first_port = 0, .last_port = 0});
  boost::asio::co_spawn(loop, serve(server, {.name = "image.bin", .path = argv[1], .served = true}),
                        [](std::exception_ptr problem) {
                          if (problem) std::rethrow_exception(problem);
                        });
  loop.run();
  print_cost();
}
