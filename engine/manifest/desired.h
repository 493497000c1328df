// SPDX-License-Identifier: Apache-2.0
// The desired state per host, after groups and defaults are merged. Pure values: what the planner takes.
// Large fleets share their baselines: a host costs a few hundred bytes.
#pragma once

#include <memory>

#include "engine/manifest/manifest.h"

namespace firmform::manifest {

/// Precedence of what a host or the defaults say; groups lie between, by their priority.
inline constexpr int kHostPrecedence = 1'000'000;
inline constexpr int kDefaultsPrecedence = -1'000'000;

/// A baseline that a host gets, if its observed model matches `model` (absent: always).
struct BaselineChoice {
  std::string name;
  std::shared_ptr<const Baseline> baseline;
  int precedence = 0;                ///< higher wins: host over group (by priority) over defaults
  std::optional<std::string> model;  ///< of a group that selects by model
  SourceSpan span;                   ///< the line that assigns it
  std::string assigned_by;           ///< "host web-01", "group web", "defaults"
};

/// A window, install set or repository that a host is given, after groups and defaults are merged.
struct WindowChoice {
  std::string name;
  std::shared_ptr<const Window> window;
  SourceSpan span;  ///< the line that assigns it
};
struct InstallSetChoice {
  std::string name;
  std::shared_ptr<const InstallSet> set;
  SourceSpan span;
};
struct RepositoryChoice {
  std::string name;
  std::shared_ptr<const Repository> repository;
  SourceSpan span;
};

/// A freeze period that concerns a host.
struct FreezeChoice {
  std::string name;
  std::shared_ptr<const FreezePeriod> period;
};

struct DesiredHost {
  std::string name;
  std::string bmc;
  SourceSpan span;
  std::string credentials_name;
  Credentials credentials;
  Tls tls;
  std::map<std::string, std::string> labels;
  std::vector<BaselineChoice> baselines;  ///< highest precedence first
  std::vector<Text> after;
  std::optional<WindowChoice> window;          ///< never an absent one
  std::vector<FreezeChoice> freezes;           ///< in order of names
  std::vector<InstallSetChoice> install_sets;  ///< in the order of the manifest; absent ones among them
  std::optional<RepositoryChoice> repository;
  Delivery delivery = Delivery::automatic;
  std::vector<Reserved> reserved;  ///< reasons why this host must not be touched by this version
};

struct Desired {
  std::map<std::string, DesiredHost> hosts;
  std::vector<CatalogSource> catalog;
  std::optional<ImageServer> image_server;
  std::vector<Text> absent_windows;  ///< names of windows that no host's BMC shall have
  Policies policies;
  Rollout rollout;
  std::optional<ConfigGuard> config_guard;
  std::optional<PlanSigning> plan_signing;
  Named<Notification> notifications;
  Watch watch;
  std::map<std::string, std::shared_ptr<const Baseline>>
      baselines;          ///< all of the manifest, also what no host is given
  std::string digest;     ///< SHA-256 over names and bytes of all manifest files, in order of names
  std::string directory;  ///< that the paths in here are relative to
};

}  // namespace firmform::manifest
