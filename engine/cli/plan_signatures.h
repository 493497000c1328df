// SPDX-License-Identifier: Apache-2.0
// Whether the manifest's `plan_signing:` lets a plan be carried out.
#pragma once

#include <filesystem>

#include "engine/cli/project.h"
#include "engine/plan/plan.h"

namespace firmform::cli {

/// Of a plan that was read from `file`: the signatures beside it, over exactly these bytes. The bytes are those of
/// `plan` itself, so that what was checked is what is carried out, whatever becomes of the file meanwhile. Fails with
/// signature_missing, signature_invalid or key_unreadable.
[[nodiscard]] Status check_signatures(const std::filesystem::path& file, const plan::Plan& plan,
                                      const Project& project);

/// Of a plan that is to be carried out as soon as it is made: nobody can have signed it. Fails with signature_missing.
[[nodiscard]] Status check_unsaved(const plan::Plan& plan, const Project& project);

/// The bytes of the file that plan::write_file makes of it.
[[nodiscard]] std::string file_bytes(const plan::Plan& plan);

}  // namespace firmform::cli
