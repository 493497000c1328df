// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/restarts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/base/time_text.h"
#include "engine/plan/naming.h"
#include "engine/plan/queue.h"
#include "engine/plan/resource.h"

namespace firmform::plan {
namespace {

using inventory::QueueEntry;

constexpr std::string_view kRestart = "ResetServer";

/// What one restart is for.
struct Round {
  Appointment appointment;
  std::vector<std::string> names;       ///< of the queue entries before it
  std::vector<std::size_t> places;      ///< of the changes
  std::vector<std::string> components;  ///< addresses
};

void join(std::vector<Round>& rounds, const Appointment& appointment, const HostDraft& host, std::size_t place) {
  auto round = std::ranges::find(rounds, appointment.id, [](const Round& known) { return known.appointment.id; });
  if (round == rounds.end()) round = rounds.insert(rounds.end(), Round{.appointment = appointment});
  const ChangeDraft& draft = host.changes[place];
  round->names.insert(round->names.end(), draft.queue_names.begin(), draft.queue_names.end());
  round->places.push_back(place);
  round->components.push_back(draft.change.address);
}

/// The window of an entry that waits in the queue without a restart of ours behind it.
std::optional<Appointment> lacking(const HostDraft& host, const ChangeDraft& draft) {
  if (draft.change.kind != ChangeKind::pending || !draft.lacks_restart || draft.queue_names.empty()) return {};
  const QueueEntry* entry = host.staging()->find_queue_entry(draft.queue_names.back());
  const QueueEntry* restart = queued_restart(*host.snapshot);
  // Both point into the queue, whose order is that of the work.
  if (entry == nullptr || entry->window_id.empty() || (restart != nullptr && restart > entry)) return {};
  return appointment_of(*host.staging(), *entry);
}

std::vector<Round> rounds_of(const HostDraft& host) {
  std::vector<Round> rounds;
  for (std::size_t place = 0; place < host.changes.size(); ++place) {
    const ChangeDraft& draft = host.changes[place];
    if (draft.is_scheduled() && draft.work->needs_host_reset) {
      join(rounds, *draft.change.scheduled, host, place);
    } else if (const auto appointment = lacking(host, draft)) {
      join(rounds, *appointment, host, place);
    }
  }
  return rounds;
}

QueueEntry entry_of(Round& round) {
  std::ranges::sort(round.names);
  std::ranges::sort(round.components);
  const std::string purpose = fmt::format("{}\n{}", round.appointment.window, fmt::join(round.names, "\n"));
  return {.step = {.name = command_entry_name(kRestart, purpose),
                   .command = std::string(kRestart),
                   .updatable_by = {inventory::Updater::bmc}},
          .window_id = round.appointment.id};
}

void block_round(const Scope& scope, HostDraft& host, const Round& round, const ChangeDraft& restart) {
  for (const std::size_t place : round.places) {
    if (!host.changes[place].is_wanted()) continue;
    block(scope, host.changes[place],
          {.code = Code::predecessor_blocked,
           .what = fmt::format("the restart that it needs cannot be put into the queue ({})",
                               to_string(restart.change.reasons.back().code))});
  }
}

void queue_restart(const Scope& scope, HostDraft& host, Round round) {
  const QueueEntry entry = entry_of(round);
  ChangeDraft draft = begin_resource(scope, host,
                                     {.type = ResourceType::queue_entry,
                                      .kind = ChangeKind::create,
                                      .phase = Phase::restart,
                                      .address = inventory::address_of(entry),
                                      .name = "restart of the host"});
  draft.queue_names = {entry.step.name};
  draft.restarts_host = true;
  draft.change.to = inventory::content_of(entry);
  draft.change.scheduled = round.appointment;
  draft.change.details.push_back(fmt::format("for {}", fmt::join(round.components, ", ")));
  if (const auto window = host.place_of(std::string(inventory::kWindowPrefix) + round.appointment.window)) {
    draft.needs.push_back(*window);
  }
  plan_write(scope, host, draft, Enqueue{entry});
  if (draft.work) {
    draft.work->scheduled = true;
    const bool is_new = host.appointment && *host.appointment == round.appointment;
    guard_queue(scope, is_new ? host.latest : round.appointment.end, draft.work->actions);
  } else {
    block_round(scope, host, round, draft);
  }
  draft.serves = std::move(round.places);
  add_change(host, std::move(draft));
}

}  // namespace

void queue_restarts(const Scope& scope, HostDraft& host) {
  if (host.staging() == nullptr) return;
  for (Round& round : rounds_of(host)) queue_restart(scope, host, std::move(round));
}

}  // namespace firmform::plan
