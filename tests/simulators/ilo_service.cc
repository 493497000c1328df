// SPDX-License-Identifier: Apache-2.0
// Resources and actions of an iLO's own: repository, queue, windows, install sets, invalid images, event logs, agent.
// Reference: ilo.md 2.4, 4, 8 to 12.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "tests/simulators/ilo_bmc.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kActions = "/redfish/v1/UpdateService/Actions/Oem/Hpe";
constexpr std::string_view kExtension = "HpeiLOUpdateServiceExt.";
constexpr std::string_view kInvoke = "/Actions/HpeComponentInstallSet.Invoke";
constexpr std::array<std::string_view, 8> kServiceActions{"AddFromUri",
                                                          "DeleteInstallSets",
                                                          "DeleteMaintenanceWindows",
                                                          "DeleteUnlockedComponents",
                                                          "DeleteUpdateTaskQueueItems",
                                                          "RemoveLanguagePack",
                                                          "SetDefaultLanguage",
                                                          "StartFirmwareIntegrityCheck"};
constexpr std::string_view kCollectionMethods = "GET, HEAD, POST";
constexpr std::string_view kMemberMethods = "GET, HEAD, PATCH, DELETE";
constexpr Seconds kScan{60};

std::string last_segment(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

std::optional<json::Value> unless_null(json::Value value) {
  return value.is_null() ? std::nullopt : std::optional(std::move(value));
}

}  // namespace

bool IloBmc::is_inside(std::string_view path, std::string_view parent) const {
  return path.size() > parent.size() + 1 && path[parent.size()] == '/' &&
         same_uri(path.substr(0, parent.size()), parent);
}

/// The action of the update service that a path names; empty for anything else.
std::string_view IloBmc::service_action(std::string_view path) const {
  if (!is_inside(path, kActions)) return {};
  for (const std::string_view action : kServiceActions) {
    if (same_uri(path, fmt::format("{}/{}{}", kActions, kExtension, action))) return action;
  }
  return {};
}

std::string IloBmc::agent_uri() const {
  return fmt::format("{}/hpsut", tree_->system());
}

bool IloBmc::owns(const std::string& path) const {
  if (!service_action(path).empty()) return !faults_.no_update_service;
  for (const std::string_view collection : {kRepository, kTaskQueue, kWindows, kInstallSets, kInvalidImages}) {
    if (same_uri(path, collection) || is_inside(path, collection)) return !faults_.no_update_service;
  }
  for (const IloLog* log : {&event_log_, &management_log_}) {
    const std::string parent = log->uri().substr(0, log->uri().rfind('/'));
    if (same_uri(path, parent) || is_inside(path, parent)) return true;
  }
  return same_uri(path, agent_uri()) || is_inside(path, agent_uri());
}

std::optional<json::Value> IloBmc::own_document(const std::string& path) {
  const std::string id = last_segment(path);
  if (same_uri(path, kRepository)) return repository_.collection();
  if (is_inside(path, kRepository)) {
    const StoredComponent* found = repository_.find_id(id);
    return found == nullptr ? std::nullopt : std::optional(repository_.member(*found));
  }
  if (same_uri(path, kTaskQueue)) return queue_.collection();
  if (is_inside(path, kTaskQueue)) return unless_null(queue_.member(id));
  if (same_uri(path, kWindows)) return windows_.collection();
  if (is_inside(path, kWindows)) return unless_null(windows_.member(id));
  if (same_uri(path, kInstallSets)) return sets_.collection();
  if (is_inside(path, kInstallSets)) return unless_null(sets_.member(id));
  if (same_uri(path, kInvalidImages)) return invalid_images();
  if (is_inside(path, kInvalidImages)) return invalid_image(id);
  if (same_uri(path, agent_uri())) return unless_null(agent_->resource(agent_uri()));
  if (is_inside(path, agent_uri())) {
    const bool settings = same_uri(id, "settings");
    return settings ? unless_null(agent_->settings_resource(agent_uri() + "/settings")) : std::nullopt;
  }
  return log_document(path);
}

std::optional<json::Value> IloBmc::log_document(const std::string& path) const {
  for (const IloLog* log : {&event_log_, &management_log_}) {
    const std::string parent = log->uri().substr(0, log->uri().rfind('/'));
    if (same_uri(path, parent)) {
      const json::Array members{json::Object{{"@odata.id", log->uri()}}};
      return json::Object{{"@odata.context", "/redfish/v1/$metadata#LogServiceCollection.LogServiceCollection"},
                          {"@odata.etag", ""},
                          {"@odata.id", parent},
                          {"@odata.type", "#LogServiceCollection.LogServiceCollection"},
                          {"Description", "Logs"},
                          {"Name", "Logs"},
                          {"Members", members},
                          {"Members@odata.count", 1}};
    }
    if (auto found = unless_null(log->document(path, bmc_time()))) return found;
  }
  return std::nullopt;
}

json::Value IloBmc::invalid_images() const {
  json::Array members;
  if (invalid_image_) members.push_back(json::Object{{"@odata.id", invalid_image_->text("@odata.id")}});
  const auto count = static_cast<std::int64_t>(members.size());
  return json::Object{{"@odata.context", "/redfish/v1/$metadata#HpeInvalidImageCollection.HpeInvalidImageCollection"},
                      {"@odata.etag", ""},
                      {"@odata.id", kInvalidImages},
                      {"@odata.type", "#HpeInvalidImageCollection.HpeInvalidImageCollection"},
                      {"Description", "Invalid Image Collection"},
                      {"Name", "Invalid Image Collection"},
                      {"Members", std::move(members)},
                      {"Members@odata.count", count}};
}

std::optional<json::Value> IloBmc::invalid_image(std::string_view id) const {
  const bool there = invalid_image_ && same_uri(invalid_image_->text("Id"), id);
  return there ? invalid_image_ : std::nullopt;
}

std::string IloBmc::own_methods(const std::string& path) {
  if (!service_action(path).empty()) return "POST";
  for (const IloLog* log : {&event_log_, &management_log_}) {
    if (same_uri(path, log->clear_target())) return "POST";
  }
  const bool invoke = is_inside(path, kInstallSets) && path.size() > kInvoke.size() &&
                      same_uri(std::string_view(path).substr(path.size() - kInvoke.size()), kInvoke);
  if (invoke) return own_document(path.substr(0, path.size() - kInvoke.size())) ? "POST" : "";
  if (!own_document(path)) return {};
  for (const std::string_view collection : {kTaskQueue, kWindows, kInstallSets}) {
    if (same_uri(path, collection)) return std::string(kCollectionMethods);
  }
  for (const std::string_view collection : {kRepository, kTaskQueue, kWindows, kInstallSets, kInvalidImages}) {
    if (is_inside(path, collection)) return std::string(kMemberMethods);
  }
  return "GET, HEAD";
}

bool IloBmc::expands(const std::string& path) const {
  return !faults_.expand_stubs || !(same_uri(path, kRepository) || same_uri(path, kTaskQueue));
}

BmcResponse IloBmc::reply(const Exchange& exchange, const IloReply& answer) const {
  if (!answer.messages.empty()) return error_reply(answer.status, answer.messages);
  BmcResponse response = json_reply(answer.status, answer.body);
  const std::string_view uri = answer.body.text("@odata.id");
  if (answer.status == 201 && !uri.empty()) {
    response.headers.set("Location", absolute(exchange, fmt::format("{}/", without_slash(uri))));
    response.headers.set("ETag", std::string(answer.body.text("@odata.etag")));
  }
  return response;
}

BmcResponse IloBmc::write_own(const Exchange& exchange) {
  const std::string& path = exchange.path;
  if (exchange.request.method == http::Method::delete_) return remove_own(exchange);
  BmcResponse refusal;
  const std::optional<json::Value> body = read_object(exchange, refusal);
  if (!body) return refusal;
  if (exchange.request.method == http::Method::patch) {
    const auto wanted = exchange.request.headers.find("If-Match");
    if (wanted && *wanted != "*" && *wanted != etag(*own_document(path))) {
      return error_reply(412, {base_message("PreconditionFailed")});
    }
    return change_own(exchange, *body);
  }
  if (const std::string_view action = service_action(path); !action.empty()) {
    return act_on_service(exchange, action, *body);
  }
  for (IloLog* log : {&event_log_, &management_log_}) {
    if (!same_uri(path, log->clear_target())) continue;
    log->clear();
    return done_reply();
  }
  if (same_uri(path, kTaskQueue)) return reply(exchange, queue_.create(*body));
  if (same_uri(path, kWindows)) return reply(exchange, windows_.create(*body));
  if (same_uri(path, kInstallSets)) return reply(exchange, sets_.create(*body));
  const std::string set = last_segment(path.substr(0, path.size() - kInvoke.size()));
  return reply(exchange, sets_.invoke(set, *body));
}

BmcResponse IloBmc::change_own(const Exchange& exchange, const json::Value& body) {
  const std::string id = last_segment(exchange.path);
  if (is_inside(exchange.path, kTaskQueue)) return reply(exchange, queue_.change(id, body));
  if (is_inside(exchange.path, kWindows)) return reply(exchange, windows_.change(id, body));
  if (is_inside(exchange.path, kInstallSets)) return reply(exchange, sets_.change(id, body));
  if (is_inside(exchange.path, kRepository)) return change_component(*repository_.find_id(id), body);
  // Nothing of an invalid image can be set.
  const PatchJudgement judgement = judge_patch(body, *own_document(exchange.path), {});
  std::vector<Message> messages;
  for (const auto& [path, message] : judgement.bad) messages.push_back(message);
  if (messages.empty()) messages.push_back(base_message("NoOperation"));
  return error_reply(400, messages);
}

// 4.2
BmcResponse IloBmc::change_component(StoredComponent& component, const json::Value& body) {
  const std::vector<Writable> known{{"Configuration", Writable::Kind::text, {}},
                                    {"ExecutionParameters", Writable::Kind::text, {}}};
  const PatchJudgement judgement = judge_patch(body, repository_.member(component), known);
  std::vector<Message> messages;
  for (const auto& [path, message] : judgement.bad) messages.push_back(message);
  for (const auto& [path, value] : judgement.good) {
    const std::size_t longest = path == "Configuration" ? 1280 : 256;
    if (value.as_string()->size() <= longest) continue;
    messages.push_back(base_message("StringValueTooLong", {path, std::to_string(longest)}));
  }
  if (messages.empty() && judgement.good.empty()) messages.push_back(base_message("NoOperation"));
  if (!messages.empty()) return error_reply(400, messages);
  for (const auto& [path, value] : judgement.good) {
    (path == "Configuration" ? component.configuration : component.execution_parameters) = *value.as_string();
  }
  return done_reply();
}

BmcResponse IloBmc::remove_own(const Exchange& exchange) {
  const std::string id = last_segment(exchange.path);
  if (is_inside(exchange.path, kTaskQueue)) return reply(exchange, queue_.remove(id));
  if (is_inside(exchange.path, kWindows)) return reply(exchange, windows_.remove(id));
  if (is_inside(exchange.path, kInstallSets)) return reply(exchange, sets_.remove(id));
  if (is_inside(exchange.path, kInvalidImages)) {
    invalid_image_.reset();
    return done_reply();
  }
  if (repository_.find_id(id)->locked) {
    return error_reply(queue_.choices().locked_status, {base_message(queue_.choices().locked_key)});
  }
  repository_.remove(id);
  return done_reply();
}

// 4.3: the file itself
BmcResponse IloBmc::download(const Exchange& exchange) {
  const std::string name = exchange.path.substr(kFiles.size() + 1);
  const StoredComponent* component = repository_.find(name);
  const bool invalid = invalid_image_ && name == invalid_image_->text("Filepath");
  if (component == nullptr && !invalid) {
    return error_reply(404, {base_message("ResourceMissingAtURI", {exchange.path})});
  }
  if (exchange.request.method != http::Method::get && exchange.request.method != http::Method::head) {
    BmcResponse refusal = error_reply(405, {base_message("ActionNotSupported", {exchange.path})});
    refusal.headers.set("Allow", "GET, HEAD");
    return refusal;
  }
  BmcResponse response;
  response.headers.set("Content-Type", "application/octet-stream");
  response.headers.set("Allow", "GET, HEAD");
  // Of the invalid image nobody has the content: an erased flash.
  response.body =
      invalid ? std::string(static_cast<std::size_t>((*invalid_image_)["SizeBytes"].as_int().value_or(0)), '\xFF')
              : repository_.content(*component);
  return response;
}

// 2.4
BmcResponse IloBmc::act_on_service(const Exchange& exchange, std::string_view action, const json::Value& body) {
  if (action == "AddFromUri") return add_from_uri(exchange, body);
  if (action == "DeleteInstallSets") return reply(exchange, sets_.remove_all(body));
  const bool about_language = action == "RemoveLanguagePack" || action == "SetDefaultLanguage";
  for (const json::Member& member : body.members()) {
    if (member.key == "Action" || (about_language && member.key == "Language")) continue;
    return error_reply(400, {base_message("ActionParameterUnknown", {std::string(action), member.key})});
  }
  if (action == "DeleteMaintenanceWindows") return reply(exchange, windows_.remove_all());
  if (action == "DeleteUpdateTaskQueueItems") return reply(exchange, queue_.remove_all());
  if (action == "StartFirmwareIntegrityCheck") return start_integrity_check();
  if (about_language) return act_on_language(action, body);
  repository_.remove_unlocked();
  return done_reply();
}

BmcResponse IloBmc::act_on_language(std::string_view action, const json::Value& body) {
  const std::string parameter = "Language";
  const json::Value& language = body[parameter];
  if (!language.is_string()) {
    return error_reply(400, {base_message("ActionParameterMissing", {std::string(action), parameter})});
  }
  // There is one language, and it cannot be taken away.
  const bool english = *language.as_string() == "en";
  if (english && action == "SetDefaultLanguage") return done_reply();
  return error_reply(
      400, {base_message("ActionParameterValueNotInList", {*language.as_string(), parameter, std::string(action)})});
}

// 12.3
BmcResponse IloBmc::start_integrity_check() {
  if (!licensed()) return error_reply(400, {ilo_message("LicenseKeyRequired")});
  if (auto refused = refuse_while_busy()) return std::move(*refused);
  scanning_ = true;
  timeline_.at(now_ + scaled(kScan), Half::bmc, [this] { end_integrity_check(); });
  return done_reply();
}

void IloBmc::end_integrity_check() {
  scanning_ = false;
  const std::string integrity = "Oem/Hpe/FirmwareIntegrity/";
  change_setting(kUpdateService, integrity + "LastScanTime", bmc_time());
  std::string_view result = "OK";
  if (rom_invalid_) {
    log_management(7, "Firmware integrity scan completed and detected an anomaly.", IloLogEvent::Severity::critical);
    const json::Value* wanted = setting(kUpdateService, integrity + "OnIntegrityFailure");
    const bool repairs = wanted != nullptr && *wanted == json::Value("LogAndRepairAutomatically");
    result = repairs && repair_rom() ? "Repaired" : "Failure";
  }
  change_setting(kUpdateService, integrity + "LastScanResult", result);
  queue_.work();
}

/// Puts back the System ROM of the recovery set; false when it has none.
bool IloBmc::repair_rom() {
  const IloInstallSet* recovery = sets_.recovery_set();
  if (recovery == nullptr) return false;
  for (const IloStep& step : recovery->steps) {
    const StoredComponent* component = repository_.find(step.filename);
    if (component == nullptr || !component->image || component->image->component != "bios") continue;
    bios_.staged = component->image;
    rom_invalid_ = false;
    host_.break_rom(false);
    return true;
  }
  return false;
}

}  // namespace firmform::simulators
