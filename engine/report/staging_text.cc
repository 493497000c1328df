// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/staging_report.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using inventory::InstallSet;
using inventory::QueueEntry;
using inventory::Staging;
using inventory::Step;
using inventory::StoredImage;
using inventory::Updater;
using inventory::Window;

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : printable(text);
}

std::string or_dash(const std::optional<UtcTime>& time) {
  return time ? to_rfc3339(*time) : "-";
}

std::string words(const std::vector<Updater>& updaters) {
  std::vector<std::string_view> names;
  for (const Updater updater : updaters) names.push_back(to_string(updater));
  return names.empty() ? "-" : fmt::format("{}", fmt::join(names, ", "));
}

std::string megabytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMebi = 1U << 20U;
  return fmt::format("{} MiB", bytes / kMebi);
}

std::string of_limit(std::size_t count, std::size_t limit) {
  return limit > 0 ? fmt::format("{} of at most {}", count, limit) : std::to_string(count);
}

std::string work_of(const Step& step) {
  return step.file.empty() ? step.command : fmt::format("{} {}", step.command, printable(step.file));
}

std::string repository_text(const inventory::Repository& repository, std::size_t width) {
  std::string text = fmt::format("Repository: {}, {} of {} free\n", counted(repository.images.size(), "image"),
                                 megabytes(repository.free_bytes), megabytes(repository.total_bytes));
  if (repository.images.empty()) return text;
  Table table({{"FILE", 24}, {"VERSION", 10}, {"BYTES", 8, true}, {"BY", 4}, {"LOCKED", 6}});
  for (const StoredImage& image : repository.images) {
    table.add({or_dash(image.file), or_dash(image.version), std::to_string(image.size), words(image.updatable_by),
               image.locked ? "yes" : "no"});
  }
  return text + table.render(width, false);
}

std::string queue_text(const Staging& staging, std::size_t width) {
  if (staging.queue.empty()) return "Queue: empty\n";
  Table table({{"QUEUE", 24}, {"WORK", 20}, {"STATE", 10}, {"WINDOW", 8}, {"RESULT", 8}});
  for (const QueueEntry& entry : staging.queue) {
    table.add(
        {or_dash(entry.step.name), work_of(entry.step),
         entry.is_bound ? std::string(to_string(entry.state)) : fmt::format("{}, no image", to_string(entry.state)),
         or_dash(entry.window_id), or_dash(entry.result)});
  }
  std::string text = table.render(width, false);
  const QueueEntry* head = staging.head();
  if (head != nullptr && inventory::blocks_queue(*head)) {
    text += paragraph(fmt::format("! \"{}\" blocks the queue", printable(head->step.name)), 0, width);
  }
  return text;
}

std::string windows_text(const Staging& staging, std::size_t width) {
  std::string text = fmt::format("Windows: {}\n", of_limit(staging.windows.size(), staging.limits.windows));
  if (staging.windows.empty()) return text;
  Table table({{"WINDOW", 24}, {"OPENS", 20}, {"CLOSES", 20}, {"ID", 8}});
  for (const Window& window : staging.windows) {
    table.add({or_dash(window.name), or_dash(window.start), or_dash(window.end), or_dash(window.id)});
  }
  return text + table.render(width, false);
}

std::string sets_text(const Staging& staging, std::size_t width) {
  std::string text =
      fmt::format("Install sets: {}\n", of_limit(staging.install_sets.size(), staging.limits.install_sets));
  for (const InstallSet& set : staging.install_sets) {
    std::vector<std::string> steps;
    for (const Step& step : set.steps) steps.push_back(work_of(step));
    text += paragraph(
        fmt::format("{}{}: {}", printable(set.name), set.is_recovery ? " (recovery)" : "", fmt::join(steps, "; ")), 2,
        width);
  }
  return text;
}

std::string agent_text(const inventory::Agent& agent) {
  if (agent.service_state.empty()) return {};
  return fmt::format("Agent: {}, mode {}, version {}\n", printable(agent.service_state), or_dash(agent.mode),
                     or_dash(agent.version));
}

}  // namespace

std::string staging_text(const Staging& staging, std::size_t width) {
  std::string text;
  if (staging.repository) text += repository_text(*staging.repository, width);
  if (!staging.queue_uri.empty()) text += queue_text(staging, width);
  if (!staging.windows_uri.empty()) text += windows_text(staging, width);
  if (!staging.install_sets_uri.empty()) text += sets_text(staging, width);
  return text + agent_text(staging.agent);
}

}  // namespace firmform::report
