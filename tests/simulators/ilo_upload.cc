// SPDX-License-Identifier: Apache-2.0
// How a file comes to an iLO beside SimpleUpdate: AddFromUri and the form of HttpPushUri. Reference: ilo.md 5, 6.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "tests/simulators/ilo_bmc.h"
#include "tests/simulators/multipart.h"

namespace firmform::simulators {
namespace {

const std::string kAction = "HpeiLOUpdateServiceExt.AddFromUri";

enum class Type { text, flag, number, list };
struct Parameter {
  std::string_view name;
  Type type;
};
constexpr Parameter kParameters[] = {
    {"Action", Type::text},          {"ImageURI", Type::text},
    {"CompSigURI", Type::text},      {"UpdateRepository", Type::flag},
    {"UpdateTarget", Type::flag},    {"UpdateRecoverySet", Type::flag},
    {"TPMOverrideFlag", Type::flag}, {"ComponentFileName", Type::text},
    {"Section", Type::number},       {"UploadCurrentEtag", Type::text},
    {"Targets", Type::list},
};

bool has_type(const json::Value& value, Type type) {
  switch (type) {
    case Type::text:
      return value.is_string();
    case Type::flag:
      return value.is_bool();
    case Type::number:
      return value.is_null() || value.as_int().has_value();
    case Type::list:
      return value.is_array();
  }
  return false;
}

/// Seen for a bad cookie, a missing privilege and a busy iLO alike (6.2).
BmcResponse empty_400() {
  BmcResponse response;
  response.status = 400;
  return response;
}

std::string file_name(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  return std::string(url.substr(url.rfind('/') + 1));
}

bool is_url(std::string_view text) {
  const std::string scheme = to_lower(text.substr(0, text.find("://")));
  return text.find("://") != std::string_view::npos && (scheme == "http" || scheme == "https");
}

std::vector<std::string> strings(const json::Value& array) {
  std::vector<std::string> texts;
  for (const json::Value& item : array.items()) texts.push_back(item.as_string() == nullptr ? "" : *item.as_string());
  return texts;
}

}  // namespace

// 5.1
std::vector<Message> IloBmc::judge_add_from_uri(const json::Value& body) const {
  std::vector<Message> problems;
  for (const json::Member& member : body.members()) {
    const auto* known = std::ranges::find(kParameters, member.key, &Parameter::name);
    const bool later = member.key == "Targets" && old();
    if (known == std::ranges::end(kParameters) || later) {
      problems.push_back(base_message("ActionParameterUnknown", {kAction, member.key}));
    } else if (!has_type(member.value, known->type)) {
      problems.push_back(
          base_message("ActionParameterValueTypeError", {json::dump(member.value), member.key, kAction}));
    }
  }
  if (!problems.empty()) return problems;
  if (body.text("ImageURI").empty()) return {base_message("ActionParameterMissing", {kAction, "ImageURI"})};
  for (const std::string_view key : {"ImageURI", "CompSigURI"}) {
    const std::string url(body.text(key));
    if (url.empty() || is_url(url)) continue;
    problems.push_back(base_message("SourceDoesNotSupportProtocol", {url, url.substr(0, url.find(':'))}));
  }
  const std::string name(body.text("ComponentFileName"));
  const bool good_name = name.empty() || is_component_filename(name, kLongestIloName);
  if (!good_name) {
    problems.push_back(base_message("ActionParameterValueFormatError", {name, "ComponentFileName", kAction}));
  }
  if (body.text("UploadCurrentEtag").size() > kLongestIloName) {
    problems.push_back(base_message("StringValueTooLong", {std::string(body.text("UploadCurrentEtag")), "64"}));
  }
  if (body["Section"].as_int().value_or(1) < 1) {
    problems.push_back(
        base_message("ActionParameterValueFormatError", {json::dump(body["Section"]), "Section", kAction}));
  }
  if (body["Section"].as_int() && name.empty()) {
    problems.push_back(base_message("ActionParameterMissing", {kAction, "ComponentFileName"}));
  }
  if (const auto refused = refuse_targets(body["Targets"])) problems.push_back(*refused);
  return problems;
}

BmcResponse IloBmc::add_from_uri(const Exchange& exchange, const json::Value& body) {
  const std::vector<Message> problems = judge_add_from_uri(body);
  if (!problems.empty()) return error_reply(400, problems);
  Job job;
  job.source = body.text("ImageURI");
  job.pulled = true;
  job.tpm_override = body["TPMOverrideFlag"].as_bool().value_or(false);
  job.targets = strings(body["Targets"]);
  job.upload = std::make_shared<IloUpload>();
  IloUpload& upload = *job.upload;
  upload.way = IloUpload::Way::add_from_uri;
  const std::string name(body.text("ComponentFileName"));
  upload.filename = name.empty() ? file_name(job.source) : name;
  upload.recovery = body["UpdateRecoverySet"].as_bool().value_or(false);
  upload.store = body["UpdateRepository"].as_bool().value_or(false) || upload.recovery;
  upload.flash = body["UpdateTarget"].as_bool().value_or(true);
  upload.signature_url = body.text("CompSigURI");
  upload.recovery_privilege = has_privilege(kRecoveryPrivilege);
  if (const auto section = body["Section"].as_int()) upload.section = static_cast<int>(*section) - 1;
  if (!job.targets.empty() && !upload.flash) {
    return error_reply(400, {base_message("ActionParameterNotSupported", {"Targets", kAction})});
  }
  if (!upload.flash && !upload.store) return error_reply(400, {ilo_message("UpdateBadParameter")});
  if (auto refused = refuse_upload(upload)) return std::move(*refused);
  if (auto refused = refuse_while_busy()) return std::move(*refused);
  upload_etag_ = body.text("UploadCurrentEtag");
  return begin_pull(exchange, body, std::move(job));
}

// 4.2, 4.3
std::optional<BmcResponse> IloBmc::refuse_upload(const IloUpload& upload) const {
  if (upload.recovery && !has_privilege(kRecoveryPrivilege)) {
    return error_reply(403, {base_message("InsufficientPrivilege")});
  }
  if (!upload.store) return std::nullopt;
  if (!is_component_filename(upload.filename)) {
    return error_reply(400, {base_message("PropertyValueFormatError", {upload.filename, "Filename"})});
  }
  const StoredComponent* there = repository_.find(upload.filename);
  if (there != nullptr && there->locked) {
    return error_reply(queue_.choices().locked_status, {base_message(queue_.choices().locked_key)});
  }
  return std::nullopt;
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
  if (!token || occupied() || faults_.push_refused_empty || !has_privilege(kConfigPrivilege)) return empty_400();
  const auto type = exchange.request.headers.find("Content-Type").value_or("");
  const std::optional<std::vector<FormView>> form = read_form(type, exchange.request.body);
  if (!form || form->size() < 3 || form->size() > 4) return empty_400();
  const FormView& file = form->back();
  const bool ordered = (*form)[0].name == "sessionKey" && (*form)[0].content == *token &&
                       (*form)[1].name == "parameters" && file.name == "file" && !file.filename.empty() &&
                       (form->size() == 3 || (*form)[2].name == "compsig");
  const Result<json::Value> parameters = json::parse((*form)[1].content);
  if (!ordered || !parameters || !parameters->is_object()) return empty_400();
  Job job;
  job.source = file.filename;
  job.tpm_override = (*parameters)["TPMOverride"].as_bool().value_or(false);
  job.upload = std::make_shared<IloUpload>();
  IloUpload& sent = *job.upload;
  sent.way = IloUpload::Way::push;
  sent.filename = file.filename;
  sent.recovery = (*parameters)["UpdateRecoverySet"].as_bool().value_or(false);
  sent.store = (*parameters)["UpdateRepository"].as_bool().value_or(false) || sent.recovery;
  sent.flash = (*parameters)["UpdateTarget"].as_bool().value_or(true);
  sent.recovery_privilege = has_privilege(kRecoveryPrivilege);
  if (const auto section = (*parameters)["Section"].as_int()) sent.section = static_cast<int>(*section);
  if (form->size() == 4) sent.signature = std::string((*form)[2].content);
  // Only a signature for each piece makes pieces; HPE's own clients send Section 0 with whole files as well.
  if (!sent.signature) sent.section.reset();
  if (!sent.flash && !sent.store) return empty_400();
  if (sent.recovery && !sent.recovery_privilege) return empty_400();
  if (auto refused = refuse_upload(sent)) return std::move(*refused);
  upload_etag_ = parameters->text(parameters->find("ETag") == nullptr ? "UploadCurrentEtag" : "ETag");
  sent.bytes = std::make_shared<const std::string>(file.content);
  start_push(std::move(job));
  return done_reply();
}

}  // namespace firmform::simulators
