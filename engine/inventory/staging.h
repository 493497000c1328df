// SPDX-License-Identifier: Apache-2.0
// What a BMC keeps beside its firmware in order to install more: stored images, an installation queue, one-shot
// maintenance windows, install sets. Plain values in neutral words; HPE iLO is the one that has all of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"

namespace firmform::inventory {

/// Who installs: the BMC itself, the boot firmware during POST, or an agent in the operating system.
enum class Updater { bmc, uefi, agent };

[[nodiscard]] std::string_view to_string(Updater updater);  ///< "Bmc", "Uefi", "RuntimeAgent"
[[nodiscard]] std::optional<Updater> parse_updater(std::string_view text);

/// An image in the BMC's repository. `file` is its key there.
struct StoredImage {
  std::string uri;
  std::string id;
  std::string file;
  std::string name;
  std::string version;
  std::uint64_t size = 0;
  bool locked = false;  ///< a queue entry or an install set refers to it: it can be neither replaced nor removed
  std::string device_class;          ///< GUID, lower case
  std::vector<std::string> targets;  ///< GUIDs, lower case
  std::vector<Updater> updatable_by;
  std::string activates;  ///< "AfterReboot", …
  std::string created;
  bool operator==(const StoredImage&) const = default;
};

struct Repository {
  std::string uri;
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;
  std::vector<StoredImage> images;  ///< sorted by file
  [[nodiscard]] const StoredImage* find(std::string_view file) const;
  bool operator==(const Repository&) const = default;
};

/// A maintenance window of the BMC: open once.
struct Window {
  std::string uri;
  std::string id;
  std::string name;
  std::string description;
  std::optional<UtcTime> start;
  std::optional<UtcTime> end;
  bool operator==(const Window&) const = default;
};

/// One thing to do: a step of an install set, or the work of a queue entry.
struct Step {
  std::string name;
  std::string command = "ApplyUpdate";  ///< as Redfish spells it: ApplyUpdate, ResetServer, ResetBmc, Wait …
  std::string file;                     ///< of the repository; only for ApplyUpdate
  std::vector<Updater> updatable_by;    ///< empty: the package says
  int wait_seconds = 0;
  int timeout_minutes = 0;           ///< 0: the BMC's own
  std::vector<std::string> targets;  ///< URIs of firmware inventory items; empty: all that fit
  bool operator==(const Step&) const = default;
};

struct InstallSet {
  std::string uri;
  std::string id;
  std::string name;
  std::string description;
  bool is_recovery = false;
  std::vector<Step> steps;
  std::string invoke_target;  ///< URI of the action; empty: not offered
  bool operator==(const InstallSet&) const = default;
};

enum class QueueState { pending, in_progress, complete, canceled, expired, exception };

[[nodiscard]] std::string_view to_string(QueueState state);  ///< "Pending", "InProgress" …

struct QueueEntry {
  std::string uri;
  std::string id;
  Step step;
  bool is_bound = true;  ///< false: an ApplyUpdate without its image, which can never run
  QueueState state = QueueState::pending;
  std::string window_id;
  std::optional<UtcTime> start_after;
  std::optional<UtcTime> expire;
  bool tpm_override = false;
  bool update_recovery_set = false;
  std::string result;  ///< in words; empty when there is none
  std::string created;
  bool operator==(const QueueEntry&) const = default;
};

/// The agent in the operating system that works on RuntimeAgent entries.
struct Agent {
  std::string service_state;  ///< "Running", "Stopped"; empty: none was ever seen
  std::string mode;           ///< "OnDemand", "AutoDeploy" …
  std::string version;
  [[nodiscard]] bool installs_by_itself() const;  ///< runs, and in a mode that needs nobody to press a button
  bool operator==(const Agent&) const = default;
};

/// Bounds of the BMC. 0 and empty: unknown, nothing is checked.
struct StagingLimits {
  std::size_t windows = 0;
  std::size_t install_sets = 0;
  std::size_t stored_name = 0;  ///< characters of a file name in the repository
  std::size_t queued_name = 0;  ///< characters of a file name in queue entries and install sets
  std::size_t name = 0;         ///< characters of names of entries, sets and windows
  bool operator==(const StagingLimits&) const = default;
};

struct Staging {
  std::optional<Repository> repository;
  std::string queue_uri;  ///< empty: no queue
  std::vector<QueueEntry> queue;  ///< in the order of the queue: strictly first in, first out
  std::string windows_uri;        ///< empty: no windows
  std::vector<Window> windows;    ///< sorted by name
  std::string install_sets_uri;   ///< empty: no install sets
  std::vector<InstallSet> install_sets;  ///< sorted by name
  Agent agent;
  StagingLimits limits;
  std::optional<UtcTime> clock;  ///< the BMC's own, which windows are judged by; compare with HostSnapshot::captured_at

  [[nodiscard]] const Window* find_window(std::string_view name) const;
  [[nodiscard]] const InstallSet* find_install_set(std::string_view name) const;
  [[nodiscard]] const QueueEntry* find_queue_entry(std::string_view name) const;
  /// The first entry that is neither complete nor canceled: what everything behind it waits for.
  [[nodiscard]] const QueueEntry* head() const;
  bool operator==(const Staging&) const = default;
};

/// An entry that will never end by itself and lets nothing pass: expired, failed, or bound to no image.
[[nodiscard]] bool blocks_queue(const QueueEntry& entry);

// Addresses of these resources; components of firmware have none of these prefixes.
inline constexpr std::string_view kImagePrefix = "repository:";
inline constexpr std::string_view kWindowPrefix = "window:";
inline constexpr std::string_view kInstallSetPrefix = "install-set:";
inline constexpr std::string_view kQueuePrefix = "queue:";
[[nodiscard]] std::string address_of(const StoredImage& image);
[[nodiscard]] std::string address_of(const Window& window);
[[nodiscard]] std::string address_of(const InstallSet& set);
[[nodiscard]] std::string address_of(const QueueEntry& entry);

// One line with everything of a resource that is declared (and nothing that the BMC adds): equal texts mean that
// nothing is to be changed.
[[nodiscard]] std::string content_of(const StoredImage& image);  ///< size
[[nodiscard]] std::string content_of(const Window& window);
[[nodiscard]] std::string content_of(const InstallSet& set);
[[nodiscard]] std::string content_of(const QueueEntry& entry);

/// The content of the resource at `address`; empty when there is none such.
[[nodiscard]] std::optional<std::string> content_at(const Staging& staging, std::string_view address);

}  // namespace firmform::inventory
