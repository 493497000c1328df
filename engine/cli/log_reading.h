// SPDX-License-Identifier: Apache-2.0
// Event logs of several BMCs, each on its own.
#pragma once

#include <optional>
#include <vector>

#include "engine/cli/runtime.h"

namespace firmform::cli {

struct HostLog {
  std::string host;
  std::vector<LogEntry> entries;  ///< oldest first
  std::optional<Error> error;     ///< why there are none
};

/// From when on entries are wanted: a time, or that long before the BMC's own now.
struct Since {
  std::optional<UtcTime> time;
  std::optional<Duration> age;
};

/// In the order of `targets`. One dead BMC is one log with an error.
[[nodiscard]] std::vector<HostLog> read_logs(Runtime& runtime, const std::vector<apply::Target>& targets, Since since);

}  // namespace firmform::cli
