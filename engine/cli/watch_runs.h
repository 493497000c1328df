// SPDX-License-Identifier: Apache-2.0
// What a watch wants to know of the runs of its directory.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/apply/view.h"
#include "engine/watch/cycle.h"

namespace firmform::cli {

struct UnfinishedRun {
  std::string id;
  bool paused = false;  ///< by a gate of its rollout, or by a person
};

/// Nothing where no run was made yet, or all are finished.
[[nodiscard]] Result<std::optional<UnfinishedRun>> unfinished_run(const std::filesystem::path& state_directory);

/// What runs that began at `since` or later sent.
[[nodiscard]] Result<std::vector<watch::Sending>> sent_since(const std::filesystem::path& state_directory,
                                                             UtcTime since, watch::History& history);

/// Writes the id of the run that begins into `id`, which outlives it.
[[nodiscard]] std::unique_ptr<apply::View> make_run_id_view(std::string& id);

/// What a run that nobody interrupted comes to.
[[nodiscard]] watch::CycleResult result_of(const apply::Summary& summary, Exit exit);

}  // namespace firmform::cli
