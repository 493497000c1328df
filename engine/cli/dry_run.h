// SPDX-License-Identifier: Apache-2.0
// What -dry-run shows: the requests of a plan as they would leave, and nothing is sent. Pure.
#pragma once

#include <string>

#include "engine/json/value.h"
#include "engine/plan/plan.h"

namespace firmform::cli {

/// Method, full URI, body, and the file of an upload, host by host in the order of the plan. Credentials are no part of
/// it.
[[nodiscard]] std::string requests_text(const plan::Plan& plan);
/// {format_version, requests: [{host, method, uri, body, upload, file, signature}]}
[[nodiscard]] json::Value requests_json(const plan::Plan& plan);

}  // namespace firmform::cli
