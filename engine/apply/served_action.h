// SPDX-License-Identifier: Apache-2.0
// Actions whose image the BMC pulls from the run's own server: the planned body names the server by stand-ins, and
// what is sent has URLs in their place. Pure.
#pragma once

#include "engine/apply/image_publisher.h"
#include "engine/plan/plan.h"

namespace firmform::apply {

[[nodiscard]] bool is_served(const plan::Action& action);

/// The action with the stand-ins of its body replaced.
[[nodiscard]] plan::Action with_urls(plan::Action action, const PublishedImage& published);

/// URLs by which a request that was sent earlier, under a URL that nobody knows any more, is known again: providers
/// compare last segments only.
[[nodiscard]] PublishedImage recognizable(const plan::Image& image);

}  // namespace firmform::apply
