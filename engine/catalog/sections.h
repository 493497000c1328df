// SPDX-License-Identifier: Apache-2.0
// Detached signatures (.compsig) of Smart Components. BMCs take such a file in pieces of 32 MiB, each with a signature
// of its own, so the names and number of the signatures follow from the size of the file. What is inside of a
// signature the BMC judges; what is checked here is that each piece has one, and that they can be the file's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/catalog/catalog.h"

namespace firmform::catalog {

inline constexpr std::uint64_t kSectionBytes = std::uint64_t{32} << 20U;

/// The pieces that a file of `size` bytes is sent in, in order and without signatures. At least one, none empty but
/// that of an empty file.
[[nodiscard]] std::vector<Section> cut_into_sections(std::uint64_t size);

/// Names of the signatures of `file`, one for each piece: "cp1.compsig", or "cp1_part1.compsig", "cp1_part2.compsig" …
[[nodiscard]] std::vector<std::string> signature_names(std::string_view file, std::uint64_t size);

/// The pieces of `file` with the signatures beside it. Empty when there is no signature at all. Fails with
/// signature_mismatch when some are missing, too many, empty, larger than the file or the same twice, and with
/// image_unreadable.
[[nodiscard]] Result<std::vector<Section>> read_signatures(const std::filesystem::path& file, std::uint64_t size);

}  // namespace firmform::catalog
