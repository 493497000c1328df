// SPDX-License-Identifier: Apache-2.0
// The resources of a RedfishBmc: captured ones, those that only a running machine has, and what changes in them.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "tests/simulators/redfish_bmc.h"

namespace firmform::simulators {
namespace {

constexpr std::string_view kDellJobs = "/Oem/Dell/Jobs";
constexpr std::string_view kJobServiceJobs = "/redfish/v1/JobService/Jobs";

json::Value reference(std::string_view uri) {
  return json::Object{{"@odata.id", uri}};
}

void set_members(json::Value& collection, json::Array members) {
  collection.object().set("Members@odata.count", static_cast<std::int64_t>(members.size()));
  collection.object().set("Members", std::move(members));
}

/// "Task.v1_3_0" of "#Task.v1_3_0.Task", for every type in a document.
void collect_namespaces(const json::Value& value, std::set<std::string>& namespaces) {
  for (const json::Value& item : value.items()) collect_namespaces(item, namespaces);
  for (const json::Member& member : value.members()) {
    const std::string* type = member.key == "@odata.type" ? member.value.as_string() : nullptr;
    if (type != nullptr && type->starts_with('#') && type->find('.') != std::string::npos) {
      namespaces.insert(type->substr(1, type->rfind('.') - 1));
    }
    collect_namespaces(member.value, namespaces);
  }
}

/// Vendors' own schemas are not published at DMTF's address.
bool is_dmtf(std::string_view name) {
  for (const std::string_view vendor : {"Hpe", "Dell", "Lenovo", "Oem", "OpenBmc", "Contoso", "Chipwise", "SUT"}) {
    if (name.starts_with(vendor)) return false;
  }
  return true;
}

std::string uuid_like(const std::string& hex) {
  return fmt::format("{}-{}-4{}-8{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 3), hex.substr(15, 3),
                     hex.substr(18, 12));
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

std::string boot_progress(BootPhase phase) {
  switch (phase) {
    case BootPhase::off:
      return "None";
    case BootPhase::reset:
      return "PrimaryProcessorInitializationStarted";
    case BootPhase::post:
      return "MemoryInitializationStarted";
    case BootPhase::discovery:
      return "PCIResourceConfigStarted";
    case BootPhase::discovered:
      return "SystemHardwareInitializationComplete";
    case BootPhase::finished:
      return "OSRunning";
  }
  return "None";
}

}  // namespace

RedfishBmc::RedfishBmc(BmcOptions options, const ModelTraits& traits, ModelFaults faults, UtcTime now)
    : options_(std::move(options)),
      traits_(traits),
      faults_(std::move(faults)),
      tree_(CapturedTree::load(traits.tree)),
      places_(setting_places(*tree_)),
      writer_(traits),
      now_(now),
      host_(timeline_, now_, traits, options_.speed,
            {[this] { host_boot_began(); }, [this] { host_drivers_start(); }, [this] { host_discovered(); },
             [this] { host_inventory_complete(); }}),
      sessions_(static_cast<std::size_t>(faults_.session_limit.value_or(traits.session_limit)),
                faults_.session_timeout.value_or(Duration(traits.session_timeout)), options_.seed),
      system_log_(traits.log),
      last_restart_(now - std::chrono::hours(300)) {
  for (const std::string& uri : tree_->firmware_items()) {
    const CapturedResource* captured = tree_->find(uri);
    if (captured != nullptr) items_.push_back({uri.substr(uri.rfind('/') + 1), captured, std::nullopt});
  }
  bmc_.traits = &traits_.bmc;
  bios_.traits = &traits_.bios;
  for (Part* each : {&bmc_, &bios_}) {
    locate(*each);
    if (const Item* item = find_item(each->item)) each->running = item->body().text("Version");
  }
  for (const ComponentTraits& other : traits_.others) {
    Part each;
    each.traits = &other;
    locate(each);
    if (const Item* item = find_item(each.item)) each.running = item->body().text("Version");
    others_.push_back(std::move(each));
  }
  begin_foreign_task();
  for (const Illness& illness : faults_.illnesses) {
    if (illness.after.empty()) illnesses_.push_back(illness);
  }
  const CapturedResource* system = tree_->find(tree_->system());
  if (system == nullptr) return;
  if (faults_.host_off || system->body.text("PowerState") == "Off") host_.set_off();
  // Every simulated machine is an individual: serial number and UUIDs are its own.
  const std::string hex = sha256_hex(fmt::format("{}/{}/{}", options_.model, options_.name, options_.seed));
  const std::string serial(system->body.text("SerialNumber"));
  if (serial.size() > 7) identity_[serial] = serial.substr(0, serial.size() - 7) + upper(hex.substr(40, 7));
  const std::string uuid(system->body.text("UUID"));
  if (!uuid.empty()) identity_[uuid] = uuid_like(hex);
  const CapturedResource* manager = tree_->find(tree_->manager());
  const std::string manager_uuid(manager->body.text("UUID"));
  if (!manager_uuid.empty()) identity_[manager_uuid] = uuid_like(hex.substr(20));
  const std::string root_uuid(tree_->find(kRoot)->body.text("UUID"));
  if (!root_uuid.empty()) identity_[root_uuid] = uuid_like(hex.substr(30));
}

void RedfishBmc::locate(Part& part) {
  const ItemMatch& match = part.traits->item;
  const auto found = std::ranges::find_if(items_, [&](const Item& item) {
    return !match.glob.empty() && glob_match(match.glob, item.body().text(match.property));
  });
  part.item = found == items_.end() ? std::string() : found->id;
}

RedfishBmc::Part* RedfishBmc::part(std::string_view component) {
  return const_cast<Part*>(std::as_const(*this).part(component));
}

const RedfishBmc::Part* RedfishBmc::part(std::string_view component) const {
  const Part* found = component == "bmc" ? &bmc_ : (component == "bios" ? &bios_ : nullptr);
  for (const Part& other : others_) {
    if (other.traits->key == component) found = &other;
  }
  return found == nullptr || found->item.empty() ? nullptr : found;
}

std::string RedfishBmc::running_version(const std::string& component) const {
  const Part* found = part(component);
  return found == nullptr ? std::string() : found->running;
}

RedfishBmc::Item* RedfishBmc::find_item(std::string_view id) {
  const auto found = std::ranges::find_if(items_, [&](const Item& item) { return same_uri(item.id, id); });
  return found == items_.end() ? nullptr : &*found;
}

const RedfishBmc::Item* RedfishBmc::find_item(std::string_view id) const {
  const auto found = std::ranges::find_if(items_, [&](const Item& item) { return same_uri(item.id, id); });
  return found == items_.end() ? nullptr : &*found;
}

void RedfishBmc::set_item_property(const std::string& id, std::string key, json::Value value) {
  Item* item = find_item(id);
  if (item == nullptr) return;
  if (!item->own) item->own = item->body();
  item->own->object().set(std::move(key), std::move(value));
}

const json::Value* RedfishBmc::setting(std::string_view uri, std::string_view path) const {
  const auto resource = settings_.find(to_lower(uri));
  if (resource == settings_.end()) return nullptr;
  const auto found = resource->second.find(std::string(path));
  return found == resource->second.end() ? nullptr : &found->second;
}

void RedfishBmc::change_setting(std::string_view uri, const std::string& path, json::Value value) {
  settings_[to_lower(uri)][path] = std::move(value);
}

std::vector<Writable> RedfishBmc::writable(std::string_view uri) const {
  if (same_uri(uri, "/redfish/v1/SessionService")) return {{"SessionTimeout", Writable::Kind::number, {}}};
  if (!same_uri(uri, kUpdateService)) return writable_settings_of(uri);
  std::vector<Writable> known;
  if (traits_.update.apply_time_in_service) {
    known.push_back(
        {"HttpPushUriOptions/HttpPushUriApplyTime/ApplyTime", Writable::Kind::text, {"Immediate", "OnReset"}});
  }
  const json::Value& service = tree_->find(kUpdateService)->body;
  for (const std::string_view flag : {"HttpPushUriTargetsBusy", "HttpPushUriOptionsBusy"}) {
    if (service.find(flag) != nullptr) known.push_back({std::string(flag), Writable::Kind::boolean, {}});
  }
  if (service.find("HttpPushUriTargets") != nullptr) {
    known.push_back({"HttpPushUriTargets", Writable::Kind::uri_list, {}});
  }
  return known;
}

bool RedfishBmc::is_live(const std::string& uri) const {
  for (const std::string_view live :
       {kRoot, kUpdateService, kSessions, kTasks, std::string_view("/redfish/v1/TaskService"),
        std::string_view("/redfish/v1/AccountService"), std::string_view("/redfish/v1/SessionService")}) {
    if (same_uri(uri, live)) return true;
  }
  if (same_uri(uri, tree_->system()) || same_uri(uri, tree_->manager()) || shows_settings(uri)) return true;
  if (traits_.hpe && same_uri(uri, fmt::format("{}/bios", tree_->system()))) return true;
  if (uri.starts_with("/redfish/v1/Chassis/") && uri.find('/', 20) == std::string::npos) return true;
  return uri.starts_with(kFirmwareInventory) || uri.starts_with(kJobServiceJobs);
}

std::optional<json::Value> RedfishBmc::document(const std::string& path) {
  const bool update =
      path.size() >= kUpdateService.size() && same_uri(path.substr(0, kUpdateService.size()), kUpdateService);
  if (faults_.no_update_service && update) return std::nullopt;
  if (owns(path)) return own_document(path);
  if (auto body = running_document(path)) return body;
  const CapturedResource* captured = tree_->find(path);
  if (captured == nullptr || !same_uri(captured->uri, path)) return std::nullopt;
  // Items that were renamed or replaced are not found under their captured names any more.
  const std::string_view parent = std::string_view(captured->uri).substr(0, captured->uri.rfind('/'));
  if (same_uri(parent, kFirmwareInventory) && captured->body.text("@odata.type").starts_with("#SoftwareInventory.")) {
    return std::nullopt;
  }
  json::Value body = captured->body;
  if (is_live(captured->uri)) render(captured->uri, body);
  return body;
}

std::optional<json::Value> RedfishBmc::running_document(const std::string& path) {
  const auto below = [&](std::string_view parent) -> std::string {
    const bool inside = path.size() > parent.size() + 1 && path[parent.size()] == '/' &&
                        same_uri(std::string_view(path).substr(0, parent.size()), parent);
    return inside ? path.substr(parent.size() + 1) : std::string();
  };
  if (const std::string id = below(kSessions); !id.empty()) {
    const Session* session = sessions_.find(id);
    if (session == nullptr) return std::nullopt;
    return session_document(*session, false);
  }
  if (const std::string id = below(kTasks); !id.empty()) {
    const TaskRecord* task = tasks_.find(id);
    if (task == nullptr || task->purged) return std::nullopt;
    return task_document(*task, traits_, writer_);
  }
  if (const std::string id = below(kFirmwareInventory); !id.empty()) {
    const std::size_t slash = id.find('/');
    const Item* item = find_item(id.substr(0, slash));
    if (item == nullptr) return std::nullopt;
    if (slash == std::string::npos) {
      json::Value body = item->body();
      if (body.text("Id") != item->id) {
        body.object().set("Id", item->id);
        body.object().set("@odata.id", fmt::format("{}/{}", kFirmwareInventory, item->id));
      }
      return body;
    }
    // Dell repeats a part of the item as a resource of its own.
    const json::Value& inner = item->body()["Oem"]["Dell"]["DellSoftwareInventory"];
    if (item->own && inner.text("@odata.id") == path) return inner;
    return std::nullopt;
  }
  if (traits_.update.ids != IdStyle::dell) return std::nullopt;
  const std::string dell_jobs = fmt::format("{}{}", tree_->manager(), kDellJobs);
  if (path == dell_jobs) {
    json::Value jobs = json::Object{
        {"@odata.id", path}, {"@odata.type", "#DellJobCollection.DellJobCollection"}, {"Name", "JobQueue"}};
    json::Array members;
    for (const TaskRecord& task : tasks_.all()) members.push_back(reference(fmt::format("{}/{}", path, task.id)));
    set_members(jobs, std::move(members));
    return jobs;
  }
  for (const std::string_view parent : {std::string_view(dell_jobs), kJobServiceJobs}) {
    const TaskRecord* task = tasks_.find(below(parent));
    if (task != nullptr) return dell_job_document(*task, path, writer_);
  }
  return std::nullopt;
}

json::Value RedfishBmc::session_document(const Session& session, bool /*own*/) const {
  return json::Object{{"@odata.context", "/redfish/v1/$metadata#Session.Session"},
                      {"@odata.id", fmt::format("{}/{}", kSessions, session.id)},
                      {"@odata.type", "#Session.v1_3_0.Session"},
                      {"Id", session.id},
                      {"Name", "User Session"},
                      {"Description", "User Session"},
                      {"UserName", session.user},
                      {"Password", nullptr},
                      {"CreatedTime", to_rfc3339(session.created)}};
}

void RedfishBmc::render(const std::string& uri, json::Value& body) {
  json::Object& object = body.object();
  if (uri == kRoot) {
    if (faults_.no_update_service) object.erase("UpdateService");
  } else if (same_uri(uri, kSessions)) {
    sessions_.drop_idle(now_);
    json::Array members;
    for (const Session& session : sessions_.all())
      members.push_back(reference(fmt::format("{}/{}", kSessions, session.id)));
    set_members(body, std::move(members));
  } else if (same_uri(uri, kTasks) || same_uri(uri, kJobServiceJobs)) {
    json::Array members;
    for (const TaskRecord& task : tasks_.all()) {
      if (!task.purged || same_uri(uri, kJobServiceJobs))
        members.push_back(reference(fmt::format("{}/{}", uri, task.id)));
    }
    set_members(body, std::move(members));
  } else if (same_uri(uri, kFirmwareInventory)) {
    json::Array members;
    for (const Item& item : items_) members.push_back(reference(fmt::format("{}/{}", kFirmwareInventory, item.id)));
    set_members(body, std::move(members));
  } else if (same_uri(uri, kUpdateService)) {
    render_update_service(body);
  } else if (same_uri(uri, tree_->manager())) {
    render_manager(body);
  } else if (same_uri(uri, tree_->system())) {
    render_system(body);
  }
  const bool keeps_log = !traits_.hpe && system_log_.collection_uri().starts_with(uri + "/");
  if (keeps_log) object.set("LogServices", reference(system_log_.collection_uri()));
  render_health(uri, body);
  if (object.find("DateTime") != nullptr) object.set("DateTime", bmc_time());
  const auto changed = settings_.find(to_lower(uri));
  if (changed != settings_.end()) {
    for (const auto& [path, value] : changed->second) set_at_path(body, path, value);
  }
  if (std::ranges::find(places_.interfaces, uri) != places_.interfaces.end()) show_addresses(body);
  replace_identity(body);
}

void RedfishBmc::replace_identity(json::Value& value) const {
  if (const std::string* text = value.as_string()) {
    const auto found = identity_.find(*text);
    if (found != identity_.end()) value = found->second;
  } else if (value.is_array()) {
    for (json::Value& item : value.array()) replace_identity(item);
  } else if (value.is_object()) {
    for (json::Member& member : value.object()) {
      const auto moved = member.key == "@odata.id" && member.value.is_string()
                             ? renamed_.find(*member.value.as_string())
                             : renamed_.end();
      if (moved != renamed_.end())
        member.value = moved->second;
      else
        replace_identity(member.value);
    }
  }
}

void RedfishBmc::render_update_service(json::Value& body) {
  if (traits_.hpe) return;
  json::Object& service = body.object();
  const UpdateTraits& update = traits_.update;
  const auto advertise = [&](std::string_view key, std::string_view uri) {
    if (uri.empty())
      service.erase(key);
    else
      service.set(std::string(key), uri);
  };
  advertise("MultipartHttpPushUri", update.multipart_uri);
  advertise("HttpPushUri", update.raw_uri);
  if (json::Value* options = service.find("HttpPushUriOptions")) {
    // Windows on the BMC are not simulated, so they are not offered.
    json::Object apply_time{{"ApplyTime", body["HttpPushUriOptions"]["HttpPushUriApplyTime"].text("ApplyTime")}};
    apply_time.set("ApplyTime@Redfish.AllowableValues", json::Array{"Immediate", "OnReset"});
    *options = json::Object{{"HttpPushUriApplyTime", std::move(apply_time)}};
  }
  json::Value* actions = service.find("Actions");
  json::Value* simple = actions == nullptr ? nullptr : actions->object().find("#UpdateService.SimpleUpdate");
  if (simple == nullptr) return;
  json::Object& action = simple->object();
  if (action.find("TransferProtocol@Redfish.AllowableValues") != nullptr) {
    action.set("TransferProtocol@Redfish.AllowableValues", json::Array{"HTTP", "HTTPS"});
  }
  if (json::Value* support = action.find("@Redfish.OperationApplyTimeSupport")) {
    support->object().set("SupportedValues", json::Array{"Immediate", "OnReset"});
  }
}

void RedfishBmc::render_manager(json::Value& body) {
  json::Object& manager = body.object();
  if (manager.find("DateTimeLocalOffset") != nullptr) manager.set("DateTimeLocalOffset", "+00:00");
  if (manager.find("LastResetTime") != nullptr) manager.set("LastResetTime", to_rfc3339(last_restart_));
  if (bmc_.shown) manager.set("FirmwareVersion", manager_spelling(*bmc_.shown));
  if (traits_.update.ids != IdStyle::dell) return;
  const json::Value jobs = reference(fmt::format("{}{}", tree_->manager(), kDellJobs));
  set_at_path(body, "Links/Oem/Dell/Jobs", jobs);
}

std::string RedfishBmc::manager_spelling(const ImageInfo& info) const {
  if (traits_.update.spelling != Spelling::lenovo) return info.version;
  const std::size_t dash = info.version.find('-');
  return fmt::format("{}{} {} {}", bmc_.traits->family, info.version.substr(0, dash), info.version.substr(dash + 1),
                     info.date);
}

std::string RedfishBmc::system_spelling(const ImageInfo& info) const {
  switch (traits_.update.spelling) {
    case Spelling::same:
      return info.version;
    case Spelling::lenovo:
      return fmt::format("{}{}", bios_.traits->family, info.version.substr(0, info.version.find('-')));
    case Spelling::with_date:
      break;
  }
  const std::vector<std::string> date = split(info.date, '-');
  return date.size() == 3 ? fmt::format("{} ({}/{}/{})", info.version, date[1], date[2], date[0]) : info.version;
}

void RedfishBmc::render_system(json::Value& body) {
  json::Object& system = body.object();
  system.set("PowerState", host_.on() ? "On" : "Off");
  if (system.find("LastResetTime") != nullptr) system.set("LastResetTime", to_rfc3339(host_.last_reset()));
  if (!shown_bios_version_.empty()) system.set("BiosVersion", shown_bios_version_);
  if (json::Value* progress = system.find("BootProgress"); progress != nullptr && (host_.boots() > 0 || !host_.on())) {
    progress->object().set("LastState", boot_progress(host_.phase()));
    if (progress->find("LastStateTime") != nullptr) {
      progress->object().set("LastStateTime", to_rfc3339(host_.last_reset()));
    }
  }
}

json::Value RedfishBmc::odata_document() const {
  json::Array entries{json::Object{{"name", "Service"}, {"kind", "Singleton"}, {"url", "/redfish/v1/"}}};
  for (const json::Member& member : tree_->find(kRoot)->body.members()) {
    const std::string_view uri = member.value.text("@odata.id");
    const bool hidden = faults_.no_update_service && member.key == "UpdateService";
    if (uri.empty() || hidden) continue;
    entries.push_back(json::Object{{"name", member.key}, {"kind", "Singleton"}, {"url", uri}});
  }
  return json::Object{{"@odata.context", "/redfish/v1/$metadata"}, {"value", std::move(entries)}};
}

std::string RedfishBmc::metadata_xml() const {
  std::set<std::string> namespaces{"Task.v1_4_3", "Message.v1_1_1", "Session.v1_3_0", "ActionInfo.v1_1_2"};
  for (const auto& [key, resource] : tree_->resources()) collect_namespaces(resource.body, namespaces);
  std::map<std::string, std::set<std::string>> by_schema;
  for (const std::string& name : namespaces) {
    const std::string schema = name.substr(0, name.find('.'));
    if (is_dmtf(schema)) by_schema[schema].insert(name);
  }
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<edmx:Edmx xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\" Version=\"4.0\">\n"
      "  <edmx:Reference Uri=\"http://redfish.dmtf.org/schemas/v1/RedfishExtensions_v1.xml\">\n"
      "    <edmx:Include Namespace=\"RedfishExtensions.v1_0_0\" Alias=\"Redfish\"/>\n"
      "  </edmx:Reference>\n";
  for (const auto& [schema, versions] : by_schema) {
    xml += fmt::format("  <edmx:Reference Uri=\"http://redfish.dmtf.org/schemas/v1/{}_v1.xml\">\n", schema);
    xml += fmt::format("    <edmx:Include Namespace=\"{}\"/>\n", schema);
    for (const std::string& version : versions) {
      if (version != schema) xml += fmt::format("    <edmx:Include Namespace=\"{}\"/>\n", version);
    }
    xml += "  </edmx:Reference>\n";
  }
  const std::string_view root_type = tree_->find(kRoot)->body.text("@odata.type");
  const std::string root_version(root_type.substr(1, root_type.rfind('.') - 1));
  xml += fmt::format(
      "  <edmx:DataServices>\n"
      "    <Schema xmlns=\"http://docs.oasis-open.org/odata/ns/edm\" Namespace=\"Service\">\n"
      "      <EntityContainer Name=\"Service\" Extends=\"{}.ServiceContainer\"/>\n"
      "    </Schema>\n"
      "  </edmx:DataServices>\n"
      "</edmx:Edmx>\n",
      root_version);
  return xml;
}

}  // namespace firmform::simulators
