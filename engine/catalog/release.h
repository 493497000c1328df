// SPDX-License-Identifier: Apache-2.0
// Releases: which version of which component a baseline, or a directory of images, brings; and how two of them differ.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/manifest/manifest.h"

namespace firmform::catalog {

struct Release {
  std::string component;  ///< for people: a device's name, or the selector of the manifest
  std::string version;    ///< empty: not known
  std::string image;      ///< empty: the entry of the manifest names none
  std::string device_class;
  std::vector<std::string> targets;
  bool guessed = false;  ///< component and version are a hint by the file's name
};

[[nodiscard]] Release release_of(const CatalogImage& image);
[[nodiscard]] std::vector<Release> releases_of(const manifest::Baseline& baseline);

enum class Move { added, removed, up, down, other };  ///< other: changed, and neither version is known to be newer

[[nodiscard]] std::string_view to_string(Move move);

struct ReleaseChange {
  Move move = Move::other;
  std::optional<Release> before;
  std::optional<Release> after;
};

/// In order of components; what has the same version on both sides is left out. Packages are the same component's when
/// their device classes agree and they share a target; others when their component's names are equal.
[[nodiscard]] std::vector<ReleaseChange> compare(const std::vector<Release>& before, const std::vector<Release>& after);

/// How one version stands to another, in the spellings of packages too ("2.34_04-08-2020").
[[nodiscard]] Move move_between(std::string_view before, std::string_view after);

}  // namespace firmform::catalog
