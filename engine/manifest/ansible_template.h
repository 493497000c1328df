// SPDX-License-Identifier: Apache-2.0
// The plainest of Ansible's templates: names of variables in braces.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/manifest/ansible_inventory.h"

namespace firmform::manifest {

class AnsibleTemplates {
 public:
  explicit AnsibleTemplates(AnsibleLookup& lookup) : lookup_(lookup) {}

  /// `text` with `{{ NAME }}` replaced: `inventory_hostname`, `inventory_hostname_short` and variables of the host.
  /// Empty when it holds anything else of Jinja, or a variable that is not there, is no text, or leads back to itself.
  [[nodiscard]] std::optional<std::string> render(const std::string& host, std::string_view text) const;

 private:
  [[nodiscard]] std::optional<std::string> render(const std::string& host, std::string_view text, int level) const;
  [[nodiscard]] std::optional<std::string> value(const std::string& host, std::string_view name, int level) const;

  AnsibleLookup& lookup_;
};

}  // namespace firmform::manifest
