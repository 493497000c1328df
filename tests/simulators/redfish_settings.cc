// SPDX-License-Identifier: Apache-2.0
// Settings of a RedfishBmc, and what faults do to them and to the machine's health: BIOS settings pend until the host
// restarts; a flash may reset settings, make the machine ill, or hang the next POST. Reference: redfish.md A.6.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "tests/simulators/redfish_bmc.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kApplyTime = "@Redfish.SettingsApplyTime";

std::string worse(std::string_view a, const std::string& b) {
  const auto rank = [](std::string_view health) { return health == "Critical" ? 2 : (health == "Warning" ? 1 : 0); };
  return rank(b) > rank(a) ? b : std::string(a);
}

void worsen(json::Value& body, const std::string& path, const std::string& health) {
  if (health.empty()) return;
  const json::Value& now = at_path(body, path);
  set_at_path(body, path, worse(now.as_string() == nullptr ? "" : *now.as_string(), health));
}

std::vector<std::string> default_categories(std::string_view component) {
  return component == "bmc" ? std::vector<std::string>{"bmc", "network"} : std::vector<std::string>{"bios", "boot"};
}

}  // namespace

bool RedfishBmc::shows_settings(std::string_view uri) const {
  const auto is = [&](const std::string& place) { return !place.empty() && same_uri(place, uri); };
  return is(places_.bios) || is(places_.bios_settings) || is(places_.boot_settings) || is(places_.services) ||
         std::ranges::any_of(places_.interfaces, is) || std::ranges::any_of(places_.sensors, is);
}

std::vector<Writable> RedfishBmc::writable_settings_of(std::string_view uri) const {
  const CapturedResource* resource = tree_->find(uri);
  if (resource == nullptr || faults_.settings_read_only) return {};
  const CapturedResource* bios = places_.bios.empty() ? nullptr : tree_->find(places_.bios);
  const json::Value nothing;
  // The boot order of an iLO is changed through a resource of its own, which is not simulated.
  return writable_settings(places_, uri, resource->body, bios == nullptr ? nothing : bios->body["Attributes"],
                           traits_.hpe);
}

/// Whether the request says that its settings are to be applied with the next restart; else it says nothing of it, or
/// `refusal` is the answer.
bool RedfishBmc::take_apply_time(const std::string& uri, json::Value& body, std::optional<BmcResponse>& refusal) const {
  const bool pends = !places_.bios_settings.empty() && same_uri(uri, places_.bios_settings);
  if (!pends || body.find(kApplyTime) == nullptr) return false;
  const json::Value offered = tree_->find(places_.bios)->body["@Redfish.Settings"]["SupportedApplyTimes"];
  // A service that offers no choice does not know the property, and refuses it as any other.
  if (offered.items().empty()) return false;
  const std::string time(body[kApplyTime].text("ApplyTime"));
  body.object().erase(kApplyTime);
  if (time == "OnReset") return true;
  refusal = error_reply(400, {base_message("PropertyValueNotInList", {time, "ApplyTime"})});
  return false;
}

/// Keeps what was changed in a settings object for the next restart. An iDRAC applies it only with a job, which the
/// apply time makes: its answer, else nothing.
std::optional<BmcResponse> RedfishBmc::pend(const Exchange& exchange, const SettingValues& values,
                                            bool with_apply_time) {
  const bool bios = !places_.bios_settings.empty() && same_uri(exchange.path, places_.bios_settings);
  const bool boot = !places_.boot_settings.empty() && same_uri(exchange.path, places_.boot_settings);
  if (!bios && !boot) return std::nullopt;
  const bool needs_job = bios && traits_.update.ids == IdStyle::dell;
  for (const auto& [path, value] : values) pending_.push_back({bios ? places_.bios : places_.system, path, value});
  if (!needs_job) {
    settings_are_due_ = true;
    return std::nullopt;
  }
  if (!with_apply_time) return std::nullopt;
  settings_are_due_ = true;
  TaskRecord& task = new_task(exchange, "Configure: BIOS.Setup.1-1");
  task.state = "Pending";
  task.job_state = "Scheduled";
  settings_job_ = task.id;
  return accepted_reply(exchange, task);
}

void RedfishBmc::apply_pending_settings() {
  if (!settings_are_due_) return;
  settings_are_due_ = false;
  for (PendingSetting& setting : pending_) change_setting(setting.uri, setting.path, std::move(setting.value));
  pending_.clear();
  // A settings object that shows only what pends is empty again.
  for (const std::string& uri : {places_.bios_settings, places_.boot_settings}) {
    const CapturedResource* object = uri.empty() ? nullptr : tree_->find(uri);
    const bool shows_all = object == nullptr || !object->body["Attributes"].members().empty();
    if (!shows_all) settings_.erase(to_lower(uri));
  }
  if (TaskRecord* job = tasks_.find(settings_job_)) finish_task(*job, true, std::nullopt);
  settings_job_.clear();
}

/// An override for one boot is used up by it.
void RedfishBmc::use_up_boot_override() {
  const json::Value system = document(places_.system).value_or(json::Value());
  if (system["Boot"].text("BootSourceOverrideEnabled") != "Once") return;
  change_setting(places_.system, "Boot/BootSourceOverrideEnabled", "Disabled");
  change_setting(places_.system, "Boot/BootSourceOverrideTarget", "None");
}

void RedfishBmc::reset_settings(const std::vector<std::string>& categories) {
  const auto wants = [&](std::string_view name) { return std::ranges::find(categories, name) != categories.end(); };
  const auto reset = [&](const std::string& uri, SettingValues (*defaults)(const json::Value&)) {
    const CapturedResource* resource = uri.empty() ? nullptr : tree_->find(uri);
    if (resource == nullptr) return;
    // What a client has set is gone with the rest.
    settings_.erase(to_lower(uri));
    for (auto& [path, value] : defaults(resource->body)) change_setting(uri, path, std::move(value));
  };
  if (wants("bios")) reset(places_.bios, factory_bios);
  if (wants("boot")) reset(places_.system, factory_boot);
  if (wants("bmc")) reset(places_.services, factory_services);
  if (!wants("network")) return;
  for (const std::string& uri : places_.interfaces) reset(uri, factory_interface);
}

/// A flash of `component` runs now: what it does beside that.
void RedfishBmc::flash_took_effect(std::string_view component) {
  for (const SettingsReset& reset : faults_.settings_resets) {
    if (reset.after != component) continue;
    reset_settings(reset.categories.empty() ? default_categories(component) : reset.categories);
  }
  for (const Illness& illness : faults_.illnesses) {
    if (illness.after == component) fall_ill(illness);
  }
}

/// An image of `component` was written: what holds until it runs, and for its first boots.
void RedfishBmc::flash_was_written(std::string_view component) {
  if (faults_.power_hold && faults_.power_hold->after == component)
    held_until_ = now_ + at_lab_speed(faults_.power_hold->lasts);
  if (!faults_.post_hang || faults_.post_hang->after != component) return;
  hanging_boots_ = faults_.post_hang->boots;
  host_.break_rom(true);
}

Duration RedfishBmc::at_lab_speed(Duration duration) const {
  return Duration(static_cast<Duration::rep>(static_cast<double>(duration.count()) / options_.speed));
}

void RedfishBmc::fall_ill(const Illness& illness) {
  illnesses_.push_back(illness);
  for (int i = 0; i < illness.log_entries; ++i) log_warning(fmt::format("Self-test found a fault ({})", i + 1));
}

void RedfishBmc::log_warning(const std::string& text) {
  system_log_.add("Warning", text, bmc_time());
}

void RedfishBmc::render_health(const std::string& uri, json::Value& body) const {
  for (const Illness& illness : illnesses_) {
    if (same_uri(uri, places_.system)) {
      worsen(body, "Status/Health", illness.system);
      worsen(body, "Status/HealthRollup", illness.system);
    }
    if (same_uri(uri, tree_->manager())) worsen(body, "Status/Health", illness.bmc);
    if (illness.sensor.empty() || !shows_settings(uri)) continue;
    for (const std::string_view list : {"Fans", "Temperatures", "PowerSupplies"}) {
      json::Value* sensors = body.object().find(list);
      if (sensors == nullptr || !sensors->is_array()) continue;
      for (json::Value& sensor : sensors->array()) {
        const bool meant = glob_match(illness.sensor, sensor.text("Name"));
        if (meant) worsen(sensor, "Status/Health", illness.sensor_health);
      }
    }
  }
}

/// A host that loses power too early after a flash loses the flash.
void RedfishBmc::power_was_touched() {
  if (now_ >= held_until_) return;
  held_until_ = {};
  for (Part* part : {&bmc_, &bios_}) part->staged.reset();
  for (Part& part : others_) part.staged.reset();
  fall_ill({.after = {}, .system = "Critical", .bmc = {}, .sensor = {}, .sensor_health = {}, .log_entries = 1});
}

void RedfishBmc::begin_foreign_task() {
  if (!faults_.foreign_task) return;
  faults_.update_busy = true;
  TaskRecord task;
  const int number = tasks_.next_number();
  task.id = traits_.update.ids == IdStyle::dell ? fmt::format("JID_{:012}", 467'696'020'275 + number)
                                                : std::to_string(number);
  task.name = faults_.foreign_task->name;
  task.state = "Running";
  task.job_state = "Running";
  task.status = traits_.hpe ? "" : "OK";
  task.started = now_ + faults_.clock_skew;
  task.target_uri = fmt::format("{}/Actions/UpdateService.SimpleUpdate", kUpdateService);
  const std::string id = tasks_.add(std::move(task)).id;
  if (faults_.foreign_task->lasts == Duration(0)) return;
  timeline_.at(now_ + at_lab_speed(faults_.foreign_task->lasts), Half::bmc, [this, id] {
    faults_.update_busy = false;
    if (TaskRecord* ended = tasks_.find(id)) finish_task(*ended, true, std::nullopt);
    foreign_task_ended();
  });
}

void RedfishBmc::foreign_task_ended() {}

}  // namespace firmform::simulators
