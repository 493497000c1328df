// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cli/resource_verbs.h"

namespace firmform::cli {

/// Stored images, as resource_verbs.h sees them.
struct RepositoryKind {
  using Item = inventory::StoredImage;
  static constexpr std::string_view kVerb = "repository";
  static constexpr std::string_view kFeature = "repository";
  static constexpr std::string_view kNoun = "stored image";
  static constexpr std::string_view kKey = "images";
  static bool offered(const inventory::Staging& staging) { return staging.repository.has_value(); }
  static const std::vector<Item>& items(const inventory::Staging& staging) { return staging.repository->images; }
  static std::string_view name(const Item& item) { return item.file; }
  static std::string text(const Hosts& hosts, const report::Style& style) { return repository_text(hosts, style); }
  static json::Object totals(const inventory::HostSnapshot& host) {
    const inventory::Repository& repository = *host.staging->repository;
    return {{"total_bytes", repository.total_bytes}, {"free_bytes", repository.free_bytes}};
  }
  static ResourceWrite removal(const Item& item) { return RemoveImage{item}; }
};

}  // namespace firmform::cli
