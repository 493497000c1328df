// SPDX-License-Identifier: Apache-2.0
// The plan file: canonical JSON with a digest, mode 0600, no secrets. encode(decode(x)) == x.
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.h"
#include "engine/plan/plan.h"

namespace firmform::plan {

inline constexpr int kPlanFormat = 1;

/// The JSON of `show -json` and of the file; schemas/plan.v1.schema.json describes it.
[[nodiscard]] json::Value to_json(const Plan& plan);
/// Fails with plan_malformed, plan_edited (digest does not fit) or plan_other_version. A value that passes is
/// consistent: ids equal indices, and actions need only earlier ones.
[[nodiscard]] Result<Plan> from_json(const json::Value& value);

/// SHA-256 over the canonical JSON without header.id.
[[nodiscard]] std::string compute_id(const Plan& plan);

/// Writes the canonical JSON atomically with mode 0600; a file or symbolic link at `path` is replaced, never
/// followed. Fails with plan_unwritable.
[[nodiscard]] Status write_file(const Plan& plan, const std::filesystem::path& path);
/// Fails as from_json does; the caller knows the path.
[[nodiscard]] Result<Plan> read_file(const std::filesystem::path& path);

}  // namespace firmform::plan
