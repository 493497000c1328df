// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "engine/plan/graph.h"

namespace firmform::plan {
namespace {

/// Place of a host among `hosts`, which are sorted by name; empty when it is not part of the plan.
std::optional<std::size_t> place_of(const std::vector<HostDraft>& hosts, const std::string& name) {
  const auto found = std::ranges::lower_bound(hosts, name, {}, &HostDraft::name);
  if (found == hosts.end() || found->name() != name) return std::nullopt;
  return static_cast<std::size_t>(std::distance(hosts.begin(), found));
}

std::vector<Edge> edges_between(const std::vector<HostDraft>& hosts) {
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    for (const manifest::Text& text : hosts[i].desired->after) {
      if (const auto before = place_of(hosts, text.value)) edges.push_back({*before, i});
    }
  }
  return edges;
}

Finding held_back(const manifest::Text& text, const std::string& cause) {
  return {.code = Code::predecessor_blocked,
          .what = fmt::format("{} must be done first, and {}", text.value, cause),
          .help = {fmt::format("Mend {}, or remove the `after` entry.", text.value)},
          .span = text.span,
          .label = "must be done first"};
}

void block_all(const Scope& scope, HostDraft& host, const Finding& finding) {
  host.resets.clear();
  for (ChangeDraft& draft : host.changes) {
    if (draft.is_wanted()) block(scope, draft, finding);
  }
}

/// Joins the chains of hosts; nodes are numbered host by host.
class Joiner {
 public:
  Joiner(const std::vector<HostDraft>& hosts, std::vector<HostChain> chains)
      : chains_(std::move(chains)), between_(edges_between(hosts)) {
    for (const HostChain& chain : chains_) {
      offsets_.push_back(count_);
      count_ += chain.actions.size();
    }
  }

  FleetActions join() {
    add_edges();
    number(order(count_, edges_).nodes);
    return std::move(fleet_);
  }

 private:
  void add_edges() {
    std::vector<std::vector<std::size_t>> before(chains_.size());
    for (const Edge& edge : between_) before[edge.after].push_back(edge.before);
    // Per host, the nodes that whoever comes after it waits for.
    std::vector<std::vector<std::size_t>> ends(chains_.size());
    for (const std::size_t host : order(chains_.size(), between_).nodes) {
      std::vector<std::size_t> waits;
      for (const std::size_t other : before[host]) std::ranges::copy(ends[other], std::back_inserter(waits));
      std::ranges::sort(waits);
      waits.erase(std::ranges::unique(waits).begin(), waits.end());
      add_edges_of(host, waits);
      for (const ActionId id : chains_[host].last()) ends[host].push_back(offsets_[host] + id);
      if (ends[host].empty()) ends[host] = std::move(waits);
    }
  }

  void add_edges_of(std::size_t host, const std::vector<std::size_t>& waits) {
    const std::size_t offset = offsets_[host];
    for (const Action& action : chains_[host].actions) {
      for (const ActionId need : action.needs) edges_.push_back({offset + need, offset + action.id});
      if (!action.needs.empty()) continue;
      for (const std::size_t wait : waits) edges_.push_back({wait, offset + action.id});
    }
  }

  void number(const std::vector<std::size_t>& nodes) {
    std::vector<ActionId> ids(count_);
    for (std::size_t i = 0; i < nodes.size(); ++i) ids[nodes[i]] = static_cast<ActionId>(i);
    fleet_.actions.resize(count_);
    for (std::size_t host = 0; host < chains_.size(); ++host) move_chain(host, ids);
    for (const Edge& edge : edges_) fleet_.actions[ids[edge.after]].needs.push_back(ids[edge.before]);
    for (Action& action : fleet_.actions) std::ranges::sort(action.needs);
  }

  void move_chain(std::size_t host, const std::vector<ActionId>& ids) {
    HostChain& chain = chains_[host];
    for (Action& action : chain.actions) {
      action.id = ids[offsets_[host] + action.id];
      action.needs.clear();
      fleet_.actions[action.id] = std::move(action);
    }
    for (std::vector<ActionId>& of_change : chain.of_change) {
      for (ActionId& id : of_change) id = ids[offsets_[host] + id];
    }
    fleet_.of_change.push_back(std::move(chain.of_change));
  }

  std::vector<HostChain> chains_;
  std::vector<Edge> between_;
  std::vector<std::size_t> offsets_;
  std::size_t count_ = 0;
  std::vector<Edge> edges_;
  FleetActions fleet_;
};

}  // namespace

void block_waiting_hosts(const Scope& scope, std::vector<HostDraft>& hosts) {
  std::vector<std::string> causes(hosts.size());  // why a host cannot be done; empty: it can
  for (const std::size_t place : order(hosts.size(), edges_between(hosts)).nodes) {
    HostDraft& host = hosts[place];
    for (const manifest::Text& text : host.desired->after) {
      const auto before = place_of(hosts, text.value);
      const std::string cause = before ? causes[*before] : "it is not part of this plan";
      if (cause.empty()) continue;
      block_all(scope, host, held_back(text, cause));
      causes[place] = fmt::format("it waits for {}", text.value);
    }
    if (!host.problems.empty()) {
      causes[place] = "it could not be read";
    } else if (causes[place].empty() && host.is_held()) {
      causes[place] = "it has changes that are blocked";
    }
  }
}

FleetActions join(const std::vector<HostDraft>& hosts, std::vector<HostChain> chains) {
  return Joiner(hosts, std::move(chains)).join();
}

}  // namespace firmform::plan
