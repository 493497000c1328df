// SPDX-License-Identifier: Apache-2.0
// What the place that a report goes to can show.
#pragma once

namespace firmform::report {

struct Style {
  int width = 100;  ///< columns
  bool color = false;
  bool unicode = true;  ///< false: ASCII only
};

}  // namespace firmform::report
