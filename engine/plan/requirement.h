// SPDX-License-Identifier: Apache-2.0
// `requires: ["System ROM >= U46 v1.60"]`: a version that another component must have first.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/version/version.h"

namespace firmform::plan {

struct Requirement {
  enum class Relation { equal, not_equal, less, less_equal, greater, greater_equal };
  std::string component;  ///< as in a selector's name
  Relation relation = Relation::equal;
  std::string version;
};

/// Empty when the text is not `component relation version`; relations stand between spaces.
[[nodiscard]] std::optional<Requirement> parse_requirement(std::string_view text);

/// False also when the two versions cannot be compared, except for `!=` and `=`, which need no order.
[[nodiscard]] bool is_met(const Requirement& requirement, std::string_view installed, version::Scheme scheme);

}  // namespace firmform::plan
