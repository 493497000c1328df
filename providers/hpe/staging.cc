// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/staging.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "providers/hpe/dialect.h"
#include "providers/hpe/engine_state.h"
#include "providers/redfish/resource.h"

namespace firmform::hpe {
namespace {

using inventory::InstallSet;
using inventory::QueueEntry;
using inventory::QueueState;
using inventory::Repository;
using inventory::Staging;
using inventory::Step;
using inventory::StoredImage;
using inventory::Updater;
using inventory::Window;

/// Bounds of the iLO's schemas and guides (ilo.md 4.2, 8.2, 9, 10.1).
constexpr inventory::StagingLimits kLimits{
    .windows = 8, .install_sets = 8, .stored_name = 127, .queued_name = 64, .name = 64};

std::vector<std::string> lower_texts(const json::Value& array) {
  std::vector<std::string> texts = redfish::texts(array);
  for (std::string& text : texts) text = to_lower(text);
  return texts;
}

std::vector<Updater> updaters(const json::Value& array) {
  std::vector<Updater> found;
  for (const std::string& text : redfish::texts(array)) {
    if (const auto updater = inventory::parse_updater(text)) found.push_back(*updater);
  }
  return found;
}

/// Times of an iLO are UTC, with and without the final Z (ilo.md 9).
std::optional<UtcTime> time_of(const json::Value& resource, std::string_view key) {
  const std::string_view text = resource.text(key);
  const auto time = parse_rfc3339(text);
  return time || text.empty() ? time : parse_rfc3339(std::string(text) + "Z");
}

int number_of(const json::Value& resource, std::string_view key) {
  return static_cast<int>(resource[key].as_int().value_or(0));
}

bool flag_of(const json::Value& resource, std::string_view key) {
  return resource[key].as_bool().value_or(false);
}

StoredImage stored_image(const json::Value& item) {
  return {.uri = redfish::uri_of(item),
          .id = std::string(item.text("Id")),
          .file = std::string(item.text("Filename")),
          .name = std::string(item.text("Name")),
          .version = std::string(item.text("Version")),
          .size = static_cast<std::uint64_t>(std::max<std::int64_t>(item["SizeBytes"].as_int().value_or(0), 0)),
          .locked = flag_of(item, "Locked"),
          .device_class = to_lower(item.text("DeviceClass")),
          .targets = lower_texts(item["Targets"]),
          .updatable_by = updaters(item["UpdatableBy"]),
          .activates = std::string(item.text("Activates")),
          .created = std::string(item.text("Created"))};
}

Repository repository(std::string uri, const redfish::Collection& collection) {
  const json::Value& totals = oem(collection.resource);
  const auto bytes = [&](std::string_view key) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(totals[key].as_int().value_or(0), 0));
  };
  Repository repository{.uri = std::move(uri),
                        .total_bytes = bytes("TotalSizeBytes"),
                        .free_bytes = bytes("FreeSizeBytes"),
                        .images = {}};
  for (const json::Value& item : collection.members) repository.images.push_back(stored_image(item));
  std::ranges::sort(repository.images, {}, &StoredImage::file);
  return repository;
}

/// Steps that do not say who installs them leave it to the package; smart components never echo it (ilo.md 8.3).
void add_updaters_of_image(Step& step, const std::optional<Repository>& repository) {
  if (!step.updatable_by.empty() || !repository) return;
  if (const StoredImage* image = repository->find(step.file)) step.updatable_by = image->updatable_by;
}

Step step_of(const json::Value& item, const std::optional<Repository>& repository) {
  Step step;
  step.name = item.text("Name");
  if (const std::string_view command = item.text("Command"); !command.empty()) step.command = command;
  step.file = item.text("Filename");
  step.updatable_by = updaters(item["UpdatableBy"]);
  step.wait_seconds = number_of(item, "WaitTimeSeconds");
  step.timeout_minutes = number_of(item, "ExecutionTimeoutMinutes");
  step.targets = redfish::texts(item["Targets"]);
  add_updaters_of_image(step, repository);
  return step;
}

/// A state that nobody knows is work under way: nothing is put behind or taken away from it.
QueueState state_of(std::string_view text) {
  constexpr std::array kStates = {QueueState::pending,  QueueState::in_progress, QueueState::complete,
                                  QueueState::canceled, QueueState::expired,     QueueState::exception};
  if (text.empty()) return QueueState::pending;
  const auto found = std::ranges::find_if(
      kStates, [&](QueueState state) { return equals_ignoring_case(inventory::to_string(state), text); });
  return found == kStates.end() ? QueueState::in_progress : *found;
}

/// The iLO shows an entry without an image as Component "0" and Filename "" (ilo.md 8.3).
bool is_bound(const json::Value& item, const Step& step) {
  if (step.command != "ApplyUpdate") return true;
  const std::string_view component = item.text("Component");
  return !step.file.empty() && component.starts_with('/');
}

Window window(const json::Value& item) {
  return {.uri = redfish::uri_of(item),
          .id = std::string(item.text("Id")),
          .name = std::string(item.text("Name")),
          .description = std::string(item.text("Description")),
          .start = time_of(item, "StartAfter"),
          .end = time_of(item, "Expire")};
}

InstallSet install_set(const json::Value& item, const std::optional<Repository>& repository) {
  InstallSet set;
  set.uri = redfish::uri_of(item);
  set.id = item.text("Id");
  set.name = item.text("Name");
  set.description = item.text("Description");
  set.is_recovery = flag_of(item, "IsRecovery");
  for (const json::Value& step : item["Sequence"].items()) set.steps.push_back(step_of(step, repository));
  set.invoke_target = item["Actions"]["#HpeComponentInstallSet.Invoke"].text("target");
  return set;
}

inventory::Agent agent(const json::Value& resource) {
  return {.service_state = std::string(resource.text("ServiceState")),
          .mode = std::string(resource.text("Mode")),
          .version = std::string(resource.text("ServiceVersion"))};
}

}  // namespace

QueueEntry queue_entry(const json::Value& item, const std::optional<Repository>& repository) {
  QueueEntry entry;
  entry.uri = redfish::uri_of(item);
  entry.id = item.text("Id");
  entry.step = step_of(item, repository);
  entry.is_bound = is_bound(item, entry.step);
  entry.state = state_of(item.text("State"));
  entry.window_id = item.text("MaintenanceWindow");
  entry.start_after = time_of(item, "StartAfter");
  entry.expire = time_of(item, "Expire");
  // Of commands the overrides mean nothing, and iLOs differ in whether they keep them.
  const bool installs = entry.step.command == "ApplyUpdate";
  entry.tpm_override = installs && flag_of(item, "TPMOverride");
  entry.update_recovery_set = installs && (flag_of(item, "UpdateRecoverySet") || flag_of(item, "UpdatedRecoverySet"));
  entry.result = result_words(item["Result"]);
  entry.created = item.text("Created");
  return entry;
}

std::optional<Staging> staging(const redfish::Resources& resources, const Extras& extras) {
  const json::Value& vendor = oem(resources.update_service);
  const bool offers_any = extras.repository || extras.queue || extras.windows || extras.install_sets;
  if (!offers_any) return std::nullopt;
  Staging staging;
  staging.limits = kLimits;
  staging.clock = time_of(vendor, "CurrentTime");
  staging.agent = agent(extras.agent);
  if (extras.repository) {
    staging.repository = repository(redfish::link(vendor, "ComponentRepository"), *extras.repository);
  }
  if (extras.queue) {
    staging.queue_uri = redfish::link(vendor, "UpdateTaskQueue");
    for (const json::Value& item : extras.queue->members) {
      staging.queue.push_back(queue_entry(item, staging.repository));
    }
  }
  if (extras.windows) {
    staging.windows_uri = redfish::link(vendor, "MaintenanceWindows");
    for (const json::Value& item : extras.windows->members) staging.windows.push_back(window(item));
    std::ranges::sort(staging.windows, {}, &Window::name);
  }
  if (extras.install_sets) {
    staging.install_sets_uri = redfish::link(vendor, "InstallSets");
    for (const json::Value& item : extras.install_sets->members) {
      staging.install_sets.push_back(install_set(item, staging.repository));
    }
    std::ranges::sort(staging.install_sets, {}, &InstallSet::name);
  }
  return staging;
}

}  // namespace firmform::hpe
