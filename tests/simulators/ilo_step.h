// SPDX-License-Identifier: Apache-2.0
// IloStep: what an entry of the queue and an item of an install set have in common. Reference: ilo.md 8.2, 10.1.
#pragma once

#include <string>
#include <vector>

#include "tests/simulators/ilo_rules.h"

namespace firmform::simulators {

inline constexpr std::string_view kBmc = "Bmc";
inline constexpr std::string_view kUefi = "Uefi";
inline constexpr std::string_view kRuntimeAgent = "RuntimeAgent";

struct IloStep {
  std::string name;
  std::string command = "ApplyUpdate";
  std::string filename;                   ///< only for ApplyUpdate
  std::string component;                  ///< URI; "0" for an entry that is bound to no file (8.3)
  std::vector<std::string> updatable_by;  ///< as asked for; empty: the package says
  int timeout_minutes = 0;
  int wait_seconds = 0;
  std::vector<std::string> targets;

  [[nodiscard]] bool applies_update() const { return command == "ApplyUpdate"; }
  [[nodiscard]] bool is_bound() const { return !applies_update() || component != "0"; }
};

/// Commands that the schema of this generation has.
[[nodiscard]] std::vector<std::string> ilo_commands(const IloFeatures& features, bool in_install_set);
/// Reads all but the name; what is wrong gathers in `form`.
void read_step(IloForm& form, const IloFeatures& features, const std::vector<std::string>& commands,
               const IloQueueOwner& owner, IloStep& step);
/// The properties of the step, in alphabetical order.
[[nodiscard]] json::Object render_step(const IloStep& step);
/// A step as it is shown.
[[nodiscard]] IloStep captured_step(const json::Value& item);
/// Who may work on it: as asked for, else as the package says, else iLO itself.
[[nodiscard]] std::vector<std::string> updaters_of(const IloStep& step, const IloQueueOwner& owner);

}  // namespace firmform::simulators
