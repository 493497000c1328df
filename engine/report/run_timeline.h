// SPDX-License-Identifier: Apache-2.0
// What a run did when, as seen by a view.
#pragma once

#include <functional>
#include <memory>

#include "engine/apply/view.h"
#include "engine/simulate/timeline.h"

namespace firmform::report {

/// Calls `done` with the timeline of the run when it ends, however it ends. `clock` outlives the view.
[[nodiscard]] std::unique_ptr<apply::View> make_run_recorder(const Clock& clock,
                                                             std::function<void(simulate::Timeline)> done);

}  // namespace firmform::report
