// SPDX-License-Identifier: Apache-2.0
// Redfish messages of a simulated BMC: error and success bodies in the machine's own form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/json/value.h"
#include "tests/simulators/traits.h"

namespace firmform::simulators {

/// A message by registry and key: {"Base", "ResourceInUse", {}}.
struct Message {
  std::string registry;
  std::string key;
  std::vector<std::string> args;
};

[[nodiscard]] inline Message base_message(std::string key, std::vector<std::string> args = {}) {
  return {"Base", std::move(key), std::move(args)};
}

/// Writes messages as one model does: HPE by id alone, others with the texts of DMTF's registries.
class MessageWriter {
 public:
  explicit MessageWriter(const ModelTraits& traits);

  /// "Base.1.18.ResourceInUse"
  [[nodiscard]] std::string id(const Message& message) const;
  /// One entry of @Message.ExtendedInfo or of a Task's Messages.
  [[nodiscard]] json::Value entry(const Message& message) const;
  /// {"error": {...}}, the form of errors and, on an iLO, of successes.
  [[nodiscard]] json::Value error_body(const std::vector<Message>& messages) const;
  /// Body of an action that is done: HPE's error form with Success, else plain ExtendedInfo.
  [[nodiscard]] json::Value success_body() const;

  /// True when the machine's own registry knows the key.
  [[nodiscard]] bool knows(std::string_view registry, std::string_view key) const;

 private:
  [[nodiscard]] std::string_view version(std::string_view registry) const;

  const ModelTraits& traits_;
  std::string ilo_registry_;
};

}  // namespace firmform::simulators
