// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/constraints.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/dependencies.h"
#include "engine/plan/requirement.h"
#include "engine/plan/select.h"
#include "engine/plan/way.h"

namespace firmform::plan {
namespace {

using inventory::Component;
using manifest::FirmwareEntry;
using manifest::Text;

const std::string& name_of(const Component& component) {
  return component.name.empty() ? component.address : component.name;
}

/// Versions of a component, by stop; one stop for what stays as it is.
struct Versions {
  const Component* component;
  const ChangeDraft* draft;  ///< null: it stays as it is

  [[nodiscard]] std::size_t count() const { return draft == nullptr ? 1 : draft->stops.size() + 2; }
  [[nodiscard]] std::string at(std::size_t stop) const {
    return draft == nullptr ? component->version.value_or("") : version_at(*draft, stop);
  }
  [[nodiscard]] std::vector<bool> that_meet(const Requirement& requirement, bool met) const {
    const auto scheme = draft != nullptr
                            ? scheme_of(*draft->entry, *component)
                            : version::parse_scheme(component->version_scheme).value_or(version::Scheme::automatic);
    std::vector<bool> stops(count());
    for (std::size_t stop = 0; stop < stops.size(); ++stop) {
      stops[stop] = is_met(requirement, at(stop), scheme) == met;
    }
    return stops;
  }
};

bool any(const std::vector<bool>& stops) {
  return std::ranges::find(stops, true) != stops.end();
}

Finding not_met(std::string what, const Text& text) {
  return {.code = Code::requirement_not_met, .what = std::move(what), .span = text.span, .label = "required here"};
}

class Builder {
 public:
  Builder(const HostDraft& host, const std::vector<std::size_t>& places) : host_(host), part_of_(host.changes.size()) {
    for (const std::size_t place : places) add_part(place);
  }

  PathProblem build() {
    for (std::size_t place = 0; place < host_.changes.size(); ++place) {
      const ChangeDraft& draft = host_.changes[place];
      if (draft.is_firmware() && draft.component != nullptr && draft.entry != nullptr) add_entries(place);
    }
    if (host_.baseline != nullptr) {
      for (const manifest::Constraint& constraint : host_.baseline->constraints) add_constraint(constraint);
    }
    add_edges();
    return std::move(made_);
  }

 private:
  void add_part(std::size_t place) {
    const ChangeDraft& draft = host_.changes[place];
    part_of_[place] = made_.problem.parts.size();
    solve::Part part{.name = name_of(*draft.component), .goal = draft.stops.size() + 1};
    for (std::size_t stop = 0; stop <= part.goal; ++stop) {
      part.stops.push_back({version_at(draft, stop), stop > 0 && draft.needs_restart[stop - 1]});
    }
    if (must_pass_stops(draft)) {
      for (std::size_t stop = 1; stop < part.goal; ++stop) part.through.push_back(stop);
    }
    forbidden_.emplace_back(part.goal + 1, std::vector<bool>(part.goal + 1, false));
    made_.problem.parts.push_back(std::move(part));
    made_.places.emplace_back(place);
  }

  void add_edges() {
    for (std::size_t number = 0; number < made_.places.size(); ++number) {
      if (!made_.places[number]) continue;
      const ChangeDraft& draft = host_.changes[*made_.places[number]];
      solve::Part& part = made_.problem.parts[number];
      for (std::size_t from = 0; from < part.goal; ++from) {
        for (std::size_t to = from + 1; to <= part.goal; ++to) {
          if (!forbidden_[number][from][to] && goes_over(draft, from, to)) part.edges.push_back({from, to});
        }
      }
    }
  }

  [[nodiscard]] std::optional<std::size_t> place_of(const Component& component) const {
    const auto found = std::ranges::find(host_.changes, &component, &ChangeDraft::component);
    if (found == host_.changes.end() || !found->is_firmware()) return std::nullopt;
    return static_cast<std::size_t>(found - host_.changes.begin());
  }

  [[nodiscard]] std::optional<std::size_t> moving_part(const Component& component) const {
    const auto place = place_of(component);
    return place ? part_of_[*place] : std::nullopt;
  }

  [[nodiscard]] Versions versions_of(const Component& component) const {
    const auto part = moving_part(component);
    return {&component, part ? &host_.changes[*made_.places[*part]] : nullptr};
  }

  std::size_t part_for(const Component& component) {
    if (const auto part = moving_part(component)) return *part;
    const auto known = std::ranges::find(still_, &component, &std::pair<const Component*, std::size_t>::first);
    if (known != still_.end()) return known->second;
    const std::size_t part = made_.problem.parts.size();
    made_.problem.parts.push_back({.name = name_of(component), .stops = {{component.version.value_or(""), false}}});
    made_.places.emplace_back(std::nullopt);
    forbidden_.emplace_back();
    still_.emplace_back(&component, part);
    return part;
  }

  /// What neither changes is none of this plan's business.
  void add_rule(const Component& a, std::vector<bool> a_stops, const Component& b, std::vector<bool> b_stops,
                bool before_step, Origin origin, std::string text) {
    if (!moving_part(a) && !moving_part(b)) return;
    if (!any(a_stops) || !any(b_stops)) return;
    made_.problem.rules.push_back({.a = part_for(a),
                                   .a_stops = std::move(a_stops),
                                   .b = part_for(b),
                                   .b_stops = std::move(b_stops),
                                   .before_step = before_step,
                                   .text = std::move(text)});
    made_.rules.push_back(std::move(origin));
  }

  void give_up(std::size_t place, Finding finding) { made_.hopeless.push_back({place, std::move(finding)}); }

  void add_entries(std::size_t place) {
    const ChangeDraft& draft = host_.changes[place];
    const auto part = part_of_[place];
    const bool is_there = draft.change.kind == ChangeKind::no_op;
    if (!part && !is_there) return;
    const std::size_t goal = part ? draft.stops.size() + 1 : 0;
    for (const std::size_t number : draft.entries) {
      const FirmwareEntry& entry = host_.baseline->firmware[number];
      for (const Text& text : entry.requires_) add_requirement(place, goal, text);
      for (const Text& text : entry.conflicts) add_conflict(place, goal, text);
      if (!part) continue;
      for (const Text& text : entry.after) add_order(place, text);
      for (const Text& text : entry.separate_restart) add_apart(place, text);
    }
    for (std::size_t stop = 0; part && stop < draft.stops.size(); ++stop) {
      for (const Text& text : draft.stops[stop].via->requires_) add_requirement(place, stop + 1, text);
    }
  }

  [[nodiscard]] std::vector<bool> only(std::size_t place, std::size_t stop) const {
    std::vector<bool> stops(part_of_[place] ? host_.changes[place].stops.size() + 2 : 1, false);
    stops[stop] = true;
    return stops;
  }

  void add_requirement(std::size_t place, std::size_t stop, const Text& text) {
    const ChangeDraft& draft = host_.changes[place];
    const std::optional<Requirement> requirement = parse_requirement(text.value);
    const bool is_moving = part_of_[place].has_value();
    if (!requirement) {
      if (is_moving)
        give_up(place, not_met(fmt::format("\"{}\" is not of the form `component >= version`", text.value), text));
      return;
    }
    const auto components = matching({.name = requirement->component}, *host_.snapshot);
    if (components.empty() && is_moving) {
      give_up(place, not_met(fmt::format("it requires {}, and the host has no such component", text.value), text));
    }
    const Versions own{draft.component, is_moving ? &draft : nullptr};
    for (const Component* other : components) {
      if (other == draft.component) {
        if (is_moving) limit_edges(place, stop, own.that_meet(*requirement, true));
        continue;
      }
      add_rule(*draft.component, only(place, stop), *other, versions_of(*other).that_meet(*requirement, false), true,
               {Origin::Kind::requirement, text.span, text.value, other},
               fmt::format("{} {} requires {}", name_of(*draft.component), own.at(stop), text.value));
    }
  }

  /// It goes over these versions of its own only.
  void limit_edges(std::size_t place, std::size_t to, const std::vector<bool>& from) {
    for (std::size_t stop = 0; stop < to; ++stop) {
      if (!from[stop]) forbidden_[*part_of_[place]][stop][to] = true;
    }
  }

  void add_conflict(std::size_t place, std::size_t stop, const Text& text) {
    const ChangeDraft& draft = host_.changes[place];
    const std::optional<Requirement> requirement = parse_requirement(text.value);
    const bool is_moving = part_of_[place].has_value();
    if (!requirement) {
      if (is_moving)
        give_up(place, not_met(fmt::format("\"{}\" is not of the form `component < version`", text.value), text));
      return;
    }
    const Versions own{draft.component, is_moving ? &draft : nullptr};
    for (const Component* other : matching({.name = requirement->component}, *host_.snapshot)) {
      if (other == draft.component) continue;
      add_rule(*draft.component, only(place, stop), *other, versions_of(*other).that_meet(*requirement, true), false,
               {Origin::Kind::conflict, text.span, {}, nullptr},
               fmt::format("{} {} conflicts with {}", name_of(*draft.component), own.at(stop), text.value));
    }
  }

  void add_constraint(const manifest::Constraint& constraint) {
    const std::optional<Requirement> when = parse_requirement(constraint.when.value);
    if (!when) return;
    for (const Component* component : matching({.name = when->component}, *host_.snapshot)) {
      const std::vector<bool> stops = versions_of(*component).that_meet(*when, true);
      if (!any(stops)) continue;
      for (const Text& text : constraint.requires_) add_consequence(constraint, *component, stops, text, false);
      for (const Text& text : constraint.conflicts) add_consequence(constraint, *component, stops, text, true);
    }
  }

  void add_consequence(const manifest::Constraint& constraint, const Component& component,
                       const std::vector<bool>& stops, const Text& text, bool is_conflict) {
    const std::optional<Requirement> requirement = parse_requirement(text.value);
    if (!requirement) return;
    for (const Component* other : matching({.name = requirement->component}, *host_.snapshot)) {
      std::vector<bool> bad = versions_of(*other).that_meet(*requirement, is_conflict);
      if (other == &component) {
        avoid(component, stops, bad);
        continue;
      }
      add_rule(component, stops, *other, std::move(bad), false, {Origin::Kind::constraint, text.span, {}, nullptr},
               fmt::format("while {}, {}{}", constraint.when.value, is_conflict ? "never " : "also ", text.value));
    }
  }

  /// Versions that a constraint rules out by themselves.
  void avoid(const Component& component, const std::vector<bool>& stops, const std::vector<bool>& bad) {
    const auto part = moving_part(component);
    if (!part) return;
    for (std::size_t to = 1; to < stops.size(); ++to) {
      if (!stops[to] || !bad[to]) continue;
      for (std::size_t from = 0; from < to; ++from) forbidden_[*part][from][to] = true;
    }
  }

  template <class Use>
  void for_named(std::size_t place, const Text& text, Use use) {
    const std::vector<std::size_t> entries = entries_named(*host_.baseline, text.value);
    for (std::size_t other = 0; other < host_.changes.size(); ++other) {
      if (other == place || !part_of_[other]) continue;
      const auto& asked = host_.changes[other].entries;
      const auto is_meant = [&](std::size_t entry) { return std::ranges::find(asked, entry) != asked.end(); };
      if (std::ranges::any_of(entries, is_meant)) use(other);
    }
  }

  void add_order(std::size_t place, const Text& text) {
    const ChangeDraft& draft = host_.changes[place];
    for_named(place, text, [&](std::size_t other) {
      const ChangeDraft& before = host_.changes[other];
      std::vector<bool> begun(draft.stops.size() + 2, true);
      begun.front() = false;
      std::vector<bool> unfinished(before.stops.size() + 2, true);
      unfinished.back() = false;
      add_rule(*draft.component, std::move(begun), *before.component, std::move(unfinished), false,
               {Origin::Kind::order, text.span, {}, nullptr},
               fmt::format("{} comes after {}", name_of(*draft.component), name_of(*before.component)));
    });
  }

  void add_apart(std::size_t place, const Text& text) {
    const ChangeDraft& draft = host_.changes[place];
    for_named(place, text, [&](std::size_t other) {
      const std::size_t a = std::min(*part_of_[place], *part_of_[other]);
      const std::size_t b = std::max(*part_of_[place], *part_of_[other]);
      const auto same = [&](const solve::Apart& apart) { return apart.a == a && apart.b == b; };
      if (std::ranges::any_of(made_.problem.aparts, same)) return;
      made_.problem.aparts.push_back({a, b,
                                      fmt::format("{} and {} must not share a restart", name_of(*draft.component),
                                                  name_of(*host_.changes[other].component))});
      made_.aparts.push_back({Origin::Kind::apart, text.span, {}, nullptr});
    });
  }

  const HostDraft& host_;
  std::vector<std::optional<std::size_t>> part_of_;  // by change
  std::vector<std::pair<const Component*, std::size_t>> still_;
  std::vector<std::vector<std::vector<bool>>> forbidden_;  // by part, from and to
  PathProblem made_;
};

bool has_constraints(const FirmwareEntry& entry) {
  return !entry.after.empty() || !entry.requires_.empty() || !entry.conflicts.empty() ||
         !entry.separate_restart.empty();
}

}  // namespace

bool is_constrained(const HostDraft& host, const std::vector<std::size_t>& places) {
  if (host.baseline == nullptr) return false;
  if (!host.baseline->constraints.empty() || std::ranges::any_of(host.baseline->firmware, has_constraints)) return true;
  return std::ranges::any_of(places, [&](std::size_t place) {
    const ChangeDraft& draft = host.changes[place];
    return !draft.stops.empty() || !goes_over(draft, 0, 1);
  });
}

PathProblem problem_of(const HostDraft& host, const std::vector<std::size_t>& places) {
  return Builder(host, places).build();
}

}  // namespace firmform::plan
