// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/paths.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/constraints.h"
#include "engine/plan/dependencies.h"
#include "engine/plan/graph.h"
#include "engine/plan/recipes.h"
#include "engine/plan/way.h"

namespace firmform::plan {
namespace {

using solve::Blame;
using solve::Solution;
using solve::Unsolvable;

/// Everything that solve() looks at, as one text.
std::string key_of(const solve::Problem& problem) {
  std::string key;
  const auto add_text = [&](const std::string& text) {
    fmt::format_to(std::back_inserter(key), "{}:{}", text.size(), text);
  };
  const auto add_number = [&](std::size_t number) { fmt::format_to(std::back_inserter(key), "{},", number); };
  const auto add_flags = [&](const std::vector<bool>& flags) {
    for (const bool flag : flags) key += flag ? '1' : '0';
    key += ',';
  };
  for (const solve::Part& part : problem.parts) {
    key += 'p';
    add_text(part.name);
    add_number(part.goal);
    for (const solve::Stop& stop : part.stops) {
      add_text(stop.version);
      key += stop.needs_restart ? 'r' : 'n';
    }
    for (const solve::Part::Edge& edge : part.edges) {
      key += 'e';
      add_number(edge.from);
      add_number(edge.to);
    }
    key += 't';
    for (const std::size_t stop : part.through) add_number(stop);
  }
  for (const solve::Rule& rule : problem.rules) {
    key += rule.before_step ? 'R' : 'S';
    add_number(rule.a);
    add_flags(rule.a_stops);
    add_number(rule.b);
    add_flags(rule.b_stops);
    add_text(rule.text);
  }
  for (const solve::Apart& apart : problem.aparts) {
    key += 'A';
    add_number(apart.a);
    add_number(apart.b);
    add_text(apart.text);
  }
  return key;
}

std::shared_ptr<const Memory::Answer> answer_to(const Scope& scope, const solve::Problem& problem) {
  std::shared_ptr<const Memory::Answer>& known = scope.memory->solutions[key_of(problem)];
  if (known == nullptr) known = std::make_shared<const Memory::Answer>(solve::solve(problem));
  return known;
}

/// Those that are to be made, by this plan or a later one.
bool is_to_be_made(const ChangeDraft& draft) {
  return draft.is_firmware() && draft.work != nullptr && (draft.is_wanted() || draft.comes_later);
}

/// So that what comes `after` stands behind, where both may be done at the same time.
std::vector<std::size_t> by_order(const HostDraft& host, std::vector<std::size_t> places) {
  std::vector<std::size_t> node_of(host.changes.size(), places.size());
  for (std::size_t node = 0; node < places.size(); ++node) node_of[places[node]] = node;
  std::vector<Edge> edges;
  for (const Wait& wait : orders_of(host)) {
    if (node_of[wait.before] < places.size() && node_of[wait.after] < places.size()) {
      edges.push_back({node_of[wait.before], node_of[wait.after]});
    }
  }
  std::vector<std::size_t> ordered;
  for (const std::size_t node : order(places.size(), edges).nodes) ordered.push_back(places[node]);
  return ordered.empty() ? places : ordered;
}

/// The work is done by the BMC's queue, which is asked for one step of a component at a time.
bool goes_through_queue(const ChangeDraft& draft) {
  const auto is_queued = [](const Action& action) {
    return action.type == ActionType::store || action.type == ActionType::create;
  };
  return draft.is_scheduled() || !draft.queue_names.empty() || std::ranges::any_of(draft.work->actions, is_queued);
}

bool has_queued_work(const HostDraft& host, const std::vector<std::size_t>& places) {
  return std::ranges::any_of(places, [&](std::size_t place) { return goes_through_queue(host.changes[place]); });
}

/// Each step in a round of its own: the next one needs to see that the one before is active.
void part_steps(solve::Problem& problem) {
  for (solve::Part& part : problem.parts) {
    for (std::size_t stop = 1; stop < part.goal; ++stop) part.stops[stop].needs_restart = true;
  }
}

const Origin& origin_of(const PathProblem& problem, const Blame& blame) {
  return blame.kind == Blame::Kind::rule ? problem.rules[blame.index] : problem.aparts[blame.index];
}

/// Changes that would be legal if only they were not made.
std::set<std::size_t> culprits_of(const PathProblem& problem, const std::vector<Blame>& conflict) {
  std::set<std::size_t> first;
  std::set<std::size_t> others;
  const auto add = [&](std::set<std::size_t>& into, std::size_t part) {
    if (problem.places[part]) into.insert(*problem.places[part]);
  };
  for (const Blame& blame : conflict) {
    switch (blame.kind) {
      case Blame::Kind::rule:
        add(first, problem.problem.rules[blame.index].a);
        add(others, problem.problem.rules[blame.index].b);
        break;
      case Blame::Kind::order:
        break;
      case Blame::Kind::apart:
        add(first, problem.problem.aparts[blame.index].a);
        add(first, problem.problem.aparts[blame.index].b);
        break;
      case Blame::Kind::no_edge:
        add(first, blame.index);
        break;
    }
  }
  return first.empty() ? others : first;
}

std::string way_text(const ChangeDraft& draft) {
  return fmt::format("from \"{}\" to \"{}\"", printable(draft.component->version.value_or("")), draft.change.to);
}

/// One requirement is all that stands in the way.
Finding requirement_finding(const HostDraft& host, const Origin& origin) {
  const inventory::Component& other = *origin.other;
  Finding finding{.code = Code::requirement_not_met,
                  .what = fmt::format("it requires {}, and {} has \"{}\"", origin.predicate, other.address,
                                      printable(other.version.value_or(""))),
                  .span = origin.span,
                  .label = "required here"};
  const auto change = std::ranges::find(host.changes, &other, &ChangeDraft::component);
  if (change == host.changes.end()) return finding;
  if (change->change.kind == ChangeKind::pending) finding.what += ", whose change waits in the BMC's queue";
  if (change->change.kind == ChangeKind::blocked) finding.what += ", whose change is blocked";
  if (change->is_wanted()) {
    finding.what += fmt::format(", which this plan brings to \"{}\"", printable(change->change.to));
  }
  return finding;
}

Finding no_edge_finding(const ChangeDraft& draft) {
  Finding finding{.code = Code::no_legal_path,
                  .what = fmt::format("no image leads {}", way_text(draft)),
                  .span = draft.entry->version.span,
                  .label = "wanted here"};
  if (draft.entry->from.minimum)
    finding.also.push_back({draft.entry->from.minimum->span, "its image goes over this and later ones"});
  if (draft.entry->from.maximum)
    finding.also.push_back({draft.entry->from.maximum->span, "its image goes over this and earlier ones"});
  if (draft.image != nullptr && draft.image->package && !draft.image->package->minimum_version.empty()) {
    finding.notes.push_back(fmt::format("the package {} asks for \"{}\" at least", draft.image->name,
                                        printable(draft.image->package->minimum_version)));
  }
  for (const WayStop& stop : draft.stops) finding.also.push_back({stop.via->version.span, "on the way"});
  finding.help = {"Name the versions in between in `via:`, oldest first."};
  return finding;
}

Finding conflict_finding(const HostDraft& host, const PathProblem& problem, const Unsolvable& none,
                         const ChangeDraft& draft) {
  const Blame& first = none.conflict.front();
  if (first.kind == Blame::Kind::no_edge) return no_edge_finding(draft);
  const bool is_alone = none.conflict.size() == 1 && none.proven;
  const Origin& origin = origin_of(problem, first);
  if (is_alone && origin.kind == Origin::Kind::requirement) return requirement_finding(host, origin);
  Finding finding{.code = none.proven ? Code::no_legal_path : Code::path_undecided,
                  .what = fmt::format("it cannot get {}: {}", way_text(draft), first.text),
                  .span = origin.span,
                  .label = first.text,
                  .group = std::string()};
  std::vector<std::string> texts;
  for (const Blame& blame : none.conflict) texts.push_back(blame.text);
  if (texts.size() > 1) {
    finding.what = fmt::format("it cannot get {} while all of this holds: {}", way_text(draft), fmt::join(texts, "; "));
  }
  for (std::size_t i = 1; i < none.conflict.size(); ++i) {
    if (none.conflict[i].kind == Blame::Kind::no_edge) continue;
    finding.also.push_back({origin_of(problem, none.conflict[i]).span, none.conflict[i].text});
  }
  return finding;
}

void block_conflict(const Scope& scope, HostDraft& host, const PathProblem& problem, const Unsolvable& none) {
  std::set<std::size_t> culprits = culprits_of(problem, none.conflict);
  if (culprits.empty()) {
    for (const auto& place : problem.places) {
      if (place) culprits.insert(*place);
    }
  }
  std::vector<std::pair<std::size_t, Finding>> findings;
  for (const std::size_t place : culprits) {
    if (none.conflict.empty()) {
      findings.emplace_back(place, Finding{.code = Code::path_undecided,
                                           .what = fmt::format("no way {} was found", way_text(host.changes[place])),
                                           .span = host.changes[place].entry->version.span,
                                           .label = "wanted here"});
    } else {
      findings.emplace_back(place, conflict_finding(host, problem, none, host.changes[place]));
    }
  }
  for (const auto& [place, finding] : findings) block(scope, host.changes[place], finding);
}

/// Steps of a solution as numbers: which stops each change goes through, and when.
struct Placed {
  std::vector<std::size_t> route;                          ///< places in ChangeDraft::stops
  std::vector<std::pair<std::size_t, std::size_t>> times;  ///< round and rank of each step
};

std::vector<Placed> placed_steps(const PathProblem& problem, const Solution& solution) {
  std::vector<Placed> placed(problem.places.size());
  std::size_t rank = 0;
  for (std::size_t round = 0; round < solution.rounds.size(); ++round) {
    for (const solve::Step& step : solution.rounds[round].steps) {
      Placed& part = placed[step.part];
      if (step.to != problem.problem.parts[step.part].goal) part.route.push_back(step.to - 1);
      part.times.emplace_back(round, rank++);
    }
  }
  return placed;
}

/// False when a change takes another route than its work was made for: its steps are made anew then.
bool take_routes(const Scope& scope, HostDraft& host, const PathProblem& problem, const std::vector<Placed>& placed) {
  bool is_same = true;
  for (std::size_t part = 0; part < placed.size(); ++part) {
    if (!problem.places[part]) continue;
    ChangeDraft& draft = host.changes[*problem.places[part]];
    if (draft.route == placed[part].route) continue;
    draft.route = placed[part].route;
    const std::vector<bool> before = draft.needs_restart;
    reroute(scope, host, draft);
    is_same &= draft.is_wanted() && draft.needs_restart == before;
  }
  return is_same;
}

void assign(HostDraft& host, const PathProblem& problem, const Solution& solution, const std::vector<Placed>& placed) {
  for (std::size_t part = 0; part < placed.size(); ++part) {
    if (!problem.places[part]) continue;
    ChangeDraft& draft = host.changes[*problem.places[part]];
    for (std::size_t number = 0; number < std::min(draft.steps(), placed[part].times.size()); ++number) {
      std::tie(draft.step(number).round, draft.step(number).rank) = placed[part].times[number];
    }
    draft.change.path.clear();
    for (const std::size_t stop : draft.route) draft.change.path.push_back(draft.stops[stop].entry->version.value);
  }
  host.because.clear();
  for (const solve::Round& round : solution.rounds) host.because.push_back(round.because);
}

void assign_one_round(HostDraft& host, const std::vector<std::size_t>& places) {
  for (std::size_t rank = 0; rank < places.size(); ++rank) {
    host.changes[places[rank]].work->round = 0;
    host.changes[places[rank]].work->rank = rank;
  }
  host.because.assign(1, {});
}

/// Devices that one request flashes together come to each version together.
void join_shared(HostDraft& host, const std::vector<std::size_t>& places) {
  std::vector<Work*> works;
  std::vector<std::size_t> entries;
  for (const std::size_t place : places) {
    ChangeDraft& draft = host.changes[place];
    for (std::size_t number = 0; number < draft.steps(); ++number) {
      works.push_back(&draft.step(number));
      entries.push_back(draft.entries.front());
    }
  }
  const auto are_one = [&](std::size_t a, std::size_t b) {
    if (entries[a] != entries[b] || works[a]->round != works[b]->round) return false;
    if (works[a]->actions.empty() || works[b]->actions.empty()) return false;
    const Action& one = works[a]->actions.front();
    const Action& other = works[b]->actions.front();
    return one.request == other.request && one.image == other.image;
  };
  for (std::size_t a = 0; a < works.size(); ++a) {
    std::vector<std::size_t> group;
    for (std::size_t b = 0; b < works.size(); ++b) {
      if (b == a || are_one(a, b)) group.push_back(b);
    }
    std::size_t rank = 0;
    for (const std::size_t b : group) rank = std::max(rank, works[b]->rank);
    for (const std::size_t b : group) works[b]->rank = rank;
  }
}

void put_off(const Scope& scope, ChangeDraft& draft) {
  draft.comes_later = draft.change.kind;
  draft.change.kind = ChangeKind::pending;
  draft.change.scheduled.reset();
  if (std::ranges::find(draft.change.reasons, Code::path_continues, &Reason::code) != draft.change.reasons.end())
    return;
  warn(
      scope, draft,
      {.code = Code::path_continues,
       .what = "it comes after what this plan does, and the BMC's queue takes what fits before one restart of the host",
       .span = draft.entry->version.span,
       .label = "wanted here",
       .group = "later"});
}

void warn_of_rest(const Scope& scope, ChangeDraft& draft) {
  if (std::ranges::find(draft.change.reasons, Code::path_continues, &Reason::code) != draft.change.reasons.end())
    return;
  warn(scope, draft,
       {.code = Code::path_continues,
        .what = fmt::format("this plan brings it to \"{}\", and the BMC's queue takes one step at a time",
                            draft.change.path.front()),
        .span = draft.entry->version.span,
        .label = "wanted here",
        .group = "step"});
}

/// Leaves the first round, for the BMC's queue.
void cut(const Scope& scope, HostDraft& host, const std::vector<std::size_t>& places) {
  for (const std::size_t place : places) {
    ChangeDraft& draft = host.changes[place];
    if (draft.work->round > 0) {
      put_off(scope, draft);
    } else if (!draft.further.empty()) {
      draft.further.clear();
      warn_of_rest(scope, draft);
    }
  }
  host.because.resize(1);
}

/// Back among what this plan does, until it is known again what it does not.
void take_back(HostDraft& host) {
  for (ChangeDraft& draft : host.changes) {
    if (draft.comes_later) draft.change.kind = *std::exchange(draft.comes_later, std::nullopt);
  }
}

/// True when it is settled; false when something was blocked or made anew, and it must be worked out again.
bool work_out(const Scope& scope, HostDraft& host, const std::vector<std::size_t>& places, bool is_queued, int round) {
  PathProblem problem = problem_of(host, by_order(host, places));
  if (!problem.hopeless.empty()) {
    for (const Hopeless& hopeless : problem.hopeless) {
      if (host.changes[hopeless.place].is_wanted()) block(scope, host.changes[hopeless.place], hopeless.finding);
    }
    return false;
  }
  if (is_queued) part_steps(problem.problem);
  const auto answer = answer_to(scope, problem.problem);
  if (const auto* none = std::get_if<Unsolvable>(answer.get())) {
    block_conflict(scope, host, problem, *none);
    return false;
  }
  const auto& solution = std::get<Solution>(*answer);
  const std::vector<Placed> placed = placed_steps(problem, solution);
  // A provider whose steps need other restarts on each route is not asked for ever.
  constexpr int kMostRounds = 8;
  if (!take_routes(scope, host, problem, placed) && round < kMostRounds) return false;
  assign(host, problem, solution, placed);
  return true;
}

}  // namespace

std::vector<std::size_t> natural_order(const HostDraft& host) {
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < host.changes.size(); ++place) {
    if (is_to_be_made(host.changes[place])) places.push_back(place);
  }
  std::ranges::sort(places, {}, [&](std::size_t place) {
    const ChangeDraft& draft = host.changes[place];
    return std::tuple(!draft.component->is_bmc, draft.entries.front(), std::string_view(draft.change.address));
  });
  return places;
}

void arrange(const Scope& scope, HostDraft& host) {
  if (natural_order(host) == host.arranged) return;
  take_back(host);
  std::vector<std::size_t> places = natural_order(host);
  const bool is_queued = has_queued_work(host, places);
  if (!is_constrained(host, places)) {
    assign_one_round(host, places);
  } else {
    for (int round = 0; !places.empty() && !work_out(scope, host, places, is_queued, round); ++round) {
      places = natural_order(host);
    }
    places = natural_order(host);
    if (places.empty()) host.because.clear();
    join_shared(host, places);
    if (is_queued && host.because.size() > 1) cut(scope, host, places);
  }
  host.arranged = std::move(places);
}

}  // namespace firmform::plan
