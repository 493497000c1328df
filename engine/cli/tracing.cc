// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/tracing.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "engine/base/text.h"
#include "engine/cli/version.h"
#include "engine/http/curl_transport.h"
#include "engine/inventory/recording.h"
#include "engine/telemetry/exporter.h"
#include "engine/telemetry/request_spans.h"
#include "engine/telemetry/run_spans.h"

namespace firmform::cli {
namespace {

using telemetry::SpanId;

constexpr Duration kLastSending = std::chrono::seconds(3);

std::optional<std::string> environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

/// What is traced in this process. Spans are sent by a loop of its own, so that a request to the collector outlives the
/// loops of a verb: a request that is given up might have arrived, and would arrive twice.
class Traces {
 public:
  Traces(const telemetry::Settings& settings, std::string_view verb)
      : tracer(settings.parent, queue, telemetry::steady_nano_clock(), telemetry::random_bits()),
        exporter(queue, *settings.collector,
                 {settings.resource, std::string(kVersion), settings.parent ? settings.parent->state : ""},
                 SystemClock().steady_now()),
        root(tracer.begin(fmt::format("firmform {}", verb), std::nullopt, {{"firmform.verb", std::string(verb)}})),
        sender_(std::make_unique<Sender>()) {
    tracer.enter(root);
  }

  /// Does what can be done at once.
  void step() {
    if (exporter.due(SystemClock().steady_now())) begin_sending();
    poll();
  }

  /// Until all is sent, something fails, or time is up. Nothing is sent afterwards.
  void finish(Duration limit) {
    if (!exporter.sending()) begin_sending();
    poll();
    const auto end = std::chrono::steady_clock::now() + limit;
    while (exporter.sending() && std::chrono::steady_clock::now() < end) sender_->loop.run_one_until(end);
    sender_.reset();  // what it was sending is in the queue again
    queue.lose_all();
  }

  telemetry::SpanQueue queue;
  telemetry::Tracer tracer;
  telemetry::Exporter exporter;
  SpanId root;

 private:
  void poll() {
    sender_->loop.restart();
    sender_->loop.poll();
  }
  void begin_sending() {
    const SteadyTime now = SystemClock().steady_now();
    boost::asio::co_spawn(sender_->loop, exporter.drain(sender_->transport, now), boost::asio::detached);
  }

  struct Sender {
    boost::asio::io_context loop{1};
    http::CurlTransport transport{loop, {.expected_hosts = 1}};
  };
  std::unique_ptr<Sender> sender_;
};

/// One for the process: what a verb does is one trace, over however many loops it runs.
struct State {
  std::unique_ptr<Traces> traces;
  std::vector<std::string> problems;  ///< of the settings
  bool used = false;                  ///< a BMC was asked
};

State& state() {
  static State instance;
  return instance;
}

Traces* traces() {
  return state().traces.get();
}

std::string without_session(const std::string& text) {
  const json::Value redacted = inventory::redacted(json::Value(printable(text)));
  const std::string* result = redacted.as_string();
  return result == nullptr ? std::string() : *result;
}

bool is_failure(Exit exit) {
  constexpr std::array kGood = {Exit::ok, Exit::changes, Exit::drift, Exit::scheduled, Exit::paused};
  return std::ranges::find(kGood, exit) == kGood.end();
}

void warn(const Context& context, std::string message) {
  Diagnostic diagnostic = to_diagnostic(Error(Code::traces_not_exported, std::move(message)));
  diagnostic.severity = Severity::warning;
  Diagnostics diagnostics;
  diagnostics.add(std::move(diagnostic));
  context.report(diagnostics, SourceMap());
}

/// Looks after the sending, soon again while there is some.
Task<void> keep_sending() {
  constexpr Duration kBusy = std::chrono::milliseconds(10);
  constexpr Duration kIdle = std::chrono::milliseconds(500);
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto timer = std::make_shared<boost::asio::steady_timer>(executor);
  traces()->queue.on_batch([waiting = std::weak_ptr(timer)] {
    if (const auto alive = waiting.lock()) alive->cancel();
  });
  while (traces() != nullptr) {
    traces()->step();
    timer->expires_after(traces()->exporter.sending() ? kBusy : kIdle);
    boost::system::error_code woken;
    co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  }
}

}  // namespace

void begin_tracing(std::string_view verb) {
  telemetry::Settings settings = telemetry::read_settings(environment, std::string(kVersion));
  state().problems = std::move(settings.problems);
  if (settings.collector) state().traces = std::make_unique<Traces>(settings, verb);
}

void end_tracing(Exit exit, const Context& given) {
  Context context = given;
  context.reports = nullptr;  // the reports are written
  const std::unique_ptr<Traces> traces = std::move(state().traces);
  if (!state().used) return;
  for (std::string& problem : state().problems) warn(context, std::move(problem));
  if (!traces) return;
  traces->tracer.set(traces->root, "process.exit.code", std::int64_t{static_cast<int>(exit)});
  if (is_failure(exit)) traces->tracer.fail(traces->root, std::string(exit_name(exit)));
  traces->tracer.end_all();
  traces->finish(kLastSending);
  if (traces->queue.lost() == 0) return;
  const std::string& problem = traces->exporter.problem();
  warn(context, fmt::format("{} were not exported: {}", counted(traces->queue.lost(), "span"),
                            problem.empty() ? "the collector did not take them in time" : problem));
}

std::unique_ptr<http::Transport> with_request_spans(std::unique_ptr<http::Transport> transport) {
  state().used = true;
  if (traces() == nullptr) return transport;
  return std::make_unique<telemetry::RequestSpans>(std::move(transport), traces()->tracer, without_session);
}

std::unique_ptr<apply::View> make_trace_view() {
  if (traces() == nullptr) return nullptr;
  return std::make_unique<telemetry::RunSpans>(traces()->tracer);
}

void send_traces_from(boost::asio::io_context& loop) {
  if (traces() != nullptr) boost::asio::co_spawn(loop, keep_sending(), boost::asio::detached);
}

ReadingSpans::ReadingSpans(apply::ReadOptions& options, std::size_t hosts) {
  if (traces() == nullptr) return;
  telemetry::Tracer& tracer = traces()->tracer;
  span_ = tracer.begin("reading", tracer.scope(), {{"firmform.hosts", static_cast<std::int64_t>(hosts)}});
  tracer.enter(span_);
  const auto open = std::make_shared<std::map<std::string, SpanId>>();
  const auto begin = [&tracer, open, parent = span_](const std::string& name, const std::string& bmc) {
    const SpanId span = tracer.begin("host", parent, {{"firmform.host", name}, {"firmform.bmc", bmc}});
    tracer.enter(bmc, span);
    return open->emplace(name, span).first->second;
  };
  options.connected = [begin, next = std::move(options.connected)](const apply::Target& target,
                                                                   redfish::Client& client) {
    begin(target.name, target.bmc);
    if (next) next(target, client);
  };
  options.finished = [&tracer, open, begin,
                      next = std::move(options.finished)](const inventory::HostSnapshot& snapshot) {
    const auto found = open->find(snapshot.name);
    const SpanId span = found == open->end() ? begin(snapshot.name, snapshot.bmc) : found->second;
    if (snapshot.error) tracer.fail(span, without_session(snapshot.error->one_line()));
    tracer.leave(snapshot.bmc, span);
    tracer.end(span);
    open->erase(snapshot.name);
    if (next) next(snapshot);
  };
}

ReadingSpans::~ReadingSpans() {
  if (traces() == nullptr) return;
  traces()->tracer.leave(span_);
  traces()->tracer.end(span_);
}

}  // namespace firmform::cli
