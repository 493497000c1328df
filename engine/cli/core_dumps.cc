// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/core_dumps.h"

#include <sys/prctl.h>

#include <cstdlib>

namespace firmform::cli {

void forbid_core_dumps() {
  const char* allow = std::getenv("FIRMFORM_ALLOW_CORE");
  if (allow != nullptr && *allow != '\0') return;
  // Stronger than RLIMIT_CORE, which a handler in /proc/sys/kernel/core_pattern does not see; programs that are started
  // (`exec:`, `git`) are dumpable again.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace firmform::cli
