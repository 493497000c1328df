// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/ilo_install_sets.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/time_text.h"
#include "tests/simulators/ilo_object_id.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kType = "HpeComponentInstallSet";
constexpr std::string_view kRecoveryId = "a74b22b6";  // of "System Recovery Set"
constexpr std::string_view kInvoke = "HpeComponentInstallSet.Invoke";
constexpr std::string_view kDeleteAll = "HpeiLOUpdateServiceExt.DeleteInstallSets";

const std::set<std::string, std::less<>>& read_only() {
  static const std::set<std::string, std::less<>> keys{"Actions", "Created", "Id", "Modified"};
  return keys;
}

/// Names become names of queue entries, so they differ. Reports each name by its first two places.
void refuse_equal_names(IloForm& form, const std::vector<IloStep>& steps) {
  for (std::size_t second = 1; second < steps.size(); ++second) {
    for (std::size_t first = 0; first < second; ++first) {
      if (steps[first].name.empty() || steps[first].name != steps[second].name) continue;
      form.refuse(
          incompatible("NonUnique", fmt::format("Sequence[{}].Name", first), fmt::format("Sequence[{}].Name", second)));
      break;
    }
  }
}

}  // namespace

IloInstallSets::IloInstallSets(IloQueueOwner& owner, IloQueue& queue, IloDisagreements choices)
    : owner_(owner), queue_(queue), choices_(std::move(choices)), features_(ilo_features(owner.model())) {}

void IloInstallSets::seed(const json::Value& captured) {
  IloInstallSet set;
  set.id = captured.text("Id");
  set.name = captured.text("Name");
  set.description = captured.optional_text("Description");
  set.platform = captured.text("PlatformID");
  set.is_recovery = captured["IsRecovery"].as_bool().value_or(false);
  set.created = captured.text("Created");
  set.modified = captured.text("Modified");
  for (const json::Value& item : captured["Sequence"].items()) set.steps.push_back(captured_step(item));
  sets_.push_back(std::move(set));
}

const IloInstallSet* IloInstallSets::find(std::string_view id) const {
  const auto found = std::ranges::find(sets_, id, &IloInstallSet::id);
  return found == sets_.end() ? nullptr : &*found;
}

const IloInstallSet* IloInstallSets::recovery_set() const {
  const auto found = std::ranges::find(sets_, true, &IloInstallSet::is_recovery);
  return found == sets_.end() ? nullptr : &*found;
}

std::set<std::string> IloInstallSets::files() const {
  std::set<std::string> files;
  for (const IloInstallSet& set : sets_) {
    for (const IloStep& step : set.steps) {
      if (!step.filename.empty()) files.insert(step.filename);
    }
  }
  return files;
}

json::Value IloInstallSets::collection() const {
  std::vector<std::string> ids;
  for (const IloInstallSet& set : sets_) ids.push_back(set.id);
  return ilo_collection(kInstallSets, "HpeComponentInstallSetCollection", "Component Install Set Collection", ids,
                        features_);
}

json::Value IloInstallSets::member(std::string_view id) const {
  const IloInstallSet* set = find(id);
  return set == nullptr ? json::Value() : render(*set);
}

json::Value IloInstallSets::render(const IloInstallSet& set) const {
  const std::string uri = fmt::format("{}/{}", kInstallSets, set.id);
  json::Array sequence;
  for (const IloStep& step : set.steps) sequence.emplace_back(render_step(step));
  const std::string shape = fmt::format("{}{}", kType, set.steps.size());
  json::Object shown{{"@odata.context", fmt::format("/redfish/v1/$metadata#{0}.{0}", kType)},
                     {"@odata.etag", ilo_tag(ilo_hash(shape), features_)},
                     {"@odata.id", uri},
                     {"@odata.type", features_.install_set_type},
                     {"Id", set.id},
                     {"Actions", json::Object{{fmt::format("#{}", kInvoke),
                                               json::Object{{"target", fmt::format("{}/Actions/{}", uri, kInvoke)}}}}},
                     {"Created", set.created},
                     {"Description", set.description.value_or("")},
                     {"IsRecovery", set.is_recovery},
                     {"Modified", set.modified},
                     {"Name", set.name}};
  if (!set.platform.empty()) shown.set("PlatformID", set.platform);
  shown.set("Sequence", std::move(sequence));
  return shown;
}

std::vector<IloStep> IloInstallSets::read_sequence(IloForm& form) const {
  const json::Value& sequence = form.value("Sequence");
  std::vector<IloStep> steps;
  if (!sequence.is_array()) {
    form.refuse(base_message(form.has("Sequence") ? "PropertyValueTypeError" : "PropertyMissing",
                             form.has("Sequence") ? std::vector<std::string>{json::dump(sequence), "Sequence"}
                                                  : std::vector<std::string>{"Sequence"}));
    return steps;
  }
  if (sequence.items().empty()) form.refuse(base_message("PropertyValueFormatError", {"[]", "Sequence"}));
  const std::vector<std::string> commands = ilo_commands(features_, true);
  for (std::size_t i = 0; i < sequence.items().size(); ++i) {
    IloForm item(sequence.items()[i], fmt::format("Sequence[{}].", i));
    IloStep step;
    step.name = item.required_text("Name");
    if (!item.has("Command")) item.refuse(base_message("PropertyMissing", {item.named("Command")}));
    read_step(item, features_, commands, owner_, step);
    item.finish({"Component"});
    for (const Message& problem : item.problems()) form.refuse(problem);
    steps.push_back(std::move(step));
  }
  refuse_equal_names(form, steps);
  return steps;
}

// 10.3: there is one recovery set, it has that Id and nothing but what iLO itself does.
std::optional<IloReply> IloInstallSets::refuse_set(const IloInstallSet& set, std::string_view replaces) const {
  if (set.id != replaces && find(set.id) != nullptr) return ilo_duplicate(choices_, "InstallSet", set.name);
  if (!set.is_recovery) return std::nullopt;
  if (!owner_.has_privilege(kRecoveryPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  if (set.id != kRecoveryId) return ilo_refusal(400, incompatible("true", "IsRecovery", "Name"));
  std::vector<Message> problems;
  for (std::size_t i = 0; i < set.steps.size(); ++i) {
    if (updaters_of(set.steps[i], owner_) == std::vector<std::string>{std::string(kBmc)}) continue;
    problems.push_back(incompatible("true", "IsRecovery", fmt::format("Sequence[{}].UpdatableBy", i)));
  }
  if (!problems.empty()) return ilo_refusal(400, std::move(problems));
  return std::nullopt;
}

IloReply IloInstallSets::create(const json::Value& body) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  IloForm form(body);
  IloInstallSet set;
  set.name = form.required_text("Name");
  set.description = form.text("Description", kLongestIloName, true);
  set.is_recovery = form.flag("IsRecovery").value_or(false);
  if (features_.platform_id) set.platform = form.text("PlatformID", kLongestIloName, true).value_or("");
  set.steps = read_sequence(form);
  form.finish(read_only());
  if (!form.problems().empty()) return ilo_refusal(400, form.problems());
  set.id = ilo_object_id(set.name);
  if (auto refused = refuse_set(set, "")) return std::move(*refused);
  if (sets_.size() >= kMostInstallSets) return ilo_refusal(choices_.full_status, base_message(choices_.full_key));
  set.created = to_rfc3339(owner_.ilo_time());
  set.modified = set.created;
  sets_.push_back(set);
  owner_.references_changed();
  return {201, render(set), {}};
}

// 10.2: answers 201 with the set; a new name moves it.
IloReply IloInstallSets::change(std::string_view id, const json::Value& body) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  const auto found = std::ranges::find(sets_, id, &IloInstallSet::id);
  if (found == sets_.end()) return ilo_missing(kInstallSets, id);
  if (found->is_recovery && !owner_.has_privilege(kRecoveryPrivilege)) {
    return ilo_refusal(403, base_message("InsufficientPrivilege"));
  }
  IloForm form(body);
  IloInstallSet set = *found;
  if (auto name = form.text("Name")) set.name = std::move(*name);
  if (auto description = form.text("Description", kLongestIloName, true)) set.description = std::move(description);
  if (const auto recovery = form.flag("IsRecovery"); recovery && *recovery != set.is_recovery) {
    form.refuse(base_message("PropertyNotWritable", {"IsRecovery"}));
  }
  if (features_.platform_id) set.platform = form.text("PlatformID", kLongestIloName, true).value_or(set.platform);
  if (form.has("Sequence")) set.steps = read_sequence(form);
  form.finish(read_only());
  if (!form.problems().empty()) return ilo_refusal(400, form.problems());
  set.id = ilo_object_id(set.name);
  if (auto refused = refuse_set(set, found->id)) return std::move(*refused);
  set.modified = to_rfc3339(owner_.ilo_time());
  *found = set;
  owner_.references_changed();
  return {201, render(set), {}};
}

IloReply IloInstallSets::remove(std::string_view id) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  const auto found = std::ranges::find(sets_, id, &IloInstallSet::id);
  if (found == sets_.end()) return ilo_missing(kInstallSets, id);
  if (found->is_recovery && !owner_.has_privilege(kRecoveryPrivilege)) {
    return ilo_refusal(403, base_message("InsufficientPrivilege"));
  }
  sets_.erase(found);
  owner_.references_changed();
  return ilo_success();
}

IloReply IloInstallSets::remove_all(const json::Value& body) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  IloForm form(body, "", std::string(kDeleteAll));
  const bool recovery_too = form.flag("IncludeRecoverySet").value_or(false);
  form.finish();
  if (!form.problems().empty()) return ilo_refusal(400, form.problems());
  if (recovery_too && !owner_.has_privilege(kRecoveryPrivilege)) {
    return ilo_refusal(403, base_message("InsufficientPrivilege"));
  }
  std::erase_if(sets_, [recovery_too](const IloInstallSet& set) { return recovery_too || !set.is_recovery; });
  owner_.references_changed();
  return ilo_success();
}

// 10.4
IloReply IloInstallSets::invoke(std::string_view id, const json::Value& body) {
  if (!owner_.has_privilege(kConfigPrivilege)) return ilo_refusal(403, base_message("InsufficientPrivilege"));
  const IloInstallSet* set = find(id);
  if (set == nullptr) return ilo_missing(kInstallSets, id);
  IloForm form(body, "", std::string(kInvoke));
  IloBatch batch;
  batch.steps = set->steps;
  batch.clear_queue = form.flag("ClearTaskQueue").value_or(false);
  batch.tpm_override = form.flag("TPMOverride").value_or(false);
  batch.update_recovery_set = form.flag("UpdateRecoverySet").value_or(false);
  batch.schedule.window = form.nullable_text("MaintenanceWindow").value_or("");
  batch.schedule.start_after = form.time("StartAfter").at;
  batch.schedule.expire = form.time("Expire").at;
  form.finish();
  if (!form.problems().empty()) return ilo_refusal(400, form.problems());
  if (batch.update_recovery_set && !owner_.has_privilege(kRecoveryPrivilege)) {
    return ilo_refusal(403, base_message("InsufficientPrivilege"));
  }
  if (batch.update_recovery_set && recovery_set() == nullptr) {
    return ilo_refusal(400, owner_.ilo_message_of({"RecoveryInstallSetRequired"}, {}));
  }
  return queue_.add(batch);
}

bool IloInstallSets::replace_in_recovery_set(const std::string& older, const std::string& newer) {
  const auto set = std::ranges::find(sets_, true, &IloInstallSet::is_recovery);
  const std::optional<IloComponentFacts> component = owner_.component(newer);
  if (set == sets_.end() || !component) return false;
  const auto step = std::ranges::find(set->steps, older, &IloStep::filename);
  if (step == set->steps.end()) return false;
  step->filename = newer;
  step->component = component->uri;
  set->modified = to_rfc3339(owner_.ilo_time());
  owner_.references_changed();
  return true;
}

}  // namespace firmform::simulators
