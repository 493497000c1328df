// SPDX-License-Identifier: Apache-2.0
// What the watch tells the service manager that started it, if one did (sd_notify(3)).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/base/clock.h"

namespace firmform::watch {

class ServiceManager {
 public:
  virtual ~ServiceManager() = default;
  /// It may be counted on from now on; also after a reload.
  virtual void ready() = 0;
  virtual void reloading() = 0;
  virtual void stopping() = 0;
  /// One line for people.
  virtual void status(const std::string& text) = 0;
  /// It lives.
  virtual void feed_watchdog() = 0;
  /// Within which it must be fed; absent: nobody waits for it.
  [[nodiscard]] virtual std::optional<Duration> watchdog() const = 0;
};

/// systemd, by libsystemd; silent when NOTIFY_SOCKET is not set. May be used by several threads.
[[nodiscard]] std::unique_ptr<ServiceManager> make_systemd();

}  // namespace firmform::watch
