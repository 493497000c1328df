// SPDX-License-Identifier: Apache-2.0
// firmform queue list|show|add|delete|clear
#include <fmt/ranges.h>

#include "engine/base/time_text.h"
#include "engine/cli/direct_options.h"
#include "engine/cli/direct_verbs.h"
#include "engine/cli/repository_kind.h"
#include "engine/plan/naming.h"

namespace firmform::cli {
namespace {

using inventory::HostSnapshot;
using inventory::QueueEntry;
using inventory::QueueState;

struct QueueKind {
  using Item = QueueEntry;
  static constexpr std::string_view kVerb = "queue";
  static constexpr std::string_view kFeature = "installation queue";
  static constexpr std::string_view kNoun = "queue entry";
  static constexpr std::string_view kKey = "entries";
  static bool offered(const inventory::Staging& staging) { return !staging.queue_uri.empty(); }
  static const std::vector<Item>& items(const inventory::Staging& staging) { return staging.queue; }
  static std::string_view name(const Item& item) { return item.step.name; }
  static std::string text(const Hosts& hosts, const report::Style& style) { return queue_text(hosts, style); }
  static json::Object totals(const HostSnapshot& host) {
    const QueueEntry* head = host.staging->head();
    return {{"blocked", head != nullptr && inventory::blocks_queue(*head)}};
  }
  static ResourceWrite removal(const Item& item) { return Dequeue{item}; }
};

/// Addresses of components become the URIs that the BMC knows them by; URIs stay as they are.
Result<std::vector<std::string>> target_uris(const Arguments& arguments, const HostSnapshot& host) {
  std::vector<std::string> uris;
  for (const std::string& list : arguments.values("targets")) {
    for (const std::string& target : split(list, ',')) {
      const inventory::Component* component = host.find(target);
      if (component == nullptr && !target.starts_with('/')) {
        return fail(Error(Code::resource_unknown,
                          fmt::format("{}: there is no component with the address `{}`", host.name, target))
                        .with_help(fmt::format("`firmform inventory {}` shows the addresses", host.name)));
      }
      uris.push_back(component == nullptr ? target : component->uri);
    }
  }
  return uris;
}

std::string default_name(const QueueEntry& entry) {
  if (!entry.step.file.empty()) return plan::queue_entry_name(entry.step.file, {}, entry.step.targets);
  return plan::command_entry_name(entry.step.command, inventory::content_of(entry));
}

/// The wanted image or command.
Status set_work(inventory::Step& step, const Arguments& arguments, const HostSnapshot& host) {
  constexpr int kLongestWait = 3600;  // seconds, ilo.md 8.2
  const auto file = arguments.value("file");
  step.command = arguments.value("command").value_or("ApplyUpdate");
  const bool applies = step.command == "ApplyUpdate";
  if (applies != file.has_value()) {
    return fail(Error(Code::usage, applies ? "an entry needs -file, or a -command other than ApplyUpdate"
                                           : fmt::format("-file does not go with -command {}", step.command)));
  }
  if (file) {
    const auto image = find_item<RepositoryKind>(host, *file);
    if (!image)
      return fail(image.error().with_help(fmt::format("`firmform repository add {} {}` stores it", host.name, *file)));
    step.file = (*image)->file;
  }
  const auto wait = arguments.integer("wait-seconds", 0, 1, kLongestWait);
  if (!wait) return fail(wait.error());
  if ((step.command == "Wait") != (*wait > 0)) return fail(Code::usage, "-command Wait and -wait-seconds go together");
  step.wait_seconds = *wait;
  return {};
}

Result<QueueEntry> wanted_entry(const Arguments& arguments, const HostSnapshot& host) {
  QueueEntry entry;
  if (const Status set = set_work(entry.step, arguments, host); !set) return fail(set.error());
  auto updaters = updaters_option(arguments, "updatable-by");
  if (!updaters) return fail(updaters.error());
  entry.step.updatable_by = std::move(*updaters);
  auto targets = target_uris(arguments, host);
  if (!targets) return fail(targets.error());
  entry.step.targets = std::move(*targets);
  auto window = window_option(arguments, host);
  if (!window) return fail(window.error());
  entry.window_id = std::move(*window);
  const auto start = time_option(arguments, "start-after", clock_of(host));
  if (!start) return fail(start.error());
  entry.start_after = *start;
  const auto expire = time_option(arguments, "expire", clock_of(host));
  if (!expire) return fail(expire.error());
  entry.expire = *expire;
  entry.tpm_override = arguments.has("tpm-override");
  entry.update_recovery_set = arguments.has("update-recovery-set");
  entry.step.name = arguments.value("name").value_or(default_name(entry));
  return entry;
}

bool is_finished(const QueueEntry& entry) {
  return entry.state == QueueState::complete || entry.state == QueueState::canceled;
}

}  // namespace

Exit run_queue_list(const Arguments& arguments, Context& context) {
  return run_resource_list<QueueKind>(arguments, context);
}

Exit run_queue_show(const Arguments& arguments, Context& context) {
  return run_resource_show<QueueKind>(arguments, context);
}

Exit run_queue_add(const Arguments& arguments, Context& context) {
  auto run = open_run<QueueKind>(arguments, context);
  if (!run) return run.error();
  std::vector<HostWork> work;
  Exit exit = Exit::ok;
  for (const auto& [name, host] : run->scene().inventory) {
    auto entry = wanted_entry(arguments, host);
    if (entry) {
      work.push_back({.host = name, .writes = {Enqueue{std::move(*entry)}}, .reset = {}});
    } else {
      exit = worst(exit, context.report(entry.error()));
    }
  }
  return exit == Exit::ok ? run->carry_out(work, {}) : exit;
}

Exit run_queue_delete(const Arguments& arguments, Context& context) {
  return run_resource_delete<QueueKind>(arguments, context);
}

Exit run_queue_clear(const Arguments& arguments, Context& context) {
  auto run = open_run<QueueKind>(arguments, context);
  if (!run) return run.error();
  return remove_items<QueueKind>(*run, context, [&](const HostSnapshot&, const QueueEntry& entry) {
    if (entry.state == QueueState::in_progress) return false;  // a flash that runs is never cut off
    return (arguments.has("all") || plan::is_ours(entry)) && (is_finished(entry) || !arguments.has("finished"));
  });
}

}  // namespace firmform::cli
