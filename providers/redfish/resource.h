// SPDX-License-Identifier: Apache-2.0
// Small readers for Redfish resources.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/json/value.h"

namespace firmform::redfish {

/// The resource's own `@odata.id`; empty when it has none.
[[nodiscard]] inline std::string uri_of(const json::Value& resource) {
  return std::string(resource.text("@odata.id"));
}

/// `@odata.id` of the member `key`; empty when there is none.
[[nodiscard]] inline std::string link(const json::Value& resource, std::string_view key) {
  return uri_of(resource[key]);
}

/// Texts of an array of strings; anything else in it is left out.
[[nodiscard]] inline std::vector<std::string> texts(const json::Value& array) {
  std::vector<std::string> result;
  for (const json::Value& item : array.items()) {
    if (const std::string* text = item.as_string()) result.push_back(*text);
  }
  return result;
}

}  // namespace firmform::redfish
