// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/staging_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/naming.h"
#include "engine/report/table.h"

namespace firmform::cli {
namespace {

using inventory::HostSnapshot;
using inventory::InstallSet;
using inventory::QueueEntry;
using inventory::Staging;
using inventory::Step;
using inventory::StoredImage;
using inventory::Updater;
using inventory::Window;

std::string or_dash(std::string_view text) {
  return text.empty() ? "-" : printable(text);
}

std::string or_dash(const std::optional<UtcTime>& time) {
  return time ? to_rfc3339(*time) : "-";
}

std::string words(const std::vector<Updater>& updaters) {
  std::vector<std::string_view> names;
  for (const Updater updater : updaters) names.push_back(to_string(updater));
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Rows over all hosts, then the lines about each; without rows, those lines alone.
class Listing {
 public:
  explicit Listing(std::vector<report::Column> columns) : table_(std::move(columns)) {}

  void row(std::vector<std::string> cells) {
    table_.add(std::move(cells));
    empty_ = false;
  }
  void line(const std::string& text) { lines_ += text; }

  [[nodiscard]] std::string text(const report::Style& style) const {
    constexpr int kNarrowest = 40;
    if (empty_) return lines_;
    return table_.render(static_cast<std::size_t>(std::max(style.width, kNarrowest)), style.color) + "\n" + lines_;
  }

 private:
  report::Table table_;
  std::string lines_;
  bool empty_ = true;
};

/// By the BMC's clock, which is the one that counts.
std::string_view phase(const Window& window, UtcTime now) {
  if (window.end && *window.end <= now) return "over";
  return window.start && *window.start > now ? "ahead" : "open";
}

std::string of_limit(std::size_t count, std::size_t limit) {
  return limit > 0 ? fmt::format("{} of {}", count, limit) : std::to_string(count);
}

std::string window_of(const QueueEntry& entry, const Staging& staging) {
  if (entry.window_id.empty()) return "-";
  const auto found = std::ranges::find(staging.windows, entry.window_id, &Window::id);
  return printable(found == staging.windows.end() ? entry.window_id : found->name);
}

std::string step_text(const Step& step) {
  std::string text = step.command;
  if (!step.file.empty()) text += " " + printable(step.file);
  if (step.wait_seconds > 0) text += fmt::format(" {} s", step.wait_seconds);
  if (!step.updatable_by.empty()) text += fmt::format(" by {}", words(step.updatable_by));
  if (!step.targets.empty()) text += fmt::format(" to {}", fmt::join(step.targets, ", "));
  return text;
}

/// Why nothing behind a blocking head runs.
std::string blockage(const HostSnapshot& host) {
  const QueueEntry* head = host.staging->head();
  if (head == nullptr || !inventory::blocks_queue(*head)) return {};
  const std::string why = head->is_bound ? std::string(to_string(head->state)) : "it has no image";
  return fmt::format(
      "{0}: `{1}` ({2}) blocks the queue: nothing behind it runs. `firmform queue delete {0} '{1}'` removes it.\n",
      host.name, printable(head->step.name), why);
}

class Lines {
 public:
  void add(std::string_view title, std::string_view value) {
    if (!value.empty()) text_ += fmt::format("{:<14} {}\n", title, printable(value));
  }
  void add(std::string_view title, const std::optional<UtcTime>& time) {
    if (time) add(title, to_rfc3339(*time));
  }
  void add_if(bool set, std::string_view title) {
    if (set) add(title, "yes");
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

UtcTime clock_of(const HostSnapshot& host) {
  return host.staging && host.staging->clock ? *host.staging->clock : host.captured_at;
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kUnits = {"B", "KiB", "MiB", "GiB"};
  constexpr double kStep = 1024.0;
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= kStep && unit + 1 < kUnits.size()) {
    size /= kStep;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string repository_text(const Hosts& hosts, const report::Style& style) {
  Listing listing(
      {{"HOST", 6}, {"FILE", 24}, {"VERSION", 12}, {"SIZE", 9, true}, {"BY", 4}, {"LOCKED", 6}, {"NAME", 20}});
  for (const HostSnapshot* host : hosts) {
    const inventory::Repository& repository = *host->staging->repository;
    for (const StoredImage& image : repository.images) {
      listing.row({host->name, or_dash(image.file), or_dash(image.version), size_text(image.size),
                   or_dash(words(image.updatable_by)), image.locked ? "yes" : "no", or_dash(image.name)});
    }
    listing.line(fmt::format("{}: {}, {} of {} free.\n", host->name, counted(repository.images.size(), "image"),
                             size_text(repository.free_bytes), size_text(repository.total_bytes)));
  }
  return listing.text(style);
}

std::string queue_text(const Hosts& hosts, const report::Style& style) {
  Listing listing(
      {{"HOST", 6}, {"#", 2, true}, {"NAME", 20}, {"WHAT", 16}, {"STATE", 8}, {"WINDOW", 8}, {"RESULT", 8}});
  for (const HostSnapshot* host : hosts) {
    std::size_t place = 0;
    for (const QueueEntry& entry : host->staging->queue) {
      listing.row({host->name, std::to_string(++place), or_dash(entry.step.name), step_text(entry.step),
                   std::string(to_string(entry.state)), window_of(entry, *host->staging), or_dash(entry.result)});
    }
    listing.line(
        place == 0 ? fmt::format("{}: the queue is empty.\n", host->name)
                   : fmt::format("{}: {}, worked on in this order.\n", host->name, counted(place, "entry", "entries")));
    listing.line(blockage(*host));
  }
  return listing.text(style);
}

std::string windows_text(const Hosts& hosts, const report::Style& style) {
  Listing listing(
      {{"HOST", 6}, {"NAME", 16}, {"ID", 8}, {"START", 20}, {"END", 20}, {"STATE", 5}, {"DESCRIPTION", 12}});
  for (const HostSnapshot* host : hosts) {
    const UtcTime now = clock_of(*host);
    for (const Window& window : host->staging->windows) {
      listing.row({host->name, or_dash(window.name), or_dash(window.id), or_dash(window.start), or_dash(window.end),
                   std::string(phase(window, now)), or_dash(window.description)});
    }
    listing.line(fmt::format("{}: {} windows, its clock says {}.\n", host->name,
                             of_limit(host->staging->windows.size(), host->staging->limits.windows), to_rfc3339(now)));
  }
  return listing.text(style);
}

std::string install_sets_text(const Hosts& hosts, const report::Style& style) {
  Listing listing({{"HOST", 6}, {"NAME", 16}, {"STEPS", 24}, {"RECOVERY", 8}, {"DESCRIPTION", 12}});
  for (const HostSnapshot* host : hosts) {
    for (const InstallSet& set : host->staging->install_sets) {
      std::vector<std::string> steps;
      for (const Step& step : set.steps) steps.push_back(step.file.empty() ? step.command : printable(step.file));
      listing.row({host->name, or_dash(set.name), fmt::format("{}", fmt::join(steps, ", ")),
                   set.is_recovery ? "yes" : "no", or_dash(set.description)});
    }
    listing.line(fmt::format("{}: {} install sets.\n", host->name,
                             of_limit(host->staging->install_sets.size(), host->staging->limits.install_sets)));
  }
  return listing.text(style);
}

std::string in_full(const StoredImage& image) {
  Lines lines;
  lines.add("file", image.file);
  lines.add("name", image.name);
  lines.add("version", image.version);
  lines.add("size", fmt::format("{} ({} bytes)", size_text(image.size), image.size));
  lines.add("locked", image.locked ? "yes, a queue entry or an install set refers to it" : "no");
  lines.add("updatable by", words(image.updatable_by));
  lines.add("activates", image.activates);
  lines.add("device class", image.device_class);
  for (const std::string& target : image.targets) lines.add("target", target);
  lines.add("created", image.created);
  lines.add("id", image.id);
  lines.add("uri", image.uri);
  return lines.take();
}

std::string in_full(const QueueEntry& entry) {
  Lines lines;
  lines.add("name", entry.step.name);
  lines.add("what", step_text(entry.step));
  lines.add("state", to_string(entry.state));
  lines.add("result", entry.result);
  if (!entry.is_bound) lines.add("image", "none: this entry can never run");
  lines.add("made by", plan::is_ours(entry) ? "firmform" : "somebody else");
  lines.add("window", entry.window_id);
  lines.add("start after", entry.start_after);
  lines.add("expires", entry.expire);
  lines.add_if(entry.tpm_override, "TPM override");
  lines.add_if(entry.update_recovery_set, "recovery set");
  lines.add("created", entry.created);
  lines.add("id", entry.id);
  lines.add("uri", entry.uri);
  return lines.take();
}

std::string in_full(const Window& window) {
  Lines lines;
  lines.add("name", window.name);
  lines.add("description", window.description);
  lines.add("start", window.start);
  lines.add("end", window.end);
  lines.add("made by", plan::is_ours(window) ? "firmform" : "somebody else");
  lines.add("id", window.id);
  lines.add("uri", window.uri);
  return lines.take();
}

std::string in_full(const InstallSet& set) {
  Lines lines;
  lines.add("name", set.name);
  lines.add("description", set.description);
  lines.add("recovery", set.is_recovery ? "yes, protected" : "no");
  std::size_t place = 0;
  for (const Step& step : set.steps)
    lines.add(fmt::format("step {}", ++place), fmt::format("{}: {}", step.name, step_text(step)));
  lines.add("id", set.id);
  lines.add("uri", set.uri);
  return lines.take();
}

}  // namespace firmform::cli
