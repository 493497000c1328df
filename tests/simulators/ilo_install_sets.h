// SPDX-License-Identifier: Apache-2.0
// IloInstallSets: named sequences of updates that one request puts into the queue, among them the recovery set.
// Reference: ilo.md 10.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulators/ilo_queue.h"

namespace firmform::simulators {

struct IloInstallSet {
  std::string id;
  std::string name;
  std::optional<std::string> description;
  std::string platform;  ///< PlatformID; empty: none
  bool is_recovery = false;
  std::string created;  ///< as shown
  std::string modified;
  std::vector<IloStep> steps;
};

class IloInstallSets {
 public:
  /// `owner` and `queue` must outlive it.
  IloInstallSets(IloQueueOwner& owner, IloQueue& queue, IloDisagreements choices = {});
  /// Takes over a captured set as it is.
  void seed(const json::Value& captured);

  [[nodiscard]] json::Value collection() const;
  /// Null when there is none of that Id.
  [[nodiscard]] json::Value member(std::string_view id) const;
  IloReply create(const json::Value& body);
  IloReply change(std::string_view id, const json::Value& body);
  IloReply remove(std::string_view id);
  /// DeleteInstallSets
  IloReply remove_all(const json::Value& body);
  IloReply invoke(std::string_view id, const json::Value& body);

  /// Names of files that sets refer to: their components are locked.
  [[nodiscard]] std::set<std::string> files() const;
  [[nodiscard]] const IloInstallSet* recovery_set() const;
  /// UpdateRecoverySet: `newer` takes the place of `older` in the recovery set. False when `older` is not in it.
  bool replace_in_recovery_set(const std::string& older, const std::string& newer);

 private:
  [[nodiscard]] const IloInstallSet* find(std::string_view id) const;
  [[nodiscard]] json::Value render(const IloInstallSet& set) const;
  [[nodiscard]] std::vector<IloStep> read_sequence(IloForm& form) const;
  [[nodiscard]] std::optional<IloReply> refuse_set(const IloInstallSet& set, std::string_view replaces) const;

  IloQueueOwner& owner_;
  IloQueue& queue_;
  IloDisagreements choices_;
  IloFeatures features_;
  std::vector<IloInstallSet> sets_;  ///< in order of creation
};

}  // namespace firmform::simulators
