// SPDX-License-Identifier: Apache-2.0
// The view of a run that tells receivers what happens.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/apply/view.h"
#include "engine/notify/event.h"

namespace firmform::notify {

/// Must return at once: a run never waits for a receiver.
using Post = std::function<void(Event)>;

/// `clock` outlives the view.
[[nodiscard]] std::unique_ptr<apply::View> make_notifying_view(Post post, const Clock& clock, std::string verb,
                                                               std::string tool_version);

}  // namespace firmform::notify
