// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cli/resource_verbs.h"

namespace firmform::cli {

/// Maintenance windows, as resource_verbs.h sees them.
struct WindowKind {
  using Item = inventory::Window;
  static constexpr std::string_view kVerb = "window";
  static constexpr std::string_view kFeature = "maintenance windows";
  static constexpr std::string_view kNoun = "window";
  static constexpr std::string_view kKey = "windows";
  static bool offered(const inventory::Staging& staging) { return !staging.windows_uri.empty(); }
  static const std::vector<Item>& items(const inventory::Staging& staging) { return staging.windows; }
  static std::string_view name(const Item& item) { return item.name; }
  static std::string text(const Hosts& hosts, const report::Style& style) { return windows_text(hosts, style); }
  static json::Object totals(const inventory::HostSnapshot& host);
  static ResourceWrite removal(const Item& item) { return RemoveWindow{item}; }
};

}  // namespace firmform::cli
