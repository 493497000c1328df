// SPDX-License-Identifier: Apache-2.0
// Rules over plans: time by the size of the fleet. Prints what it measured and how it grows; asserts nothing.
#include <fmt/format.h>

#include <ctime>

#include "tests/support/policy_plan.h"

namespace firmform::tests {
namespace {

constexpr int kComponents = 10;

PolicyPlan make_plan(int hosts) {
  PolicyPlan made;
  for (int i = 0; i < hosts; ++i) {
    const std::string name = fmt::format("host-{:06}", i);
    made.host(name).labels = {{"rack", fmt::format("r{}", i / 40)}};
    for (int part = 0; part < kComponents; ++part) {
      made.change(name, fmt::format("Part.{}", part), plan::ChangeKind::update, plan::Restarts::host);
    }
  }
  return made;
}

manifest::Named<manifest::PolicyRule> twenty_rules() {
  manifest::Named<manifest::PolicyRule> rules;
  for (int i = 0; i < 5; ++i) {
    rules[fmt::format("limit-{}", i)].value.more_than = share(20 * i, true);
    rules[fmt::format("host-{}", i)].value.host = word(fmt::format("host-*{}", i));
    rules[fmt::format("together-{}", i)].value.together = {word(fmt::format("Part.{}", i)), word("Part.9")};
    rules[fmt::format("rack-{}", i)].value.labels["rack"] = word(fmt::format("r{}", i));
  }
  return rules;
}

void measure() {
  const auto rules = twenty_rules();
  double before = 0;
  for (const int hosts : {1'250, 2'500, 5'000, 10'000}) {
    const PolicyPlan made = make_plan(hosts);
    SourceMap sources;
    sources.add("rules.yaml", "rule:\n");
    const std::clock_t start = std::clock();
    const auto results = policy::evaluate(made.plan, rules, sources);
    const double cpu = static_cast<double>(std::clock() - start) / static_cast<double>(CLOCKS_PER_SEC);
    fmt::print("{:>6} hosts x {} changes, {} rules: {:.3f} s cpu{}\n", hosts, kComponents, results.size(), cpu,
               before > 0 ? fmt::format(" (x{:.2f})", cpu / before) : "");
    before = cpu;
  }
}

}  // namespace
}  // namespace firmform::tests

int main() {
  firmform::tests::measure();
  return 0;
}
