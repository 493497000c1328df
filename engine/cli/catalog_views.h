// SPDX-License-Identifier: Apache-2.0
// Images of the catalog for people and for programs. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/catalog/release.h"
#include "engine/catalog/repository_index.h"
#include "engine/json/value.h"
#include "engine/report/style.h"

namespace firmform::cli {

using Images = std::vector<const catalog::CatalogImage*>;

[[nodiscard]] std::string images_text(const Images& images, const report::Style& style);
/// Everything that is known of one image, a line each.
[[nodiscard]] std::string image_text(const catalog::CatalogImage& image);
[[nodiscard]] json::Value image_json(const catalog::CatalogImage& image);
[[nodiscard]] json::Value problem_json(const catalog::CatalogProblem& problem);

/// What a mirror lists.
[[nodiscard]] std::string index_text(const std::string& url, const std::vector<catalog::IndexedImage>& images,
                                     const report::Style& style);
[[nodiscard]] json::Value index_json(const std::string& url, const std::vector<catalog::IndexedImage>& images);

[[nodiscard]] std::string changes_text(const std::vector<catalog::ReleaseChange>& changes, const report::Style& style);
[[nodiscard]] json::Value changes_json(const std::vector<catalog::ReleaseChange>& changes);

}  // namespace firmform::cli
