// SPDX-License-Identifier: Apache-2.0
// Random fleets for laws of rollouts.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "tests/support/rollout_fleet.h"

namespace firmform::tests {

inline std::string name_of(int number) {
  return fmt::format("h{:03}", number);
}

/// Hosts that come after ones of lower number, so that there is no circle; some names are of nobody.
inline std::vector<rollout::Subject> arbitrary_subjects(int most, int one_in_waits = 3) {
  const int count = *rc::gen::inRange(0, most + 1);
  std::vector<rollout::Subject> hosts;
  for (int i = 0; i < count; ++i) {
    rollout::Subject host = subject(name_of(i));
    host.traits["model"] = *rc::gen::element<std::string>("A", "B", "C");
    if (*rc::gen::inRange(0, 4) > 0) host.traits["System ROM"] = *rc::gen::element<std::string>("1", "2");
    if (*rc::gen::inRange(0, 5) > 0) host.labels["rack"] = *rc::gen::element<std::string>("r1", "r2", "r3", "r4");
    if (*rc::gen::inRange(0, 5) > 0) host.labels["feed"] = *rc::gen::element<std::string>("left", "right");
    host.labels["model"] = host.traits["model"];
    const int waits =
        i > 0 && *rc::gen::resize(100, rc::gen::inRange(0, one_in_waits)) == 0 ? *rc::gen::inRange(1, 4) : 0;
    for (int wait = 0; wait < waits; ++wait) host.after.push_back(name_of(*rc::gen::inRange(0, i)));
    if (*rc::gen::inRange(0, 10) == 0) host.after.emplace_back("nobody");
    hosts.push_back(std::move(host));
  }
  return hosts;
}

/// A share that a manifest may give: never zero.
inline manifest::Share arbitrary_share() {
  const bool percent = *rc::gen::arbitrary<bool>();
  return {.value = *rc::gen::inRange<std::int64_t>(1, percent ? 101 : 12), .percent = percent};
}

inline manifest::Rollout arbitrary_rollout() {
  manifest::Rollout settings;
  if (*rc::gen::arbitrary<bool>()) settings.seed = *rc::gen::inRange<std::int64_t>(0, 1000);
  if (*rc::gen::arbitrary<bool>()) {
    settings.canary =
        canary(*rc::gen::inRange(1, 6),
               *rc::gen::element(std::vector<std::string>{}, std::vector<std::string>{"model"},
                                 std::vector<std::string>{"model", "System ROM"}, std::vector<std::string>{"unknown"}));
  }
  const int batches = *rc::gen::inRange(0, 4);
  for (int i = 0; i < batches; ++i) settings.batches.push_back({arbitrary_share(), {}});
  for (const char* label : {"rack", "feed", "model"}) {
    if (*rc::gen::arbitrary<bool>()) settings.per_label.emplace_back(manifest::Text{label, {}}, arbitrary_share());
  }
  return settings;
}

}  // namespace firmform::tests
