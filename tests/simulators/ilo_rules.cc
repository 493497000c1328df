// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/ilo_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/base/time_text.h"
#include "tests/simulators/ilo_object_id.h"

namespace firmform::simulators {
namespace {

constexpr IloFeatures kOldIlo5{"#HpeComponentUpdateTask.v1_2_0.HpeComponentUpdateTask",
                               "#HpeComponentInstallSet.v1_1_0.HpeComponentInstallSet"};
constexpr IloFeatures kIlo5{.task_type = "#HpeComponentUpdateTask.v1_4_0.HpeComponentUpdateTask",
                            .install_set_type = "#HpeComponentInstallSet.v1_4_0.HpeComponentInstallSet",
                            .targets = true,
                            .pending_reset = true,
                            .boot_to_uefi = true,
                            .host_poweroff = true};
constexpr IloFeatures kIlo6{.task_type = "#HpeComponentUpdateTask.v1_5_0.HpeComponentUpdateTask",
                            .install_set_type = "#HpeComponentInstallSet.v1_5_0.HpeComponentInstallSet",
                            .targets = true,
                            .task_placement = true,
                            .pending_reset = true,
                            .boot_to_uefi = true,
                            .host_poweroff = true,
                            .platform_id = true};
constexpr IloFeatures kIlo7{.task_type = "#HpeComponentUpdateTask.v1_5_0.HpeComponentUpdateTask",
                            .install_set_type = "#HpeComponentInstallSet.v1_5_0.HpeComponentInstallSet",
                            .targets = true,
                            .task_placement = true,
                            .pending_reset = true,
                            .boot_to_uefi = true,
                            .platform_id = true,
                            .decimal_tags = true};

bool is_file_character(char c) {
  const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric || c == '-' || c == '.' || c == '_';
}

bool contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::ranges::find(texts, text) != texts.end();
}

}  // namespace

bool choose(IloDisagreements& choices, std::string_view name, const json::Value& value) {
  using D = IloDisagreements;
  static const std::map<std::string, bool D::*, std::less<>> flags{
      {"unbound_without_command", &D::unbound_without_command},
      {"misspelled_recovery_set", &D::misspelled_recovery_set},
      {"early_window_refused", &D::early_window_refused},
      {"bios_package_needs_uefi", &D::bios_package_needs_uefi},
      {"uefi_resets_after_install", &D::uefi_resets_after_install},
      {"three_updaters_split", &D::three_updaters_split}};
  static const std::map<std::string, int D::*, std::less<>> statuses{{"duplicate_status", &D::duplicate_status},
                                                                     {"locked_status", &D::locked_status},
                                                                     {"full_status", &D::full_status}};
  static const std::map<std::string, std::string D::*, std::less<>> keys{
      {"duplicate_key", &D::duplicate_key}, {"locked_key", &D::locked_key}, {"full_key", &D::full_key}};
  const std::int64_t number = value.as_int().value_or(-1);
  if (const auto flag = flags.find(name); flag != flags.end() && value.is_bool()) {
    choices.*(flag->second) = *value.as_bool();
  } else if (const auto status = statuses.find(name); status != statuses.end() && number >= 400 && number < 600) {
    choices.*(status->second) = static_cast<int>(number);
  } else if (const auto key = keys.find(name); key != keys.end() && value.is_string()) {
    choices.*(key->second) = *value.as_string();
  } else if (name == "queue_capacity" && number >= 0) {
    choices.queue_capacity = static_cast<std::size_t>(number);
  } else {
    return false;
  }
  return true;
}

IloFeatures ilo_features(std::string_view model) {
  if (model == "ilo5-old") return kOldIlo5;
  if (model == "ilo6") return kIlo6;
  if (model == "ilo7") return kIlo7;
  return kIlo5;
}

IloReply ilo_refusal(int status, Message message) {
  return {status, {}, {std::move(message)}};
}

IloReply ilo_refusal(int status, std::vector<Message> messages) {
  return {status, {}, std::move(messages)};
}

IloReply ilo_success() {
  return {200, {}, {base_message("Success")}};
}

IloReply ilo_missing(std::string_view collection, std::string_view id) {
  return ilo_refusal(404, base_message("ResourceMissingAtURI", {fmt::format("{}/{}", collection, id)}));
}

IloReply ilo_duplicate(const IloDisagreements& choices, std::string_view type, const std::string& name) {
  if (choices.duplicate_key == "PropertyValueIncompatible") {
    return ilo_refusal(choices.duplicate_status, incompatible("NonUnique", "Name", "Name"));
  }
  return ilo_refusal(choices.duplicate_status, base_message(choices.duplicate_key, {std::string(type), "Name", name}));
}

std::string ilo_tag(std::uint32_t hash, const IloFeatures& features) {
  return features.decimal_tags ? fmt::format("W/\"{}\"", hash) : fmt::format("W/\"{:08X}\"", hash);
}

json::Value ilo_collection(std::string_view uri, std::string_view type, std::string_view name,
                           const std::vector<std::string>& ids, const IloFeatures& features) {
  constexpr std::uint32_t kEmptyCollection = 0x75983E8D;  // 1.6
  json::Array members;
  std::string links;
  for (const std::string& id : ids) {
    members.push_back(json::Object{{"@odata.id", fmt::format("{}/{}", uri, id)}});
    links += id;
  }
  const auto count = static_cast<std::int64_t>(members.size());
  return json::Object{{"@odata.context", fmt::format("/redfish/v1/$metadata#{0}.{0}", type)},
                      {"@odata.etag", ilo_tag(ids.empty() ? kEmptyCollection : ilo_hash(links), features)},
                      {"@odata.id", uri},
                      {"@odata.type", fmt::format("#{0}.{0}", type)},
                      {"Description", name},
                      {"Name", name},
                      {"Members", std::move(members)},
                      {"Members@odata.count", count}};
}

Message incompatible(std::string value, std::string property, std::string other) {
  return {"iLO", "PropertyValueIncompatible", {std::move(value), std::move(property), std::move(other)}};
}

json::Value text_array(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::optional<UtcTime> read_ilo_time(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";
  if (text.ends_with('Z')) text.remove_suffix(1);
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i]) return std::nullopt;
  }
  return parse_rfc3339(std::string(text) + "Z");
}

IloForm::IloForm(const json::Value& body, std::string prefix, std::string action)
    : body_(body), prefix_(std::move(prefix)), action_(std::move(action)) {}

const json::Value* IloForm::known(const std::string& key) {
  known_.insert(key);
  return body_.find(key);
}

void IloForm::wrong_type(const std::string& key, const json::Value& value) {
  const std::string text = value.as_string() == nullptr ? json::dump(value) : *value.as_string();
  if (action_.empty()) {
    refuse(base_message("PropertyValueTypeError", {text, named(key)}));
  } else {
    refuse(base_message("ActionParameterValueTypeError", {text, named(key), action_}));
  }
}

void IloForm::wrong_format(const std::string& key, const std::string& value) {
  if (action_.empty()) {
    refuse(base_message("PropertyValueFormatError", {value, named(key)}));
  } else {
    refuse(base_message("ActionParameterValueFormatError", {value, named(key), action_}));
  }
}

std::optional<std::string> IloForm::text(const std::string& key, std::size_t longest, bool may_be_empty) {
  const json::Value* value = known(key);
  if (value == nullptr) return std::nullopt;
  const std::string* text = value->as_string();
  if (text == nullptr) {
    wrong_type(key, *value);
  } else if (text->empty() && !may_be_empty) {
    wrong_format(key, *text);
  } else if (text->size() > longest) {
    refuse(base_message("StringValueTooLong", {*text, std::to_string(longest)}));
  } else {
    return *text;
  }
  return std::nullopt;
}

std::string IloForm::required_text(const std::string& key) {
  if (!has(key)) {
    known(key);
    refuse(base_message("PropertyMissing", {named(key)}));
  }
  return text(key).value_or("");
}

std::optional<std::string> IloForm::file(const std::string& key) {
  std::optional<std::string> name = text(key);
  if (!name || std::ranges::all_of(*name, is_file_character)) return name;
  wrong_format(key, *name);
  return std::nullopt;
}

std::optional<std::string> IloForm::choice(const std::string& key, const std::vector<std::string>& allowed) {
  std::optional<std::string> chosen = text(key, std::string::npos, true);
  if (!chosen || contains(allowed, *chosen)) return chosen;
  refuse(base_message("PropertyValueNotInList", {*chosen, named(key)}));
  return std::nullopt;
}

std::optional<bool> IloForm::flag(const std::string& key) {
  const json::Value* value = known(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) wrong_type(key, *value);
  return value->as_bool();
}

std::optional<int> IloForm::number(const std::string& key, int lowest, int highest) {
  const json::Value* value = known(key);
  if (value == nullptr) return std::nullopt;
  const std::optional<std::int64_t> number = value->as_int();
  if (!number) {
    wrong_type(key, *value);
  } else if (*number < lowest || *number > highest) {
    wrong_format(key, std::to_string(*number));
  } else {
    return static_cast<int>(*number);
  }
  return std::nullopt;
}

IloTime IloForm::time(const std::string& key) {
  const json::Value* value = known(key);
  if (value == nullptr) return {};
  if (value->is_null()) return {true, std::nullopt};
  const std::string* text = value->as_string();
  if (text == nullptr) {
    wrong_type(key, *value);
    return {};
  }
  const std::optional<UtcTime> at = read_ilo_time(*text);
  if (!at) wrong_format(key, *text);
  return {at.has_value(), at};
}

std::optional<std::vector<std::string>> IloForm::texts(const std::string& key,
                                                       const std::vector<std::string>& allowed) {
  const json::Value* value = known(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array()) {
    wrong_type(key, *value);
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const json::Value& item : value->items()) {
    const std::string* text = item.as_string();
    if (text == nullptr) {
      wrong_type(key, item);
    } else if (!allowed.empty() && !contains(allowed, *text)) {
      refuse(base_message("PropertyValueNotInList", {*text, named(key)}));
    } else {
      texts.push_back(*text);
    }
  }
  return texts;
}

std::optional<std::string> IloForm::nullable_text(const std::string& key) {
  const json::Value* value = known(key);
  if (value != nullptr && value->is_null()) return "";
  return text(key);
}

const json::Value& IloForm::value(const std::string& key) {
  known(key);
  return body_[key];
}

void IloForm::finish(const std::set<std::string, std::less<>>& read_only) {
  for (const json::Member& member : body_.members()) {
    // Schemas list `Action` as required, bodies without it are accepted (2.4).
    const bool annotation = member.key.starts_with("@odata.") || member.key == "Action";
    if (annotation || known_.contains(member.key)) continue;
    if (!action_.empty()) {
      refuse(base_message("ActionParameterUnknown", {action_, named(member.key)}));
    } else if (read_only.contains(member.key)) {
      refuse(base_message("PropertyNotWritable", {named(member.key)}));
    } else {
      refuse(base_message("PropertyUnknown", {named(member.key)}));
    }
  }
}

}  // namespace firmform::simulators
