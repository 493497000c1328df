// SPDX-License-Identifier: Apache-2.0
// One value of a YAML file that `ansible-vault` encrypted: the file as a whole, or the value alone (`!vault |`).
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.h"
#include "engine/base/secret.h"

namespace firmform::apply {

/// `key` as manifest::parse_key_path() reads it. Fails with credentials_unavailable: unreadable, not a vault or not to
/// be opened, no such key, or a value that stands there in clear text.
[[nodiscard]] Result<Secret> read_vault_value(const std::filesystem::path& file, const std::string& key,
                                              const Secret& password);

}  // namespace firmform::apply
