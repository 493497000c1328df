// SPDX-License-Identifier: Apache-2.0
// fwrepodata/fwrepo.json: what HPE's firmware repositories, and copies of them, say of their files. It tells neither
// sizes nor digests; those come from the files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace firmform::catalog {

inline constexpr std::string_view kRepositoryIndex = "fwrepodata/fwrepo.json";

struct IndexedImage {
  std::string file;
  std::string description;
  std::string version;
  std::string device_class;          ///< GUID, lower case
  std::vector<std::string> targets;  ///< GUIDs, lower case
  std::string minimum_version;
  bool reset_required = false;
};

/// In order of file names; entries whose name is no plain file name are left out. Fails with mirror_failed.
[[nodiscard]] Result<std::vector<IndexedImage>> parse_repository_index(std::string_view text);

}  // namespace firmform::catalog
