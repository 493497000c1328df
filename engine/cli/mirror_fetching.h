// SPDX-License-Identifier: Apache-2.0
// The mirrors of a project, asked by this machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/mirror.h"
#include "engine/cli/project_catalog.h"

namespace firmform::cli {

struct MirrorIndex {
  std::string url;
  std::optional<std::vector<catalog::IndexedImage>> images;  ///< absent: the mirror has no index
};

/// Asks every URL source of the catalog for its index. Failures are printed.
[[nodiscard]] OrExit<std::vector<MirrorIndex>> read_indexes(const Project& project, Context& context);

struct WantedFile {
  std::string image;  ///< name or URL, as the manifest has it
  std::string url;
  std::optional<catalog::LockedImage> pin;
};
struct FetchOutcome {
  std::string image;
  Result<catalog::FetchedFile> file;
};
/// Brings the files into the project's cache one after the other, with a line for each on a terminal.
[[nodiscard]] std::vector<FetchOutcome> fetch_files(const Project& project, const std::vector<WantedFile>& files,
                                                    Context& context);

}  // namespace firmform::cli
