// SPDX-License-Identifier: Apache-2.0
// When a fleet would be as wanted, for people and for programs.
#pragma once

#include <string>

#include "engine/json/value.h"
#include "engine/report/style.h"
#include "engine/simulate/calendar.h"

namespace firmform::report {

[[nodiscard]] std::string calendar_text(const simulate::Calendar& calendar, const Style& style);
[[nodiscard]] json::Value calendar_json(const simulate::Calendar& calendar);

}  // namespace firmform::report
