// SPDX-License-Identifier: Apache-2.0
// Input: what follows the first line of an Ansible vault. Without the password, nothing may come out of it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/apply/ansible_vault.h"
#include "engine/manifest/key_path.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const firmform::Secret password("none");
  for (const char* header : {"", "$ANSIBLE_VAULT;1.1;AES256\n"}) {
    const auto plain = firmform::apply::open_ansible_vault(header + text, password);
    firmform::fuzz::require(!plain && plain.error().code() == firmform::Code::credentials_unavailable);
  }
  if (const auto keys = firmform::manifest::parse_key_path(text)) firmform::fuzz::require(!keys->empty());
  return 0;
}
