// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/history.h"

#include <map>

namespace firmform::apply {
namespace {

using journal::EventKind;

/// A rest lasts as long as it is planned, and putting back settings as long as there are some.
bool is_work(const plan::Action& action) {
  return action.type != plan::ActionType::hold && action.type != plan::ActionType::restore;
}

plan::Sample sample_of(const plan::Plan& plan, const plan::Action& action, Duration took) {
  const plan::PlannedHost* host = plan.host(action.host);
  return {.provider = host == nullptr ? std::string() : host->provider,
          .model = host == nullptr ? std::string() : host->model,
          .component = action.components.empty() ? std::string() : action.components.front(),
          .type = action.type,
          .took = took};
}

}  // namespace

std::vector<plan::Sample> samples_of(const plan::Plan& plan, const std::vector<journal::Event>& events) {
  std::vector<plan::Sample> samples;
  std::map<plan::ActionId, UtcTime> sent;
  for (const journal::Event& event : events) {
    if (event.kind == EventKind::resumed) sent.clear();
    if (!event.action || *event.action >= plan.actions.size()) continue;
    if (event.kind == EventKind::intent) sent[*event.action] = event.at;
    if (event.kind == EventKind::detached) sent.erase(*event.action);
    if (event.kind != EventKind::succeeded) continue;
    const auto begun = sent.find(*event.action);
    if (begun == sent.end()) continue;
    const plan::Action& action = plan.actions[*event.action];
    // The journal counts whole seconds: what took less is no measure.
    if (is_work(action) && event.at > begun->second)
      samples.push_back(sample_of(plan, action, event.at - begun->second));
  }
  return samples;
}

plan::Estimates learn(journal::Journal& journal, std::size_t most_runs) {
  plan::Estimates estimates;
  const auto runs = journal.runs();
  if (!runs) return estimates;
  for (const journal::Run& run : *runs) {
    if (most_runs-- == 0) break;
    const auto plan = journal.plan_of(run.id);
    const auto events = journal.events(run.id);
    if (!plan || !events) continue;
    for (const plan::Sample& sample : samples_of(*plan, *events)) estimates.add(sample);
  }
  return estimates;
}

}  // namespace firmform::apply
