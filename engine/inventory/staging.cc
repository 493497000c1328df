// SPDX-License-Identifier: Apache-2.0
#include "engine/inventory/staging.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/base/time_text.h"

namespace firmform::inventory {
namespace {

template <class Range>
auto find_named(const Range& range, std::string_view name) -> decltype(&*range.begin()) {
  const auto found = std::ranges::find_if(range, [&](const auto& item) { return item.name == name; });
  return found == range.end() ? nullptr : &*found;
}

std::string shown(const std::optional<UtcTime>& time) {
  return time ? to_rfc3339(*time) : "-";
}

std::string content_of_step(const Step& step) {
  std::string text = fmt::format("{}|{}|{}|by", step.name, step.command, step.file);
  std::vector<Updater> updaters = step.updatable_by;
  std::ranges::sort(updaters);
  for (const Updater updater : updaters) text += fmt::format(" {}", to_string(updater));
  text += fmt::format("|wait {}|timeout {}|targets", step.wait_seconds, step.timeout_minutes);
  for (const std::string& target : step.targets) text += " " + target;
  return text;
}

}  // namespace

std::string_view to_string(Updater updater) {
  switch (updater) {
    case Updater::bmc: return "Bmc";
    case Updater::uefi: return "Uefi";
    case Updater::agent: return "RuntimeAgent";
  }
  return "";
}

std::optional<Updater> parse_updater(std::string_view text) {
  for (const Updater updater : {Updater::bmc, Updater::uefi, Updater::agent}) {
    if (equals_ignoring_case(to_string(updater), text)) return updater;
  }
  return std::nullopt;
}

std::string_view to_string(QueueState state) {
  switch (state) {
    case QueueState::pending: return "Pending";
    case QueueState::in_progress: return "InProgress";
    case QueueState::complete: return "Complete";
    case QueueState::canceled: return "Canceled";
    case QueueState::expired: return "Expired";
    case QueueState::exception: return "Exception";
  }
  return "";
}

bool Agent::installs_by_itself() const {
  return service_state == "Running" && (mode == "AutoDeploy" || mode == "AutoDeployReboot");
}

const StoredImage* Repository::find(std::string_view file) const {
  const auto found = std::ranges::find_if(images, [&](const StoredImage& image) { return image.file == file; });
  return found == images.end() ? nullptr : &*found;
}

const Window* Staging::find_window(std::string_view name) const { return find_named(windows, name); }

const InstallSet* Staging::find_install_set(std::string_view name) const { return find_named(install_sets, name); }

const QueueEntry* Staging::find_queue_entry(std::string_view name) const {
  const auto found = std::ranges::find_if(queue, [&](const QueueEntry& entry) { return entry.step.name == name; });
  return found == queue.end() ? nullptr : &*found;
}

const QueueEntry* Staging::head() const {
  const auto is_open = [](const QueueEntry& entry) {
    return entry.state != QueueState::complete && entry.state != QueueState::canceled;
  };
  const auto found = std::ranges::find_if(queue, is_open);
  return found == queue.end() ? nullptr : &*found;
}

bool blocks_queue(const QueueEntry& entry) {
  const bool ended_badly = entry.state == QueueState::expired || entry.state == QueueState::exception;
  return ended_badly || (entry.state == QueueState::pending && !entry.is_bound);
}

std::string address_of(const StoredImage& image) { return std::string(kImagePrefix) + image.file; }
std::string address_of(const Window& window) { return std::string(kWindowPrefix) + window.name; }
std::string address_of(const InstallSet& set) { return std::string(kInstallSetPrefix) + set.name; }
std::string address_of(const QueueEntry& entry) { return std::string(kQueuePrefix) + entry.step.name; }

std::string content_of(const StoredImage& image) { return fmt::format("{} bytes", image.size); }

std::string content_of(const Window& window) {
  return fmt::format("{} to {}|{}", shown(window.start), shown(window.end), window.description);
}

std::string content_of(const InstallSet& set) {
  std::string text = fmt::format("{}|{}", set.is_recovery ? "recovery" : "ordinary", set.description);
  for (const Step& step : set.steps) text += fmt::format("; {}", content_of_step(step));
  return text;
}

std::string content_of(const QueueEntry& entry) {
  return fmt::format("{}|window {}|{} to {}|{}{}", content_of_step(entry.step), entry.window_id, shown(entry.start_after),
                     shown(entry.expire), entry.tpm_override ? "tpm override" : "",
                     entry.update_recovery_set ? " recovery set" : "");
}

std::optional<std::string> content_at(const Staging& staging, std::string_view address) {
  const auto content = [](const auto* resource) -> std::optional<std::string> {
    if (resource == nullptr) return std::nullopt;
    return content_of(*resource);
  };
  const auto below = [&](std::string_view prefix) { return address.substr(prefix.size()); };
  if (address.starts_with(kImagePrefix)) {
    return staging.repository ? content(staging.repository->find(below(kImagePrefix))) : std::nullopt;
  }
  if (address.starts_with(kWindowPrefix)) return content(staging.find_window(below(kWindowPrefix)));
  if (address.starts_with(kInstallSetPrefix)) return content(staging.find_install_set(below(kInstallSetPrefix)));
  if (address.starts_with(kQueuePrefix)) return content(staging.find_queue_entry(below(kQueuePrefix)));
  return std::nullopt;
}

}  // namespace firmform::inventory
