// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/ilo_repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/base/text.h"
#include "tests/simulators/bmc.h"
#include "tests/simulators/ilo_object_id.h"

namespace firmform::simulators {
namespace {

constexpr std::size_t kLongestName = 64;

std::vector<std::string> strings(const json::Value& array) {
  std::vector<std::string> texts;
  for (const json::Value& item : array.items()) {
    if (const std::string* text = item.as_string()) texts.push_back(*text);
  }
  return texts;
}

json::Array array_of(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

/// Names that are too long end in three dots.
std::string cut(std::string name) {
  if (name.size() <= kLongestName) return name;
  name.resize(kLongestName - 4);
  return name + "...";
}

bool shares_target(const json::Value& item, const std::vector<std::string>& targets) {
  return std::ranges::any_of(item["Targets"].items(), [&](const json::Value& target) {
    return std::ranges::any_of(targets, [&](const std::string& own) {
      return target.as_string() != nullptr && equals_ignoring_case(*target.as_string(), own);
    });
  });
}

/// What a package of the kind is called.
std::string package_name(const std::string& component, std::string_view device) {
  if (component == "bmc") return fmt::format("Online ROM Flash Firmware Package - HPE {}", device);
  return fmt::format("ROM Flash Firmware Package - {}", device);
}

std::string raw_name(const ImageInfo& info, const ModelTraits& traits, const ComponentTraits* part) {
  if (info.component == "bios") return fmt::format("System BIOS - {}", info.family);
  if (info.component == "bmc") return fmt::format("iLO {}", traits.bmc.family.substr(3));
  return part == nullptr ? info.component : std::string(part->name);
}

}  // namespace

bool StoredComponent::updatable_by_any(std::string_view updater) const {
  return std::ranges::find(updatable_by, updater) != updatable_by.end();
}

// An item of its class, or of none, that has one of its targets.
bool StoredComponent::applies_to(const json::Value& item) const {
  const json::Value& own = item["Oem"]["Hpe"];
  const bool same_class = own["DeviceClass"].is_null() || own["DeviceClass"] == device_class;
  return same_class && shares_target(own, targets);
}

bool is_component_filename(std::string_view name, std::size_t longest) {
  return !name.empty() && name.size() <= longest && std::ranges::all_of(name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
  });
}

std::string_view activates_text(Activation activation) {
  switch (activation) {
    case Activation::immediately:
      return "Immediately";
    case Activation::host_reboot:
      return "AfterReboot";
    case Activation::device_reset:
      return "AfterDeviceReset";
    case Activation::hard_power_cycle:
      return "AfterHardPowerCycle";
  }
  return "AfterReboot";
}

IloRepository::IloRepository(const ModelTraits& traits, const CapturedTree& tree) : traits_(traits), tree_(tree) {
  const CapturedResource* collection = tree.find(kRepository);
  if (collection == nullptr) return;
  std::uint64_t listed = 0;
  for (const json::Value& link : collection->body["Members"].items()) {
    const CapturedResource* member = tree.find(link.text("@odata.id"));
    if (member == nullptr) continue;
    seed(member->body);
    listed += components_.back().size;
  }
  const json::Value& space = collection->body["Oem"]["Hpe"];
  total_ = static_cast<std::uint64_t>(space["TotalSizeBytes"].as_int().value_or(0));
  const auto free = static_cast<std::uint64_t>(space["FreeSizeBytes"].as_int().value_or(0));
  hidden_ = total_ > free + listed ? total_ - free - listed : 0;
}

void IloRepository::seed(const json::Value& captured) {
  StoredComponent component;
  component.id = captured.text("Id");
  component.filename = captured.text("Filename");
  component.name = captured.text("Name");
  component.version = captured.text("Version");
  component.activates = captured.text("Activates");
  component.updatable_by = strings(captured["UpdatableBy"]);
  component.device_class = captured["DeviceClass"];
  component.targets = strings(captured["Targets"]);
  component.configuration = captured.text("Configuration");
  component.execution_parameters = captured.text("ExecutionParameters");
  component.created = captured.text("Created");
  component.size = static_cast<std::uint64_t>(captured["SizeBytes"].as_int().value_or(0));
  component.locked = captured["Locked"].as_bool().value_or(false);
  component.package = component.filename.ends_with(".fwpkg") || component.filename.ends_with(".zip");
  const auto fits = [&](const ComponentTraits& part) { return component.applies_to(item_of(part)); };
  const std::string date = component.created.substr(0, 10);
  const auto found = std::ranges::find_if(traits_.others, fits);
  if (found != traits_.others.end()) {
    const std::string key(found->key);
    component.image = {key, std::string(found->family), inventory_version(key, found->family, component.version, date),
                       date};
  } else if (fits(traits_.bmc)) {
    component.image = {"bmc", std::string(traits_.bmc.family), inventory_version("bmc", "", component.version, date),
                       date};
  } else if (fits(traits_.bios) && component.name.starts_with("System BIOS")) {
    component.image = {"bios", std::string(traits_.bios.family),
                       inventory_version("bios", traits_.bios.family, component.version, date), date};
  }
  components_.push_back(std::move(component));
}

const json::Value& IloRepository::item_of(const ComponentTraits& part) const {
  static const json::Value nothing;
  for (const std::string& uri : tree_.firmware_items()) {
    const CapturedResource* item = tree_.find(uri);
    if (item != nullptr && glob_match(part.item.glob, item->body.text(part.item.property))) return item->body;
  }
  return nothing;
}

const ComponentTraits* IloRepository::traits_of(std::string_view key) const {
  const auto other = std::ranges::find(traits_.others, key, &ComponentTraits::key);
  if (other != traits_.others.end()) return &*other;
  if (key == "bios") return &traits_.bios;
  return key == "bmc" ? &traits_.bmc : nullptr;
}

StoredComponent* IloRepository::find(std::string_view filename) {
  const auto found = std::ranges::find(components_, filename, &StoredComponent::filename);
  return found == components_.end() ? nullptr : &*found;
}

const StoredComponent* IloRepository::find(std::string_view filename) const {
  const auto found = std::ranges::find(components_, filename, &StoredComponent::filename);
  return found == components_.end() ? nullptr : &*found;
}

StoredComponent* IloRepository::find_id(std::string_view id) {
  const auto found = std::ranges::find_if(
      components_, [&](const StoredComponent& component) { return equals_ignoring_case(component.id, id); });
  return found == components_.end() ? nullptr : &*found;
}

std::uint64_t IloRepository::free_bytes() const {
  std::uint64_t used = hidden_;
  for (const StoredComponent& component : components_) used += component.size;
  return total_ > used ? total_ - used : 0;
}

bool IloRepository::has_room(std::string_view filename, std::uint64_t size) const {
  const StoredComponent* replaced = find(filename);
  return size <= free_bytes() + (replaced == nullptr ? 0 : replaced->size);
}

StoredComponent& IloRepository::store(const std::string& filename, std::shared_ptr<const std::string> bytes,
                                      const FileReading& reading, const std::string& now) {
  StoredComponent component;
  component.id = ilo_object_id(filename);
  component.filename = filename;
  component.created = now;
  component.size = bytes->size();
  component.bytes = std::move(bytes);
  component.image = reading.image.info;
  describe(component, reading);
  if (StoredComponent* replaced = find(filename)) {
    *replaced = std::move(component);
    return *replaced;
  }
  components_.push_back(std::move(component));
  return components_.back();
}

void IloRepository::describe(StoredComponent& component, const FileReading& reading) const {
  const ImageInfo& info = *component.image;
  const ComponentTraits* part = traits_of(info.component);
  const bool fits = part != nullptr && part->family == info.family;
  component.package = reading.kind != FileReading::Kind::raw;
  component.activates = activates_text(part == nullptr ? Activation::host_reboot : part->activation);
  if (info.component == "bmc") component.activates = activates_text(Activation::device_reset);
  component.name = raw_name(info, traits_, part);
  component.version = repository_version(info, component.package);
  component.updatable_by = {"Bmc"};
  if (component.package) return describe_package(component, reading);
  // An image for another machine is kept, but nobody knows what it is for.
  if (!fits) return;
  const json::Value& item = item_of(*part)["Oem"]["Hpe"];
  component.device_class = item["DeviceClass"];
  component.targets = strings(item["Targets"]);
}

void IloRepository::describe_package(StoredComponent& component, const FileReading& reading) const {
  const json::Value& metadata = reading.metadata;
  component.updatable_by = strings(metadata["UpdatableBy"]);
  component.device_class = metadata["DeviceClass"];
  component.minimum_active_version = metadata.text("MinimumActiveVersion");
  const json::Array& devices = metadata["Devices"]["Device"].items();
  for (const json::Value& device : devices) component.targets.emplace_back(device.text("Target"));
  if (devices.empty()) return;
  component.version = devices.front().text("Version");
  const bool smart = reading.kind == FileReading::Kind::smart_component;
  const std::string_view device = devices.front().text("DeviceName");
  component.name = cut(smart ? std::string(device) : package_name(component.image->component, device));
  // What UEFI installs runs after that boot.
  if (!component.updatable_by_any("Bmc")) component.activates = activates_text(Activation::host_reboot);
}

void IloRepository::remove(std::string_view id) {
  std::erase_if(components_, [&](const StoredComponent& component) { return equals_ignoring_case(component.id, id); });
}

void IloRepository::remove_unlocked() {
  std::erase_if(components_, [](const StoredComponent& component) { return !component.locked; });
}

void IloRepository::lock(const std::set<std::string>& filenames) {
  for (StoredComponent& component : components_) component.locked = filenames.contains(component.filename);
}

json::Value IloRepository::collection() const {
  json::Array members;
  for (const StoredComponent& component : components_) {
    members.push_back(json::Object{{"@odata.id", fmt::format("{}/{}", kRepository, component.id)}});
  }
  const CapturedResource* captured = tree_.find(kRepository);
  json::Value body = captured == nullptr ? json::Value(json::Object{}) : captured->body;
  const auto count = static_cast<std::int64_t>(members.size());
  json::Object& space = body.object()["Oem"].object()["Hpe"].object();
  space.set("ComponentCount", count);
  space.set("FreeSizeBytes", static_cast<std::int64_t>(free_bytes()));
  space.set("TotalSizeBytes", static_cast<std::int64_t>(total_));
  body.object().set("Members", std::move(members));
  body.object().set("Members@odata.count", count);
  return body;
}

json::Value IloRepository::member(const StoredComponent& component) const {
  json::Object body{{"@odata.context", "/redfish/v1/$metadata#HpeComponent.HpeComponent"},
                    {"@odata.etag", ""},
                    {"@odata.id", fmt::format("{}/{}", kRepository, component.id)},
                    {"@odata.type", "#HpeComponent.v1_0_1.HpeComponent"},
                    {"Id", component.id},
                    {"Activates", component.activates},
                    {"ComponentUri", fmt::format("/fwrepo/{}", component.filename)},
                    {"Configuration", component.configuration},
                    {"Created", component.created},
                    {"Criticality", "Optional"}};
  if (!component.device_class.is_null()) body.set("DeviceClass", component.device_class);
  body.set("ExecutionParameters", component.execution_parameters);
  body.set("Filename", component.filename);
  body.set("Filepath", component.filename);
  body.set("Locked", component.locked);
  body.set("Name", component.name);
  body.set("SizeBytes", static_cast<std::int64_t>(component.size));
  if (!component.targets.empty()) body.set("Targets", array_of(component.targets));
  body.set("UpdatableBy", array_of(component.updatable_by));
  body.set("Version", component.version);
  return body;
}

std::string IloRepository::content(const StoredComponent& component) const {
  if (component.bytes) return *component.bytes;
  const std::string key = component.image ? component.image->component : "bmc";
  const std::string version = component.image ? component.image->version : component.version;
  std::string bytes = make_image(std::string(traits_.name), key, version, component.size);
  bytes.resize(component.size, '\0');
  return bytes;
}

}  // namespace firmform::simulators
