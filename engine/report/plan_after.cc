// SPDX-License-Identifier: Apache-2.0
#include "engine/report/plan_after.h"

namespace firmform::report {

plan::Plan plan_after(plan::Plan plan, const apply::Summary& run) {
  for (plan::Change& change : plan.changes) {
    const auto host = run.hosts.find(change.host);
    if (host == run.hosts.end() || host->second.result != apply::HostResult::done) continue;
    if (change.actions.empty() || change.scheduled) continue;
    change.kind = plan::ChangeKind::no_op;
    change.from = change.to;
    change.staged.reset();
    change.reasons.clear();
    change.actions.clear();
  }
  return plan;
}

}  // namespace firmform::report
