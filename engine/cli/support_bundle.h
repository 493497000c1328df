// SPDX-License-Identifier: Apache-2.0
// What a person who helps with a problem wants to see, without any secret: as texts, and as an archive.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/secret.h"

namespace firmform::cli {

struct BundleEntry {
  std::string name;  ///< path in the archive
  std::string text;
};

struct Bundle {
  std::vector<BundleEntry> entries;
  std::vector<std::string> missing;  ///< what could not be had, one sentence each
};

/// Version and machine, manifest, plans, events and traces of the last runs, and recorded inventories found in
/// `directory`. What is missing or damaged is named and does not stop it. Secrets are replaced.
[[nodiscard]] Bundle collect_support(const std::filesystem::path& directory);

/// Replaces every occurrence of these in all texts, wherever it came from.
void conceal(Bundle& bundle, const std::vector<Secret>& secrets);

/// Writes a .tar.gz with mode 0600. Fails with would_overwrite and bundle_unwritable.
[[nodiscard]] Status write_archive(const Bundle& bundle, const std::filesystem::path& file);

}  // namespace firmform::cli
