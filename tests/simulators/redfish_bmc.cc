// SPDX-License-Identifier: Apache-2.0
// The protocol: who may do what with which method, and in which form the answer comes.
#include "tests/simulators/redfish_bmc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "tests/simulators/base64.h"
#include "tests/simulators/patching.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kOdata = "/redfish/v1/odata";
constexpr std::string_view kMetadata = "/redfish/v1/$metadata";

std::string http_date(UtcTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), length};
}

bool is_below(std::string_view path, std::string_view parent) {
  return path.size() > parent.size() + 1 && path.starts_with(parent) && path[parent.size()] == '/';
}

bool is_write(http::Method method) {
  return method != http::Method::get && method != http::Method::head;
}

/// "#Task.v1_3_0.Task" gives "Task.v1_3_0".
std::string schema_name(std::string_view type) {
  if (type.starts_with('#')) type.remove_prefix(1);
  return std::string(type.substr(0, type.rfind('.')));
}

void append_slashes(json::Value& value) {
  if (value.is_array()) {
    for (json::Value& item : value.array()) append_slashes(item);
  } else if (value.is_object()) {
    for (json::Member& member : value.object()) {
      const std::string* uri = member.value.as_string();
      const bool link = member.key == "@odata.id" || member.key == "target";
      if (uri != nullptr && link && uri->find('#') == std::string::npos && !uri->ends_with('/')) {
        member.value = *uri + "/";
      } else {
        append_slashes(member.value);
      }
    }
  }
}

}  // namespace

BmcResponse RedfishBmc::handle(const BmcRequest& request) {
  if (offline_) return {.status = 0, .headers = {}, .body = {}, .drop = true};
  if (now_ < unstable_until_ && ++unstable_answers_ % 2 == 1) return {.status = 503, .headers = {}, .body = {}};
  const std::size_t question = request.target.find('?');
  Exchange exchange{request, percent_decoded(std::string_view(request.target).substr(0, question)), {}, false};
  if (question != std::string::npos) exchange.query = request.target.substr(question + 1);
  exchange.slash = exchange.path.size() > 1 && exchange.path.ends_with('/');
  exchange.path = without_slash(exchange.path);
  caller_.clear();
  if (TaskRecord* task = job_task()) task->percent = job_percent();
  BmcResponse response = route(exchange);
  decorate(exchange, response);
  const bool login = same_uri(exchange.path, kSessions) || is_below(to_lower(exchange.path), to_lower(kSessions));
  if (is_write(request.method) && !login) {
    writes_.push_back({now_, std::string(to_string(request.method)), request.target, response.status});
  }
  if (request.method == http::Method::head) response.body.clear();
  return response;
}

BmcResponse RedfishBmc::route(const Exchange& exchange) {
  const bool reading = !is_write(exchange.request.method);
  const bool is_public = same_uri(exchange.path, "/redfish") || same_uri(exchange.path, kOdata) ||
                         same_uri(exchange.path, kMetadata) ||
                         (same_uri(exchange.path, kRoot) && exchange.query.find("expand") == std::string::npos);
  if (is_public) return reading ? route_public(exchange) : method_not_allowed(exchange, "GET, HEAD");
  const bool sessions =
      same_uri(exchange.path, kSessions) || same_uri(exchange.path, fmt::format("{}/Members", kSessions));
  if (sessions && exchange.request.method == http::Method::post) return log_in(exchange);
  if (auto answer = route_before_login(exchange)) return std::move(*answer);
  if (!authenticated(exchange)) return error_reply(401, {base_message("NoValidSession")});
  if (auto answer = route_vendor(exchange)) return std::move(*answer);
  const std::string allow = allowed(exchange.path);
  if (allow.empty()) {
    if (exchange.request.method == http::Method::post && tree_->is_unsimulated_action(exchange.path)) {
      return error_reply(501, {base_message("ActionNotSupported", {exchange.path})});
    }
    return error_reply(404, {base_message("ResourceMissingAtURI", {exchange.path})});
  }
  const std::vector<std::string> methods = split(allow, ',');
  const bool fits = std::ranges::any_of(
      methods, [&](const std::string& method) { return trim(method) == to_string(exchange.request.method); });
  if (!fits) return method_not_allowed(exchange, allow);
  if (is_write(exchange.request.method) && owns(exchange.path)) return write_own(exchange);
  switch (exchange.request.method) {
    case http::Method::get:
    case http::Method::head:
      return read(exchange);
    case http::Method::patch:
      return patch(exchange);
    case http::Method::delete_:
      return remove(exchange);
    case http::Method::post:
      if (is_push_uri(exchange.path)) return push(exchange);
      return act(exchange, action_of(exchange.path));
    case http::Method::put:
      break;
  }
  return method_not_allowed(exchange, allow);
}

std::optional<BmcResponse> RedfishBmc::route_before_login(const Exchange& /*exchange*/) {
  return std::nullopt;
}

std::optional<BmcResponse> RedfishBmc::route_vendor(const Exchange& /*exchange*/) {
  return std::nullopt;
}

BmcResponse RedfishBmc::route_public(const Exchange& exchange) {
  BmcResponse response;
  if (same_uri(exchange.path, "/redfish")) {
    response = json_reply(200, json::Object{{"v1", "/redfish/v1/"}});
  } else if (same_uri(exchange.path, kOdata)) {
    response = json_reply(200, odata_document());
  } else if (same_uri(exchange.path, kMetadata)) {
    response.body = metadata_xml();
    response.headers.set("Content-Type", "application/xml; charset=utf-8");
    response.headers.set("Link", "<http://docs.oasis-open.org/odata/ns/edmx>; rel=describedby");
  } else {
    return read(exchange);
  }
  response.headers.set("Allow", "GET, HEAD");
  return response;
}

bool RedfishBmc::authenticated(const Exchange& exchange) {
  if (const auto token = exchange.request.headers.find("X-Auth-Token")) {
    const Session* session = sessions_.use(*token, now_);
    if (session == nullptr) return false;
    caller_ = session->id;
    return true;
  }
  const auto basic = exchange.request.headers.find("Authorization");
  constexpr std::string_view kScheme = "Basic ";
  if (!basic || !basic->starts_with(kScheme) || faults_.login_refused) return false;
  return base64_decoded(basic->substr(kScheme.size())) == fmt::format("{}:{}", options_.username, options_.password);
}

BmcResponse RedfishBmc::method_not_allowed(const Exchange& exchange, const std::string& allow) const {
  const Message message = traits_.hpe
                              ? base_message("ActionNotSupported", {std::string(to_string(exchange.request.method))})
                              : base_message("OperationNotAllowed");
  BmcResponse response = error_reply(405, {message});
  response.headers.set("Allow", allow);
  return response;
}

bool RedfishBmc::owns(const std::string& path) const {
  return system_log_.owns(path);
}

std::optional<json::Value> RedfishBmc::own_document(const std::string& path) {
  return system_log_.document(path, bmc_time());
}

std::string RedfishBmc::own_methods(const std::string& path) {
  return own_document(path) ? "GET, HEAD" : "";
}

BmcResponse RedfishBmc::write_own(const Exchange& exchange) {
  return error_reply(404, {base_message("ResourceMissingAtURI", {exchange.path})});
}

bool RedfishBmc::expands(const std::string& /*path*/) const {
  return true;
}

std::string RedfishBmc::allowed(const std::string& path) {
  if (owns(path)) return own_methods(path);
  if (!action_of(path).empty() || is_push_uri(path)) return "POST";
  if (same_uri(path, kSessions)) return "GET, HEAD, POST";
  if (is_below(path, kMonitors)) {
    const TaskRecord* task = tasks_.find(path.substr(kMonitors.size() + 1));
    if (task == nullptr || traits_.update.location_is_task) return {};
    return traits_.hpe ? "GET, HEAD" : "GET, HEAD, DELETE";
  }
  if (!document(path)) return {};
  if (is_below(to_lower(path), to_lower(kSessions))) return "GET, HEAD, DELETE";
  if (is_below(path, kTasks) && !traits_.hpe) return "GET, HEAD, DELETE";
  return writable(path).empty() ? "GET, HEAD" : "GET, HEAD, PATCH";
}

BmcResponse RedfishBmc::read(const Exchange& exchange) {
  if (is_below(exchange.path, kMonitors))
    return read_monitor(exchange, *tasks_.find(exchange.path.substr(kMonitors.size() + 1)));
  QueryReading reading = read_query(exchange.query, tree_->features());
  if (reading.refusal) {
    return error_reply(reading.refusal->status, {base_message(reading.refusal->key, reading.refusal->args)});
  }
  BmcResponse response;
  const CapturedResource* captured = tree_->find(exchange.path);
  const bool unchanged = captured != nullptr && !owns(exchange.path) && exchange.query.empty() &&
                         !is_live(captured->uri) && !(exchange.slash && copies_slash());
  if (unchanged) {
    response = json_reply(200, {});
    response.body = captured->text;
    response.headers.set("ETag", etag(captured->body));
    describe(captured->body.text("@odata.type"), response);
  } else {
    json::Value body = document(exchange.path).value_or(json::Value());
    const bool on_collection_only = !reading.query.filter.empty() && !body["Members"].is_array();
    if (on_collection_only) return error_reply(400, {base_message("QueryNotSupportedOnResource")});
    const std::string tag = etag(body);
    const std::string type(body.text("@odata.type"));
    if (body.find("@odata.etag") != nullptr && !tag.empty()) body.object().set("@odata.etag", tag);
    if (!expands(exchange.path)) reading.query.expand = Query::Expand::none;
    body = apply_query(reading.query, std::move(body), [this](const std::string& uri) {
      json::Value member = document(std::string(without_slash(uri))).value_or(json::Value());
      // An iLO's expanded members carry no tags.
      if (traits_.hpe && member.is_object()) member.object().erase("@odata.etag");
      return member;
    });
    if (exchange.slash && copies_slash()) append_slashes(body);
    response = json_reply(200, body);
    if (!tag.empty()) response.headers.set("ETag", tag);
    describe(type, response);
  }
  response.headers.set("Allow", allowed(exchange.path));
  const auto known = exchange.request.headers.find("If-None-Match");
  if (!traits_.hpe && known && response.headers.find("ETag") == known) {
    response.status = 304;
    response.body.clear();
  }
  return response;
}

BmcResponse RedfishBmc::remove(const Exchange& exchange) {
  if (is_below(to_lower(exchange.path), to_lower(kSessions))) {
    sessions_.close(exchange.path.substr(kSessions.size() + 1));
    return done_reply();
  }
  const std::string id = exchange.path.substr(exchange.path.rfind('/') + 1);
  TaskRecord* task = tasks_.find(id);
  const bool working = job_ && job_->task == id;
  if (working && job_->phase == Job::Phase::writing) return error_reply(409, {base_message("ResourceInUse")});
  if (working) job_.reset();
  if (task != nullptr && !task->finished()) {
    task->state = "Cancelled";
    task->status = "Warning";
    task->ended = now_;
    task->monitor_used_up = true;
  } else {
    tasks_.remove(id);
  }
  return done_reply();
}

BmcResponse RedfishBmc::patch(const Exchange& exchange) {
  BmcResponse refusal;
  std::optional<json::Value> body = read_object(exchange, refusal);
  if (!body) return refusal;
  std::optional<BmcResponse> bad_time;
  const bool with_apply_time = take_apply_time(exchange.path, *body, bad_time);
  if (bad_time) return std::move(*bad_time);
  json::Value current = document(exchange.path).value_or(json::Value());
  if (const auto wanted = exchange.request.headers.find("If-Match");
      wanted && *wanted != "*" && *wanted != etag(current)) {
    return error_reply(412, {base_message("PreconditionFailed")});
  }
  PatchJudgement judgement = judge_patch(*body, current, writable(exchange.path));
  std::vector<Message> messages;
  for (const auto& [path, message] : judgement.bad) messages.push_back(message);
  if (judgement.good.empty()) {
    if (messages.empty()) messages.push_back(base_message("NoOperation"));
    return error_reply(400, messages);
  }
  const std::optional<BmcResponse> job = pend(exchange, judgement.good, with_apply_time);
  for (auto& [path, value] : judgement.good) change_setting(exchange.path, path, std::move(value));
  if (job) return *job;
  if (traits_.hpe && messages.empty()) return json_reply(200, writer_.success_body());
  json::Value changed = document(exchange.path).value_or(json::Value());
  for (const auto& [path, message] : judgement.bad) {
    set_at_path(changed, fmt::format("{}@Message.ExtendedInfo", path), json::Array{writer_.entry(message)});
  }
  return json_reply(200, changed);
}

BmcResponse RedfishBmc::log_in(const Exchange& exchange) {
  BmcResponse refusal;
  const std::optional<json::Value> body = read_object(exchange, refusal);
  if (!body) return refusal;
  for (const std::string_view needed : {"UserName", "Password"}) {
    if (!(*body)[needed].is_string()) return error_reply(400, {base_message("PropertyMissing", {std::string(needed)})});
  }
  const bool right = body->text("UserName") == options_.username && body->text("Password") == options_.password;
  if (!right || faults_.login_refused) {
    ++failed_logins_;
    BmcResponse response = error_reply(401, {bad_login()});
    // Guessing is made slow from the second time on.
    if (traits_.hpe && failed_logins_ > 1) response.delay = scaled(Seconds(10));
    return response;
  }
  failed_logins_ = 0;
  sessions_.drop_idle(now_);
  if (sessions_.full()) return error_reply(503, {base_message("SessionLimitExceeded")});
  const Session& session = sessions_.open(options_.username, now_, traits_.hpe);
  BmcResponse response = json_reply(201, session_document(session, true));
  response.headers.set("X-Auth-Token", session.token);
  const std::string uri = fmt::format("{}/{}", kSessions, session.id);
  response.headers.set("Location", traits_.hpe ? absolute(exchange, uri + "/") : uri);
  return response;
}

BmcResponse RedfishBmc::read_monitor(const Exchange& exchange, TaskRecord& task) {
  const Duration kept = std::chrono::minutes(5);
  if (task.monitor_used_up || (task.finished() && now_ - *task.ended > kept && !traits_.hpe)) {
    return error_reply(404, {base_message("ResourceMissingAtURI", {exchange.path})});
  }
  BmcResponse response;
  if (!task.finished()) {
    response = json_reply(202, task_document(task, traits_, writer_));
    response.headers.set("Location", exchange.path);
    if (traits_.update.retry_after > Seconds(0)) {
      response.headers.set("Retry-After", std::to_string(traits_.update.retry_after.count()));
    }
    return response;
  }
  const bool document_wanted = traits_.hpe || traits_.update.monitor_end == MonitorEnd::task_document;
  if (document_wanted) return json_reply(200, task_document(task, traits_, writer_));
  if (task.failed())
    response = json_reply(400, writer_.error_body(task.messages));
  else if (traits_.update.monitor_end == MonitorEnd::once)
    response.status = 204;
  else
    response = json_reply(200, writer_.success_body());
  if (traits_.update.monitor_end == MonitorEnd::once) task.monitor_used_up = true;
  if (traits_.update.monitor_end == MonitorEnd::deletes_task) tasks_.remove(std::string(task.id));
  return response;
}

BmcResponse RedfishBmc::json_reply(int status, const json::Value& body) const {
  BmcResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/json; charset=utf-8");
  if (!body.is_null()) response.body = json::dump(body);
  return response;
}

BmcResponse RedfishBmc::error_reply(int status, const std::vector<Message>& messages) const {
  return json_reply(status, writer_.error_body(messages));
}

BmcResponse RedfishBmc::done_reply() const {
  if (traits_.hpe) return json_reply(200, writer_.success_body());
  BmcResponse response;
  response.status = 204;
  return response;
}

BmcResponse RedfishBmc::accepted_reply(const Exchange& exchange, const TaskRecord& task) const {
  BmcResponse response = json_reply(202, {});
  if (traits_.update.body_with_202) response = json_reply(202, task_document(task, traits_, writer_));
  const std::string uri = fmt::format("{}/{}", traits_.update.location_is_task ? kTasks : kMonitors, task.id);
  response.headers.set("Location", traits_.hpe ? absolute(exchange, uri + "/") : uri);
  if (traits_.update.retry_after > Seconds(0)) {
    response.headers.set("Retry-After", std::to_string(traits_.update.retry_after.count()));
  }
  return response;
}

std::optional<json::Value> RedfishBmc::read_object(const Exchange& exchange, BmcResponse& refusal) const {
  const auto type = exchange.request.headers.find("Content-Type");
  if (type && !exchange.request.body.empty() && !to_lower(*type).starts_with("application/json")) {
    refusal = traits_.hpe ? error_reply(400, {base_message("UnrecognizedRequestBody")})
                          : error_reply(415, {base_message("GeneralError")});
    return std::nullopt;
  }
  if (exchange.request.body.empty()) return json::Object{};
  Result<json::Value> body = json::parse(exchange.request.body);
  if (!body || !body->is_object()) {
    refusal = error_reply(400, {base_message(body ? "UnrecognizedRequestBody" : "MalformedJSON")});
    return std::nullopt;
  }
  return std::move(*body);
}

std::string RedfishBmc::absolute(const Exchange& exchange, std::string_view uri) const {
  const auto host = exchange.request.headers.find("Host");
  return fmt::format("https://{}{}", host.value_or(options_.name), uri);
}

void RedfishBmc::decorate(const Exchange& /*exchange*/, BmcResponse& response) const {
  response.headers.set("OData-Version", "4.0");
  response.headers.set("Cache-Control", "no-cache");
  response.headers.set("Date", http_date(now_ + faults_.clock_skew));
  if (response.status == 401) response.headers.set("WWW-Authenticate", "Basic realm=\"Redfish\"");
}

void RedfishBmc::describe(std::string_view type, BmcResponse& response) const {
  if (type.empty()) return;
  const std::string schema = schema_name(type);
  const std::string uri = traits_.hpe ? fmt::format("/redfish/v1/SchemaStore/en/{}.json/", split(schema, '.').front())
                                      : fmt::format("http://redfish.dmtf.org/schemas/v1/{}.json", schema);
  response.headers.set("Link", fmt::format("<{}>; rel=describedby", uri));
}

bool RedfishBmc::same_uri(std::string_view a, std::string_view b) const {
  return traits_.hpe ? equals_ignoring_case(a, b) : a == b;
}

std::string RedfishBmc::etag(const json::Value& body) const {
  if (!body.is_object()) return {};
  std::uint32_t hash = 2166136261U;
  for (const char c : json::dump(body)) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return fmt::format("W/\"{:08X}\"", hash);
}

std::string RedfishBmc::bmc_time() const {
  return to_rfc3339(now_ + faults_.clock_skew);
}

Duration RedfishBmc::scaled(Seconds duration) const {
  return Duration(static_cast<Duration::rep>(static_cast<double>(Duration(duration).count()) / options_.speed));
}

Message RedfishBmc::bad_login() const {
  return base_message("ResourceAtUriUnauthorized", {std::string(kSessions), "Invalid username or password"});
}

}  // namespace firmform::simulators
