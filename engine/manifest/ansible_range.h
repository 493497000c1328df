// SPDX-License-Identifier: Apache-2.0
// Host names with ranges, as Ansible inventories write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace firmform::manifest {

/// Names and port of "www[01:50:2].example.com:2222", "db-[a:f]".
struct AnsibleHostNames {
  std::vector<std::string> names;
  std::optional<std::string> port;
};

/// Fails with inventory_malformed when a range is malformed, or stands for more than 100,000 names.
[[nodiscard]] Result<AnsibleHostNames> expand_host_names(std::string_view pattern);

}  // namespace firmform::manifest
