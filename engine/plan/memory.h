// SPDX-License-Identifier: Apache-2.0
// What the hosts of one plan share while it is made: fleets are uniform, so most questions come up thousands of times.
// Nothing in here changes an answer, only how often it is looked for.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/manifest/manifest.h"
#include "engine/schedule/opening.h"
#include "engine/solve/solve.h"

namespace firmform::plan {

class VersionImages;

struct Memory {
  std::shared_ptr<VersionImages> version_images;  ///< for ways back

  using Answer = std::variant<solve::Solution, solve::Unsolvable>;
  std::unordered_map<std::string, std::shared_ptr<const Answer>> solutions;  ///< by what solve() depends on

  /// Entries that stand for steps on the way.
  std::map<std::pair<const manifest::ViaStep*, const catalog::CatalogImage*>, std::unique_ptr<manifest::FirmwareEntry>>
      steps;

  /// Packages of the catalog for steps that name none: by step, device class and targets of the component.
  using ImageKey = std::tuple<const manifest::ViaStep*, std::string, std::vector<std::string>>;
  std::map<ImageKey, const catalog::CatalogImage*> images;

  struct OpeningKey {
    const manifest::Window* window;
    std::vector<const manifest::FreezePeriod*> freezes;
    Duration least;
    auto operator<=>(const OpeningKey&) const = default;
  };
  std::map<OpeningKey, Result<std::optional<schedule::Occurrence>>> openings;
};

}  // namespace firmform::plan
