// SPDX-License-Identifier: Apache-2.0
// Passwords are in this process's memory, and a core dump is a copy of it.
#pragma once

namespace firmform::cli {

/// No core is written when the program crashes, and no other process of the same user may look into its memory.
/// FIRMFORM_ALLOW_CORE=1 in the environment leaves both possible, for finding a bug.
void forbid_core_dumps();

}  // namespace firmform::cli
