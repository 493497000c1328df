// SPDX-License-Identifier: Apache-2.0
// SystemLog: the event log of a machine that is no iLO, in the standard's form.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/value.h"

namespace firmform::simulators {

class SystemLog {
 public:
  /// `uri` is the log service's, below the LogServices of its owner.
  explicit SystemLog(std::string_view uri) : uri_(uri) {}

  /// "OK", "Warning" or "Critical", at `now` by the BMC's clock.
  void add(std::string severity, std::string message, std::string now);
  /// Owner's collection of log services.
  [[nodiscard]] std::string collection_uri() const { return uri_.substr(0, uri_.rfind('/')); }
  /// Whether `path` belongs to this log.
  [[nodiscard]] bool owns(std::string_view path) const;
  /// Absent where there is no such resource.
  [[nodiscard]] std::optional<json::Value> document(std::string_view path, const std::string& now) const;

 private:
  struct Entry {
    int id = 0;
    std::string severity;
    std::string message;
    std::string created;
  };
  [[nodiscard]] json::Value render(const Entry& entry) const;

  std::string uri_;
  std::vector<Entry> entries_;
};

}  // namespace firmform::simulators
