// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace firmform::report {

/// `columns` wide. `fraction` is cut to 0…1; the bar is full only at 1, and not empty once anything is done.
[[nodiscard]] std::string progress_bar(double fraction, std::size_t columns, bool unicode);

}  // namespace firmform::report
