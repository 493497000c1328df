// SPDX-License-Identifier: Apache-2.0
// A recorded inventory: what BMCs answered, redacted, so that a plan can be made without them.
//
//   DIR/snapshot.json                                   which hosts, when, and why one could not be read
//   DIR/hosts/<name>/redfish/v1/…/index.json            one resource a file, as mockup servers take them
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/inventory/snapshot.h"
#include "engine/json/value.h"

namespace firmform::inventory {

inline constexpr int kRecordingFormat = 1;

/// Secrets replaced by "REDACTED": texts under keys that name passwords, tokens, secrets and licence keys, and
/// ids of sessions.
[[nodiscard]] json::Value redacted(const json::Value& resource);

/// Writes a recording. Resources go to disk as they come; only collections, which may come in pages, are kept.
class Recording {
 public:
  /// Makes `directory`. Fails with snapshot_unwritable when it cannot be made or is not empty.
  [[nodiscard]] static Result<Recording> create(std::filesystem::path directory);

  /// A resource as the BMC sent it. Members of an expanded collection become resources of their own. A failure
  /// to write is reported by finish().
  void add(const std::string& host, const std::string& uri, const json::Value& body);

  /// Writes what is left and then snapshot.json, which makes the recording complete.
  [[nodiscard]] Status finish(const Inventory& inventory, UtcTime captured_at);

 private:
  explicit Recording(std::filesystem::path directory) : directory_(std::move(directory)) {}
  void write(const std::string& host, const std::string& uri, const json::Value& resource);
  using HostAndUri = std::pair<std::string, std::string>;  ///< URI without query and final slash

  std::filesystem::path directory_;
  std::map<HostAndUri, json::Value> collections_;
  Status written_;
};

/// One host of a recording that is read back.
struct RecordedHost {
  std::string name;
  std::string bmc;
  HostStatus status = HostStatus::ok;
  std::optional<Error> error;
  std::filesystem::path tree;  ///< root for a TreeTransport
};

struct RecordedFleet {
  UtcTime captured_at{};
  std::vector<RecordedHost> hosts;  ///< sorted by name
};

/// Fails with snapshot_unreadable.
[[nodiscard]] Result<RecordedFleet> open_recording(const std::filesystem::path& directory);

}  // namespace firmform::inventory
