// SPDX-License-Identifier: Apache-2.0
// What an iLO's resources show of its state.
#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "tests/simulators/ilo_bmc.h"

namespace firmform::simulators {
namespace {

std::string post_state(BootPhase phase, bool old) {
  switch (phase) {
    case BootPhase::off:
      return "PowerOff";
    case BootPhase::reset:
      return "Reset";
    case BootPhase::post:
      return "InPost";
    case BootPhase::discovery:
      return old ? "InPost" : "InPostDiscoveryStart";
    case BootPhase::discovered:
      return "InPostDiscoveryComplete";
    case BootPhase::finished:
      return "FinishedPost";
  }
  return "Unknown";
}

std::string device_discovery(BootPhase phase) {
  switch (phase) {
    case BootPhase::off:
      return "vAuxDeviceDiscoveryComplete";
    case BootPhase::reset:
      return "Initial";
    case BootPhase::post:
    case BootPhase::discovery:
      return "Busy";
    case BootPhase::discovered:
    case BootPhase::finished:
      return "vMainDeviceDiscoveryComplete";
  }
  return "Initial";
}

std::string array_discovery(BootPhase phase) {
  const std::string discovery = device_discovery(phase);
  return discovery == "vMainDeviceDiscoveryComplete" ? "Complete" : (discovery == "Busy" ? "Busy" : "Initial");
}

/// {Date, Family, VersionString} of "U46 v2.34 (03/11/2025)".
json::Value rom_facts(const std::string& version) {
  const std::size_t open = version.find('(');
  const std::string date = open == std::string::npos ? "" : version.substr(open + 1, version.find(')') - open - 1);
  return json::Object{{"Date", date}, {"Family", version.substr(0, version.find(' '))}, {"VersionString", version}};
}

/// 0x918DA6A4 as iLO 5 and 6 write it, or in decimal as iLO 7 does.
std::string weak_tag(std::uint32_t hash, bool decimal) {
  return decimal ? fmt::format("W/\"{}\"", hash) : fmt::format("W/\"{:08X}\"", hash);
}

/// Every component has it, whatever it is.
constexpr std::uint32_t kAnyComponent = 0xCD21D410;

std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

std::string collection_tag(const json::Value& members, bool decimal) {
  constexpr std::uint32_t kEmpty = 0x75983E8D;
  return weak_tag(members.items().empty() ? kEmpty : hash_of(json::dump(members)), decimal);
}

}  // namespace

void IloBmc::render(const std::string& uri, json::Value& body) {
  RedfishBmc::render(uri, body);
  if (same_uri(uri, kRoot)) render_root(body);
  if (same_uri(uri, kUpdateService)) render_ilo_update_service(body);
  if (same_uri(uri, tree_->manager())) render_ilo_manager(body);
  if (same_uri(uri, tree_->system())) render_ilo_system(body);
  if (same_uri(uri, fmt::format("{}/bios", tree_->system())) && faults_.tpm) {
    set_at_path(body, "Attributes/TpmState", *faults_.tpm ? "PresentEnabled" : "NotPresent");
  }
  // Every answer without a session says how to log in with Basic, so the account service must not deny it.
  if (body.find("HTTPBasicAuth") != nullptr) body.object().set("HTTPBasicAuth", "Enabled");
  if (same_uri(uri, kSessions) && !caller_.empty()) {
    set_at_path(body, "Oem/Hpe/Links/MySession", json::Object{{"@odata.id", fmt::format("{}/{}", kSessions, caller_)}});
  }
  if (old()) render_old(uri, body);
}

// 1.1: the four spellings of the version
void IloBmc::render_root(json::Value& body) const {
  json::Value* oem = body.object().find("Oem");
  json::Value* hpe = oem == nullptr ? nullptr : oem->object().find("Hpe");
  json::Value* managers = hpe == nullptr ? nullptr : hpe->object().find("Manager");
  if (managers == nullptr || managers->items().empty()) return;
  json::Value& manager = managers->array().front();
  hpe->object().set("Time", bmc_time());
  manager.object().set("HostName", fmt::format("ILO{}", options_.name));
  if (!bmc_.shown) return;
  const std::string number = bmc_.shown->version.substr(0, bmc_.shown->version.find(' '));
  manager.object().set("ManagerFirmwareVersion", number);
  const std::vector<std::string> groups = split(number, '.');
  if (json::Value* languages = manager.object().find("Languages");
      languages != nullptr && !languages->items().empty()) {
    languages->array().front().object().set("Version",
                                            fmt::format("{}.{}", groups[0], groups.size() > 1 ? groups[1] : "0"));
  }
}

void IloBmc::render_ilo_manager(json::Value& body) const {
  const std::string logs = event_log_.uri().substr(0, event_log_.uri().rfind('/'));
  body.object().set("LogServices", json::Object{{"@odata.id", logs}});
  if (!bmc_.shown) return;
  const std::string& version = bmc_.shown->version;
  const std::size_t space = version.find(' ');
  const std::string number = version.substr(0, space);
  const bool three_groups = traits_.name == "ilo7";
  const std::string spelled = three_groups ? version : fmt::format("{} v{}", body.text("Model"), number);
  body.object().set("FirmwareVersion", spelled);
  const std::vector<long> numbers = version_numbers(number);
  const std::string current = "Oem/Hpe/Firmware/Current/";
  set_at_path(body, current + "Date", space == std::string::npos ? "" : version.substr(space + 1));
  set_at_path(body, current + "MajorVersion", numbers.empty() ? 0 : static_cast<std::int64_t>(numbers[0]));
  set_at_path(body, current + "MinorVersion", numbers.size() < 2 ? 0 : static_cast<std::int64_t>(numbers[1]));
  set_at_path(body, current + "VersionString", spelled);
  if (!three_groups) return;
  const std::int64_t build = numbers.size() < 3 ? 0 : static_cast<std::int64_t>(numbers[2]);
  set_at_path(body, current + "BuildNumber", build);
  set_at_path(body, current + "BuildNumberString", std::to_string(build));
}

// 2.3
void IloBmc::render_ilo_update_service(json::Value& body) const {
  const std::string hpe = "Oem/Hpe/";
  set_at_path(body, hpe + "CurrentTime", bmc_time());
  set_at_path(body, hpe + "State", state_);
  if (!at_path(body, "Oem/Hpe/Capabilities").is_null())
    set_at_path(body, hpe + "Capabilities/UpdateFWPKG", takes_packages());
  if (state_ == "Updating") {
    const auto whole = job_ ? (job_->phase_ends - job_->phase_began).count() : 2;
    const auto past = job_ ? (now_ - job_->phase_began).count() : 1;
    set_at_path(body, hpe + "FlashProgressPercent", static_cast<std::int64_t>(whole == 0 ? 100 : past * 100 / whole));
  }
  if (result_) set_at_path(body, hpe + "Result", writer_.entry(*result_));
  if (!upload_etag_.empty()) set_at_path(body, hpe + "UploadCurrentEtag", upload_etag_);
  if (licensed()) return;
  json::Object& ext = body.object().find("Oem")->object().find("Hpe")->object();
  ext.erase("DowngradePolicy");
  ext.erase("FirmwareIntegrity");
}

// 13.3
void IloBmc::render_ilo_system(json::Value& body) const {
  const std::string hpe = "Oem/Hpe/";
  const std::string logs = management_log_.uri().substr(0, management_log_.uri().rfind('/'));
  body.object().set("LogServices", json::Object{{"@odata.id", logs}});
  if (agent_->settings().installed) {
    set_at_path(body, hpe + "Links/SUT", json::Object{{"@odata.id", agent_uri()}});
  }
  const BootPhase phase = host_.phase();
  set_at_path(body, hpe + "PostState", post_state(phase, old()));
  const std::string discovery = hpe + "DeviceDiscoveryComplete/";
  set_at_path(body, discovery + "DeviceDiscovery", device_discovery(phase));
  if (!at_path(body, discovery + "SmartArrayDiscovery").is_null()) {
    set_at_path(body, discovery + "SmartArrayDiscovery", array_discovery(phase));
  }
  if (!at_path(body, discovery + "ServerFirmwareInventoryComplete").is_null()) {
    set_at_path(body, discovery + "ServerFirmwareInventoryComplete", host_.inventory_is_complete());
  }
  if (!shown_bios_version_.empty()) set_at_path(body, hpe + "Bios/Current", rom_facts(shown_bios_version_));
  const bool has_backup = !at_path(body, "Oem/Hpe/Bios/Backup").members().empty();
  if (!shown_backup_bios_.empty() && has_backup) set_at_path(body, hpe + "Bios/Backup", rom_facts(shown_backup_bios_));
  if (faults_.tpm && !*faults_.tpm) {
    body.object().set("TrustedModules", json::Array{json::Object{{"Status", json::Object{{"State", "Absent"}}}}});
  }
}

// 1.1, 2.2: what firmware before 2.30 does not have
void IloBmc::render_old(const std::string& uri, json::Value& body) const {
  if (same_uri(uri, kRoot)) {
    body.object().set("RedfishVersion", "1.6.0");
    set_at_path(body, "ProtocolFeaturesSupported/SelectQuery", false);
    set_at_path(body, "Oem/Hpe/@odata.type", "#HpeiLOServiceExt.v2_3_0.HpeiLOServiceExt");
  } else if (same_uri(uri, kUpdateService)) {
    body.object().set("@odata.type", "#UpdateService.v1_1_1.UpdateService");
    json::Object& hpe = body.object().find("Oem")->object().find("Hpe")->object();
    hpe.set("@odata.type", "#HpeiLOUpdateServiceExt.v2_1_4.HpeiLOUpdateServiceExt");
    hpe.set("Capabilities", json::Object{{"PLDMFirmwareUpdate", false}, {"UpdateFWPKG", takes_packages()}});
    hpe.erase("BundleUpdateReport");
    hpe.erase("Accept3rdPartyFirmware");
  } else if (same_uri(uri, tree_->system())) {
    json::Value& discovery = *body.object().find("Oem")->object().find("Hpe")->object().find("DeviceDiscoveryComplete");
    discovery.object().erase("ServerFirmwareInventoryComplete");
  } else if (same_uri(uri, "/redfish/v1/SessionService")) {
    body.object().erase("SessionTimeout");
  }
}

std::vector<Writable> IloBmc::writable(std::string_view uri) const {
  using Kind = Writable::Kind;
  if (same_uri(uri, "/redfish/v1/SessionService") && !old()) return {{"SessionTimeout", Kind::number, {}}};
  if (!same_uri(uri, kUpdateService)) return writable_settings_of(uri);
  std::vector<Writable> known;
  if (!old()) known.push_back({"Oem/Hpe/Accept3rdPartyFirmware", Kind::boolean, {}});
  if (!licensed()) return known;
  known.push_back({"Oem/Hpe/FirmwareIntegrity/EnableBackgroundScan", Kind::boolean, {}});
  known.push_back(
      {"Oem/Hpe/FirmwareIntegrity/OnIntegrityFailure", Kind::text, {"LogOnly", "LogAndRepairAutomatically"}});
  known.push_back({"Oem/Hpe/FirmwareIntegrity/ScanEveryDays", Kind::number, {}});
  // NoDowngrade is for ever.
  if (downgrade_policy() != "NoDowngrade") {
    known.push_back({"Oem/Hpe/DowngradePolicy", Kind::text, {"AllowDowngrade", "RecoveryDowngrade", "NoDowngrade"}});
  }
  return known;
}

// 1.6: tags cover members of collections, a task's state and the policy, and little else.
std::string IloBmc::etag(const json::Value& body) const {
  const bool decimal = traits_.name == "ilo7";
  const std::string_view type = body.text("@odata.type");
  for (const std::string_view live : {"#SessionCollection", "#TaskCollection", "#HpeComponentCollection",
                                      "#HpeInvalidImageCollection", "#LogEntryCollection", "#LogServiceCollection"}) {
    if (type.starts_with(live)) return collection_tag(body["Members"], decimal);
  }
  if (type.starts_with("#HpeComponent.")) return weak_tag(kAnyComponent, decimal);
  if (type.starts_with("#Task.")) {
    return weak_tag(hash_of(fmt::format("{}{}", body.text("TaskState"), body.text("TaskStatus"))), decimal);
  }
  const std::string_view captured = body.text("@odata.etag");
  const bool changed =
      same_uri(without_slash(body.text("@odata.id")), kUpdateService) && downgrade_policy() != "AllowDowngrade";
  if (changed) return weak_tag(hash_of(fmt::format("{}{}", captured, downgrade_policy())), decimal);
  return captured.empty() ? weak_tag(hash_of(type), decimal) : std::string(captured);
}

// 1.5
json::Value IloBmc::session_document(const Session& session, bool own) const {
  const bool mine = own || session.id == caller_;
  json::Object hpe{{"@odata.type", "#HpeiLOSession.v2_1_0.HpeiLOSession"},
                   {"AccessTime", to_rfc3339(session.used + faults_.clock_skew)},
                   {"LoginTime", to_rfc3339(session.created + faults_.clock_skew)},
                   {"MySession", mine},
                   {"UserExpires", to_rfc3339(session.used + faults_.clock_skew + std::chrono::minutes(30))},
                   {"UserIP", "127.0.0.1"},
                   {"UserTag", "REST"},
                   {"UserType", "Local"}};
  if (mine) {
    json::Object privileges;
    for (const std::string_view name : {"HostBIOSConfigPriv", "HostNICConfigPriv", "HostStorageConfigPriv", "LoginPriv",
                                        "RemoteConsolePriv", "SystemRecoveryConfigPriv", "UserConfigPriv",
                                        "VirtualMediaPriv", "VirtualPowerAndResetPriv", "iLOConfigPriv"}) {
      privileges.set(std::string(name), has_privilege(name));
    }
    hpe.set("Privileges", std::move(privileges));
  }
  return json::Object{{"@odata.context", "/redfish/v1/$metadata#Session.Session"},
                      {"@odata.id", fmt::format("{}/{}", kSessions, session.id)},
                      {"@odata.type", "#Session.v1_0_0.Session"},
                      {"Id", session.id},
                      {"Description", "Manager User Session"},
                      {"Name", "User Session"},
                      {"UserName", session.user},
                      {"Oem", json::Object{{"Hpe", std::move(hpe)}}}};
}

}  // namespace firmform::simulators
