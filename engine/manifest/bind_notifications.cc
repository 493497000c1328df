// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_notifications.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "engine/manifest/bind_password.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {

Notification bind_notification(const YamlEntry& entry, Diagnostics& diagnostics) {
  Notification result;
  result.span = entry.key_span;
  result.url = text(entry.value, "url").value_or(Text{});
  result.ca_file = text(entry.value, "ca_file");
  if (const YamlNode* hmac = valid(entry.value, "hmac")) result.hmac = bind_password(*hmac);
  std::map<std::string, SourceSpan> known;
  for (Text& kind : texts(entry.value, "on")) {
    const auto [place, fresh] = known.emplace(kind.value, kind.span);
    if (fresh) {
      result.on.push_back(std::move(kind.value));
    } else {
      diagnostics.add(listed_twice(kind, place->second, fmt::format("notification `{}`", entry.key)));
    }
  }
  return result;
}

}  // namespace firmform::manifest
