// SPDX-License-Identifier: Apache-2.0
// What engine/solve/solve.h says, written down a second time and without any cleverness: a checker of answers, and a
// search through everything for small problems.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/solve/solve.h"

namespace firmform::solve::reference {

/// A stop and how many of `through` are behind it.
struct Place {
  std::size_t stop = 0;
  std::size_t passed = 0;
  auto operator<=>(const Place&) const = default;
};

struct World {
  std::vector<Place> at;
  std::vector<std::optional<Place>> staged;
  std::vector<bool> counts;  ///< by rule
  auto operator<=>(const World&) const = default;
};

inline bool in(const std::vector<bool>& stops, std::size_t stop) {
  return stop < stops.size() && stops[stop];
}

inline Place arrive(const Part& part, std::size_t stop, std::size_t passed) {
  while (passed < part.through.size() && part.through[passed] == stop) ++passed;
  return {stop, passed};
}

inline bool at_goal(const Part& part, const Place& place) {
  return place.stop == part.goal && place.passed == part.through.size();
}

inline bool holds(const Rule& rule, const World& world) {
  return !(in(rule.a_stops, world.at[rule.a].stop) && in(rule.b_stops, world.at[rule.b].stop));
}

/// False when a rule that counts is broken. Those that hold now count from now on.
inline bool settle(const Problem& problem, World& world) {
  for (std::size_t i = 0; i < problem.rules.size(); ++i) {
    const bool held = holds(problem.rules[i], world);
    if (world.counts[i] && !held) return false;
    if (held) world.counts[i] = true;
  }
  return true;
}

inline World begin(const Problem& problem) {
  World world;
  for (const Part& part : problem.parts) world.at.push_back(arrive(part, 0, 0));
  world.staged.resize(problem.parts.size());
  world.counts.resize(problem.rules.size(), false);
  settle(problem, world);
  return world;
}

inline bool is_finished(const Problem& problem, const World& world) {
  for (std::size_t i = 0; i < problem.parts.size(); ++i) {
    if (!at_goal(problem.parts[i], world.at[i]) || world.staged[i]) return false;
  }
  return std::ranges::all_of(problem.rules, [&](const Rule& rule) { return holds(rule, world); });
}

inline std::optional<World> after_step(const Problem& problem, const World& before, std::size_t part, std::size_t to) {
  const Part& moved = problem.parts[part];
  if (before.staged[part] || at_goal(moved, before.at[part])) return std::nullopt;
  const auto is_it = [&](const Part::Edge& e) {
    return e.from == before.at[part].stop && e.to == to && e.from != e.to;
  };
  if (std::ranges::none_of(moved.edges, is_it)) return std::nullopt;
  for (const Order& order : problem.orders) {
    const bool waits = order.after == part && !at_goal(problem.parts[order.before], before.at[order.before]);
    if (waits) return std::nullopt;
  }
  for (std::size_t i = 0; i < problem.rules.size(); ++i) {
    const Rule& rule = problem.rules[i];
    if (!before.counts[i] || !rule.before_step || rule.a != part) continue;
    if (in(rule.a_stops, to) && in(rule.b_stops, before.at[rule.b].stop)) return std::nullopt;
  }
  World world = before;
  const Place place = arrive(moved, to, before.at[part].passed);
  if (moved.stops[to].needs_restart) {
    for (const Apart& apart : problem.aparts) {
      if (apart.a != part && apart.b != part) continue;
      const std::size_t other = apart.a == part ? apart.b : apart.a;
      if (other != part && before.staged[other]) return std::nullopt;
    }
    world.staged[part] = place;
    return world;
  }
  world.at[part] = place;
  return settle(problem, world) ? std::optional(world) : std::nullopt;
}

inline std::optional<World> after_restart(const Problem& problem, World world) {
  bool staged = false;
  for (std::size_t i = 0; i < world.at.size(); ++i) {
    if (!world.staged[i]) continue;
    staged = true;
    world.at[i] = *world.staged[i];
    world.staged[i].reset();
  }
  return staged && settle(problem, world) ? std::optional(world) : std::nullopt;
}

struct Cost {
  std::size_t steps = 0;
  std::size_t restarts = 0;
  auto operator<=>(const Cost&) const = default;
};

/// The least cost of a legal way, by Dijkstra over all states. Empty when there is no way.
inline std::optional<Cost> cheapest(const Problem& problem) {
  std::set<std::pair<Cost, World>> open{{Cost{}, begin(problem)}};
  std::map<World, Cost> known{{begin(problem), Cost{}}};
  const auto offer = [&](const std::optional<World>& world, Cost cost) {
    if (!world) return;
    const auto [found, is_new] = known.try_emplace(*world, cost);
    if (!is_new && found->second <= cost) return;
    found->second = cost;
    open.emplace(cost, *world);
  };
  while (!open.empty()) {
    const auto [cost, world] = *open.begin();
    open.erase(open.begin());
    if (known.at(world) != cost) continue;
    if (is_finished(problem, world)) return cost;
    for (std::size_t part = 0; part < problem.parts.size(); ++part) {
      for (std::size_t to = 0; to < problem.parts[part].stops.size(); ++to) {
        offer(after_step(problem, world, part, to), {cost.steps + 1, cost.restarts});
      }
    }
    offer(after_restart(problem, world), {cost.steps, cost.restarts + 1});
  }
  return std::nullopt;
}

inline Cost cost_of(const Solution& solution) {
  Cost cost;
  for (const Round& round : solution.rounds) {
    cost.steps += round.steps.size();
    cost.restarts += round.restart ? 1 : 0;
  }
  return cost;
}

/// What is wrong with an answer; empty when it is legal and complete.
inline std::string fault_of(const Problem& problem, const Solution& solution) {
  World world = begin(problem);
  for (std::size_t i = 0; i < solution.rounds.size(); ++i) {
    const Round& round = solution.rounds[i];
    const std::string where = "round " + std::to_string(i);
    if (round.steps.empty()) return where + " is empty";
    for (const Step& step : round.steps) {
      if (world.at[step.part].stop != step.from) return where + " begins elsewhere";
      const auto next = after_step(problem, world, step.part, step.to);
      if (!next) return where + ": step of part " + std::to_string(step.part) + " is illegal";
      world = *next;
    }
    if (!round.restart && i + 1 < solution.rounds.size()) return where + " lacks its restart";
    if (i == 0 && !round.because.empty()) return "the first restart needs no reason";
    if (i > 0 && round.restart && round.because.empty()) return where + " has no reason";
    if (!round.restart) continue;
    const auto next = after_restart(problem, world);
    if (!next) return where + ": its restart is illegal";
    world = *next;
  }
  return is_finished(problem, world) ? "" : "it does not reach the goals";
}

/// The problem with those constraints alone that a conflict names, without the one at `left_out`.
inline Problem only(const Problem& problem, const std::vector<Blame>& conflict, std::size_t left_out) {
  Problem reduced{.parts = problem.parts, .rules = {}, .orders = {}, .aparts = {}};
  for (std::size_t i = 0; i < conflict.size(); ++i) {
    if (i == left_out) continue;
    switch (conflict[i].kind) {
      case Blame::Kind::rule:
        reduced.rules.push_back(problem.rules[conflict[i].index]);
        break;
      case Blame::Kind::order:
        reduced.orders.push_back(problem.orders[conflict[i].index]);
        break;
      case Blame::Kind::apart:
        reduced.aparts.push_back(problem.aparts[conflict[i].index]);
        break;
      case Blame::Kind::no_edge:
        break;
    }
  }
  return reduced;
}

}  // namespace firmform::solve::reference
