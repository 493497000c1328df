// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/runtime.h"

#include <fmt/format.h>

#include "engine/cli/request_log.h"
#include "engine/cli/scaled_clock.h"
#include "engine/http/curl_transport.h"
#include "engine/inventory/recording.h"

namespace firmform::cli {

namespace {

std::unique_ptr<http::TraceTransport> make_transport(boost::asio::io_context& loop, Clock& clock, std::size_t hosts) {
  auto network = std::make_unique<http::CurlTransport>(loop, http::CurlTransportOptions{.expected_hosts = hosts});
  return std::make_unique<http::TraceTransport>(with_request_spans(with_request_log(std::move(network), clock)), clock,
                                                &inventory::redacted);
}

}  // namespace

Runtime::Runtime(std::filesystem::path directory, std::size_t hosts)
    : clock_(make_clock()),
      transport_(make_transport(loop_, *clock_, hosts)),
      secrets_(std::move(directory)),
      providers_(all_providers()),
      connector_(*transport_, *clock_, secrets_),
      trace_sending_(loop_) {
  http::raise_open_files_limit();
}

inventory::Inventory read_live(Runtime& runtime, std::vector<apply::Target> targets, apply::ReadOptions options,
                               const Context& context) {
  const std::size_t total = targets.size();
  std::size_t done = 0;
  if (context.err.is_tty) {
    options.finished = [&](const inventory::HostSnapshot& snapshot) {
      const std::string line = fmt::format("Reading inventory: {}/{} hosts, last {}", ++done, total, snapshot.name);
      context.err.print("\r\x1b[2K" + line.substr(0, static_cast<std::size_t>(context.err.width) - 1));
      static_cast<void>(std::fflush(context.err.file));
    };
  }
  const ReadingSpans spans(options, total);
  auto inventory = runtime.run(
      read_fleet(std::move(targets), runtime.connector(), runtime.providers(), runtime.clock(), std::move(options)));
  if (context.err.is_tty) context.err.print("\r\x1b[2K");
  return inventory;
}

}  // namespace firmform::cli
