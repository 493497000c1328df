// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/runtime.h"

#include <chrono>

#include "engine/cli/request_log.h"
#include "engine/cli/scaled_clock.h"
#include "engine/cli/tracing.h"
#include "engine/http/curl_transport.h"
#include "engine/inventory/recording.h"
#include "engine/report/reading_line.h"

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
      connector_(*transport_, *clock_, secrets_) {
  send_traces_from(loop_);
  http::raise_open_files_limit();
}

inventory::Inventory read_live(Runtime& runtime, std::vector<apply::Target> targets, apply::ReadOptions options,
                               const Context& context) {
  constexpr std::string_view kToStart = "\r\x1b[K";
  const Terminal& terminal = context.err;
  report::ReadingProgress progress{.hosts = targets.size()};
  auto shown_at = std::chrono::steady_clock::time_point();
  if (terminal.can_redraw()) {
    options.finished = [&](const inventory::HostSnapshot& snapshot) {
      constexpr std::chrono::milliseconds kFrame(100);
      ++progress.done;
      if (snapshot.error) ++progress.failed;
      const auto now = std::chrono::steady_clock::now();
      if (now - shown_at < kFrame) return;
      shown_at = now;
      const report::Style style{.width = terminal.size().value_or(TerminalSize()).columns,
                                .color = terminal.color,
                                .unicode = terminal.unicode};
      terminal.print(std::string(kToStart) + report::reading_line(progress, snapshot.name, style));
      static_cast<void>(std::fflush(terminal.file));
    };
  }
  const ReadingSpans spans(options, targets.size());
  auto inventory = runtime.run(
      read_fleet(std::move(targets), runtime.connector(), runtime.providers(), runtime.clock(), std::move(options)));
  if (terminal.can_redraw()) terminal.print(kToStart);
  return inventory;
}

}  // namespace firmform::cli
