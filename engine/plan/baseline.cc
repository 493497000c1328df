// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/baseline.h"

#include <fmt/format.h>

#include "engine/base/text.h"

namespace firmform::plan {
namespace {

using manifest::BaselineChoice;

bool model_fits(const std::string& pattern, const inventory::HostSnapshot& host) {
  return glob_match(to_lower(pattern), to_lower(host.system.model));
}

Finding conflict(const BaselineChoice& a, const BaselineChoice& b) {
  return {.code = Code::baseline_conflict,
          .what = fmt::format("{} gives baseline {}, and {} gives {}", a.assigned_by, a.name, b.assigned_by, b.name),
          .span = a.span,
          .label = fmt::format("{} gives {}", a.assigned_by, a.name),
          .also = {{b.span, fmt::format("{} gives {}", b.assigned_by, b.name)}}};
}

Finding not_applicable(const BaselineChoice& choice, const manifest::Text& wanted,
                       const inventory::HostSnapshot& host) {
  return {.code = Code::baseline_not_applicable,
          .what = fmt::format("baseline {} is for model \"{}\", and the host is \"{}\"", choice.name, wanted.value,
                              printable(host.system.model)),
          .span = choice.span,
          .label = fmt::format("{} gives {}", choice.assigned_by, choice.name),
          .also = {{wanted.span, "the baseline says here what it is for"}},
          .group = host.system.model};
}

}  // namespace

BaselineDecision choose_baseline(const manifest::DesiredHost& desired, const inventory::HostSnapshot& host) {
  BaselineDecision decision;
  for (const BaselineChoice& choice : desired.baselines) {
    if (choice.model && !model_fits(*choice.model, host)) continue;
    if (decision.choice == nullptr || choice.precedence > decision.choice->precedence) {
      decision = {&choice, std::nullopt};
    } else if (choice.precedence == decision.choice->precedence && choice.name != decision.choice->name &&
               !decision.problem) {
      decision.problem = conflict(*decision.choice, choice);
    }
  }
  if (decision.choice == nullptr || decision.problem) return decision;
  const auto& applies_to = decision.choice->baseline->applies_to_model;
  if (applies_to && !model_fits(applies_to->value, host)) {
    decision.problem = not_applicable(*decision.choice, *applies_to, host);
  }
  return decision;
}

}  // namespace firmform::plan
