// SPDX-License-Identifier: Apache-2.0
// Error: one coded failure with what happened, where, and what to do next. Cheap to move and copy (a
// pointer to an immutable payload), so Result<T> stays small. An Error never holds a secret.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/codes.h"

namespace firmform {

class Error {
 public:
  Error(Code code, std::string message);

  [[nodiscard]] Code code() const;
  /// What happened, one sentence, no trailing period.
  [[nodiscard]] const std::string& message() const;
  /// Facts that help to understand, such as a Redfish message or the request that failed.
  [[nodiscard]] const std::vector<std::string>& notes() const;
  /// Concrete next steps, each an imperative sentence.
  [[nodiscard]] const std::vector<std::string>& help() const;

  [[nodiscard]] Error with_note(std::string note) const;
  [[nodiscard]] Error with_help(std::string help) const;
  /// Puts `context` in front of the message: "while reading web-01: …".
  [[nodiscard]] Error with_context(std::string_view context) const;

  /// "FF0403: message (note; note)", one line, for journal and logs.
  [[nodiscard]] std::string one_line() const;

 private:
  struct Payload;
  explicit Error(std::shared_ptr<const Payload> payload);
  std::shared_ptr<const Payload> payload_;
};

}  // namespace firmform
