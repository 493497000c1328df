// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/resources.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"

namespace firmform::simulate {
namespace {

using inventory::InstallSet;
using inventory::QueueEntry;
using inventory::Staging;
using inventory::Step;
using inventory::StoredImage;
using inventory::Window;

constexpr std::size_t kStepFields = 7;  // of inventory::content_of
constexpr std::size_t kEntryFields = 10;

std::string_view after(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? trim(text.substr(prefix.size())) : std::string_view();
}

template <class Number>
Number number_of(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::pair<std::optional<UtcTime>, std::optional<UtcTime>> times_of(std::string_view text) {
  const std::size_t to = text.find(" to ");
  if (to == std::string_view::npos) return {};
  return {parse_rfc3339(text.substr(0, to)), parse_rfc3339(text.substr(to + 4))};
}

Step step_of(const std::vector<std::string>& fields) {
  Step step{.name = fields[0], .command = fields[1], .file = fields[2]};
  for (const std::string& word : split(after(fields[3], "by"), ' ')) {
    if (const auto updater = inventory::parse_updater(word)) step.updatable_by.push_back(*updater);
  }
  step.wait_seconds = number_of<int>(after(fields[4], "wait"));
  step.timeout_minutes = number_of<int>(after(fields[5], "timeout"));
  for (const std::string& target : split(after(fields[6], "targets"), ' ')) {
    if (!target.empty()) step.targets.push_back(target);
  }
  return step;
}

std::optional<QueueEntry> entry_of(std::string_view content) {
  const std::vector<std::string> fields = split(content, '|');
  if (fields.size() != kEntryFields) return std::nullopt;
  QueueEntry entry{.step = step_of(fields), .window_id = std::string(after(fields[7], "window"))};
  std::tie(entry.start_after, entry.expire) = times_of(fields[8]);
  entry.tpm_override = fields[9].find("tpm override") != std::string::npos;
  entry.update_recovery_set = fields[9].find("recovery set") != std::string::npos;
  return entry;
}

std::vector<std::string> split_steps(std::string_view content) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = content.find("; ");
    parts.emplace_back(content.substr(0, end));
    if (end == std::string_view::npos) return parts;
    content.remove_prefix(end + 2);
  }
}

std::optional<InstallSet> set_of(std::string_view name, std::string_view content) {
  const std::vector<std::string> parts = split_steps(content);
  InstallSet set{.name = std::string(name)};
  const std::size_t bar = parts.front().find('|');
  if (bar == std::string::npos) return std::nullopt;
  set.is_recovery = parts.front().starts_with("recovery|");
  set.description = parts.front().substr(bar + 1);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::vector<std::string> fields = split(parts[i], '|');
    if (fields.size() != kStepFields) return std::nullopt;
    set.steps.push_back(step_of(fields));
  }
  return set;
}

/// Replaces what has the same address, and keeps the order of the others.
template <class T, class Key>
void place(std::vector<T>& all, T made, Key key) {
  const auto found = std::ranges::find(all, std::invoke(key, made), key);
  if (found != all.end()) {
    *found = std::move(made);
  } else {
    all.push_back(std::move(made));
  }
}

void put_image(inventory::Repository& repository, std::string_view file, std::string_view content) {
  const auto size = number_of<std::uint64_t>(content);
  if (repository.find(file) == nullptr) repository.free_bytes -= std::min(repository.free_bytes, size);
  place(repository.images, StoredImage{.id = std::string(file), .file = std::string(file), .size = size},
        &StoredImage::file);
  std::ranges::sort(repository.images, {}, &StoredImage::file);
}

void put_window(Staging& staging, std::string_view name, std::string_view content, std::string id) {
  const std::size_t bar = content.find('|');
  const Window* known = staging.find_window(name);
  if (id.empty()) id = name;
  Window window{.id = known != nullptr ? known->id : std::move(id), .name = std::string(name)};
  std::tie(window.start, window.end) = times_of(content.substr(0, bar));
  if (bar != std::string_view::npos) window.description = std::string(content.substr(bar + 1));
  place(staging.windows, std::move(window), &Window::name);
  std::ranges::sort(staging.windows, {}, &Window::name);
}

}  // namespace

bool put(Staging& staging, std::string_view address, std::string_view content, std::string window_id) {
  const auto below = [&](std::string_view prefix) { return address.substr(prefix.size()); };
  if (address.starts_with(inventory::kImagePrefix)) {
    if (!staging.repository) return false;
    put_image(*staging.repository, below(inventory::kImagePrefix), content);
  } else if (address.starts_with(inventory::kWindowPrefix)) {
    put_window(staging, below(inventory::kWindowPrefix), content, std::move(window_id));
  } else if (address.starts_with(inventory::kInstallSetPrefix)) {
    auto set = set_of(below(inventory::kInstallSetPrefix), content);
    if (!set) return false;
    place(staging.install_sets, std::move(*set), &InstallSet::name);
    std::ranges::sort(staging.install_sets, {}, &InstallSet::name);
  } else if (address.starts_with(inventory::kQueuePrefix)) {
    auto entry = entry_of(content);
    if (!entry) return false;
    staging.queue.push_back(std::move(*entry));
  }
  return inventory::content_at(staging, address) == content;
}

void remove(Staging& staging, std::string_view address) {
  const auto is_meant = [&](const auto& resource) { return inventory::address_of(resource) == address; };
  if (staging.repository) {
    for (const StoredImage& image : staging.repository->images) {
      if (is_meant(image)) staging.repository->free_bytes += image.size;
    }
    std::erase_if(staging.repository->images, is_meant);
  }
  std::erase_if(staging.windows, is_meant);
  std::erase_if(staging.install_sets, is_meant);
  std::erase_if(staging.queue, is_meant);
}

}  // namespace firmform::simulate
