// SPDX-License-Identifier: Apache-2.0
// Which BMCs `import` asks: named one by one, out of a list, an Ansible inventory or a subnet.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/cli/runtime.h"
#include "engine/cli/verb.h"

namespace firmform::cli {

struct FoundBmc {
  std::string name;  ///< that was given for the host; empty: none
  std::string bmc;   ///< URL
  std::map<std::string, std::string> labels;
};

/// "NAME=ADDRESS", "NAME ADDRESS" or "ADDRESS". Fails with usage; the message never holds what might be a password.
[[nodiscard]] Result<FoundBmc> parse_bmc(std::string_view text);

/// Addresses of "10.20.0.0/24", without those of the network and of broadcasts. Fails with usage: for what is no
/// subnet of IPv4, and for more than 4096 addresses, or 65536 if `large`.
[[nodiscard]] Result<std::vector<std::string>> addresses_of(std::string_view subnet, bool large);

/// URLs of those addresses where a Redfish service answers. Nothing is sent but a request for its root, without
/// credentials. Progress goes to a terminal.
[[nodiscard]] std::vector<std::string> find_services(const std::vector<std::string>& addresses, std::uint16_t port,
                                                     Runtime& runtime, const Context& context);

/// All BMCs that the arguments name, each once. Problems are printed.
[[nodiscard]] OrExit<std::vector<FoundBmc>> find_bmcs(const Arguments& arguments, Runtime& runtime, Context& context);

}  // namespace firmform::cli
