// SPDX-License-Identifier: Apache-2.0
// A change in the words that readers of Terraform's plans know: `resource_changes[].change.actions`, `type`,
// `action_reason`. Plan files and event streams use them; to_string() is for people.
#pragma once

#include <string_view>

#include "engine/plan/plan.h"

namespace firmform::plan {

/// "no-op", "create", "update" or "delete": what is done to the resource. A downgrade is an update; where something
/// blocks the change, or the BMC does the work by itself, nothing is done.
[[nodiscard]] std::string_view terraform_action(ChangeKind kind);

/// "firmware_component", "stored_image", "maintenance_window", …
[[nodiscard]] std::string_view resource_type_word(ResourceType type);

/// The same, by the address of a resource on its host; "host" when it is empty.
[[nodiscard]] std::string_view resource_type_word(std::string_view address);

/// Why the action is what it is, in one word: "version_below", "missing", or the name of the code that blocks it.
[[nodiscard]] std::string_view action_reason(const Change& change);

}  // namespace firmform::plan
