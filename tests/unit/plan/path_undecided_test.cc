// SPDX-License-Identifier: Apache-2.0
// Constraints so entangled that the search for a way ends before it has an answer.
#include <random>

#include "tests/unit/plan/staging_support.h"

namespace firmform::tests {
namespace {

constexpr unsigned kCards = 12;
constexpr unsigned kVersions = 4;

std::string card(unsigned number) {
  return fmt::format("Card {}", number);
}
std::string version(unsigned step) {
  return fmt::format("{}.0", step + 1);
}

/// A manifest of one component, with two versions on the way to 4.0.
void add_way(SmallFleet& fleet, unsigned number) {
  manifest::FirmwareEntry& entry = fleet.entry(card(number), version(kVersions - 1), card(number) + ".bin");
  for (unsigned step = 1; step + 1 < kVersions; ++step) {
    manifest::ViaStep via{.version = fleet.text("via " + version(step))};
    via.version.value = version(step);
    via.image = manifest::Text{fmt::format("{}-{}.bin", card(number), step), via.version.span};
    via.span = via.version.span;
    fleet.image(via.image->value);
    entry.via.push_back(via);
  }
}

/// While one card has this version, the other must not have that one.
void forbid(SmallFleet& fleet, unsigned card_a, unsigned step_a, unsigned card_b, unsigned step_b) {
  manifest::Constraint constraint;
  constraint.when = fleet.text(fmt::format("{} = {}", card(card_a), version(step_a)));
  constraint.conflicts = {fleet.text(fmt::format("{} = {}", card(card_b), version(step_b)))};
  fleet.baseline->constraints.push_back(constraint);
}

/// Cards that hinder each other at random, always in the same way.
SmallFleet tangle(unsigned seed) {
  SmallFleet fleet;
  std::vector<inventory::Component> cards;
  for (unsigned i = 0; i < kCards; ++i) {
    cards.push_back(component(fmt::format("Card{:02}", i), card(i), version(0)));
    add_way(fleet, i);
  }
  fleet.add(host("web-01", cards));
  std::mt19937 random(seed);
  const auto below = [&](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  for (unsigned i = 0; i < 4 * kCards; ++i) {
    const unsigned a = below(kCards);
    const unsigned b = below(kCards);
    const unsigned step_a = 1 + below(kVersions - 1);
    const unsigned step_b = below(kVersions);
    if (a == b || (step_a + 1 == kVersions && step_b + 1 == kVersions)) continue;
    forbid(fleet, a, step_a, b, step_b);
  }
  return fleet;
}

}  // namespace

TEST_CASE("A search that ends without an answer is no proof, and the plan says that") {
  SmallFleet fleet = tangle(7);
  const Plan undecided = plan_of(fleet);
  const auto is_undecided = [](const Change& change) {
    return change.kind == ChangeKind::blocked && change.reasons.back().code == Code::path_undecided;
  };
  REQUIRE(std::ranges::any_of(undecided.changes, is_undecided));
  for (const Change& change : undecided.changes) {
    if (!is_undecided(change)) continue;
    CHECK(change.reasons.back().text.find("it cannot get ") != std::string::npos);
    CHECK(change.actions.empty());
  }
  fleet.baseline->constraints.clear();
  CHECK(std::ranges::none_of(plan_of(fleet).changes, is_undecided));
}

}  // namespace firmform::tests
