// SPDX-License-Identifier: Apache-2.0
// Receiver: an entry of `notifications:` as it is used.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/http/message.h"
#include "engine/manifest/manifest.h"
#include "engine/notify/event.h"

namespace firmform::notify {

struct Receiver {
  std::string name;
  std::shared_ptr<const http::Endpoint> endpoint;
  std::string target;                           ///< path of the URL
  std::optional<manifest::PasswordSource> key;  ///< absent: events are not signed
  std::vector<EventKind> on;                    ///< empty: all

  [[nodiscard]] bool wants(EventKind kind) const;
};

/// In order of names. Paths in the manifest become absolute by `directory`.
[[nodiscard]] std::vector<Receiver> receivers_of(const manifest::Named<manifest::Notification>& notifications,
                                                 const std::filesystem::path& directory);

}  // namespace firmform::notify
