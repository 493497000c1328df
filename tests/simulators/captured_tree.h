// SPDX-License-Identifier: Apache-2.0
// CapturedTree: the resources of one real machine as a simulated one shows them: read once, shared by all BMCs
// of a model, never changed. What the simulation cannot keep up is taken out when the tree is loaded: sessions
// and tasks of the day of the capture, links that lead nowhere, actions that are not simulated.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/json/value.h"

namespace firmform::simulators {

struct CapturedResource {
  std::string uri;  ///< as the machine writes it, without a slash at the end
  json::Value body;
  std::string text;  ///< the body as it is sent
};

struct ExpandSupport {
  bool all = false;       ///< $expand=*
  bool no_links = false;  ///< $expand=.
  bool links = false;     ///< $expand=~
  bool levels = false;
  std::int64_t max_levels = 1;
};

/// What ProtocolFeaturesSupported of the service root says.
struct ProtocolFeatures {
  ExpandSupport expand;
  bool select = false;
  bool filter = false;
  bool only = false;
};

class CapturedTree {
 public:
  /// The tree in `folder` of tests/mockups; loaded at the first call. Throws std::runtime_error when the program
  /// was built without it: that is a defect of the build.
  static std::shared_ptr<const CapturedTree> load(std::string_view folder);

  /// By URI without a slash at the end, whatever the case. Null when there is none.
  [[nodiscard]] const CapturedResource* find(std::string_view uri) const;
  /// All resources in order of their URIs in lower case.
  [[nodiscard]] const std::map<std::string, CapturedResource, std::less<>>& resources() const { return resources_; }
  /// Targets of actions that the machine has and the simulation has not.
  [[nodiscard]] bool is_unsimulated_action(std::string_view uri) const;

  [[nodiscard]] const ProtocolFeatures& features() const { return features_; }
  [[nodiscard]] const std::string& system() const { return system_; }
  [[nodiscard]] const std::string& manager() const { return manager_; }
  [[nodiscard]] const std::vector<std::string>& system_reset_types() const { return system_reset_types_; }
  [[nodiscard]] const std::vector<std::string>& manager_reset_types() const { return manager_reset_types_; }
  /// URIs of the members of the firmware inventory, in order.
  [[nodiscard]] const std::vector<std::string>& firmware_items() const { return firmware_items_; }

 private:
  void read(std::string_view folder);
  void add_stubs();
  void remove_unsimulated(json::Value& value);
  void prune(json::Value& value);
  void learn();
  [[nodiscard]] bool resolves(std::string_view uri) const;
  [[nodiscard]] std::vector<std::string> reset_types(const std::string& uri, std::string_view action) const;

  std::map<std::string, CapturedResource, std::less<>> resources_;
  std::set<std::string, std::less<>> unsimulated_actions_;
  ProtocolFeatures features_;
  std::string system_;
  std::string manager_;
  std::vector<std::string> system_reset_types_;
  std::vector<std::string> manager_reset_types_;
  std::vector<std::string> firmware_items_;
};

/// Where every tree has its sessions and tasks.
inline constexpr std::string_view kRoot = "/redfish/v1";
inline constexpr std::string_view kSessions = "/redfish/v1/SessionService/Sessions";
inline constexpr std::string_view kTasks = "/redfish/v1/TaskService/Tasks";
inline constexpr std::string_view kMonitors = "/redfish/v1/TaskService/TaskMonitors";
inline constexpr std::string_view kUpdateService = "/redfish/v1/UpdateService";
inline constexpr std::string_view kFirmwareInventory = "/redfish/v1/UpdateService/FirmwareInventory";

/// Without the slash at the end.
[[nodiscard]] std::string_view without_slash(std::string_view uri);

}  // namespace firmform::simulators
