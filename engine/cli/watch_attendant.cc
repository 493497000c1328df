// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/watch_attendant.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "engine/base/codes.h"
#include "engine/report/exposition.h"

namespace firmform::cli {
namespace {

constexpr Duration kFeedAtLeast = std::chrono::seconds(30);

[[noreturn]] void leave_now(Exit exit) {
  static_cast<void>(std::fflush(nullptr));
  std::_Exit(static_cast<int>(exit));
}

}  // namespace

Attendant::Attendant(watch::Board& board, watch::Pulse& pulse, watch::ServiceManager& manager)
    : board_(board), pulse_(pulse), manager_(manager), signals_(loop_, SIGINT, SIGTERM, SIGHUP), watchdog_(loop_) {}

Attendant::~Attendant() {
  loop_.stop();
  if (thread_.joinable()) thread_.join();
}

Status Attendant::listen(const std::string& address) {
  auto endpoint =
      watch::Endpoint::listen(loop_.get_executor(), address, [this](std::string_view path) { return answer(path); });
  if (!endpoint) return fail(endpoint.error());
  endpoint_ = std::move(*endpoint);
  return {};
}

std::string Attendant::address() const {
  return endpoint_ ? endpoint_->address() : std::string();
}

void Attendant::start(Exit when_stopped) {
  when_stopped_ = when_stopped;
  hear();
  if (const auto patience = manager_.watchdog()) feed(std::min(*patience / 3, kFeedAtLeast));
  thread_ = std::thread([this] { loop_.run(); });
}

void Attendant::hear() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    hear();
    if (signal != SIGHUP) return stop();
    requested_ = true;
    wake();
  });
}

void Attendant::stop() {
  if (stopping_) leave_now(Exit::interrupted);
  stopping_ = true;
  manager_.stopping();
  if (board_.read([](const watch::State& state) { return state.phase == watch::Phase::looking; }))
    leave_now(when_stopped_);
  wake();
}

void Attendant::wake() {
  const std::lock_guard guard(mutex_);
  if (waiting_ != nullptr) waiting_->stop();
}

void Attendant::feed(Duration each) {
  if (pulse_.is_alive(std::chrono::steady_clock::now())) manager_.feed_watchdog();
  watchdog_.expires_after(each);
  watchdog_.async_wait([this, each](const boost::system::error_code& error) {
    if (!error) feed(each);
  });
}

void Attendant::wait(Clock& clock, Duration duration) {
  boost::asio::io_context loop(1);
  {
    const std::lock_guard guard(mutex_);
    if (stopping_ || requested_) return;
    waiting_ = &loop;
  }
  boost::asio::co_spawn(loop, clock.sleep(duration), [&loop](const std::exception_ptr&) { loop.stop(); });
  boost::asio::co_spawn(loop, watch::keep_beating(pulse_), boost::asio::detached);
  loop.run();
  const std::lock_guard guard(mutex_);
  waiting_ = nullptr;
}

watch::Answer Attendant::answer(std::string_view path) const {
  if (path == "/healthz") {
    const bool alive = pulse_.is_alive(std::chrono::steady_clock::now());
    return alive ? watch::Answer{.body = "ok\n"} : watch::Answer{.status = 503, .body = "the watch hangs\n"};
  }
  if (path == "/readyz") {
    const auto why_not = board_.read([](const watch::State& state) { return watch::not_ready(state); });
    return why_not ? watch::Answer{.status = 503, .body = *why_not + "\n"} : watch::Answer{.body = "ready\n"};
  }
  if (path == "/metrics") {
    return {.type = std::string(report::kExpositionContentType), .body = watch::metrics_text(board_.read())};
  }
  if (path == "/status") {
    return {.type = "application/json", .body = json::dump_pretty(watch::status_json(board_.read()))};
  }
  return {.status = 404, .body = "there are /metrics, /healthz, /readyz and /status\n"};
}

}  // namespace firmform::cli
