// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/baseline.h"
#include "engine/plan/queue.h"
#include "engine/plan/select.h"
#include "engine/plan/way.h"
#include "engine/version/version.h"

namespace firmform::plan {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using manifest::FirmwareEntry;
using version::Ordering;
using version::Scheme;

bool is_known(const std::optional<std::string>& version) {
  return version && !version::is_unknown(*version);
}

bool downgrade_is_allowed(const Scope& scope, const FirmwareEntry& entry) {
  return entry.allow_downgrade || scope.inputs.desired.policies.downgrade == manifest::Permission::allow;
}

Finding about_version(Code code, std::string what, const FirmwareEntry& entry) {
  return {.code = code, .what = std::move(what), .span = entry.version.span, .label = "wanted here"};
}

Finding staged_already(const Component& component, const FirmwareEntry& entry) {
  return about_version(Code::already_staged,
                       fmt::format("\"{}\" is staged and becomes active at the next restart of the host; installed "
                                   "is \"{}\"",
                                   printable(*component.staged_version), printable(component.version.value_or(""))),
                       entry);
}

Finding other_staged(const Component& component, const FirmwareEntry& entry) {
  return about_version(
      Code::other_version_staged,
      fmt::format("\"{}\" is staged, wanted is \"{}\"", printable(*component.staged_version), entry.version.value),
      entry);
}

Finding unknown_version(const Component& component, const FirmwareEntry& entry) {
  const std::string shown = component.version ? fmt::format("\"{}\"", printable(*component.version)) : "none";
  Finding finding = about_version(
      Code::version_incomparable,
      fmt::format("the installed version is not known (the BMC shows {}), so a downgrade to \"{}\" could not be told",
                  shown, entry.version.value),
      entry);
  finding.help = {"Some devices show their version only while the host is on and past POST; wait, then plan again.",
                  "Flash it regardless with `allow_downgrade: true` on the entry."};
  return finding;
}

Finding incomparable(const Component& component, const FirmwareEntry& entry) {
  return about_version(Code::version_incomparable,
                       fmt::format("installed is \"{}\", wanted is \"{}\", and neither is known to be newer",
                                   printable(*component.version), entry.version.value),
                       entry);
}

Finding downgrade(const Component& component, const FirmwareEntry& entry) {
  return about_version(Code::downgrade_denied,
                       fmt::format("installed \"{}\" is newer than the wanted \"{}\"", printable(*component.version),
                                   entry.version.value),
                       entry);
}

/// What is staged waits for a restart: for ours, when that is in the BMC's queue.
void settle_staged(const Scope& scope, const HostSnapshot& host, ChangeDraft& draft) {
  if (const inventory::QueueEntry* restart = queued_restart(host)) {
    return postpone(draft, fmt::format("\"{}\" is staged, and \"{}\" in the BMC's queue restarts the host",
                                       printable(*draft.component->staged_version), printable(restart->step.name)));
  }
  block(scope, draft, staged_already(*draft.component, *draft.entry));
}

/// Sets kind and reasons by the three versions: installed, staged, wanted.
void compare_versions(const Scope& scope, const HostSnapshot& host, ChangeDraft& draft) {
  const FirmwareEntry& entry = *draft.entry;
  const Component& component = *draft.component;
  const Scheme scheme = scheme_of(entry, component);
  const std::string& wanted = entry.version.value;
  const bool is_installed = is_known(component.version) && version::satisfies(*component.version, wanted, scheme);
  const bool waits_for_restart = is_known(component.staged_version) && component.staged_version != component.version;
  const bool wanted_is_staged = waits_for_restart && version::satisfies(*component.staged_version, wanted, scheme);

  if (waits_for_restart && !wanted_is_staged) {
    draft.other_staged = true;
    warn(scope, draft, other_staged(component, entry));
  }
  if (is_installed) return;
  if (wanted_is_staged) return settle_staged(scope, host, draft);

  draft.change.kind = ChangeKind::update;
  const bool may_go_down = downgrade_is_allowed(scope, entry);
  if (!is_known(component.version)) {
    if (!may_go_down) block(scope, draft, unknown_version(component, entry));
    return;
  }
  switch (version::compare(*component.version, wanted, scheme)) {
    case Ordering::less:
      return;
    case Ordering::equal:
      draft.change.kind = ChangeKind::no_op;
      return;
    case Ordering::greater:
      draft.change.kind = ChangeKind::downgrade;
      if (!may_go_down) block(scope, draft, downgrade(component, entry));
      return;
    case Ordering::incomparable:
      if (!may_go_down) block(scope, draft, incomparable(component, entry));
      return;
  }
}

ChangeDraft begin_change(const Scope& scope, const HostDraft& host, const FirmwareEntry& entry, std::size_t place) {
  ChangeDraft draft;
  draft.entry = &entry;
  draft.entries = {place};
  draft.change.host = host.name();
  draft.change.to = entry.version.value;
  draft.change.origin = scope.inputs.sources.describe(entry.span);
  return draft;
}

Finding disagreement(const FirmwareEntry& first, const FirmwareEntry& second) {
  return {.code = Code::entries_disagree,
          .what = fmt::format("\"{}\" wants \"{}\", and \"{}\" wants \"{}\"", first.component.value.describe(),
                              first.version.value, second.component.value.describe(), second.version.value),
          .span = second.version.span,
          .label = fmt::format("wants \"{}\"", second.version.value),
          .also = {{first.version.span, fmt::format("wants \"{}\"", first.version.value)}}};
}

/// A component that an earlier entry of the baseline asks for, too.
void add_second_entry(const Scope& scope, ChangeDraft& draft, const FirmwareEntry& entry, std::size_t place) {
  const Scheme scheme = scheme_of(*draft.entry, *draft.component);
  draft.entries.push_back(place);
  if (version::satisfies(draft.entry->version.value, entry.version.value, scheme)) return;
  block(scope, draft, disagreement(*draft.entry, entry));
}

void add_component(const Scope& scope, HostDraft& host, const FirmwareEntry& entry, std::size_t place,
                   const Component& component) {
  const auto same = [&](const ChangeDraft& draft) { return draft.component == &component; };
  const auto earlier = std::ranges::find_if(host.changes, same);
  if (earlier != host.changes.end()) return add_second_entry(scope, *earlier, entry, place);

  ChangeDraft draft = begin_change(scope, host, entry, place);
  draft.component = &component;
  draft.change.address = component.address;
  draft.change.name = component.name;
  draft.change.from = component.version;
  draft.change.staged = component.staged_version;
  compare_versions(scope, *host.snapshot, draft);
  host.changes.push_back(std::move(draft));
}

void add_entry(const Scope& scope, HostDraft& host, const FirmwareEntry& entry, std::size_t place) {
  const Selection selection = select(entry, *host.snapshot);
  if (selection.problem) {
    ChangeDraft draft = begin_change(scope, host, entry, place);
    draft.change.address = entry.component.value.describe();
    block(scope, draft, *selection.problem);
    host.changes.push_back(std::move(draft));
  }
  for (const Component* component : selection.components) add_component(scope, host, entry, place, *component);
}

/// Stands for all entries of a baseline that must not be carried out.
ChangeDraft blocked_baseline(const Scope& scope, const HostDraft& host, const BaselineDecision& decision) {
  ChangeDraft draft;
  draft.change.host = host.name();
  draft.change.address = "baseline";
  draft.change.name = "baseline " + decision.choice->name;
  draft.change.origin = scope.inputs.sources.describe(decision.choice->span);
  block(scope, draft, *decision.problem);
  return draft;
}

Finding unreadable(const HostDraft& host) {
  const std::optional<Error>& error = host.snapshot->error;
  Finding finding{
      .code = Code::host_unreachable,
  };
  if (!error) {
    finding.what = fmt::format("the BMC is {}", to_string(host.snapshot->status));
    return finding;
  }
  finding.what = fmt::format("{} ({})", error->message(), to_string(error->code()));
  finding.group = std::to_string(static_cast<int>(error->code()));
  finding.notes = error->notes();
  finding.help = error->help();
  if (finding.help.empty()) finding.help.emplace_back(info(error->code()).next);
  return finding;
}

}  // namespace

void report_unreadable(const Scope& scope, HostDraft& host) {
  if (host.snapshot->status == inventory::HostStatus::ok) return;
  host.problems.push_back(scope.findings.add(Severity::error, {host.name(), {}, {}}, unreadable(host)));
}

HostDraft diff(const Scope& scope, const manifest::DesiredHost& desired, const HostSnapshot& snapshot) {
  HostDraft host{.desired = &desired, .snapshot = &snapshot};
  report_unreadable(scope, host);
  if (!host.problems.empty()) return host;
  const BaselineDecision decision = choose_baseline(desired, snapshot);
  if (decision.problem) {
    host.changes.push_back(blocked_baseline(scope, host, decision));
  } else if (decision.choice != nullptr) {
    host.baseline = decision.choice->baseline.get();
    host.changes.reserve(host.baseline->firmware.size());
    std::size_t place = 0;
    for (const FirmwareEntry& entry : host.baseline->firmware) add_entry(scope, host, entry, place++);
  }
  return host;
}

}  // namespace firmform::plan
