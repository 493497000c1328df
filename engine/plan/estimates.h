// SPDX-License-Identifier: Apache-2.0
// Estimates: how long actions took in earlier runs, so that plans expect what really happens. Pure values, learned from
// the journal by engine/apply.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace firmform::plan {

/// One action that succeeded.
struct Sample {
  std::string provider;
  std::string model;      ///< of the host
  std::string component;  ///< address of the first component concerned; empty: none
  ActionType type = ActionType::flash;
  Duration took{0};  ///< from sending to success
};

class Estimates {
 public:
  /// With fewer samples than this nothing is said.
  static constexpr std::size_t kFewest = 3;

  void add(const Sample& sample);
  /// What nine of ten took no longer than, of hosts of that model; empty when too little is known.
  [[nodiscard]] std::optional<Duration> expected(const std::string& provider, const std::string& model,
                                                 const std::string& component, ActionType type) const;

 private:
  using Key = std::tuple<std::string, std::string, std::string, ActionType>;
  std::map<Key, std::vector<Duration>> samples_;  ///< each sorted
};

}  // namespace firmform::plan
