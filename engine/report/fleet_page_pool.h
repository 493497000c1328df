// SPDX-License-Identifier: Apache-2.0
// Values that are equal, kept once and named by a number.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>

#include "engine/json/value.h"

namespace firmform::report {

class Pool {
 public:
  /// The number of an equal value, in order of first use.
  std::int64_t number_of(json::Value value) {
    const auto [place, is_new] = numbers_.try_emplace(json::dump(value), static_cast<std::int64_t>(values_.size()));
    if (is_new) values_.push_back(std::move(value));
    return place->second;
  }

  [[nodiscard]] json::Array take() { return std::move(values_); }
  [[nodiscard]] const json::Array& values() const { return values_; }

 private:
  std::unordered_map<std::string, std::int64_t> numbers_;
  json::Array values_;
};

}  // namespace firmform::report
