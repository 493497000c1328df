// SPDX-License-Identifier: Apache-2.0
// What `ansible-vault` encrypted, read only: formats 1.1 and 1.2 (with a label) under AES256.
// https://docs.ansible.com/ansible/latest/vault_guide/vault_encrypting_content.html
#pragma once

#include <string_view>

#include "engine/base/result.h"
#include "engine/base/secret.h"

namespace firmform::apply {

/// Whether `text` begins as a vault does; it may still be damaged.
[[nodiscard]] bool is_ansible_vault(std::string_view text);

/// The plain text. Its authenticity is checked before a byte is decrypted. Fails with credentials_unavailable: of an
/// unknown format, damaged, or not to be opened by this password (or altered: the two cannot be told apart). No message
/// holds anything of what is inside.
[[nodiscard]] Result<Secret> open_ansible_vault(std::string_view text, const Secret& password);

}  // namespace firmform::apply
