// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/manifest/ansible_inventory.h"
#include "tests/fuzz/require.h"

namespace manifest = firmform::manifest;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"hosts", "hosts.yml", "hosts.json"}) {
    firmform::SourceMap sources;
    const auto read = manifest::read_ansible({{name, text, manifest::TextRole::hosts}}, sources);
    if (!read.value) continue;
    manifest::AnsibleLookup lookup(*read.value);
    std::size_t hosts = 0;
    for (const auto& [host, facts] : read.value->hosts) {
      if (++hosts > 1000) break;
      for (const std::string& variable : lookup.variables_of(host)) {
        firmform::fuzz::require(lookup.find(host, variable).value != nullptr);
      }
    }
  }
  return 0;
}
