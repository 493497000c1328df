// SPDX-License-Identifier: Apache-2.0
// What the bodies of all events have in common.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/json/value.h"
#include "engine/notify/event.h"

namespace firmform::notify {

/// Hosts or components that one event lists; the rest is counted.
inline constexpr std::size_t kMostEntries = 50;

/// A text of a BMC or a manifest for a body: printable, and at most 256 bytes long.
[[nodiscard]] std::string shortened(std::string_view text);

[[nodiscard]] inline json::Value count(std::size_t number) {
  return static_cast<std::int64_t>(number);
}

enum class Gravity { info, warning, error };

struct Opening {
  EventKind kind;
  UtcTime at;
  std::string verb;
  std::string manifest_digest;
  Gravity gravity = Gravity::info;
  std::string summary;  ///< one sentence for people
};

/// The members that every body begins with.
[[nodiscard]] json::Object open_body(const Opening& opening, const Stamp& stamp);
[[nodiscard]] json::Value exit_json(Exit exit);
[[nodiscard]] Event close_body(const Opening& opening, const Stamp& stamp, json::Object body);

}  // namespace firmform::notify
