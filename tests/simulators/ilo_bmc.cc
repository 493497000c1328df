// SPDX-License-Identifier: Apache-2.0
// Requests to an iLO and what it makes of images.
#include "tests/simulators/ilo_bmc.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kUpload = "/cgi-bin/uploadFile";
constexpr std::string_view kSimpleUpdate = "UpdateService.SimpleUpdate";

/// ClassDescription of the iLO's own events.
std::string class_name(const ModelTraits& traits) {
  return fmt::format("iLO {}", traits.bmc.family.substr(3));
}

IloDisagreements disagreements(const ModelFaults& faults) {
  IloDisagreements choices;
  choices.bios_package_needs_uefi = faults.bios_by_bmc_needs_uefi;
  if (faults.queue_limit) choices.queue_capacity = static_cast<std::size_t>(*faults.queue_limit);
  for (const auto& [about, choice] : faults.disagreements) choose(choices, about, choice);
  return choices;
}

std::string file_name(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  return std::string(url.substr(url.rfind('/') + 1));
}

}  // namespace

IloBmc::IloBmc(BmcOptions options, const ModelTraits& traits, ModelFaults faults, UtcTime now)
    : RedfishBmc(std::move(options), traits, std::move(faults), now),
      repository_(traits_, *tree_),
      event_log_(kIloEventLog, tree_->manager(), class_name(traits_), !old()),
      management_log_(kManagementLog, tree_->system(), class_name(traits_), !old()),
      windows_(*this, disagreements(faults_)),
      queue_(*this, windows_, disagreements(faults_)),
      sets_(*this, queue_, disagreements(faults_)) {
  if (!faults_.downgrade_policy.empty()) {
    change_setting(kUpdateService, "Oem/Hpe/DowngradePolicy", faults_.downgrade_policy);
  }
  if (faults_.update_busy) state_ = "Updating";
  if (faults_.repository_bytes) repository_.set_total(*faults_.repository_bytes);
  repository_.hide(faults_.repository_used);
  seed_update_service();
  IloAgentSettings agent;
  agent.installed = faults_.agent;
  agent.mode = faults_.agent_mode;
  agent.running = faults_.agent_service_state == "Running";
  IloQueueOwner& self = *this;
  agent_ = std::make_unique<IloAgent>(self, queue_, agent);
  if (old()) make_old();
}

void IloBmc::seed_update_service() {
  for (const json::Value& link : collection_members(kInstallSets)) {
    if (const CapturedResource* set = tree_->find(link.text("@odata.id"))) sets_.seed(set->body);
  }
  for (const json::Value& link : collection_members(kInvalidImages)) {
    if (const CapturedResource* image = tree_->find(link.text("@odata.id"))) invalid_image_ = image->body;
  }
  for (const json::Value& entry : faults_.queue_entries) queue_.seed(entry);
  references_changed();
  // What happened long ago is in the log as well, and none of a client's business.
  event_log_.add({35, 1096, "Firmware update failed   with reason: file invalid", IloLogEvent::Severity::caution},
                 "2025-06-13T21:33:22Z");
}

const json::Array& IloBmc::collection_members(std::string_view uri) const {
  static const json::Array nothing;
  const CapturedResource* collection = tree_->find(uri);
  return collection == nullptr ? nothing : collection->body["Members"].items();
}

void IloBmc::make_old() {
  const ImageInfo info{"bmc", std::string(traits_.bmc.family), "2.18 Jun 22 2020", "2020-06-22"};
  bmc_.running = info.version;
  bmc_.shown = info;
  set_item_property(bmc_.item, "Version", info.version);
  for (Item& item : items_) {
    set_item_property(item.id, "@odata.type", "#SoftwareInventory.v1_0_0.SoftwareInventory");
    item.own->object().erase("Updateable");
  }
}

Message IloBmc::ilo_message(const std::string& key, std::vector<std::string> args) const {
  return {"iLO", key, std::move(args)};
}

Message IloBmc::first_known(const std::vector<std::string>& keys, std::vector<std::string> args) const {
  for (const std::string& key : keys) {
    if (writer_.knows("iLO", key)) return ilo_message(key, std::move(args));
  }
  return ilo_message(keys.back(), std::move(args));
}

Message IloBmc::bad_login() const {
  return ilo_message("UnauthorizedLoginAttempt");
}

bool IloBmc::tpm_enabled() const {
  if (faults_.tpm) return *faults_.tpm;
  for (const json::Value& module : tree_->find(tree_->system())->body["TrustedModules"].items()) {
    if (module["Status"].text("State") == "Enabled") return true;
  }
  return false;
}

bool IloBmc::takes_packages() const {
  return faults_.update_fwpkg.value_or(!old());
}

std::string IloBmc::downgrade_policy() const {
  const json::Value* policy = setting(kUpdateService, "Oem/Hpe/DowngradePolicy");
  return policy == nullptr || policy->as_string() == nullptr ? "AllowDowngrade" : *policy->as_string();
}

std::optional<BmcResponse> IloBmc::route_before_login(const Exchange& exchange) {
  if (!same_uri(exchange.path, kUpload)) return std::nullopt;
  if (exchange.request.method != http::Method::post) {
    BmcResponse response = error_reply(405, {base_message("ActionNotSupported", {"POST"})});
    response.headers.set("Allow", "POST");
    return response;
  }
  return upload(exchange);
}

std::optional<BmcResponse> IloBmc::route_vendor(const Exchange& exchange) {
  if (auto refused = refuse_for_privilege(exchange)) return refused;
  if (auto refused = refuse_for_licence(exchange)) return refused;
  if (is_inside(exchange.path, kFiles)) return download(exchange);
  const std::string actions = fmt::format("{}/Actions/Oem/Hpe", tree_->system());
  const bool button = same_uri(exchange.path, actions + "/HpeComputerSystemExt.PowerButton");
  const bool reset = same_uri(exchange.path, actions + "/HpeComputerSystemExt.SystemReset");
  if (!button && !reset) return std::nullopt;
  if (exchange.request.method != http::Method::post) {
    BmcResponse response = error_reply(405, {base_message("ActionNotSupported", {"GET"})});
    response.headers.set("Allow", "POST");
    return response;
  }
  BmcResponse refusal;
  const std::optional<json::Value> body = read_object(exchange, refusal);
  if (!body) return refusal;
  return button ? press_power_button(*body) : reset_system(*body);
}

// 1.5
std::optional<BmcResponse> IloBmc::refuse_for_privilege(const Exchange& exchange) const {
  const http::Method method = exchange.request.method;
  if (method == http::Method::get || method == http::Method::head) return std::nullopt;
  std::string_view needed;
  if (is_inside(exchange.path, tree_->system())) needed = "VirtualPowerAndResetPriv";
  if (is_inside(exchange.path, tree_->manager()) || is_inside(exchange.path, kUpdateService)) needed = kConfigPrivilege;
  if (same_uri(exchange.path, kUpdateService) || same_uri(exchange.path, management_log_.clear_target())) {
    needed = kConfigPrivilege;
  }
  if (needed.empty() || has_privilege(needed)) return std::nullopt;
  return error_reply(403, {base_message("InsufficientPrivilege")});
}

// 2.2
std::optional<BmcResponse> IloBmc::refuse_for_licence(const Exchange& exchange) const {
  const bool changes = exchange.request.method == http::Method::patch && same_uri(exchange.path, kUpdateService);
  if (licensed() || !changes) return std::nullopt;
  const Result<json::Value> body = json::parse(exchange.request.body);
  if (!body) return std::nullopt;
  const json::Value& wanted = (*body)["Oem"]["Hpe"];
  if (wanted.find("DowngradePolicy") == nullptr && wanted.find("FirmwareIntegrity") == nullptr) return std::nullopt;
  return error_reply(400, {ilo_message("LicenseKeyRequired")});
}

bool IloBmc::has_privilege(std::string_view name) const {
  return !faults_.privileges || std::ranges::find(*faults_.privileges, name) != faults_.privileges->end();
}

BmcResponse IloBmc::press_power_button(const json::Value& body) {
  const std::string_view type = body.text("PushType");
  if (type == "Press") return reset_host("PushPowerButton");
  if (type == "PressAndHold") return reset_host("ForceOff");
  return error_reply(400, {base_message("ActionParameterNotSupported", {"PushType", "PowerButton"})});
}

BmcResponse IloBmc::reset_system(const json::Value& body) {
  const std::string_view type = body.text("ResetType");
  if (type != "ColdBoot" && type != "AuxCycle") {
    return error_reply(400, {base_message("ActionParameterNotSupported", {"ResetType", "SystemReset"})});
  }
  if (type == "ColdBoot") return reset_host("ForceRestart");
  if (auto refused = refuse_manager_reset()) return std::move(*refused);
  // A virtual AC cycle takes iLO with it.
  log_event(1, "Server power removed.");
  host_.power_off(false);
  hard_cycle_ = true;
  cold_start_ = true;
  timeline_.at(now_ + scaled(Seconds(30)), Half::host, [this] { host_.power_on(); });
  restart(scaled(Seconds(3)));
  return done_reply();
}

// 13.1
BmcResponse IloBmc::reset_host(const std::string& type) {
  const bool turns_on = type == "On";
  const bool either = type == "PushPowerButton";
  if (host_.on() && turns_on) return error_reply(400, {ilo_message("InvalidOperationForSystemState", {"Power is on"})});
  if (!host_.on() && !turns_on && !either) {
    return error_reply(400, {ilo_message("InvalidOperationForSystemState", {"Power is off"})});
  }
  const bool writes_rom = job_ && job_->phase == Job::Phase::writing && job_->image.info->component == "bios";
  if (writes_rom) return error_reply(400, {ilo_message("FirmwareFlashAlreadyInProgress")});
  const bool was_on = host_.on();
  BmcResponse answer = RedfishBmc::reset_host(type);
  if (type == "Nmi") return answer;
  if (!was_on) {
    log_event(141, fmt::format("Power-On signal sent to host server by: {}.", options_.username));
  } else if (type == "ForceOff" || type == "GracefulShutdown" || type == "PushPowerButton") {
    log_event(140, fmt::format("Power-Off signal sent to host server by: {}.", options_.username));
  } else {
    log_event(142, fmt::format("Host server reset by: {}.", options_.username));
  }
  return answer;
}

std::optional<BmcResponse> IloBmc::refuse_manager_reset() {
  if (!job_ || job_->phase != Job::Phase::writing) {
    log_event(22, fmt::format("iLO reset by user: {}.", options_.username));
    return std::nullopt;
  }
  return error_reply(400, {ilo_message("FirmwareFlashAlreadyInProgress")});
}

std::optional<BmcResponse> IloBmc::refuse_while_busy() const {
  if (!occupied()) return std::nullopt;
  if (!busy()) {
    return error_reply(400, {scanning_ ? first_known({"UpdateTemporarilyUnavailable"})
                                       : first_known({"ResetInProgress", "FirmwareFlashAlreadyInProgress"})});
  }
  const bool flashing = faults_.update_busy || job_->phase == Job::Phase::writing;
  return error_reply(400,
                     {ilo_message(flashing ? "FirmwareFlashAlreadyInProgress" : "ComponentUploadAlreadyInProgress")});
}

std::optional<Message> IloBmc::refuse_targets(const json::Value& targets) const {
  if (targets.is_null()) return std::nullopt;
  if (targets.items().size() > 10) return ilo_message("TargetsLimitExceeded");
  for (const json::Value& target : targets.items()) {
    const std::string uri(target.as_string() == nullptr ? "" : without_slash(*target.as_string()));
    const std::string id = uri.substr(uri.rfind('/') + 1);
    const Item* item = uri.size() > kFirmwareInventory.size() ? find_item(id) : nullptr;
    const bool pldm = item != nullptr && item->body()["Oem"]["Hpe"]["DeviceClass"].is_null() &&
                      !item->body()["Oem"]["Hpe"]["Targets"].items().empty();
    if (!pldm) return ilo_message("NonPLDMUpdateableTargetURI", {uri});
  }
  return std::nullopt;
}

// 7.1 to 7.3
BmcResponse IloBmc::simple_update(const Exchange& exchange) {
  BmcResponse refusal;
  const std::optional<json::Value> body = read_object(exchange, refusal);
  if (!body) return refusal;
  std::vector<std::string> known{"Action", "ImageURI", "TransferProtocol", "TPMOverrideFlag"};
  if (!old()) known.insert(known.end(), {"Targets", "Username", "Password"});
  for (const json::Member& member : body->members()) {
    if (std::ranges::find(known, member.key) != known.end()) continue;
    return error_reply(400, {base_message("ActionParameterUnknown", {std::string(kSimpleUpdate), member.key})});
  }
  std::string url(body->text("ImageURI"));
  if (url.empty())
    return error_reply(400, {base_message("ActionParameterMissing", {std::string(kSimpleUpdate), "ImageURI"})});
  if (url.find("://") == std::string::npos) {
    url = fmt::format("{}://{}",
                      (*body)["TransferProtocol"].is_string() ? to_lower(body->text("TransferProtocol")) : "http", url);
  }
  const std::string scheme = to_lower(url.substr(0, url.find(':')));
  if (scheme != "http" && scheme != "https") {
    return error_reply(400, {base_message("SourceDoesNotSupportProtocol", {url, scheme})});
  }
  if (const auto refused = refuse_targets((*body)["Targets"])) return error_reply(400, {*refused});
  Job job;
  job.source = url;
  job.pulled = true;
  job.tpm_override = (*body)["TPMOverrideFlag"].as_bool().value_or(false);
  job.upload = std::make_shared<IloUpload>();
  job.upload->recovery_privilege = has_privilege(kRecoveryPrivilege);
  return begin_pull(exchange, *body, std::move(job));
}

BmcResponse IloBmc::begin_pull(const Exchange& exchange, const json::Value& body, Job job) {
  if (auto refused = refuse_while_busy()) return std::move(*refused);
  const std::string url = job.source;
  const bool tpm_in_the_way = faults_.tpm_refused_at_once && tpm_enabled() && !job.tpm_override;
  if (tpm_in_the_way && job.upload->flash && !file_name(url).ends_with(".bin")) {
    return error_reply(400, {ilo_message("FWFlashTPMOverrideFlagRequired")});
  }
  if (old()) {
    start_pull(std::move(job), url);
    return done_reply();
  }
  TaskRecord& task = new_task(exchange, "");
  task.target_uri += "/";
  json::Value shown = body;
  if (shown.object().erase("Password")) task.request_body = json::dump(shown);
  job.task = task.id;
  BmcResponse response = accepted_reply(exchange, task);
  start_pull(std::move(job), url);
  return response;
}

void IloBmc::decorate(const Exchange& exchange, BmcResponse& response) const {
  RedfishBmc::decorate(exchange, response);
  response.headers.set("Server", "HPE-iLO-Server/1.30");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Frame-Options", "sameorigin");
  response.headers.set("X-XSS-Protection", "1; mode=block");
}

}  // namespace firmform::simulators
