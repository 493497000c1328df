// SPDX-License-Identifier: Apache-2.0
// What forbids a change that versions ask for, before a provider is asked how to make it.
#pragma once

#include "engine/plan/draft.h"

namespace firmform::plan {

/// Finds what forbids writes on the host: its state, policies, and what its provider sees in preflight.
void find_host_gates(const Scope& scope, HostDraft& host);

/// Blocks changes of firmware that the component or an image forbids, with all reasons at once; finds the stops on the
/// way and the catalog images of the others. Components that need no change are left alone.
void apply_gates(const Scope& scope, HostDraft& host);

/// Blocks with everything that forbids firmware changes of the host; false when nothing does.
bool block_by_host(const Scope& scope, const HostDraft& host, ChangeDraft& draft);

/// The file that a BMC would refuse for want of a signature.
[[nodiscard]] std::optional<Finding> unsigned_gate(const Scope& scope, const catalog::CatalogImage& image,
                                                   const SourceSpan& span);

/// Looks for an image of the manifest; `found` stays set when only its bytes are wrong.
[[nodiscard]] std::optional<Finding> find_image(const Scope& scope, const HostDraft& host, const manifest::Text& image,
                                                const std::optional<manifest::Text>& sha256,
                                                const catalog::CatalogImage*& found);

[[nodiscard]] Finding not_in_catalog(const manifest::Text& image, const catalog::Catalog& catalog);

}  // namespace firmform::plan
