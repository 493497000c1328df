// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/captured_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>

#include "engine/base/text.h"
#include "tests/simulators/captured_files.h"
#include "tests/simulators/setting_stubs.h"

namespace firmform::simulators {
namespace {

/// Last segments of the actions that the simulation carries out.
constexpr std::array<std::string_view, 14> kSimulatedActions{"UpdateService.SimpleUpdate",
                                                             "ComputerSystem.Reset",
                                                             "Manager.Reset",
                                                             "HpeComputerSystemExt.PowerButton",
                                                             "HpeComputerSystemExt.SystemReset",
                                                             "HpeiLOUpdateServiceExt.AddFromUri",
                                                             "HpeiLOUpdateServiceExt.DeleteInstallSets",
                                                             "HpeiLOUpdateServiceExt.DeleteMaintenanceWindows",
                                                             "HpeiLOUpdateServiceExt.DeleteUnlockedComponents",
                                                             "HpeiLOUpdateServiceExt.DeleteUpdateTaskQueueItems",
                                                             "HpeiLOUpdateServiceExt.RemoveLanguagePack",
                                                             "HpeiLOUpdateServiceExt.SetDefaultLanguage",
                                                             "HpeiLOUpdateServiceExt.StartFirmwareIntegrityCheck",
                                                             "HpeComponentInstallSet.Invoke"};

/// Resources that firmware items are related to and that were left out of the captures: segment before the Id, type.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kStubTypes{{
    {"Drives", "#Drive.v1_0_0.Drive"},
    {"Processors", "#Processor.v1_0_0.Processor"},
    {"PCIeDevices", "#PCIeDevice.v1_0_0.PCIeDevice"},
    {"SimpleStorage", "#SimpleStorage.v1_0_0.SimpleStorage"},
    {"VirtualMedia", "#VirtualMedia.v1_0_0.VirtualMedia"},
    {"LogServices", "#LogService.v1_0_0.LogService"},
}};

bool is_simulated(std::string_view target) {
  return std::ranges::any_of(kSimulatedActions, [&](std::string_view name) { return target.ends_with(name); });
}

/// Collections whose members exist only while the machine runs.
bool is_volatile(std::string_view uri) {
  for (const std::string_view parent : {kSessions, kTasks}) {
    if (uri.size() > parent.size() + 1 && uri.starts_with(parent) && uri[parent.size()] == '/') return true;
  }
  return false;
}

std::string_view last_segment(std::string_view uri) {
  return uri.substr(uri.rfind('/') + 1);
}

/// A reference is an object that holds "@odata.id" and nothing else.
const std::string* reference(const json::Value& value) {
  if (!value.is_object() || value.members().size() != 1) return nullptr;
  const json::Value* id = value.find("@odata.id");
  return id == nullptr ? nullptr : id->as_string();
}

/// Puts right what the machine or the capture got wrong: a resource answers under its own URI, without a slash
/// at the end, and has a name.
void make_conformant(std::string& uri, json::Value& body) {
  const std::string* own = body["@odata.id"].as_string();
  if (own == nullptr) return;
  const std::string trimmed(without_slash(*own));
  if (equals_ignoring_case(trimmed, uri)) uri = trimmed;
  body.object().set("@odata.id", uri == "/redfish/v1" ? *own : uri);
  if (body.text("Name").empty() && body.find("Id") != nullptr) body.object().set("Name", body["Id"]);
}

template <class Visit>
void visit_references(const json::Value& value, const Visit& visit) {
  if (const std::string* uri = reference(value)) visit(*uri);
  for (const json::Value& item : value.items()) visit_references(item, visit);
  for (const json::Member& member : value.members()) visit_references(member.value, visit);
}

void set_count(json::Object& object, const std::string& key, std::size_t count) {
  if (json::Value* existing = object.find(key + "@odata.count")) *existing = static_cast<std::int64_t>(count);
}

std::vector<std::string> strings(const json::Value& array) {
  std::vector<std::string> texts;
  for (const json::Value& item : array.items()) {
    if (const std::string* text = item.as_string()) texts.push_back(*text);
  }
  return texts;
}

}  // namespace

std::string_view without_slash(std::string_view uri) {
  while (uri.size() > 1 && uri.ends_with('/')) uri.remove_suffix(1);
  return uri;
}

std::shared_ptr<const CapturedTree> CapturedTree::load(std::string_view folder) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const CapturedTree>, std::less<>> loaded;
  const std::lock_guard lock(mutex);
  auto& entry = loaded[std::string(folder)];
  if (!entry) {
    auto tree = std::make_shared<CapturedTree>();
    tree->read(folder);
    tree->add_stubs();
    for (CapturedResource& stub : setting_stubs(*tree)) tree->resources_[to_lower(stub.uri)] = std::move(stub);
    for (auto& [key, resource] : tree->resources_) tree->remove_unsimulated(resource.body);
    for (auto& [key, resource] : tree->resources_) {
      tree->prune(resource.body);
      resource.text = json::dump(resource.body);
    }
    tree->learn();
    entry = std::move(tree);
  }
  return entry;
}

void CapturedTree::read(std::string_view folder) {
  constexpr std::string_view kFile = "/index.json";
  for (auto [name, bytes] : captured_files(fmt::format("{}/redfish/", folder))) {
    if (!name.ends_with(kFile)) continue;
    std::string uri = fmt::format("/redfish/{}", name.substr(0, name.size() - kFile.size()));
    Result<json::Value> body = json::parse(bytes);
    if (!body) throw std::runtime_error(fmt::format("{}: {}", uri, body.error().message()));
    // An error body was captured where the machine itself had nothing.
    if (body->find("error") != nullptr || is_volatile(uri)) continue;
    make_conformant(uri, *body);
    resources_[to_lower(uri)] = CapturedResource{uri, std::move(*body), {}};
  }
  if (resources_.empty()) throw std::runtime_error(fmt::format("no captured tree {}", folder));
}

void CapturedTree::add_stubs() {
  std::vector<std::string> wanted;
  for (const auto& [key, resource] : resources_) {
    if (!resource.uri.starts_with(kUpdateService)) continue;
    visit_references(resource.body, [&](const std::string& uri) {
      if (uri.find('#') == std::string::npos && find(without_slash(uri)) == nullptr) wanted.push_back(uri);
    });
  }
  for (const std::string& uri : wanted) {
    const std::string_view trimmed = without_slash(uri);
    const std::string_view parent = last_segment(trimmed.substr(0, trimmed.rfind('/')));
    const auto* type = std::ranges::find(kStubTypes, parent, &std::pair<std::string_view, std::string_view>::first);
    if (type == kStubTypes.end()) continue;
    const std::string id(last_segment(trimmed));
    resources_[to_lower(trimmed)] = {
        std::string(trimmed),
        json::Object{{"@odata.id", trimmed}, {"@odata.type", type->second}, {"Id", id}, {"Name", id}},
        {}};
  }
}

void CapturedTree::remove_unsimulated(json::Value& value) {
  if (value.is_array()) {
    for (json::Value& item : value.array()) remove_unsimulated(item);
    return;
  }
  if (!value.is_object()) return;
  json::Object& object = value.object();
  std::vector<std::string> removed;
  for (json::Member& member : object) {
    remove_unsimulated(member.value);
    const std::string_view target = member.value.text("target");
    const bool is_action = member.key.find('#') != std::string::npos && !target.empty();
    if (!is_action || is_simulated(target)) continue;
    unsimulated_actions_.insert(to_lower(target));
    removed.push_back(member.key);
  }
  for (const std::string& key : removed) object.erase(key);
  if (json::Value* oem = object.find("Oem"); oem != nullptr && !removed.empty() && oem->members().empty()) {
    object.erase("Oem");
  }
}

bool CapturedTree::resolves(std::string_view uri) const {
  const std::string_view path = without_slash(uri.substr(0, uri.find('#')));
  return !is_volatile(path) && find(path) != nullptr;
}

void CapturedTree::prune(json::Value& value) {
  if (value.is_array()) {
    for (json::Value& item : value.array()) prune(item);
    return;
  }
  if (!value.is_object()) return;
  const auto dangles = [this](const json::Value& candidate) {
    const std::string* uri = reference(candidate);
    return uri != nullptr && !resolves(*uri);
  };
  json::Object& object = value.object();
  std::vector<std::string> removed;
  std::vector<std::pair<std::string, std::size_t>> counts;
  for (json::Member& member : object) {
    if (member.value.is_array() && !member.value.items().empty()) {
      std::erase_if(member.value.array(), dangles);
      counts.emplace_back(member.key, member.value.items().size());
    }
    const json::Value* settings = member.value.find("SettingsObject");
    if (dangles(member.value) || (settings != nullptr && dangles(*settings)))
      removed.push_back(member.key);
    else
      prune(member.value);
  }
  for (const auto& [key, count] : counts) set_count(object, key, count);
  for (const std::string& key : removed) object.erase(key);
}

const CapturedResource* CapturedTree::find(std::string_view uri) const {
  const auto found = resources_.find(to_lower(without_slash(uri)));
  return found == resources_.end() ? nullptr : &found->second;
}

bool CapturedTree::is_unsimulated_action(std::string_view uri) const {
  return unsimulated_actions_.contains(to_lower(without_slash(uri)));
}

std::vector<std::string> CapturedTree::reset_types(const std::string& uri, std::string_view action) const {
  const CapturedResource* resource = find(uri);
  if (resource == nullptr) return {};
  const json::Value& reset = resource->body["Actions"][action];
  if (const json::Value* values = reset.find("ResetType@Redfish.AllowableValues")) return strings(*values);
  const CapturedResource* details = find(reset.text("@Redfish.ActionInfo"));
  if (details == nullptr) return {};
  for (const json::Value& parameter : details->body["Parameters"].items()) {
    if (parameter.text("Name") == "ResetType") return strings(parameter["AllowableValues"]);
  }
  return {};
}

void CapturedTree::learn() {
  const auto first_member = [this](std::string_view collection) -> std::string {
    const CapturedResource* resource = find(collection);
    if (resource == nullptr || resource->body["Members"].items().empty()) return {};
    return std::string(without_slash(resource->body["Members"].items().front().text("@odata.id")));
  };
  system_ = first_member("/redfish/v1/Systems");
  manager_ = first_member("/redfish/v1/Managers");
  system_reset_types_ = reset_types(system_, "#ComputerSystem.Reset");
  manager_reset_types_ = reset_types(manager_, "#Manager.Reset");
  const json::Value& supported = find(kRoot)->body["ProtocolFeaturesSupported"];
  const json::Value& expand = supported["ExpandQuery"];
  features_.expand = {expand["ExpandAll"].as_bool().value_or(false), expand["NoLinks"].as_bool().value_or(false),
                      expand["Links"].as_bool().value_or(false), expand["Levels"].as_bool().value_or(false),
                      expand["MaxLevels"].as_int().value_or(1)};
  features_.select = supported["SelectQuery"].as_bool().value_or(false);
  features_.filter = supported["FilterQuery"].as_bool().value_or(false);
  features_.only = supported["OnlyMemberQuery"].as_bool().value_or(false);
  if (const CapturedResource* inventory = find(kFirmwareInventory)) {
    for (const json::Value& member : inventory->body["Members"].items()) {
      firmware_items_.emplace_back(without_slash(member.text("@odata.id")));
    }
  }
}

}  // namespace firmform::simulators
