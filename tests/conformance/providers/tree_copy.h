// SPDX-License-Identifier: Apache-2.0
// A captured tree that a test may change.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/inventory/tree_transport.h"
#include "engine/json/value.h"
#include "tests/conformance/providers/mockups.h"
#include "tests/support/temporary_directory.h"

namespace firmform::tests {

inline constexpr std::string_view kInventory = "/redfish/v1/UpdateService/FirmwareInventory";

/// A copy of a tree that may be changed.
class TreeCopy {
 public:
  explicit TreeCopy(const std::string& folder) {
    std::filesystem::copy(mockup_path(folder), root(), std::filesystem::copy_options::recursive);
  }
  [[nodiscard]] std::filesystem::path root() const { return directory_.path() / "tree"; }

  void write(const std::string& uri, const json::Value& content) const {
    const std::filesystem::path file = root() / inventory::resource_file(uri);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::trunc) << json::dump_pretty(content);
  }

  /// Takes away a resource and all below it.
  void remove(const std::string& uri) const {
    std::filesystem::remove_all((root() / inventory::resource_file(uri)).parent_path());
  }

  /// Sets one member of a resource.
  void set(const std::string& uri, const std::string& key, json::Value value) const {
    json::Value changed = resource(root(), uri);
    changed.object().set(key, std::move(value));
    write(uri, changed);
  }

  [[nodiscard]] std::vector<json::Value> items() const {
    std::vector<json::Value> all;
    const json::Value collection = resource(root(), std::string(kInventory));
    for (const json::Value& member : collection["Members"].items()) {
      all.push_back(resource(root(), std::string(member.text("@odata.id"))));
    }
    return all;
  }

  /// Replaces the whole inventory.
  void write_inventory(const std::vector<json::Value>& items) const {
    json::Array members;
    for (const json::Value& item : items) {
      members.push_back(json::Object{{"@odata.id", item["@odata.id"]}});
      write(std::string(item.text("@odata.id")), item);
    }
    json::Value collection = resource(root(), std::string(kInventory));
    collection.object().set("Members", std::move(members));
    write(std::string(kInventory), collection);
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace firmform::tests
