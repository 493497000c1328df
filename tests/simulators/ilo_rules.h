// SPDX-License-Identifier: Apache-2.0
// What the parts of an iLO's update service have in common: what each generation offers, where HPE's documents leave
// a choice, and how the properties of a request are judged. Reference: ilo.md 1.7, 2.2, 8.2, 10.1.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/json/value.h"
#include "tests/simulators/ilo_owner.h"
#include "tests/simulators/messages.h"

namespace firmform::simulators {

inline constexpr std::string_view kTaskQueue = "/redfish/v1/UpdateService/UpdateTaskQueue";
inline constexpr std::string_view kWindows = "/redfish/v1/UpdateService/MaintenanceWindows";
inline constexpr std::string_view kInstallSets = "/redfish/v1/UpdateService/InstallSets";

inline constexpr std::string_view kConfigPrivilege = "iLOConfigPriv";
inline constexpr std::string_view kRecoveryPrivilege = "SystemRecoveryConfigPriv";

inline constexpr std::size_t kLongestIloName = 64;  ///< of entries, sets, windows, and of file names in them
inline constexpr std::size_t kMostWindows = 8;
inline constexpr std::size_t kMostInstallSets = 8;

/// Where the documents say nothing or contradict one another. The defaults are what ilo.md suggests; `[?]` there.
struct IloDisagreements {
  int duplicate_status = 400;                              ///< 8.3: a name that is taken
  std::string duplicate_key = "ResourceAlreadyExists";     ///< or PropertyValueIncompatible (NonUnique)
  int locked_status = 400;                                 ///< 4.3: a locked component is to be replaced or deleted
  std::string locked_key = "ResourceInUse";                ///< or ResourceCannotBeDeleted
  int full_status = 400;                                   ///< 15: a ninth window or set, a full queue
  std::string full_key = "CreateLimitReachedForResource";  ///< of windows and sets
  std::size_t queue_capacity = 64;                         ///< 8.3: finite, nobody says how much
  bool unbound_without_command = true;                     ///< 8.3: the trap; false: PropertyMissing
  bool misspelled_recovery_set = false;                    ///< 8.3: `UpdatedRecoverySet` in answers with Targets
  bool early_window_refused = true;       ///< 9: a window that ends before a queued entry starts (text of the GUI)
  bool bios_package_needs_uefi = false;   ///< 8.7: BIOS packages queued for Bmc answer SystemResetRequired, unflashed
  bool uefi_resets_after_install = true;  ///< 8.8: a second reset follows installs in POST
  bool three_updaters_split = false;      ///< 7.5: an entry for all three becomes two, and that for the OS never ends
};

/// Sets the choice of that name, as spelled above. False when there is no such choice or the value does not fit.
bool choose(IloDisagreements& choices, std::string_view name, const json::Value& value);

/// What the schemas of a generation have (2.2, 8.2, 10.1).
struct IloFeatures {
  std::string_view task_type;
  std::string_view install_set_type;
  bool targets = false;
  bool task_placement = false;
  bool pending_reset = false;
  bool boot_to_uefi = false;
  bool host_poweroff = false;
  bool platform_id = false;
  bool decimal_tags = false;
};

/// `model` as in bmc_models(). Unknown ones read as iLO 5.
[[nodiscard]] IloFeatures ilo_features(std::string_view model);

/// An error of one message.
[[nodiscard]] IloReply ilo_refusal(int status, Message message);
/// An error of many messages.
[[nodiscard]] IloReply ilo_refusal(int status, std::vector<Message> messages);
/// 200 with Base Success.
[[nodiscard]] IloReply ilo_success();
[[nodiscard]] IloReply ilo_missing(std::string_view collection, std::string_view id);
/// The refusal of a name that is taken; `type` as in "UpdateTask".
[[nodiscard]] IloReply ilo_duplicate(const IloDisagreements& choices, std::string_view type, const std::string& name);
/// W/"75983E8D", or the same number in decimal (1.6).
[[nodiscard]] std::string ilo_tag(std::uint32_t hash, const IloFeatures& features);
/// A collection of links. `type` without the namespace: "HpeMaintenanceWindowCollection".
[[nodiscard]] json::Value ilo_collection(std::string_view uri, std::string_view type, std::string_view name,
                                         const std::vector<std::string>& ids, const IloFeatures& features);
[[nodiscard]] Message incompatible(std::string value, std::string property, std::string other);
[[nodiscard]] json::Value text_array(const std::vector<std::string>& texts);

/// A time of a request: absent, null, or a point in time.
struct IloTime {
  bool given = false;
  std::optional<UtcTime> at;
};

/// One request body, read property by property; what is wrong with it gathers in problems(). For an action, the
/// messages speak of parameters.
class IloForm {
 public:
  /// `body` must outlive the form. `prefix` stands before each name in messages: "Sequence[2].".
  explicit IloForm(const json::Value& body, std::string prefix = "", std::string action = "");

  [[nodiscard]] bool has(std::string_view key) const { return body_.find(key) != nullptr; }
  /// Empty texts count as malformed unless `may_be_empty`.
  std::optional<std::string> text(const std::string& key, std::size_t longest = kLongestIloName,
                                  bool may_be_empty = false);
  /// A text that must be there.
  std::string required_text(const std::string& key);
  /// A file name: letters, digits, `-`, `.`, `_`.
  std::optional<std::string> file(const std::string& key);
  std::optional<std::string> choice(const std::string& key, const std::vector<std::string>& allowed);
  std::optional<bool> flag(const std::string& key);
  std::optional<int> number(const std::string& key, int lowest, int highest);
  /// "YYYY-MM-DDThh:mm:ss" with or without Z (9), or null.
  IloTime time(const std::string& key);
  /// Texts; each one of `allowed` unless that is empty.
  std::optional<std::vector<std::string>> texts(const std::string& key, const std::vector<std::string>& allowed = {});
  /// A text or null; null reads as "".
  std::optional<std::string> nullable_text(const std::string& key);
  /// The value as it is; the caller judges it.
  const json::Value& value(const std::string& key);

  void refuse(Message message) { problems_.push_back(std::move(message)); }
  /// Judges the properties that were not asked for; `read_only` ones exist and cannot be set.
  void finish(const std::set<std::string, std::less<>>& read_only = {});
  [[nodiscard]] const std::vector<Message>& problems() const { return problems_; }
  [[nodiscard]] std::string named(std::string_view key) const { return prefix_ + std::string(key); }

 private:
  const json::Value* known(const std::string& key);
  void wrong_type(const std::string& key, const json::Value& value);
  void wrong_format(const std::string& key, const std::string& value);

  const json::Value& body_;
  std::string prefix_;
  std::string action_;
  std::set<std::string, std::less<>> known_;
  std::vector<Message> problems_;
};

/// The form of 9, in UTC; empty when malformed.
[[nodiscard]] std::optional<UtcTime> read_ilo_time(std::string_view text);

}  // namespace firmform::simulators
