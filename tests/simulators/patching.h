// SPDX-License-Identifier: Apache-2.0
// PATCH as DSP0266 defines it: every property of the request is judged by itself.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/json/value.h"
#include "tests/simulators/messages.h"

namespace firmform::simulators {

/// One property that a client may change.
struct Writable {
  enum class Kind { boolean, text, number, uri_list };
  std::string path;  ///< "HttpPushUriTargetsBusy", "Oem/Hpe/DowngradePolicy"
  Kind kind = Kind::text;
  std::vector<std::string> allowed;  ///< empty: any
};

struct PatchJudgement {
  std::vector<std::pair<std::string, json::Value>> good;  ///< path and new value
  std::vector<std::pair<std::string, Message>> bad;       ///< path and why not
};

/// OData annotations count neither as good nor as bad.
[[nodiscard]] PatchJudgement judge_patch(const json::Value& wanted, const json::Value& current,
                                         const std::vector<Writable>& known);

/// Member at "A/B/C"; null when there is none.
[[nodiscard]] const json::Value& at_path(const json::Value& value, const std::string& path);
/// Sets the member at "A/B/C"; objects on the way are made.
void set_at_path(json::Value& value, const std::string& path, json::Value member);

}  // namespace firmform::simulators
