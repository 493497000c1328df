// SPDX-License-Identifier: Apache-2.0
// The exact search over the states of coupled parts, for what the fast path cannot decide. Private to engine/solve.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/solve/model.h"

namespace firmform::solve {

struct SearchResult {
  std::optional<Draft> draft;
  /// The answer is final: `draft` is the best there is, or there is none (better than the bound). False: the search
  /// gave up when it had met more states than it may.
  bool finished = true;
  std::size_t states = 0;  ///< that it met
};

/// A*: the best way, if there is one better than `bound`.
[[nodiscard]] SearchResult search_best(const Model& model, const std::optional<Cost>& bound, std::size_t most_states);

/// Any way, as directly as can be.
[[nodiscard]] SearchResult search_any(const Model& model, std::size_t most_states);

}  // namespace firmform::solve
