// SPDX-License-Identifier: Apache-2.0
// IloWindows: the one-shot maintenance windows of an iLO. Reference: ilo.md 9.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulators/ilo_rules.h"

namespace firmform::simulators {

struct IloWindow {
  std::string id;
  std::string name;
  std::optional<std::string> description;
  std::optional<UtcTime> start_after;
  std::optional<UtcTime> expire;
  UtcTime created{};
  UtcTime modified{};
};

/// Whatever refers to windows by their Id.
class IloWindowUser {
 public:
  virtual ~IloWindowUser() = default;
  virtual void window_removed(const std::string& id) = 0;
  /// Its times have changed.
  virtual void window_changed(const std::string& id) = 0;
  /// The latest start of an entry that still waits, of those that do not refer to `window`.
  [[nodiscard]] virtual std::optional<UtcTime> latest_start(std::string_view window) const = 0;
};

class IloWindows {
 public:
  /// `owner` must outlive it, and so must a user.
  explicit IloWindows(IloQueueOwner& owner, IloDisagreements choices = {});
  void attach(IloWindowUser& user) { user_ = &user; }

  [[nodiscard]] json::Value collection() const;
  /// Null when there is none of that Id.
  [[nodiscard]] json::Value member(std::string_view id) const;
  IloReply create(const json::Value& body);
  IloReply change(std::string_view id, const json::Value& body);
  IloReply remove(std::string_view id);
  /// DeleteMaintenanceWindows
  IloReply remove_all();

  [[nodiscard]] const IloWindow* find(std::string_view id) const;
  [[nodiscard]] std::size_t size() const { return windows_.size(); }

 private:
  void read(IloForm& form, IloWindow& window) const;
  [[nodiscard]] std::optional<Message> refuse_times(const IloWindow& window) const;
  [[nodiscard]] json::Value render(const IloWindow& window) const;

  IloQueueOwner& owner_;
  IloDisagreements choices_;
  IloFeatures features_;
  IloWindowUser* user_ = nullptr;
  std::vector<IloWindow> windows_;  ///< in order of creation
};

}  // namespace firmform::simulators
