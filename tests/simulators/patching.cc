// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/patching.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"

namespace firmform::simulators {
namespace {

bool has_kind(const json::Value& value, Writable::Kind kind) {
  switch (kind) {
    case Writable::Kind::boolean:
      return value.is_bool();
    case Writable::Kind::text:
      return value.is_string();
    case Writable::Kind::number:
      return value.as_int().has_value();
    case Writable::Kind::uri_list:
      return value.is_array();
  }
  return false;
}

bool is_allowed(const json::Value& value, const std::vector<std::string>& allowed) {
  const std::string* text = value.as_string();
  return text == nullptr || allowed.empty() || std::ranges::find(allowed, *text) != allowed.end();
}

void judge(const json::Value& wanted, const std::string& prefix, const json::Value& current,
           const std::vector<Writable>& known, PatchJudgement& judgement) {
  for (const json::Member& member : wanted.members()) {
    if (member.key.starts_with("@odata.")) continue;
    const std::string path = prefix.empty() ? member.key : fmt::format("{}/{}", prefix, member.key);
    const auto property = std::ranges::find(known, path, &Writable::path);
    const std::string text = member.value.as_string() == nullptr ? json::dump(member.value) : *member.value.as_string();
    if (property == known.end() && member.value.is_object() && at_path(current, path).is_object()) {
      judge(member.value, path, current, known, judgement);
    } else if (property == known.end()) {
      const bool exists = !at_path(current, path).is_null();
      judgement.bad.emplace_back(path, base_message(exists ? "PropertyNotWritable" : "PropertyUnknown", {member.key}));
    } else if (!has_kind(member.value, property->kind)) {
      judgement.bad.emplace_back(path, base_message("PropertyValueTypeError", {text, member.key}));
    } else if (!is_allowed(member.value, property->allowed)) {
      judgement.bad.emplace_back(path, base_message("PropertyValueNotInList", {text, member.key}));
    } else {
      judgement.good.emplace_back(path, member.value);
    }
  }
}

}  // namespace

PatchJudgement judge_patch(const json::Value& wanted, const json::Value& current, const std::vector<Writable>& known) {
  PatchJudgement judgement;
  judge(wanted, "", current, known, judgement);
  return judgement;
}

const json::Value& at_path(const json::Value& value, const std::string& path) {
  const json::Value* found = &value;
  for (const std::string& step : split(path, '/')) found = &(*found)[step];
  return *found;
}

void set_at_path(json::Value& value, const std::string& path, json::Value member) {
  json::Value* target = &value;
  for (const std::string& step : split(path, '/')) target = &target->object()[step];
  *target = std::move(member);
}

}  // namespace firmform::simulators
