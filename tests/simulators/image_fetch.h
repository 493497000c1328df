// SPDX-License-Identifier: Apache-2.0
// How a lab machine pulls an image: one GET over HTTP or HTTPS.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/base/task.h"

namespace firmform::simulators {

/// The body of a 200. Code::unexpected_reply for any other status; Code::connection_refused when no connection or no
/// whole answer came. Certificates are not verified: BMCs mostly cannot.
Task<Result<std::string>> fetch_image(std::string url);

}  // namespace firmform::simulators
