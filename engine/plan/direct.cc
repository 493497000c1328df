// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/direct.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/assemble.h"
#include "engine/plan/chain.h"
#include "engine/plan/codec.h"
#include "engine/plan/contract.h"
#include "engine/plan/diff.h"
#include "engine/plan/gates.h"
#include "engine/plan/install_sets.h"
#include "engine/plan/naming.h"
#include "engine/plan/queue.h"
#include "engine/plan/resource.h"
#include "engine/plan/stores.h"
#include "engine/plan/windows.h"

namespace firmform::plan {
namespace {

using inventory::InstallSet;
using inventory::QueueEntry;
using inventory::Step;
using manifest::Permission;
using manifest::RebootPolicy;

/// Makes changes of what is asked of one host. Each overload says what becomes of one kind of write, and what the
/// engine's own rules have against it.
class Verbs {
 public:
  Verbs(const Scope& scope, HostDraft& host) : scope_(scope), host_(host) {}

  void operator()(const StoreImage& write) {
    const std::string file = file_of(write.image);
    const auto* stored = host_.staging()->repository ? host_.staging()->repository->find(file) : nullptr;
    const bool is_there = stored != nullptr && (write.image.size == 0 || stored->size == write.image.size);
    const ChangeKind kind = is_there ? ChangeKind::no_op : stored != nullptr ? ChangeKind::update : ChangeKind::create;
    ChangeDraft draft =
        begin(ResourceType::stored_image, kind, Phase::store, std::string(inventory::kImagePrefix) + file, file);
    draft.image = &write.image;
    draft.change.to = inventory::content_of(inventory::StoredImage{.size = write.image.size});
    draft.change.details.push_back(fmt::format("{} bytes", write.image.size));
    if (!is_there) forbid(draft, unsigned_gate(scope_, write.image, {}));
    if (!is_there) forbid(draft, stored_name_gate(*host_.staging(), file, {}));
    finish(std::move(draft), write);
  }

  void operator()(const RemoveImage& write) {
    ChangeDraft draft = begin(ResourceType::stored_image, ChangeKind::delete_, Phase::remove_image,
                              inventory::address_of(write.image), write.image.file);
    draft.change.details.push_back(fmt::format("{} bytes", write.image.size));
    if (write.image.locked) {
      const Holders holders = holders_of(host_, write.image);
      if (!holders.remaining.empty() || holders.released.empty()) forbid(draft, still_locked(holders, {}));
    }
    finish(std::move(draft), write);
  }

  void operator()(const CreateWindow& write) {
    ChangeDraft draft = begin_window(write.window, ChangeKind::create);
    show_times(draft, write.window);
    if (host_.provider != nullptr) {
      made_.push_back({.window = write.window.name,
                       .id = host_.provider->window_id(*host_.snapshot, write.window.name),
                       .start = write.window.start.value_or(UtcTime{}),
                       .end = write.window.end.value_or(UtcTime{})});
    }
    finish(std::move(draft), write);
  }

  void operator()(const ChangeWindow& write) {
    ChangeDraft draft = begin_window(write.from, ChangeKind::update);
    draft.change.to = inventory::content_of(write.to);
    show_times(draft, write.to);
    finish(std::move(draft), write);
  }

  void operator()(const RemoveWindow& write) { finish(begin_window(write.window, ChangeKind::delete_), write); }

  void operator()(const CreateInstallSet& write) {
    ChangeDraft draft = begin_set(write.set, ChangeKind::create, Phase::install_set);
    fill(draft, write.set);
    draft.change.details = differences({.name = write.set.name, .description = write.set.description}, write.set);
    finish(std::move(draft), write);
  }

  void operator()(const ChangeInstallSet& write) {
    ChangeDraft draft = begin_set(write.from, ChangeKind::update, Phase::install_set);
    fill(draft, write.to);
    draft.change.details = differences(write.from, write.to);
    finish(std::move(draft), write);
  }

  void operator()(const RemoveInstallSet& write) {
    finish(begin_set(write.set, ChangeKind::delete_, Phase::remove_install_set), write);
  }

  void operator()(const InvokeInstallSet& write) {
    ChangeDraft draft = begin(ResourceType::install_set, ChangeKind::invoke, Phase::firmware,
                              inventory::address_of(write.set), write.set.name);
    for (const Step& step : write.set.steps) {
      draft.change.details.push_back(fmt::format("queues {} {}", step.command, printable(step.file)));
      draft.queue_names.push_back(step.name);
    }
    schedule(draft, write.window_id, write.start_after, write.expire);
    if (write.clear_queue) {
      warn_of_clearing(draft);
    } else {
      check_names(draft);
      check_queue(draft);
    }
    finish(std::move(draft), write);
  }

  void operator()(const Enqueue& write) {
    const QueueEntry& entry = write.entry;
    ChangeDraft draft = begin(ResourceType::queue_entry, ChangeKind::create, Phase::firmware,
                              inventory::address_of(entry), entry.step.name);
    draft.change.to = inventory::content_of(entry);
    draft.change.details.push_back(fmt::format("{} {}", entry.step.command, printable(entry.step.file)));
    draft.queue_names = {entry.step.name};
    check_file(draft, entry.step.file);
    schedule(draft, entry.window_id, entry.start_after, entry.expire);
    check_names(draft);
    check_queue(draft);
    finish(std::move(draft), write);
  }

  void operator()(const Dequeue& write) {
    ChangeDraft draft = begin(ResourceType::queue_entry, ChangeKind::delete_, Phase::clear_queue,
                              inventory::address_of(write.entry), write.entry.step.name);
    draft.change.details.push_back(fmt::format("it is {}", to_string(write.entry.state)));
    if (write.entry.state == inventory::QueueState::in_progress) {
      forbid(draft, Finding{.code = Code::update_service_busy, .what = "the BMC works on this entry now"});
    }
    finish(std::move(draft), write);
  }

  void operator()(const CheckIntegrity& write) {
    ChangeDraft draft = begin(ResourceType::integrity, ChangeKind::invoke, Phase::firmware,
                              std::string(kIntegrityAddress), "check of the firmware by the BMC");
    const auto last = host_.provider == nullptr ? std::nullopt : host_.provider->integrity(*host_.snapshot);
    if (last && !last->result.empty()) {
      draft.change.details.push_back(
          fmt::format("the last one: {}, {}", printable(last->result), printable(last->time)));
    }
    draft.change.details.push_back("nothing can be stored or installed meanwhile");
    finish(std::move(draft), write);
  }

  void restart(const Action& action) {
    const bool is_host = action.type == ActionType::reset_host;
    ChangeDraft draft = begin(ResourceType::restart, ChangeKind::invoke, Phase::restart,
                              is_host ? "restart:host" : "restart:bmc", is_host ? "the server" : "the BMC");
    draft.change.to = action.summary;
    draft.change.details.push_back(action.summary);
    for (const Finding& finding : host_.gates) forbid(draft, finding);
    if (is_host) check_restart(draft, action);
    if (draft.is_wanted()) draft.work = std::make_unique<Work>(Work{.actions = {action}});
    add_change(host_, std::move(draft));
  }

 private:
  ChangeDraft begin(ResourceType type, ChangeKind kind, Phase phase, std::string address, std::string name) {
    return begin_resource(
        scope_, host_,
        {.type = type, .kind = kind, .phase = phase, .address = std::move(address), .name = std::move(name)});
  }

  ChangeDraft begin_window(const inventory::Window& window, ChangeKind kind) {
    const Phase phase = kind == ChangeKind::delete_ ? Phase::remove_window : Phase::window;
    return begin(ResourceType::window, kind, phase, inventory::address_of(window), window.name);
  }

  ChangeDraft begin_set(const InstallSet& set, ChangeKind kind, Phase phase) {
    ChangeDraft draft = begin(ResourceType::install_set, kind, phase, inventory::address_of(set), set.name);
    if (set.is_recovery && scope_.inputs.desired.policies.recovery_set == Permission::deny) {
      forbid(draft, Finding{.code = Code::recovery_set_protected, .what = "it is the system recovery set"});
    }
    return draft;
  }

  static void show_times(ChangeDraft& draft, const inventory::Window& window) {
    draft.change.to = inventory::content_of(window);
    if (window.start) draft.change.details.push_back(fmt::format("opens {}", to_rfc3339(*window.start)));
    if (window.end) draft.change.details.push_back(fmt::format("closes {}", to_rfc3339(*window.end)));
  }

  void fill(ChangeDraft& draft, const InstallSet& set) {
    draft.change.to = inventory::content_of(set);
    for (const Step& step : set.steps) {
      if (step.file.empty()) continue;
      draft.files.push_back(step.file);
      check_file(draft, step.file);
    }
  }

  void forbid(ChangeDraft& draft, const std::optional<Finding>& finding) {
    if (finding) block(scope_, draft, *finding);
  }

  void finish(ChangeDraft draft, const ResourceWrite& write) {
    if (draft.is_wanted()) plan_write(scope_, host_, draft, write);
    if (draft.work && !draft.queue_names.empty()) {
      const auto& window = draft.change.scheduled;
      // Without an end it may begin at any time after its start.
      const bool ends = window && window->end != UtcTime{};
      guard_queue(scope_, ends ? std::optional(window->end) : std::nullopt, draft.work->actions);
      draft.work->scheduled = draft.change.scheduled.has_value();
    }
    add_change(host_, std::move(draft));
  }

  /// A file that the queue or a set names must be there, or be stored before.
  void check_file(ChangeDraft& draft, const std::string& file) {
    if (file.empty()) return;
    forbid(draft, queued_name_gate(*host_.staging(), file, {}));
    const bool is_there = host_.staging()->repository && host_.staging()->repository->find(file) != nullptr;
    if (is_there || host_.place_of(std::string(inventory::kImagePrefix) + file)) return;
    forbid(draft, Finding{.code = Code::image_not_in_catalog,
                          .what = fmt::format("the BMC's repository has no \"{}\"", printable(file)),
                          .help = {"Store it first with `firmform repository add`."}});
  }

  void schedule(ChangeDraft& draft, const std::string& window_id, const std::optional<UtcTime>& start,
                const std::optional<UtcTime>& end) {
    if (!window_id.empty()) draft.change.scheduled = appointment_in(window_id);
    if (window_id.empty() && start && *start > bmc_clock(scope_, host_)) {
      draft.change.scheduled = Appointment{.window = {}, .id = {}, .start = *start, .end = end.value_or(UtcTime{})};
    }
  }

  /// A window that is there, or that this plan makes.
  [[nodiscard]] std::optional<Appointment> appointment_in(const std::string& id) const {
    if (auto known = appointment_of(*host_.staging(), {.window_id = id})) return known;
    const auto made = std::ranges::find(made_, id, &Appointment::id);
    return made == made_.end() ? Appointment{.window = {}, .id = id} : *made;
  }

  [[nodiscard]] bool is_removed(const QueueEntry& entry) const {
    const auto place = host_.place_of(inventory::address_of(entry));
    return place && host_.changes[*place].change.kind == ChangeKind::delete_;
  }

  void check_names(ChangeDraft& draft) {
    for (const std::string& name : draft.queue_names) {
      const QueueEntry* entry = host_.staging()->find_queue_entry(name);
      if (entry == nullptr || is_removed(*entry)) continue;
      forbid(draft, Finding{.code = Code::queue_blocked,
                            .what = fmt::format("the queue holds an entry of the name \"{}\" already", printable(name)),
                            .help = {"Remove it with `firmform queue delete`, or clear the queue."}});
    }
  }

  void check_queue(ChangeDraft& draft) {
    for (const QueueEntry& entry : host_.staging()->queue) {
      if (!inventory::blocks_queue(entry) || is_removed(entry)) continue;
      forbid(draft, Finding{.code = Code::queue_blocked,
                            .what = fmt::format("\"{}\" ({}) is ahead, and nothing behind it runs",
                                                printable(entry.step.name), to_string(entry.state))});
    }
  }

  void warn_of_clearing(ChangeDraft& draft) {
    for (const QueueEntry& entry : host_.staging()->queue) {
      if (is_ours(entry)) continue;
      warn(scope_, draft,
           {.code = Code::foreign_queue_entry,
            .what = fmt::format("clearing the queue removes \"{}\" ({}), which others put there",
                                printable(entry.step.name), to_string(entry.state)),
            .group = entry.step.name});
    }
  }

  void check_restart(ChangeDraft& draft, const Action& action) {
    const std::vector<std::string> broken = violations_of_reset(action, *host_.snapshot);
    if (!broken.empty()) forbid(draft, broken_contract(host_.snapshot->provider, broken));
    if (scope_.inputs.desired.policies.reboot == RebootPolicy::deny) {
      forbid(draft, Finding{.code = Code::reboot_denied, .what = "the policy denies restarts of hosts"});
    }
    for (const inventory::Incident& incident : host_.snapshot->incidents) {
      warn(scope_, draft, {.code = Code::update_interrupted, .what = printable(incident.text)});
    }
  }

  const Scope& scope_;
  HostDraft& host_;
  std::vector<Appointment> made_;  ///< windows of this plan
};

bool needs_staging(const ResourceWrite& write) {
  return !std::holds_alternative<CheckIntegrity>(write);
}

/// A BMC that keeps none of this has no place for any of the writes.
void refuse(const Scope& scope, HostDraft& host) {
  ChangeDraft draft = begin_resource(
      scope, host,
      {.type = ResourceType::queue_entry, .kind = ChangeKind::create, .phase = Phase::store, .address = "staging"});
  block(scope, draft,
        {.code = Code::feature_not_offered, .what = "the BMC has no repository, queue, windows or install sets"});
  add_change(host, std::move(draft));
}

HostDraft draft_host(const Scope& scope, const DirectRequest& request) {
  HostDraft host{.desired = request.desired, .snapshot = request.snapshot};
  host.keeps_order = true;
  report_unreadable(scope, host);
  if (!host.problems.empty()) return host;
  find_host_gates(scope, host);
  Verbs verbs(scope, host);
  const bool has_place = host.staging() != nullptr || std::ranges::none_of(request.writes, needs_staging);
  if (has_place) {
    for (const ResourceWrite& write : request.writes) std::visit(verbs, write);
  } else {
    refuse(scope, host);
  }
  if (request.reset) verbs.restart(*request.reset);
  check_stores(scope, host);
  check_window_limit(scope, host);
  if (host.staging() != nullptr) check_install_set_limit(scope, host);
  block_behind(scope, host);
  return host;
}

}  // namespace

Parsed<Plan> make_direct_plan(const Inputs& inputs, const Providers& providers,
                              const std::vector<DirectRequest>& requests) {
  Findings findings(inputs.sources);
  const Scope scope{inputs, providers, findings};
  std::vector<HostDraft> hosts;
  for (const DirectRequest& request : requests) hosts.push_back(draft_host(scope, request));
  std::ranges::sort(hosts, {}, &HostDraft::name);
  std::vector<HostChain> chains;
  for (HostDraft& host : hosts) chains.push_back(chain(host));
  Plan plan = assemble(inputs, std::move(hosts), std::move(chains));
  plan.header.id = compute_id(plan);
  return {std::move(plan), findings.diagnostics()};
}

}  // namespace firmform::plan
