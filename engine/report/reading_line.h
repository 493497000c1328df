// SPDX-License-Identifier: Apache-2.0
// The line that is seen while an inventory is read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/report/style.h"

namespace firmform::report {

struct ReadingProgress {
  std::size_t hosts = 0;
  std::size_t done = 0;    ///< those that could not be read included
  std::size_t failed = 0;  ///< those
};

/// "Reading  ████░░░░  12/48 hosts, 1 not readable, last web-12", narrower than `style.width`; no line ending.
[[nodiscard]] std::string reading_line(const ReadingProgress& progress, std::string_view last, const Style& style);

}  // namespace firmform::report
