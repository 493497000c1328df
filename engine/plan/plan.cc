// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/plan.h"

#include <algorithm>

namespace firmform::plan {

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::no_op:
      return "no-op";
    case ChangeKind::update:
      return "update";
    case ChangeKind::downgrade:
      return "downgrade";
    case ChangeKind::create:
      return "create";
    case ChangeKind::delete_:
      return "delete";
    case ChangeKind::invoke:
      return "invoke";
    case ChangeKind::pending:
      return "pending";
    case ChangeKind::blocked:
      return "blocked";
  }
  return "blocked";
}

std::string_view to_string(ResourceType type) {
  switch (type) {
    case ResourceType::firmware:
      return "firmware";
    case ResourceType::stored_image:
      return "stored-image";
    case ResourceType::window:
      return "window";
    case ResourceType::install_set:
      return "install-set";
    case ResourceType::queue_entry:
      return "queue-entry";
    case ResourceType::restart:
      return "restart";
    case ResourceType::integrity:
      return "integrity";
  }
  return "firmware";
}

std::string_view to_string(WayBack::Kind kind) {
  switch (kind) {
    case WayBack::Kind::image:
      return "image";
    case WayBack::Kind::denied:
      return "denied";
    case WayBack::Kind::no_image:
      return "no-image";
    case WayBack::Kind::one_way:
      return "one-way";
    case WayBack::Kind::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view to_string(PolicyResult::Outcome outcome) {
  switch (outcome) {
    case PolicyResult::Outcome::passed:
      return "passed";
    case PolicyResult::Outcome::warned:
      return "warned";
    case PolicyResult::Outcome::override_needed:
      return "override-needed";
    case PolicyResult::Outcome::overridden:
      return "overridden";
    case PolicyResult::Outcome::denied:
      return "denied";
  }
  return "denied";
}

std::string_view to_string(ActionType type) {
  switch (type) {
    case ActionType::flash:
      return "flash";
    case ActionType::start_update:
      return "start_update";
    case ActionType::reset_host:
      return "reset_host";
    case ActionType::reset_bmc:
      return "reset_bmc";
    case ActionType::store:
      return "store";
    case ActionType::create:
      return "create";
    case ActionType::change:
      return "change";
    case ActionType::remove:
      return "remove";
    case ActionType::invoke:
      return "invoke";
    case ActionType::verify:
      return "verify";
    case ActionType::hold:
      return "hold";
    case ActionType::restore:
      return "restore";
  }
  return "verify";
}

std::string_view to_string(Restarts restarts) {
  switch (restarts) {
    case Restarts::nothing:
      return "nothing";
    case Restarts::bmc:
      return "bmc";
    case Restarts::host:
      return "host";
  }
  return "nothing";
}

std::string_view to_string(Condition::Type type) {
  switch (type) {
    case Condition::Type::same_system:
      return "same_system";
    case Condition::Type::installed_version:
      return "installed_version";
    case Condition::Type::wanted_version:
      return "wanted_version";
    case Condition::Type::update_service_idle:
      return "update_service_idle";
    case Condition::Type::power_state:
      return "power_state";
    case Condition::Type::host_ready:
      return "host_ready";
    case Condition::Type::resource_present:
      return "resource_present";
    case Condition::Type::resource_absent:
      return "resource_absent";
    case Condition::Type::queue_unblocked:
      return "queue_unblocked";
    case Condition::Type::clock_agrees:
      return "clock_agrees";
    case Condition::Type::not_later:
      return "not_later";
    case Condition::Type::not_before:
      return "not_before";
    case Condition::Type::fact_changed:
      return "fact_changed";
  }
  return "same_system";
}

std::string_view to_string(PlannedRequest::Upload upload) {
  switch (upload) {
    case PlannedRequest::Upload::none:
      return "none";
    case PlannedRequest::Upload::raw:
      return "raw";
    case PlannedRequest::Upload::multipart:
      return "multipart";
    case PlannedRequest::Upload::ilo_form:
      return "ilo_form";
  }
  return "none";
}

std::string_view to_string(Completion completion) {
  switch (completion) {
    case Completion::immediate:
      return "immediate";
    case Completion::task:
      return "task";
    case Completion::update_state:
      return "update_state";
    case Completion::host_ready:
      return "host_ready";
    case Completion::bmc_back:
      return "bmc_back";
  }
  return "immediate";
}

std::size_t Plan::count(ChangeKind kind) const {
  return static_cast<std::size_t>(std::ranges::count(changes, kind, &Change::kind));
}

const PlannedHost* Plan::host(const std::string& name) const {
  const auto found = std::ranges::lower_bound(hosts, name, {}, &PlannedHost::name);
  return found == hosts.end() || found->name != name ? nullptr : &*found;
}

}  // namespace firmform::plan
