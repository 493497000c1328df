// SPDX-License-Identifier: Apache-2.0
#include "engine/notify/receiver.h"

#include <algorithm>

namespace firmform::notify {
namespace {

Receiver receiver_of(const std::string& name, const manifest::Notification& notification,
                     const std::filesystem::path& directory) {
  const std::string& url = notification.url.value;
  const std::size_t path = url.find('/', url.find("://") + 3);
  http::Endpoint endpoint{.url = url.substr(0, path), .max_connections = 1};
  if (notification.ca_file) endpoint.tls.ca_file = directory / notification.ca_file->value;
  Receiver receiver;
  receiver.name = name;
  receiver.endpoint = std::make_shared<const http::Endpoint>(std::move(endpoint));
  receiver.target = path == std::string::npos ? "/" : url.substr(path);
  receiver.key = notification.hmac;
  for (const std::string& word : notification.on) {
    if (const auto kind = parse_event_kind(word)) receiver.on.push_back(*kind);
  }
  return receiver;
}

}  // namespace

bool Receiver::wants(EventKind kind) const {
  return on.empty() || std::ranges::find(on, kind) != on.end();
}

std::vector<Receiver> receivers_of(const manifest::Named<manifest::Notification>& notifications,
                                   const std::filesystem::path& directory) {
  std::vector<Receiver> receivers;
  for (const auto& [name, notification] : notifications) {
    receivers.push_back(receiver_of(name, notification.value, directory));
  }
  return receivers;
}

}  // namespace firmform::notify
