// SPDX-License-Identifier: Apache-2.0
// How a request to update comes in: SimpleUpdate, multipart push, raw push. References: redfish.md A.3 to A.5, B.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "tests/simulators/multipart.h"
#include "tests/simulators/redfish_bmc.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kApplyTime = "@Redfish.OperationApplyTime";

std::string last_segment(std::string_view uri) {
  uri = uri.substr(0, uri.find_first_of("?#"));
  return std::string(uri.substr(uri.rfind('/') + 1));
}

std::vector<std::string> strings(const json::Value& array) {
  std::vector<std::string> texts;
  for (const json::Value& item : array.items()) texts.push_back(item.as_string() == nullptr ? "" : *item.as_string());
  return texts;
}

bool has_suffix_of(std::string_view name, std::string_view suffixes) {
  if (suffixes.empty()) return true;
  const std::string lower = to_lower(name);
  const std::vector<std::string> allowed = split(suffixes, ',');
  return std::ranges::any_of(allowed, [&](const std::string& suffix) { return lower.ends_with(suffix); });
}

}  // namespace

std::string RedfishBmc::action_of(const std::string& path) const {
  if (same_uri(path, fmt::format("{}/Actions/ComputerSystem.Reset", tree_->system()))) return "ComputerSystem.Reset";
  if (same_uri(path, fmt::format("{}/Actions/Manager.Reset", tree_->manager()))) return "Manager.Reset";
  const bool pulls = traits_.update.pull || traits_.hpe;
  const bool simple = same_uri(path, fmt::format("{}/Actions/UpdateService.SimpleUpdate", kUpdateService));
  return simple && pulls && !faults_.no_update_service ? "UpdateService.SimpleUpdate" : "";
}

bool RedfishBmc::is_push_uri(const std::string& path) const {
  if (faults_.no_update_service || path.empty()) return false;
  return path == traits_.update.multipart_uri || path == traits_.update.raw_uri;
}

BmcResponse RedfishBmc::act(const Exchange& exchange, std::string_view action) {
  if (action == "UpdateService.SimpleUpdate") return simple_update(exchange);
  BmcResponse refusal;
  const std::optional<json::Value> body = read_object(exchange, refusal);
  if (!body) return refusal;
  const bool manager = action == "Manager.Reset";
  const std::vector<std::string>& types = manager ? tree_->manager_reset_types() : tree_->system_reset_types();
  const json::Value& given = (*body)["ResetType"];
  if (given.is_null() && !manager)
    return error_reply(400, {base_message("ActionParameterMissing", {std::string(action), "ResetType"})});
  const std::string type = given.as_string() == nullptr ? types.front() : *given.as_string();
  if (std::ranges::find(types, type) == types.end()) {
    return error_reply(400, {base_message("ActionParameterValueNotInList", {type, "ResetType", std::string(action)})});
  }
  if (!manager) return reset_host(type);
  if (auto refused = refuse_manager_reset()) return std::move(*refused);
  restart(scaled(Seconds(2)));
  return done_reply();
}

std::optional<BmcResponse> RedfishBmc::refuse_manager_reset() {
  return std::nullopt;
}

BmcResponse RedfishBmc::reset_host(const std::string& type) {
  const bool turns_on = type == "On" || type == "ForceOn";
  const bool turns_off = type == "ForceOff" || type == "GracefulShutdown";
  const bool strict = traits_.update.ids == IdStyle::dell;
  const bool redundant = (turns_on && host_.on()) || (turns_off && !host_.on());
  if (redundant && strict) return error_reply(409, {base_message("ResourceInUse")});
  if (!turns_on && type != "Nmi" && host_.on()) power_was_touched();
  if (turns_on || (type == "PushPowerButton" && !host_.on())) {
    host_.power_on();
  } else if (turns_off || type == "PushPowerButton") {
    host_.power_off(type != "ForceOff");
  } else if (type != "Nmi") {
    if (!host_.on()) return error_reply(409, {base_message("ResourceInStandby")});
    host_.restart(type == "GracefulRestart");
  }
  return done_reply();
}

std::optional<BmcResponse> RedfishBmc::refuse_parameters(const json::Value& body, const std::vector<std::string>& known,
                                                         Job& job) const {
  for (const json::Member& member : body.members()) {
    if (std::ranges::find(known, member.key) == known.end()) {
      return error_reply(400, {base_message("PropertyUnknown", {member.key})});
    }
  }
  const json::Value& force = body["ForceUpdate"];
  if (!force.is_null() && !force.is_bool()) {
    return error_reply(400, {base_message("PropertyValueTypeError", {json::dump(force), "ForceUpdate"})});
  }
  job.force = force.as_bool().value_or(false);
  const json::Value& time = body[kApplyTime];
  if (!time.is_null()) {
    const std::string text = time.as_string() == nullptr ? json::dump(time) : *time.as_string();
    if (text != "Immediate" && text != "OnReset") {
      return error_reply(400, {base_message("PropertyValueNotInList", {text, std::string(kApplyTime)})});
    }
    job.on_reset = text == "OnReset";
  }
  const json::Value& targets = body["Targets"];
  if (!targets.is_null() && !targets.is_array()) {
    return error_reply(400, {base_message("PropertyValueTypeError", {json::dump(targets), "Targets"})});
  }
  job.targets = strings(targets);
  if (job.targets.size() > static_cast<std::size_t>(traits_.update.max_targets)) {
    return error_reply(400, {base_message("PropertyValueFormatError", {json::dump(targets), "Targets"})});
  }
  for (const std::string& target : job.targets) {
    const std::string_view uri = without_slash(target);
    const bool item = uri.starts_with(kFirmwareInventory) && find_item(last_segment(uri)) != nullptr;
    const bool whole = uri == kFirmwareInventory || uri == tree_->system() || uri == tree_->manager();
    const bool listed = traits_.update.only_target.empty() || last_segment(uri) == traits_.update.only_target;
    if ((!item && !whole) || !listed) {
      return error_reply(400, {base_message("PropertyValueNotInList", {target, "Targets"})});
    }
  }
  return std::nullopt;
}

BmcResponse RedfishBmc::simple_update(const Exchange& exchange) {
  BmcResponse refusal;
  std::optional<json::Value> body = read_object(exchange, refusal);
  if (!body) return refusal;
  const std::string action = "UpdateService.SimpleUpdate";
  const json::Value& given = (*body)["ImageURI"];
  if (given.is_null()) return error_reply(400, {base_message("ActionParameterMissing", {action, "ImageURI"})});
  if (!given.is_string()) {
    return error_reply(400, {base_message("ActionParameterValueTypeError", {json::dump(given), "ImageURI", action})});
  }
  std::vector<std::string> known{"ImageURI", "TransferProtocol", "Targets",
                                 "Username", "Password",         std::string(kApplyTime)};
  if (traits_.update.force_parameter) known.emplace_back("ForceUpdate");
  Job job;
  if (auto refused = refuse_parameters(*body, known, job)) return std::move(*refused);
  std::string url = *given.as_string();
  if (url.find("://") == std::string::npos) {
    const std::string protocol =
        to_lower((*body)["TransferProtocol"].is_string() ? body->text("TransferProtocol") : "HTTP");
    url = fmt::format("{}://{}", protocol, url);
  }
  const std::string scheme = to_lower(url.substr(0, url.find(':')));
  if (scheme != "http" && scheme != "https") {
    return error_reply(400, {base_message("SourceDoesNotSupportProtocol", {url, scheme})});
  }
  if (busy()) return busy_reply();
  TaskRecord& task = new_task(exchange, "");
  job.task = task.id;
  job.source = url;
  job.pulled = true;
  BmcResponse response = accepted_reply(exchange, task);
  if (body->object().erase("Password")) task.request_body = json::dump(*body);
  start_pull(std::move(job), url);
  return response;
}

BmcResponse RedfishBmc::busy_reply() const {
  BmcResponse response = error_reply(503, {base_message("ServiceTemporarilyUnavailable", {"30"})});
  response.headers.set("Retry-After", "30");
  return response;
}

BmcResponse RedfishBmc::push(const Exchange& exchange) {
  const std::optional<std::int64_t> limit = tree_->find(kUpdateService)->body["MaxImageSizeBytes"].as_int();
  if (limit && exchange.request.body.size() > static_cast<std::size_t>(*limit)) {
    return error_reply(413, {base_message("PayloadTooLarge")});
  }
  const std::string type = to_lower(exchange.request.headers.find("Content-Type").value_or(""));
  const bool form = type.starts_with("multipart/form-data");
  if (form && exchange.path == traits_.update.multipart_uri) return push_form(exchange);
  if (!form && exchange.path == traits_.update.raw_uri) return push_raw(exchange);
  return error_reply(415, {base_message("GeneralError")});
}

BmcResponse RedfishBmc::push_raw(const Exchange& exchange) {
  const auto type = exchange.request.headers.find("Content-Type");
  if (!type || to_lower(*type) != "application/octet-stream") {
    BmcResponse response;
    response.status = 400;
    return response;
  }
  Job job;
  if (traits_.update.apply_time_in_service) {
    const json::Value now = document(std::string(kUpdateService)).value_or(json::Value());
    job.on_reset = now["HttpPushUriOptions"]["HttpPushUriApplyTime"].text("ApplyTime") == "OnReset";
  }
  const json::Value* targets = setting(kUpdateService, "HttpPushUriTargets");
  if (targets != nullptr) job.targets = strings(*targets);
  return accept_push(exchange, std::move(job), exchange.request.body);
}

BmcResponse RedfishBmc::push_form(const Exchange& exchange) {
  const auto type = exchange.request.headers.find("Content-Type").value_or("");
  const auto bad_part = [&](const std::string& name) {
    return error_reply(400, {base_message("MissingOrMalformedPart"), base_message("PropertyMissing", {name})});
  };
  const std::optional<std::vector<FormView>> form = read_form(type, exchange.request.body);
  if (!form || form->empty()) return error_reply(400, {base_message("MissingOrMalformedPart")});
  const FormView& first = form->front();
  const bool parameters_first =
      first.name == "UpdateParameters" && to_lower(first.content_type).starts_with("application/json");
  if (!parameters_first) return bad_part("UpdateParameters");
  const Result<json::Value> parameters = json::parse(first.content);
  if (!parameters || !parameters->is_object()) return error_reply(400, {base_message("MalformedJSON")});
  if (form->size() < 2 || (*form)[1].name != "UpdateFile" || (*form)[1].content.empty()) return bad_part("UpdateFile");
  for (std::size_t i = 2; i < form->size(); ++i) {
    if (!(*form)[i].name.starts_with("Oem")) return error_reply(400, {base_message("MissingOrMalformedPart")});
  }
  const FormView& file = (*form)[1];
  const bool named = !file.filename.empty() && file.filename.find_first_of("/\\") == std::string::npos;
  if (!named || !has_suffix_of(file.filename, traits_.update.file_suffixes)) return bad_part("UpdateFile");
  std::vector<std::string> known{"Targets", std::string(kApplyTime)};
  if (traits_.update.force_parameter) known.emplace_back("ForceUpdate");
  if (traits_.update.oem_parameter) known.emplace_back("Oem");
  Job job;
  job.source = file.filename;
  job.on_reset = traits_.update.push_defaults_to_reset;
  if (auto refused = refuse_parameters(*parameters, known, job)) return std::move(*refused);
  return accept_push(exchange, std::move(job), file.content);
}

BmcResponse RedfishBmc::accept_push(const Exchange& exchange, Job job, std::string_view bytes) {
  if (busy()) return busy_reply();
  job.image = inspect(bytes, job);
  if (traits_.update.bad_image_refused_at_once) {
    if (!job.image.info) return error_reply(400, {base_message("MissingOrMalformedPart")});
    const Part* fitting = part(job.image.info->component);
    if (fitting == nullptr || fitting->traits->family != job.image.info->family) {
      return error_reply(500, {base_message("InternalError")});
    }
    if (fitting->running == job.image.info->version) {
      return error_reply(400,
                         {base_message("ResourceAlreadyExists", {"SoftwareInventory", "Version", fitting->running})});
    }
  }
  TaskRecord& task =
      new_task(exchange, job.image.info && traits_.update.ids == IdStyle::dell ? dell_task_name(*job.image.info) : "");
  job.task = task.id;
  BmcResponse response = accepted_reply(exchange, task);
  start_push(std::move(job));
  return response;
}

TaskRecord& RedfishBmc::new_task(const Exchange& exchange, std::string name) {
  const int number = tasks_.next_number();
  TaskRecord task;
  const bool dell = traits_.update.ids == IdStyle::dell;
  task.id = dell ? fmt::format("JID_{:012}", 467'696'020'275 + number) : std::to_string(number);
  if (name.empty()) name = dell ? "Firmware Update" : fmt::format("Task {}", number);
  task.name = std::move(name);
  task.job_state = "New";
  task.started = now_ + faults_.clock_skew;
  task.target_uri = exchange.path;
  const auto type = exchange.request.headers.find("Content-Type").value_or("");
  if (type.starts_with("application/json")) task.request_body = exchange.request.body;
  if (!traits_.hpe) {
    task.status = "OK";
    task.messages = {{"TaskEvent", "TaskStarted", {task.id}}};
  }
  return tasks_.add(std::move(task));
}

}  // namespace firmform::simulators
