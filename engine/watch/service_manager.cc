// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/service_manager.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <ctime>

namespace firmform::watch {
namespace {

/// Nobody to tell is no failure, and neither is a manager that does not listen: the watch goes on.
class Systemd final : public ServiceManager {
 public:
  void ready() override { tell("READY=1"); }

  void reloading() override {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
    tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", microseconds));
  }

  void stopping() override { tell("STOPPING=1"); }

  void status(const std::string& text) override {
    std::string line = text;
    std::ranges::replace(line, '\n', ' ');
    tell("STATUS=" + line);
  }

  void feed_watchdog() override { tell("WATCHDOG=1"); }

  [[nodiscard]] std::optional<Duration> watchdog() const override {
    std::uint64_t microseconds = 0;
    if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
    return std::chrono::duration_cast<Duration>(std::chrono::microseconds(microseconds));
  }

 private:
  static void tell(const std::string& state) { static_cast<void>(::sd_notify(0, state.c_str())); }
};

}  // namespace

std::unique_ptr<ServiceManager> make_systemd() {
  return std::make_unique<Systemd>();
}

}  // namespace firmform::watch
