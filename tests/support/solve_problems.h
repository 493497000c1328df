// SPDX-License-Identifier: Apache-2.0
// Problems of the path solver in a few words, and their answers as text.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/solve/solve.h"

namespace firmform::tests {

/// A part whose versions follow each other: each has an edge to the next one, in the order given.
inline solve::Part chain(std::string name, const std::vector<std::string>& versions, bool needs_restart) {
  solve::Part part{.name = std::move(name), .stops = {}, .goal = versions.size() - 1, .edges = {}, .through = {}};
  for (const std::string& version : versions) part.stops.push_back({version, needs_restart});
  for (std::size_t i = 0; i + 1 < versions.size(); ++i) part.edges.push_back({i, i + 1});
  return part;
}

/// The stops from `first` on, of `count`.
inline std::vector<bool> from_stop(std::size_t first, std::size_t count) {
  std::vector<bool> stops(count, false);
  for (std::size_t i = first; i < count; ++i) stops[i] = true;
  return stops;
}

/// The stops before `end`.
inline std::vector<bool> before_stop(std::size_t end) {
  return std::vector<bool>(end, true);
}

/// "NAME VERSION requires OTHER >= VERSION": stops of `a` from `a_first` on need `b` at `b_first` or a later stop.
inline solve::Rule requires_stop(const solve::Problem& problem, std::size_t a, std::size_t a_first, std::size_t b,
                                 std::size_t b_first) {
  const solve::Part& dependent = problem.parts[a];
  const solve::Part& needed = problem.parts[b];
  return {.a = a,
          .a_stops = from_stop(a_first, dependent.stops.size()),
          .b = b,
          .b_stops = before_stop(b_first),
          .before_step = true,
          .text = dependent.name + " " + dependent.stops[a_first].version + " requires " + needed.name +
                  " >= " + needed.stops[b_first].version};
}

inline std::string problem_text(const solve::Problem& problem) {
  std::string text;
  for (const solve::Part& part : problem.parts) {
    text += part.name + ": at " + part.stops[0].version + ", to " + part.stops[part.goal].version;
    for (const std::size_t stop : part.through) text += ", through " + part.stops[stop].version;
    text += "\n";
    for (const auto& edge : part.edges) {
      text += "  " + part.stops[edge.from].version + " -> " + part.stops[edge.to].version;
      text += part.stops[edge.to].needs_restart ? " with a restart\n" : "\n";
    }
  }
  for (const solve::Rule& rule : problem.rules) text += "rule: " + rule.text + "\n";
  for (const solve::Order& order : problem.orders) text += "order: " + order.text + "\n";
  for (const solve::Apart& apart : problem.aparts) text += "apart: " + apart.text + "\n";
  return text;
}

inline std::string_view kind_text(solve::Blame::Kind kind) {
  switch (kind) {
    case solve::Blame::Kind::rule:
      return "rule";
    case solve::Blame::Kind::order:
      return "order";
    case solve::Blame::Kind::apart:
      return "apart";
    case solve::Blame::Kind::no_edge:
      return "no edge";
  }
  return "";
}

inline std::string answer_text(const solve::Problem& problem, const solve::Solution& solution) {
  std::string text = solution.proven ? "way:\n" : "way, not proven to be the best:\n";
  for (const solve::Round& round : solution.rounds) {
    for (const solve::Step& step : round.steps) {
      const solve::Part& part = problem.parts[step.part];
      text += "  " + part.name + ": " + part.stops[step.from].version + " -> " + part.stops[step.to].version;
      text += part.stops[step.to].needs_restart ? " (staged)\n" : "\n";
    }
    if (round.restart) text += "  restart\n";
    for (const std::string& reason : round.because) text += "    because " + reason + "\n";
  }
  return text;
}

inline std::string answer_text(const solve::Unsolvable& unsolvable) {
  std::string text = unsolvable.proven ? "no way:\n" : "no way found:\n";
  for (const solve::Blame& blame : unsolvable.conflict) {
    text += "  " + std::string(kind_text(blame.kind)) + " " + std::to_string(blame.index) + ": " + blame.text + "\n";
  }
  return text;
}

inline std::string answer_text(const solve::Problem& problem,
                               const std::variant<solve::Solution, solve::Unsolvable>& answer) {
  const auto* solution = std::get_if<solve::Solution>(&answer);
  return solution ? answer_text(problem, *solution) : answer_text(std::get<solve::Unsolvable>(answer));
}

}  // namespace firmform::tests
