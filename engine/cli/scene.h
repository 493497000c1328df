// SPDX-License-Identifier: Apache-2.0
// What direct verbs look at: hosts of the manifest, and what their BMCs keep right now.
#pragma once

#include <functional>

#include "engine/cli/project.h"
#include "engine/inventory/snapshot.h"

namespace firmform::cli {

struct Scene {
  Project project;
  std::vector<std::string> hosts;  ///< sorted
  inventory::Inventory inventory;  ///< of all of them, unreadable ones included
};

/// `hosts` are names, globs, or lists of them separated by commas; without any, all of the manifest. Options used:
/// from-snapshot, read-parallelism. Problems of the whole are printed.
[[nodiscard]] OrExit<Scene> look_at(const std::vector<std::string>& hosts, const Arguments& arguments,
                                    Context& context);

/// Prints why hosts could not be read; the worst exit code of those reasons, ok without any.
[[nodiscard]] Exit report_unread(const Scene& scene, Context& context);

/// The hosts whose BMC keeps what `has` asks for. The others are printed as not offering `feature` ("a repository").
struct Offering {
  std::vector<const inventory::HostSnapshot*> hosts;
  Exit exit = Exit::ok;  ///< the worst of those left out
};
[[nodiscard]] Offering hosts_with(const Scene& scene, std::string_view feature,
                                  const std::function<bool(const inventory::Staging&)>& has, Context& context);

}  // namespace firmform::cli
