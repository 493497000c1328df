// SPDX-License-Identifier: Apache-2.0
// One exchange as JSON without secrets. Pure.
#pragma once

#include <functional>

#include "engine/base/result.h"
#include "engine/http/message.h"
#include "engine/json/value.h"

namespace firmform::http {

/// What of a request is traced, taken before the request is moved away.
[[nodiscard]] json::Object trace_of(const Request& request,
                                    const std::function<json::Value(const json::Value&)>& redact,
                                    std::size_t max_body_bytes);
/// What of its answer.
[[nodiscard]] json::Object trace_of(const Result<Response>& response,
                                    const std::function<json::Value(const json::Value&)>& redact,
                                    std::size_t max_body_bytes);

}  // namespace firmform::http
