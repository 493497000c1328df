// SPDX-License-Identifier: Apache-2.0
// Runs as the journal of a directory has them; what `status` and `rollout` share.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/cli/project.h"
#include "engine/cli/verb.h"
#include "engine/journal/journal.h"
#include "engine/report/run_standing.h"

namespace firmform::cli {

/// The journal of the directory, and one run of it.
struct FoundRun {
  std::filesystem::path state;
  std::unique_ptr<journal::Journal> journal;
  journal::Run run;
};

[[nodiscard]] Error no_such_run(const std::string& name);
/// By its id, or the beginning of one that no other run has. Fails with run_not_found.
[[nodiscard]] Result<journal::Run> named_run(const std::vector<journal::Run>& runs, const std::string& name);

/// The run that was named; else the unfinished one; else the newest. Why there is
/// none is printed.
[[nodiscard]] OrExit<FoundRun> find_run(const Arguments& arguments, Context& context);

/// Who carries the run out now; empty for a finished run, whoever holds the lock.
[[nodiscard]] std::string holder_of(const journal::Run& run, const std::filesystem::path& state);

[[nodiscard]] Result<report::RunStanding> standing_of(journal::Journal& journal, const journal::Run& run,
                                                      const std::filesystem::path& state);

/// Prints where the run stands, as text or with -json.
Exit show_run(FoundRun& found, const Arguments& arguments, Context& context);

}  // namespace firmform::cli
