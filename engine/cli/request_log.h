// SPDX-License-Identifier: Apache-2.0
// A log of what was asked of which BMC, for support: FIRMFORM_LOG=debug, and FIRMFORM_LOG_PATH=FILE to keep
// it out of the terminal. Methods, paths, statuses and times only; never headers or bodies, so no secrets.
#pragma once

#include <memory>

#include "engine/base/clock.h"
#include "engine/http/transport.h"

namespace firmform::cli {

/// `transport` itself when no log is asked for, else one that logs what passes through.
[[nodiscard]] std::unique_ptr<http::Transport> with_request_log(std::unique_ptr<http::Transport> transport, Clock& clock);

}  // namespace firmform::cli
