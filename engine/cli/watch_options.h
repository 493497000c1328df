// SPDX-License-Identifier: Apache-2.0
// What the command line says about a watch; what it does not say, the manifest does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/cli/verb.h"
#include "engine/manifest/manifest.h"
#include "engine/watch/scheduler.h"

namespace firmform::cli {

struct WatchOptions {
  std::optional<Duration> interval;
  std::optional<Duration> jitter;
  std::optional<bool> apply;
  std::string listen;  ///< empty: nowhere
  bool git = false;
  Duration poll = std::chrono::minutes(1);  ///< with git: how often a new revision is looked for
  bool once = false;
  int read_parallelism = 0;

  /// `watch` of the manifest with what was given here.
  [[nodiscard]] manifest::Watch over(manifest::Watch watch) const;
  [[nodiscard]] watch::Pace pace(const manifest::Watch& watch) const;
};

[[nodiscard]] std::vector<OptionSpec> watch_options();
/// Fails with usage.
[[nodiscard]] Result<WatchOptions> parse_watch_options(const Arguments& arguments);

}  // namespace firmform::cli
