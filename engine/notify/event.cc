// SPDX-License-Identifier: Apache-2.0
#include "engine/notify/event.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/notify/event_parts.h"

namespace firmform::notify {
namespace {

constexpr std::array kKinds = {EventKind::drift, EventKind::changes,   EventKind::started,
                               EventKind::waits, EventKind::succeeded, EventKind::failed};

std::string_view to_string(Gravity gravity) {
  switch (gravity) {
    case Gravity::info:
      return "info";
    case Gravity::warning:
      return "warning";
    case Gravity::error:
      return "error";
  }
  return "error";
}

}  // namespace

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::drift:
      return "drift";
    case EventKind::changes:
      return "changes";
    case EventKind::started:
      return "started";
    case EventKind::waits:
      return "waits";
    case EventKind::succeeded:
      return "succeeded";
    case EventKind::failed:
      return "failed";
  }
  return "failed";
}

std::optional<EventKind> parse_event_kind(std::string_view text) {
  const auto* found = std::ranges::find_if(kKinds, [&](EventKind kind) { return to_string(kind) == text; });
  return found == kKinds.end() ? std::nullopt : std::optional(*found);
}

std::string make_event_id() {
  std::random_device source;
  std::string id;
  for (int word = 0; word < 4; ++word) id += fmt::format("{:08x}", source());
  return id;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kMostBytes = 256;
  std::string result = printable(text);
  if (result.size() <= kMostBytes) return result;
  std::size_t end = kMostBytes - 3;  // of "…"
  while ((static_cast<unsigned char>(result[end]) & 0xC0U) == 0x80U) --end;
  return result.substr(0, end) + "…";
}

json::Object open_body(const Opening& opening, const Stamp& stamp) {
  return {{"format_version", "1.0"},
          {"event", to_string(opening.kind)},
          {"id", stamp.id},
          {"at", to_rfc3339(opening.at)},
          {"severity", to_string(opening.gravity)},
          {"summary", opening.summary},
          {"verb", opening.verb},
          {"tool", json::Object{{"name", "firmform"}, {"version", stamp.tool_version}}},
          {"manifest_digest", opening.manifest_digest}};
}

json::Value exit_json(Exit exit) {
  return json::Object{{"code", static_cast<int>(exit)}, {"name", exit_name(exit)}};
}

Event close_body(const Opening& opening, const Stamp& stamp, json::Object body) {
  return {.kind = opening.kind, .id = stamp.id, .at = opening.at, .body = json::dump(body)};
}

}  // namespace firmform::notify
