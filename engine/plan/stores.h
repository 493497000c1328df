// SPDX-License-Identifier: Apache-2.0
// Images in the BMC's repository: stored once per host, whoever needs them, and only when the BMC has room for all of
// them, before a single byte is sent.
#pragma once

#include <string>
#include <string_view>

#include "engine/plan/draft.h"

namespace firmform::plan {

/// The name of an image in a repository.
[[nodiscard]] std::string file_of(const catalog::CatalogImage& image);

/// An image that shall be in the repository.
struct Need {
  const catalog::CatalogImage& image;
  SourceSpan span;
  bool is_declared = false;  ///< by the manifest's repository; else it goes with what needs it
};

/// Plans what stores the image, unless it is there; adds its place to `needs`. What is wrong when another image of
/// that name is planned already.
[[nodiscard]] std::optional<Finding> need_image(const Scope& scope, HostDraft& host, const Need& need,
                                                std::vector<std::size_t>& needs);

/// Makes changes of their own of the stores that recipes of firmware begin with; drops those of images that are there.
void separate_stores(const Scope& scope, HostDraft& host);

/// What forbids a name in the repository.
[[nodiscard]] std::optional<Finding> stored_name_gate(const inventory::Staging& staging, const std::string& file,
                                                      const SourceSpan& span);

/// What forbids a name in the queue and in install sets.
[[nodiscard]] std::optional<Finding> queued_name_gate(const inventory::Staging& staging, const std::string& file,
                                                      const SourceSpan& span);

/// What refers to a stored image, and what of that this plan takes away.
struct Holders {
  std::vector<std::string> remaining;  ///< addresses
  std::vector<std::size_t> released;   ///< places of the changes that release it
  bool is_early = true;                ///< all of them come before anything is stored
};
[[nodiscard]] Holders holders_of(const HostDraft& host, const inventory::StoredImage& image);
[[nodiscard]] Finding still_locked(const Holders& holders, const SourceSpan& span);

/// Blocks replacements of images that stay locked, and everything that is to be stored when there is no room for all.
void check_stores(const Scope& scope, HostDraft& host);

}  // namespace firmform::plan
