// SPDX-License-Identifier: Apache-2.0
// IloRepository: the files that an iLO keeps, and what it knows of them. Reference: ilo.md 4.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/value.h"
#include "tests/simulators/captured_tree.h"
#include "tests/simulators/image.h"
#include "tests/simulators/traits.h"

namespace firmform::simulators {

inline constexpr std::string_view kRepository = "/redfish/v1/UpdateService/ComponentRepository";
inline constexpr std::size_t kLongestFilename = 127;
/// Files with a detached signature come in pieces of this size, each with a signature of its own (5.2).
inline constexpr std::size_t kSectionBytes = 32U << 20U;

struct StoredComponent {
  std::string id;
  std::string filename;
  std::string name;
  std::string version;
  std::string activates;
  std::vector<std::string> updatable_by;
  json::Value device_class;  ///< null where unknown
  std::vector<std::string> targets;
  std::string configuration;
  std::string execution_parameters;
  std::string created;
  std::uint64_t size = 0;
  bool locked = false;
  bool package = false;                      ///< says by itself who installs it
  std::optional<ImageInfo> image;            ///< what it installs; empty: nothing that is simulated
  std::string minimum_active_version;        ///< of the metadata
  std::shared_ptr<const std::string> bytes;  ///< null: a captured file, whose content nobody has

  [[nodiscard]] bool updatable_by_any(std::string_view updater) const;
  /// It is for that item of the firmware inventory (3.3).
  [[nodiscard]] bool applies_to(const json::Value& item) const;
};

/// Letters, digits, `-`, `.`, `_`; not empty and not too long.
[[nodiscard]] bool is_component_filename(std::string_view name, std::size_t longest = kLongestFilename);
/// "AfterReboot" …
[[nodiscard]] std::string_view activates_text(Activation activation);

class IloRepository {
 public:
  /// Begins with what the capture has.
  IloRepository(const ModelTraits& traits, const CapturedTree& tree);
  void set_total(std::uint64_t bytes) { total_ = bytes; }
  void hide(std::uint64_t bytes) { hidden_ += bytes; }

  [[nodiscard]] const std::vector<StoredComponent>& all() const { return components_; }
  [[nodiscard]] StoredComponent* find(std::string_view filename);
  [[nodiscard]] const StoredComponent* find(std::string_view filename) const;
  [[nodiscard]] StoredComponent* find_id(std::string_view id);
  [[nodiscard]] std::uint64_t free_bytes() const;
  /// True when a file of that size can be stored under that name, over the one that is there.
  [[nodiscard]] bool has_room(std::string_view filename, std::uint64_t size) const;

  /// Stores a file that has been verified; one of the same name is replaced.
  StoredComponent& store(const std::string& filename, std::shared_ptr<const std::string> bytes,
                         const FileReading& reading, const std::string& now);
  void remove(std::string_view id);
  void remove_unlocked();
  void lock(const std::set<std::string>& filenames);

  [[nodiscard]] json::Value collection() const;
  [[nodiscard]] json::Value member(const StoredComponent& component) const;
  /// The file itself; a captured one is made up, with the size that it had.
  [[nodiscard]] std::string content(const StoredComponent& component) const;

 private:
  void seed(const json::Value& captured);
  void describe(StoredComponent& component, const FileReading& reading) const;
  void describe_package(StoredComponent& component, const FileReading& reading) const;
  [[nodiscard]] const ComponentTraits* traits_of(std::string_view key) const;
  /// The inventory item that is such a component; null when there is none.
  [[nodiscard]] const json::Value& item_of(const ComponentTraits& part) const;

  const ModelTraits& traits_;
  const CapturedTree& tree_;
  std::vector<StoredComponent> components_;
  std::uint64_t total_ = 0;
  std::uint64_t hidden_ = 0;  ///< taken by what nobody lists
};

}  // namespace firmform::simulators
