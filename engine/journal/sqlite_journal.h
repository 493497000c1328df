// SPDX-License-Identifier: Apache-2.0
// The journal as one SQLite file (WAL, synchronous=FULL). A writer thread commits everything that waits
// in one transaction, so that a thousand hosts do not wait for a thousand fsyncs.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/journal/journal.h"

namespace firmform::journal {

/// Opens or creates `directory`/journal.sqlite; the directory is created with mode 0700. Fails with
/// journal_failed (not writable, disk full, damaged) or journal_newer.
[[nodiscard]] Result<std::unique_ptr<Journal>> open_sqlite_journal(const std::filesystem::path& directory);

}  // namespace firmform::journal
