// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/ilo_windows.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/time_text.h"
#include "tests/simulators/ilo_object_id.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kType = "HpeMaintenanceWindow";

const std::set<std::string, std::less<>>& read_only() {
  static const std::set<std::string, std::less<>> keys{"Created", "Id", "Modified"};
  return keys;
}

}  // namespace

IloWindows::IloWindows(IloQueueOwner& owner, IloDisagreements choices)
    : owner_(owner), choices_(std::move(choices)), features_(ilo_features(owner.model())) {}

const IloWindow* IloWindows::find(std::string_view id) const {
  const auto found = std::ranges::find(windows_, id, &IloWindow::id);
  return found == windows_.end() ? nullptr : &*found;
}

json::Value IloWindows::collection() const {
  std::vector<std::string> ids;
  for (const IloWindow& window : windows_) ids.push_back(window.id);
  return ilo_collection(kWindows, "HpeMaintenanceWindowCollection", "Maintenance Window Collection", ids, features_);
}

json::Value IloWindows::member(std::string_view id) const {
  const IloWindow* window = find(id);
  return window == nullptr ? json::Value() : render(*window);
}

// Created, Description, Id, Modified, Name and StartAfter are always there (9).
json::Value IloWindows::render(const IloWindow& window) const {
  json::Object shown{{"@odata.context", fmt::format("/redfish/v1/$metadata#{0}.{0}", kType)},
                     {"@odata.etag", ilo_tag(ilo_hash(kType), features_)},
                     {"@odata.id", fmt::format("{}/{}", kWindows, window.id)},
                     {"@odata.type", fmt::format("#{0}.v1_0_1.{0}", kType)},
                     {"Id", window.id},
                     {"Created", to_rfc3339(window.created)},
                     {"Description", window.description.value_or("")}};
  if (window.expire) shown.set("Expire", to_rfc3339(*window.expire));
  shown.set("Modified", to_rfc3339(window.modified));
  shown.set("Name", window.name);
  shown.set("StartAfter", window.start_after ? json::Value(to_rfc3339(*window.start_after)) : json::Value());
  return shown;
}

void IloWindows::read(IloForm& form, IloWindow& window) const {
  if (auto description = form.text("Description", kLongestIloName, true)) window.description = std::move(*description);
  const IloTime start = form.time("StartAfter");
  if (start.given) window.start_after = start.at;
  const IloTime expire = form.time("Expire");
  if (expire.given) window.expire = expire.at;
  form.finish(read_only());
}

std::optional<Message> IloWindows::refuse_times(const IloWindow& window) const {
  if (!window.expire) return std::nullopt;
  const std::string end = to_rfc3339(*window.expire);
  if (window.start_after && *window.start_after >= *window.expire) {
    return incompatible(to_rfc3339(*window.start_after), "StartAfter", "Expire");
  }
  if (*window.expire <= owner_.ilo_time()) return incompatible(end, "Expire", "CurrentTime");
  const std::optional<UtcTime> queued = user_ == nullptr ? std::nullopt : user_->latest_start(window.id);
  const bool too_early = choices_.early_window_refused && queued && *window.expire < *queued;
  if (too_early) return incompatible(end, "Expire", "UpdateTaskQueue");
  return std::nullopt;
}

IloReply IloWindows::create(const json::Value& body) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  IloForm form(body);
  IloWindow window;
  window.name = form.required_text("Name");
  read(form, window);
  if (!form.problems().empty()) return ilo_refusal(400, form.problems());
  window.id = ilo_object_id(window.name);
  if (find(window.id) != nullptr) return ilo_duplicate(choices_, "MaintenanceWindow", window.name);
  if (windows_.size() >= kMostWindows) return ilo_refusal(choices_.full_status, base_message(choices_.full_key));
  if (const auto refused = refuse_times(window)) return ilo_refusal(400, *refused);
  window.created = owner_.ilo_time();
  window.modified = window.created;
  windows_.push_back(window);
  return {201, render(window), {}};
}

IloReply IloWindows::change(std::string_view id, const json::Value& body) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  const auto found = std::ranges::find(windows_, id, &IloWindow::id);
  if (found == windows_.end()) return ilo_missing(kWindows, id);
  IloForm form(body);
  IloWindow window = *found;
  if (auto name = form.text("Name")) window.name = std::move(*name);
  read(form, window);
  if (!form.problems().empty()) return ilo_refusal(400, form.problems());
  window.id = ilo_object_id(window.name);
  if (window.id != found->id && find(window.id) != nullptr) {
    return ilo_duplicate(choices_, "MaintenanceWindow", window.name);
  }
  const bool new_times = window.start_after != found->start_after || window.expire != found->expire;
  if (new_times) {
    if (const auto refused = refuse_times(window)) return ilo_refusal(400, *refused);
  }
  window.modified = owner_.ilo_time();
  *found = window;
  // Entries keep the Id that they were given: a new name leaves them without a window (9).
  if (user_ != nullptr && new_times) user_->window_changed(window.id);
  return ilo_success();
}

IloReply IloWindows::remove(std::string_view id) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  const IloWindow* window = find(id);
  if (window == nullptr) return ilo_missing(kWindows, id);
  const std::string removed = window->id;
  std::erase_if(windows_, [&removed](const IloWindow& each) { return each.id == removed; });
  if (user_ != nullptr) user_->window_removed(removed);
  return ilo_success();
}

IloReply IloWindows::remove_all() {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  const std::vector<IloWindow> removed = std::exchange(windows_, {});
  for (const IloWindow& window : removed) {
    if (user_ != nullptr) user_->window_removed(window.id);
  }
  return ilo_success();
}

}  // namespace firmform::simulators
