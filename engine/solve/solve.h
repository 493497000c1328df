// SPDX-License-Identifier: Apache-2.0
// Solve: from what is installed to what is wanted, by the shortest legal chain of steps in the fewest restarts, or a
// proof that there is none. Pure, and knows nothing of firmware: versions are stops, and constraints are pairs of stops
// that must not be active together. Same input, same answer.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace firmform::solve {

/// A version that a part may have on its way.
struct Stop {
  std::string version;         ///< for messages
  bool needs_restart = false;  ///< it becomes active with the next restart of the host; false: at once
};

/// What is changed on its own: a firmware component. Its way may lead over a stop twice where nothing else is legal;
/// once at the goal, with all of `through` behind it, it stays there.
struct Part {
  std::string name;
  std::vector<Stop> stops;  ///< stops[0] is what is installed
  std::size_t goal = 0;
  /// Steps that an image makes: from a stop to another. Those not listed are impossible.
  struct Edge {
    std::size_t from = 0;
    std::size_t to = 0;
  };
  std::vector<Edge> edges;           ///< those that name a stop that is not there are as good as absent
  std::vector<std::size_t> through;  ///< stops that every way to the goal must pass, in this order
};

/// While part `a` is at one of `a_stops`, part `b` must not be at one of `b_stops`; stops beyond the end of a vector
/// are not in it. Only what is active counts. A rule that does not hold at the beginning must not stand in the way of
/// mending it: it counts from the moment that it first holds, and at the end.
struct Rule {
  std::size_t a = 0;
  std::vector<bool> a_stops;  ///< by stop of `a`
  std::size_t b = 0;
  std::vector<bool> b_stops;  ///< by stop of `b`
  /// It must hold when the step of `a` to such a stop begins, too: what both become active with one restart is too
  /// late.
  bool before_step = true;
  std::string text;  ///< "iLO 5 3.11 requires System ROM >= U46 v1.60"
};

/// All steps of `before` are active before the first one of `after` begins.
struct Order {
  std::size_t before = 0;
  std::size_t after = 0;
  std::string text;
};

/// Steps of these two parts must not become active with the same restart.
struct Apart {
  std::size_t a = 0;
  std::size_t b = 0;
  std::string text;
};

struct Problem {
  std::vector<Part> parts;  ///< earlier ones come first where nothing else orders them
  std::vector<Rule> rules;
  std::vector<Order> orders;
  std::vector<Apart> aparts;
};

struct Step {
  std::size_t part = 0;
  std::size_t from = 0;
  std::size_t to = 0;
};

/// Steps in their order, and the restart at the end that makes the staged ones active. Only the last round may be
/// without one.
struct Round {
  std::vector<Step> steps;
  bool restart = false;
  /// Why what this restart activates could not share the one before: texts of rules, orders and pairs, and "NAME goes
  /// through VERSION first" of a part that needs several restarts. Empty for the first restart.
  std::vector<std::string> because;
};

struct Solution {
  std::vector<Round> rounds;  ///< empty: all parts are at their goals
  bool proven = true;         ///< no legal chain has fewer steps, and none with as many steps has fewer restarts
};

/// One of the constraints of a proof.
struct Blame {
  enum class Kind { rule, order, apart, no_edge };
  Kind kind = Kind::rule;
  std::size_t index = 0;  ///< in Problem's vector; of no_edge, the part
  std::string text;
};

/// There is no way. Taking any one of `conflict` away opens one, as far as the others of it are concerned. A part
/// without a way of its own (`no_edge`) is all of a conflict.
struct Unsolvable {
  std::vector<Blame> conflict;
  bool proven = true;  ///< false: the search gave up (`kMostStates`), and `conflict` is what it met
};

/// States that a search looks at before it gives up.
inline constexpr std::size_t kMostStates = 200'000;

[[nodiscard]] std::variant<Solution, Unsolvable> solve(const Problem& problem);

}  // namespace firmform::solve
