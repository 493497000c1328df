// SPDX-License-Identifier: Apache-2.0
// Requests to an iLO and what it makes of images.
#include "tests/simulators/ilo_bmc.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "tests/simulators/multipart.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kUpload = "/cgi-bin/uploadFile";
constexpr std::string_view kSimpleUpdate = "UpdateService.SimpleUpdate";

/// Seen for a bad cookie, a missing privilege and a busy iLO alike (ilo.md 6.2).
BmcResponse empty_400() {
  BmcResponse response;
  response.status = 400;
  return response;
}

std::string file_name(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  return std::string(url.substr(url.rfind('/') + 1));
}

}  // namespace

IloBmc::IloBmc(BmcOptions options, const ModelTraits& traits, ModelFaults faults, UtcTime now)
    : RedfishBmc(std::move(options), traits, std::move(faults), now) {
  if (!faults_.downgrade_policy.empty()) {
    change_setting(kUpdateService, "Oem/Hpe/DowngradePolicy", faults_.downgrade_policy);
  }
  if (faults_.update_busy) state_ = "Updating";
  if (old()) make_old();
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
  // A virtual AC cycle takes iLO with it.
  host_.power_off(false);
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
  return RedfishBmc::reset_host(type);
}

std::optional<BmcResponse> IloBmc::refuse_manager_reset() {
  if (!job_ || job_->phase != Job::Phase::writing) return std::nullopt;
  return error_reply(400, {ilo_message("FirmwareFlashAlreadyInProgress")});
}

std::optional<BmcResponse> IloBmc::refuse_while_busy() const {
  if (!busy()) return std::nullopt;
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
  if (auto refused = refuse_while_busy()) return std::move(*refused);
  Job job;
  job.source = url;
  job.pulled = true;
  job.tpm_override = (*body)["TPMOverrideFlag"].as_bool().value_or(false);
  const bool tpm_in_the_way = faults_.tpm_refused_at_once && tpm_enabled() && !job.tpm_override;
  if (tpm_in_the_way && !file_name(url).ends_with(".bin")) {
    return error_reply(400, {ilo_message("FWFlashTPMOverrideFlagRequired")});
  }
  if (old()) {
    start_pull(std::move(job), url);
    return done_reply();
  }
  TaskRecord& task = new_task(exchange, "");
  task.target_uri += "/";
  json::Value shown = *body;
  if (shown.object().erase("Password")) task.request_body = json::dump(shown);
  job.task = task.id;
  BmcResponse response = accepted_reply(exchange, task);
  start_pull(std::move(job), url);
  return response;
}

std::optional<std::string> IloBmc::upload_session(const Exchange& exchange) {
  constexpr std::string_view kCookie = "sessionKey=";
  const auto header = exchange.request.headers.find("Cookie");
  if (!header) return std::nullopt;
  for (const std::string& cookie : split(*header, ';')) {
    const std::string_view pair = trim(cookie);
    if (!pair.starts_with(kCookie)) continue;
    const std::string token(pair.substr(kCookie.size()));
    if (sessions_.use(token, now_) != nullptr) return token;
  }
  return std::nullopt;
}

// 6.1, 6.2
BmcResponse IloBmc::upload(const Exchange& exchange) {
  if (const auto header = exchange.request.headers.find("X-Auth-Token");
      header && sessions_.use(*header, now_) == nullptr) {
    return error_reply(401, {base_message("NoValidSession")});
  }
  const std::optional<std::string> token = upload_session(exchange);
  if (!token || busy()) return empty_400();
  const auto type = exchange.request.headers.find("Content-Type").value_or("");
  const std::optional<std::vector<FormView>> form = read_form(type, exchange.request.body);
  if (!form || form->size() < 3 || form->size() > 4) return empty_400();
  const FormView& file = form->back();
  const bool ordered = (*form)[0].name == "sessionKey" && (*form)[0].content == *token &&
                       (*form)[1].name == "parameters" && file.name == "file" && !file.filename.empty() &&
                       (form->size() == 3 || (*form)[2].name == "compsig");
  const Result<json::Value> parameters = json::parse((*form)[1].content);
  if (!ordered || !parameters || !parameters->is_object()) return empty_400();
  if ((*parameters)["UpdateRepository"].as_bool().value_or(false)) {
    return error_reply(501, {base_message("ActionNotSupported", {"UpdateRepository"})});
  }
  if (!(*parameters)["UpdateTarget"].as_bool().value_or(true)) return empty_400();
  upload_etag_ = parameters->text(parameters->find("ETag") == nullptr ? "UploadCurrentEtag" : "ETag");
  Job job;
  job.source = file.filename;
  job.tpm_override = (*parameters)["TPMOverride"].as_bool().value_or(false);
  job.image = inspect(file.content, job);
  start_push(std::move(job));
  return done_reply();
}

Message IloBmc::bad_image(const Job& job) const {
  if (job.pulled && job.image.fault == ImageFault::foreign) {
    return base_message("ResourceAtUriInUnknownFormat", {job.source});
  }
  switch (job.image.fault) {
    case ImageFault::foreign:
      return first_known({"UpdateBadHeader", "UpdateInvalidFile"});
    case ImageFault::truncated:
      return ilo_message("UpdateInvalidFile");
    case ImageFault::tampered:
      return first_known({"UpdateSignatureValidationFailed", "UpdateInvalidFile"});
  }
  return ilo_message("UpdateInvalidFile");
}

std::optional<Message> IloBmc::refuse_image(const Job& job, const ImageInfo& info) const {
  // 7.2: accepted, and then nothing is flashed.
  if (job.package && !takes_packages()) return base_message("ResourceAtUriInUnknownFormat", {job.source});
  const Part* fitting = part(info.component);
  if (fitting == nullptr || fitting->traits->family != info.family) return ilo_message("UpdateNotApplicable");
  if (info.component == "bios" && tpm_enabled() && !job.tpm_override)
    return ilo_message("FWFlashTPMOverrideFlagRequired");
  const bool older = version_numbers(info.version) < version_numbers(fitting->running);
  if (older && downgrade_policy() == "NoDowngrade") return ilo_message("DowngradeNotAllowed");
  const json::Value& lowest = find_item(fitting->item)->body()["LowestSupportedVersion"];
  if (lowest.is_string() && version_numbers(info.version) < version_numbers(*lowest.as_string())) {
    return first_known(
        {"MinimumFirmwareVersionRequirementNotMet", "FirmwareVersionNotSupported", "UpdateNotApplicable"});
  }
  return std::nullopt;
}

// 2.3
void IloBmc::phase_changed(const Job& job) {
  result_.reset();
  switch (job.phase) {
    case Job::Phase::fetching:
    case Job::Phase::transferring:
      state_ = "Uploading";
      break;
    case Job::Phase::verifying:
      state_ = "Verifying";
      break;
    case Job::Phase::writing:
      state_ = "Updating";
      break;
  }
}

void IloBmc::job_failed(const Job& /*job*/, const Message& why) {
  state_ = "Error";
  result_ = why;
}

void IloBmc::job_finished(const Job& /*job*/) {
  state_ = "Complete";
  timeline_.at(now_ + scaled(Seconds(120)), Half::bmc, [this] {
    if (state_ == "Complete") state_ = "Idle";
  });
}

void IloBmc::bmc_came_back() {
  state_ = faults_.update_busy ? "Updating" : "Idle";
  result_.reset();
  upload_etag_.clear();
}

// 13.4: the old System ROM becomes the redundant one.
void IloBmc::host_discovered() {
  const std::string before = shown_bios_version_.empty()
                                 ? std::string(tree_->find(tree_->system())->body.text("BiosVersion"))
                                 : shown_bios_version_;
  RedfishBmc::host_discovered();
  if (!shown_bios_version_.empty() && shown_bios_version_ != before) shown_backup_bios_ = before;
}

void IloBmc::host_inventory_complete() {
  RedfishBmc::host_inventory_complete();
  for (const Item& item : items_) {
    const bool backup = item.body().text("Description") == "SystemRomBackup";
    if (!backup || shown_backup_bios_.empty()) continue;
    set_item_property(item.id, "Version", shown_backup_bios_);
    break;
  }
  if (faults_.reassign_ids) reassign_ids();
}

void IloBmc::reassign_ids() {
  if (items_.size() < 3) return;
  std::vector<std::string> ids;
  for (const Item& item : items_) ids.push_back(item.id);
  std::rotate(items_.begin() + 1, items_.end() - 1, items_.end());
  for (std::size_t i = 0; i < items_.size(); ++i) items_[i].id = ids[i];
  locate(bmc_);
  locate(bios_);
}

void IloBmc::decorate(const Exchange& exchange, BmcResponse& response) const {
  RedfishBmc::decorate(exchange, response);
  response.headers.set("Server", "HPE-iLO-Server/1.30");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Frame-Options", "sameorigin");
  response.headers.set("X-XSS-Protection", "1; mode=block");
}

}  // namespace firmform::simulators
