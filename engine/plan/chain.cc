// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/chain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "engine/plan/graph.h"
#include "engine/version/version.h"

namespace firmform::plan {
namespace {

constexpr std::string_view kNoUuid = "00000000-0000-0000-0000-000000000000";

/// What tells this machine from another; empty when the BMC shows nothing that does.
std::string identity_of(const inventory::HostSnapshot& host) {
  for (const std::string* identity : {&host.system.serial, &host.system.uuid, &host.service_uuid}) {
    if (!version::is_unknown(*identity) && *identity != kNoUuid) return *identity;
  }
  return {};
}

/// One step of a change; a change that is not of firmware has one.
struct Node {
  std::size_t place;
  std::size_t step;
};

const Work& work_of(const HostDraft& host, const Node& node) {
  return host.changes[node.place].step(node.step);
}

/// All steps in the order in which they would come without any wait.
std::vector<Node> preferred_order(const HostDraft& host) {
  std::vector<Node> nodes;
  for (std::size_t place = 0; place < host.changes.size(); ++place) {
    const ChangeDraft& draft = host.changes[place];
    for (std::size_t step = 0; draft.is_wanted() && step < draft.steps(); ++step) nodes.push_back({place, step});
  }
  if (host.keeps_order) return nodes;
  std::ranges::sort(nodes, {}, [&](const Node& node) {
    const ChangeDraft& draft = host.changes[node.place];
    const Work& work = work_of(host, node);
    const std::size_t entry = draft.entries.empty() ? 0 : draft.entries.front();
    return std::tuple(draft.phase, work.round, work.rank, entry, std::string_view(draft.change.address), node.step);
  });
  return nodes;
}

/// Edges that keep the steps of a change in their order, and those of a round before those of the next one.
void add_own_order(const HostDraft& host, const std::vector<Node>& nodes, std::vector<Edge>& edges) {
  std::vector<std::optional<std::size_t>> last(host.changes.size());
  std::optional<std::size_t> pivot;  // first of its round
  std::vector<std::size_t> round;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    std::optional<std::size_t>& before = last[nodes[i].place];
    if (before) edges.push_back({*before, i});
    before = i;
    if (!host.changes[nodes[i].place].is_firmware()) continue;
    const bool is_next = pivot && work_of(host, nodes[*pivot]).round != work_of(host, nodes[i]).round;
    if (is_next) {
      for (const std::size_t other : round) edges.push_back({other, i});
      round.clear();
    }
    if (is_next || !pivot) {
      pivot = i;
    } else if (work_of(host, nodes[i]).round > 0) {
      edges.push_back({*pivot, i});
    }
    round.push_back(i);
  }
}

/// Replaces `nodes` by an order that keeps all waits; returns the waits of a cycle when there is none.
std::vector<Wait> obey(const HostDraft& host, const std::vector<Wait>& waits, std::vector<Node>& nodes) {
  std::vector<std::size_t> first(host.changes.size(), nodes.size());
  std::vector<std::size_t> last(host.changes.size(), nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (first[nodes[i].place] == nodes.size()) first[nodes[i].place] = i;
    last[nodes[i].place] = i;
  }
  std::vector<Edge> edges;
  for (const Wait& wait : waits) edges.push_back({last[wait.before], first[wait.after]});
  const bool has_steps = std::ranges::any_of(nodes, [](const Node& node) { return node.step > 0; });
  if (has_steps || host.because.size() > 1) add_own_order(host, nodes, edges);
  const Ordering ordering = order(nodes.size(), edges);

  std::vector<Wait> cycle;
  for (const std::size_t edge : ordering.cycle) {
    if (edge < waits.size()) cycle.push_back(waits[edge]);
  }
  if (!ordering.cycle.empty()) return cycle;
  std::vector<Node> ordered;
  for (const std::size_t node : ordering.nodes) ordered.push_back(nodes[node]);
  nodes = std::move(ordered);
  return cycle;
}

template <class T>
void add_missing(std::vector<T>& into, const std::vector<T>& from) {
  for (const T& item : from) {
    if (std::ranges::find(into, item) == into.end()) into.push_back(item);
  }
}

class Builder {
 public:
  explicit Builder(HostDraft& host) : host_(host), identity_(identity_of(*host.snapshot)) {
    chain_.of_change.resize(host.changes.size());
  }

  void add(const Node& node) {
    ChangeDraft& draft = host_.changes[node.place];
    Work& work = draft.step(node.step);
    if (draft.is_firmware() && !host_.keeps_order) begin_round(work.round);
    std::vector<ActionId>& mine = chain_.of_change[node.place];
    // What stores the image of a flash is part of the flash, too.
    if (draft.is_firmware() && node.step == 0) {
      for (const std::size_t need : draft.needs) add_stores_of(need, mine);
    }
    const std::size_t before = chain_.actions.size();
    for (Action& action : work.actions) mine.push_back(add_write(std::move(action), draft));
    const bool wrote = chain_.actions.size() > before;
    if (work.hold && wrote) mine.push_back(append(std::move(*work.hold)));
    for (const std::size_t other : draft.serves) add_to(other, mine);
    if (work.needs_host_reset && !work.scheduled) {
      waiting_.push_back(node);
      return;
    }
    if (work.verify) mine.push_back(append(std::move(*work.verify)));
    for (Action& action : work.cleanup) mine.push_back(append_write(std::move(action)));
  }

  /// The shared restart, then the verifies that waited for it; they only read, so none needs another. What cleans up
  /// writes again, one after the other, each after its verify.
  void add_reset() {
    if (waiting_.empty()) return;
    const ActionId reset = append_write(std::move(*host_.resets[round_]));
    std::vector<ActionId> verifies;
    for (const Node& node : waiting_) {
      chain_.of_change[node.place].push_back(reset);
      verifies.push_back(append(std::move(*host_.changes[node.place].step(node.step).verify)));
      chain_.of_change[node.place].push_back(verifies.back());
      tail_ = reset;
    }
    for (std::size_t i = 0; i < waiting_.size(); ++i) add_cleanup(waiting_[i], verifies[i]);
    unseen_ = std::move(verifies);
    if (tail_ != reset) unseen_.push_back(*tail_);
    waiting_.clear();
    writes_of_entry_.clear();
  }

  /// Settings are put back when all else is done.
  void add_restore() {
    const auto flashes = [](const Action& action) {
      return action.type == ActionType::flash || action.type == ActionType::start_update;
    };
    if (host_.restored.empty() || std::ranges::none_of(chain_.actions, flashes)) return;
    Action restore;
    restore.type = ActionType::restore;
    restore.components = host_.restored;
    restore.summary = fmt::format("put back settings that changed ({})", fmt::join(host_.restored, ", "));
    restore.preconditions = {{.type = Condition::Type::host_ready}};
    restore.postconditions = {{.type = Condition::Type::host_ready}};
    restore.expected = std::chrono::minutes(1);
    restore.deadline = std::chrono::minutes(15);
    append_write(std::move(restore));
  }

  HostChain take() { return std::move(chain_); }

 private:
  void add_stores_of(std::size_t place, std::vector<ActionId>& mine) const {
    if (host_.changes[place].change.resource != ResourceType::stored_image) return;
    mine.insert(mine.end(), chain_.of_change[place].begin(), chain_.of_change[place].end());
  }

  void add_to(std::size_t place, const std::vector<ActionId>& actions) {
    if (!host_.changes[place].is_wanted()) return;
    std::vector<ActionId>& all = chain_.of_change[place];
    all.insert(all.end(), actions.begin(), actions.end());
  }

  void begin_round(std::size_t round) {
    if (round <= round_) return;
    add_reset();
    round_ = round;
  }

  void add_cleanup(const Node& node, ActionId verify) {
    std::vector<ActionId>& mine = chain_.of_change[node.place];
    for (Action& action : host_.changes[node.place].step(node.step).cleanup) {
      const ActionId id = append_write(std::move(action));
      std::vector<ActionId>& needs = chain_.actions[id].needs;
      if (std::ranges::find(needs, verify) == needs.end()) needs.push_back(verify);
      std::ranges::sort(needs);
      mine.push_back(id);
    }
  }

  ActionId append(Action action) {
    action.id = static_cast<ActionId>(chain_.actions.size());
    action.host = host_.name();
    action.needs.clear();
    if (unseen_.empty()) {
      if (tail_) action.needs.push_back(*tail_);
    } else {
      action.needs = std::move(unseen_);
      unseen_.clear();
    }
    tail_ = action.id;
    chain_.actions.push_back(std::move(action));
    return *tail_;
  }

  ActionId append_write(Action action) {
    if (!identity_.empty()) {
      const Condition same{.type = Condition::Type::same_system, .value = identity_};
      if (std::ranges::find(action.preconditions, same) == action.preconditions.end()) {
        action.preconditions.insert(action.preconditions.begin(), same);
      }
    }
    return append(std::move(action));
  }

  /// One entry may mean several equal devices, and a BMC that flashes all of them by one request gets one.
  ActionId add_write(Action action, const ChangeDraft& draft) {
    if (draft.entries.empty()) return append_write(std::move(action));
    if (entry_of_writes_ != draft.entries.front()) writes_of_entry_.clear();
    entry_of_writes_ = draft.entries.front();
    const auto is_same = [&](ActionId id) {
      const Action& other = chain_.actions[id];
      return other.type == action.type && other.request == action.request && other.image == action.image;
    };
    const auto earlier = std::ranges::find_if(writes_of_entry_, is_same);
    if (earlier == writes_of_entry_.end()) {
      writes_of_entry_.push_back(append_write(std::move(action)));
      return writes_of_entry_.back();
    }
    Action& shared = chain_.actions[*earlier];
    add_missing(shared.components, action.components);
    add_missing(shared.preconditions, action.preconditions);
    add_missing(shared.postconditions, action.postconditions);
    return *earlier;
  }

  HostDraft& host_;
  std::string identity_;
  HostChain chain_;
  std::optional<ActionId> tail_;
  std::size_t round_ = 0;
  std::vector<Node> waiting_;     // for the restart of the round
  std::vector<ActionId> unseen_;  // what ended the last round: whatever comes next needs all of it
  std::optional<std::size_t> entry_of_writes_;
  std::vector<ActionId> writes_of_entry_;
};

}  // namespace

std::vector<ActionId> HostChain::last() const {
  std::vector<bool> is_needed(actions.size(), false);
  for (const Action& action : actions) {
    for (const ActionId id : action.needs) is_needed[id] = true;
  }
  std::vector<ActionId> ids;
  for (const Action& action : actions) {
    if (!is_needed[action.id]) ids.push_back(action.id);
  }
  return ids;
}

HostChain chain(HostDraft& host) {
  std::vector<Node> nodes = preferred_order(host);
  std::vector<Wait> cycle = obey(host, waits_of(host), nodes);
  if (!cycle.empty()) return {.cycle = std::move(cycle)};
  Builder builder(host);
  for (const Node& node : nodes) builder.add(node);
  builder.add_reset();
  builder.add_restore();
  return builder.take();
}

}  // namespace firmform::plan
