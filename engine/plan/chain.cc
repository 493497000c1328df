// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/chain.h"

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

/// Indices of the wanted changes in the order in which they would come without any wait.
std::vector<std::size_t> preferred_order(const HostDraft& host) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < host.changes.size(); ++i) {
    if (host.changes[i].is_wanted()) places.push_back(i);
  }
  if (host.keeps_order) return places;
  std::ranges::sort(places, {}, [&](std::size_t place) {
    const ChangeDraft& draft = host.changes[place];
    const bool is_bmc = draft.component != nullptr && draft.component->is_bmc;
    const std::size_t entry = draft.entries.empty() ? 0 : draft.entries.front();
    return std::tuple(draft.phase, !is_bmc, entry, std::string_view(draft.change.address));
  });
  return places;
}

/// Replaces `places` by an order that keeps all waits; returns the waits of a cycle when there is none.
std::vector<Wait> obey(const std::vector<Wait>& waits, std::vector<std::size_t>& places) {
  const auto node_of = [&](std::size_t place) {
    return static_cast<std::size_t>(std::ranges::find(places, place) - places.begin());
  };
  std::vector<Edge> edges;
  for (const Wait& wait : waits) edges.push_back({node_of(wait.before), node_of(wait.after)});
  const Ordering ordering = order(places.size(), edges);

  std::vector<Wait> cycle;
  for (const std::size_t edge : ordering.cycle) cycle.push_back(waits[edge]);
  if (!cycle.empty()) return cycle;
  std::vector<std::size_t> ordered;
  for (const std::size_t node : ordering.nodes) ordered.push_back(places[node]);
  places = std::move(ordered);
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

  void add_change(std::size_t place) {
    ChangeDraft& draft = host_.changes[place];
    std::vector<ActionId>& mine = chain_.of_change[place];
    // What stores the image of a flash is part of the flash, too.
    if (draft.is_firmware()) {
      for (const std::size_t need : draft.needs) add_stores_of(need, mine);
    }
    for (Action& action : draft.work->actions) mine.push_back(add_write(std::move(action), draft));
    for (const std::size_t other : draft.serves) add_to(other, mine);
    if (draft.needs_reset()) {
      waiting_.push_back(place);
      return;
    }
    if (draft.work->verify) mine.push_back(append(std::move(*draft.work->verify)));
    for (Action& action : draft.work->cleanup) mine.push_back(append_write(std::move(action)));
  }

  /// The shared restart, then the verifies that waited for it; they only read, so none needs another. What cleans up
  /// writes again, one after the other, each after its verify.
  void add_reset() {
    if (waiting_.empty()) return;
    const ActionId reset = append_write(std::move(*host_.reset));
    for (const std::size_t place : waiting_) {
      chain_.of_change[place].push_back(reset);
      chain_.of_change[place].push_back(append(std::move(*host_.changes[place].work->verify)));
      tail_ = reset;
    }
    for (const std::size_t place : waiting_) add_cleanup(place);
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

  void add_cleanup(std::size_t place) {
    std::vector<ActionId>& mine = chain_.of_change[place];
    const ActionId verify = mine.back();
    for (Action& action : host_.changes[place].work->cleanup) {
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
    if (tail_) action.needs.push_back(*tail_);
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
  std::vector<std::size_t> waiting_;
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
  std::vector<std::size_t> places = preferred_order(host);
  std::vector<Wait> cycle = obey(waits_of(host), places);
  if (!cycle.empty()) return {.cycle = std::move(cycle)};
  Builder builder(host);
  for (const std::size_t place : places) builder.add_change(place);
  builder.add_reset();
  return builder.take();
}

}  // namespace firmform::plan
