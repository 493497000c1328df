// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/change_words.h"

#include <utility>

#include "engine/inventory/staging.h"

namespace firmform::plan {

std::string_view terraform_action(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::no_op:
    case ChangeKind::pending:
    case ChangeKind::blocked:
      return "no-op";
    case ChangeKind::update:
    case ChangeKind::downgrade:
    case ChangeKind::invoke:
      return "update";
    case ChangeKind::create:
      return "create";
    case ChangeKind::delete_:
      return "delete";
  }
  return "no-op";
}

std::string_view resource_type_word(ResourceType type) {
  switch (type) {
    case ResourceType::firmware:
      return "firmware_component";
    case ResourceType::stored_image:
      return "stored_image";
    case ResourceType::window:
      return "maintenance_window";
    case ResourceType::install_set:
      return "install_set";
    case ResourceType::queue_entry:
      return "queue_entry";
    case ResourceType::restart:
      return "restart";
    case ResourceType::integrity:
      return "integrity";
  }
  return "firmware_component";
}

std::string_view resource_type_word(std::string_view address) {
  constexpr std::pair<std::string_view, ResourceType> kTypes[] = {
      {inventory::kImagePrefix, ResourceType::stored_image},
      {inventory::kWindowPrefix, ResourceType::window},
      {inventory::kInstallSetPrefix, ResourceType::install_set},
      {inventory::kQueuePrefix, ResourceType::queue_entry}};
  if (address.empty()) return "host";
  for (const auto& [prefix, type] : kTypes) {
    if (address.starts_with(prefix)) return resource_type_word(type);
  }
  return resource_type_word(ResourceType::firmware);
}

std::string_view action_reason(const Change& change) {
  const bool is_firmware = change.resource == ResourceType::firmware;
  switch (change.kind) {
    case ChangeKind::no_op:
      return is_firmware ? "version_equal" : "content_equal";
    case ChangeKind::update:
      return is_firmware ? "version_below" : "content_differs";
    case ChangeKind::downgrade:
      return "version_above";
    case ChangeKind::create:
      return "missing";
    case ChangeKind::delete_:
      return "not_wanted";
    case ChangeKind::invoke:
      return "asked_for";
    case ChangeKind::pending:
      return "in_queue";
    case ChangeKind::blocked:
      return change.reasons.empty() ? "blocked" : info(change.reasons.back().code).name;
  }
  return "blocked";
}

}  // namespace firmform::plan
