// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "tests/simulators/ilo_rules.h"

namespace firmform::simulators {
namespace {

using Kind = WireFault::Kind;
using ModelReader = std::function<void(ModelFaults&, const json::Value&)>;

struct WireForm {
  Kind kind;
  std::vector<std::string> keys;  ///< beside those that every wire fault has
};

struct ModelForm {
  std::vector<std::string> keys;
  ModelReader read;
};

Duration seconds(const json::Value& fault, std::string_view key) {
  return Duration(static_cast<Duration::rep>(fault[key].as_double().value_or(0) * 1000));
}

std::uint64_t bytes(const json::Value& fault) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(fault["bytes"].as_int().value_or(0), 0));
}

std::vector<std::string> texts(const json::Value& array) {
  std::vector<std::string> found;
  for (const json::Value& item : array.items()) found.push_back(item.as_string() == nullptr ? "" : *item.as_string());
  return found;
}

SettingsReset read_settings_reset(const json::Value& fault) {
  SettingsReset reset;
  reset.after = fault.optional_text("after").value_or(reset.after);
  reset.categories = texts(fault["categories"]);
  return reset;
}

Illness read_illness(const json::Value& fault) {
  Illness illness;
  illness.after = fault.text("after");
  illness.system = fault.text("system");
  illness.bmc = fault.text("bmc");
  illness.sensor = fault.text("sensor");
  illness.sensor_health = fault.optional_text("sensor_health").value_or(illness.sensor_health);
  illness.log_entries = static_cast<int>(fault["log_entries"].as_int().value_or(0));
  return illness;
}

PostHang read_post_hang(const json::Value& fault) {
  PostHang hang;
  hang.after = fault.optional_text("after").value_or(hang.after);
  hang.boots = static_cast<int>(fault["boots"].as_int().value_or(0));
  return hang;
}

ForeignTask read_foreign_task(const json::Value& fault) {
  ForeignTask task;
  task.name = fault.optional_text("name").value_or(task.name);
  task.lasts = seconds(fault, "seconds");
  return task;
}

PowerHold read_power_hold(const json::Value& fault) {
  PowerHold hold;
  hold.after = fault.optional_text("after").value_or(hold.after);
  hold.lasts = seconds(fault, "seconds");
  return hold;
}

const std::map<std::string, WireForm, std::less<>>& wire_forms() {
  static const std::map<std::string, WireForm, std::less<>> forms{
      {"drop", {Kind::drop, {}}},
      {"delay", {Kind::delay, {"seconds"}}},
      {"status", {Kind::status, {"status", "retry_after"}}},
      {"html", {Kind::html, {"status"}}},
      {"truncate", {Kind::truncate, {}}},
      {"redirect", {Kind::redirect, {"location"}}},
      {"not_found", {Kind::not_found, {}}},
      {"expire_sessions", {Kind::expire_sessions, {}}},
      {"restart_bmc", {Kind::restart_bmc, {"seconds"}}},
  };
  return forms;
}

const std::map<std::string, ModelForm, std::less<>>& model_forms() {
  using M = ModelFaults;
  using V = json::Value;
  static const std::map<std::string, ModelForm, std::less<>> forms{
      {"login_refused", {{}, [](M& m, const V&) { m.login_refused = true; }}},
      {"no_update_service", {{}, [](M& m, const V&) { m.no_update_service = true; }}},
      {"update_busy", {{}, [](M& m, const V&) { m.update_busy = true; }}},
      {"reassign_ids", {{}, [](M& m, const V&) { m.reassign_ids = true; }}},
      {"did_not_take", {{}, [](M& m, const V&) { m.did_not_take = true; }}},
      {"wrong_version", {{"version"}, [](M& m, const V& f) { m.wrong_version = f.text("version"); }}},
      {"flash_fails", {{}, [](M& m, const V&) { m.flash_fails = true; }}},
      {"lose_tasks", {{}, [](M& m, const V&) { m.lose_tasks = true; }}},
      {"clock_skew", {{"seconds"}, [](M& m, const V& f) { m.clock_skew = seconds(f, "seconds"); }}},
      {"tpm", {{"enabled"}, [](M& m, const V& f) { m.tpm = f["enabled"].as_bool(); }}},
      {"tpm_refused_at_once", {{}, [](M& m, const V&) { m.tpm_refused_at_once = true; }}},
      {"update_fwpkg", {{"enabled"}, [](M& m, const V& f) { m.update_fwpkg = f["enabled"].as_bool(); }}},
      {"downgrade_policy", {{"policy"}, [](M& m, const V& f) { m.downgrade_policy = f.text("policy"); }}},
      {"host_off", {{}, [](M& m, const V&) { m.host_off = true; }}},
      {"session_limit",
       {{"sessions"},
        [](M& m, const V& f) { m.session_limit = static_cast<int>(f["sessions"].as_int().value_or(1)); }}},
      {"task_state", {{"state"}, [](M& m, const V& f) { m.task_state = f.text("state"); }}},
      {"quick_tasks", {{}, [](M& m, const V&) { m.quick_tasks = true; }}},
      {"blocked_updates", {{}, [](M& m, const V&) { m.blocked_updates = true; }}},
      {"settings_read_only", {{}, [](M& m, const V&) { m.settings_read_only = true; }}},
      {"unstable_after_restart", {{"seconds"}, [](M& m, const V& f) { m.unstable = seconds(f, "seconds"); }}},
      {"settings_reset",
       {{"after", "categories"}, [](M& m, const V& f) { m.settings_resets.push_back(read_settings_reset(f)); }}},
      {"illness",
       {{"after", "system", "bmc", "sensor", "sensor_health", "log_entries"},
        [](M& m, const V& f) { m.illnesses.push_back(read_illness(f)); }}},
      {"post_hangs", {{"after", "boots"}, [](M& m, const V& f) { m.post_hang = read_post_hang(f); }}},
      {"foreign_task", {{"seconds", "name"}, [](M& m, const V& f) { m.foreign_task = read_foreign_task(f); }}},
      {"power_must_hold", {{"after", "seconds"}, [](M& m, const V& f) { m.power_hold = read_power_hold(f); }}},
      {"unlicensed", {{}, [](M& m, const V&) { m.unlicensed = true; }}},
      {"privileges", {{"names"}, [](M& m, const V& f) { m.privileges = texts(f["names"]); }}},
      {"power_loss_in_flash", {{}, [](M& m, const V&) { m.power_loss_in_flash = true; }}},
      {"push_refused_empty", {{}, [](M& m, const V&) { m.push_refused_empty = true; }}},
      {"expand_stubs", {{}, [](M& m, const V&) { m.expand_stubs = true; }}},
      {"bios_by_bmc_needs_uefi", {{}, [](M& m, const V&) { m.bios_by_bmc_needs_uefi = true; }}},
      {"queue_limit",
       {{"entries"}, [](M& m, const V& f) { m.queue_limit = static_cast<int>(f["entries"].as_int().value_or(0)); }}},
      {"disagreement",
       {{"about", "choice"},
        [](M& m, const V& f) { m.disagreements.emplace_back(std::string(f.text("about")), f["choice"]); }}},
      {"queue_entry",
       {{"Name", "Command", "Filename", "UpdatableBy", "State", "Component", "WaitTimeSeconds"},
        [](M& m, const V& f) { m.queue_entries.push_back(f); }}},
      {"repository_bytes", {{"bytes"}, [](M& m, const V& f) { m.repository_bytes = bytes(f); }}},
      {"repository_used", {{"bytes"}, [](M& m, const V& f) { m.repository_used = bytes(f); }}},
      {"agent",
       {{"mode", "service_state"},
        [](M& m, const V& f) {
          m.agent = true;
          m.agent_mode = f.optional_text("mode").value_or(m.agent_mode);
          m.agent_service_state = f.optional_text("service_state").value_or(m.agent_service_state);
        }}},
      {"session_timeout", {{"seconds"}, [](M& m, const V& f) { m.session_timeout = seconds(f, "seconds"); }}},
  };
  return forms;
}

WireFault read_wire(const WireForm& form, const json::Value& fault) {
  WireFault wire;
  wire.kind = form.kind;
  wire.method = fault.optional_text("method").value_or("*");
  wire.path = fault.optional_text("path").value_or("*");
  wire.nth = static_cast<int>(fault["nth"].as_int().value_or(1));
  wire.times = static_cast<int>(fault["times"].as_int().value_or(1));
  wire.after = fault.text("when") == "after";
  wire.status = static_cast<int>(fault["status"].as_int().value_or(form.kind == Kind::html ? 200 : 503));
  wire.retry_after = static_cast<int>(fault["retry_after"].as_int().value_or(0));
  wire.delay = seconds(fault, "seconds");
  wire.location = fault.text("location");
  return wire;
}

Status known_choices(const ModelFaults& faults) {
  IloDisagreements choices;
  for (const auto& [about, choice] : faults.disagreements) {
    if (choose(choices, about, choice)) continue;
    return fail(Code::lab_failed, fmt::format("there is no choice {} about `{}`", json::dump(choice), about));
  }
  return {};
}

Status only_keys(const json::Value& fault, std::vector<std::string> keys) {
  keys.emplace_back("fault");
  for (const json::Member& member : fault.members()) {
    if (std::ranges::find(keys, member.key) != keys.end()) continue;
    return fail(Code::lab_failed, fmt::format("the fault `{}` has no key `{}`", fault.text("fault"), member.key));
  }
  return {};
}

}  // namespace

Result<Faults> read_faults(const json::Value& faults) {
  if (!faults.is_null() && !faults.is_array()) return fail(Code::lab_failed, "the faults of a BMC are an array");
  Faults read;
  for (const json::Value& fault : faults.items()) {
    const std::string_view name = fault.text("fault");
    const auto model = model_forms().find(name);
    const auto wire = wire_forms().find(name);
    std::vector<std::string> keys;
    if (model != model_forms().end()) {
      keys = model->second.keys;
      model->second.read(read.model, fault);
    } else if (wire != wire_forms().end()) {
      keys = wire->second.keys;
      keys.insert(keys.end(), {"method", "path", "nth", "times", "when"});
      read.wire.push_back(read_wire(wire->second, fault));
    } else {
      return fail(Code::lab_failed, fmt::format("there is no fault `{}`", name));
    }
    if (Status good = only_keys(fault, std::move(keys)); !good) return fail(good.error());
  }
  if (Status good = known_choices(read.model); !good) return fail(good.error());
  return read;
}

}  // namespace firmform::simulators
