// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/insight_verbs.h"

#include "engine/cli/notifying.h"

#include "engine/cli/report_outputs.h"

namespace firmform::cli {
namespace {

const OptionSpec kJson{"json", "", "Machine-readable output on standard output."};

}  // namespace

Verb drift_verb() {
  return {"drift",
          "Show how the fleet differs from the manifest",
          "Reads the hosts and sorts what is not as wanted into classes: older, newer, format_only, staged, "
          "pending_restart, unknown, unmatched, foreign, content, unreachable. What a class means for the exit code is "
          "said by `policies: {drift: {CLASS: ignore, report or fail}}`; with a failing one it is 15. Never writes. With "
          "-notify, drift with an exit code is posted to the receivers of `notifications:`; where one does not take it, the exit "
          "code is 1.",
          {},
          {kJson,
           notify_option(),
           {"target", "HOST", "Only this host; a name or a glob. May be given several times.", true},
           {"class", "LIST", "Only these classes, separated by commas: what others say does not count.", true},
           {"from-snapshot", "DIR", "Read a recorded inventory instead of the BMCs."},
           {"read-parallelism", "N", "Hosts read at a time (default 512)."},
           report_option()},
          run_drift,
          {}};
}

Verb status_verb() {
  return {"status",
          "Show where runs stand",
          "Lists the newest runs of this directory, or shows one with its waves and the hosts that are not simply "
          "done, and what goes on with it. Reads the journal only; no BMC is asked.",
          {{"RUN", "a run's id, or its beginning", false}},
          {kJson, {"runs", "N", "How many runs are listed (default 10)."}},
          run_status,
          {}};
}

}  // namespace firmform::cli
