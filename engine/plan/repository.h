// SPDX-License-Identifier: Apache-2.0
// What the manifest wants in the BMC's repository, and what it does not want there.
#pragma once

#include "engine/plan/draft.h"

namespace firmform::plan {

/// Plans images that shall be stored.
void store_declared(const Scope& scope, HostDraft& host);

/// Plans removals of images that shall not be there. Comes after everything that needs images or lets go of them; may
/// be called again when more was let go.
void remove_unwanted(const Scope& scope, HostDraft& host);

}  // namespace firmform::plan
