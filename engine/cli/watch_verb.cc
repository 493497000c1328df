// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/watch_verb.h"

#include "engine/cli/watch_options.h"

namespace firmform::cli {

Verb watch_verb() {
  return {"watch",
          "Look at the fleet again and again, and keep it in line where that is allowed",
          "Reads manifest and hosts on an interval, on SIGHUP, and with -git as soon as the branch has a new revision; "
          "says how the fleet stands, and answers /metrics (Prometheus), /healthz, /readyz and /status. Nothing is "
          "changed unless `watch: {apply: automatic}` or -apply automatic says so; then it does what `apply "
          "-auto-approve` does, within windows, waves, budgets and policies, and takes up a run that was cut off "
          "first. A run that waits for a person goes on waiting. What another process does is left to it.\n\n"
          "A manifest that is not valid changes nothing: the watch stays alive, /readyz says no, and what was found "
          "before stays in the metrics. A component that was sent the same version as often as `flap_guard` says is "
          "left alone (FF0817).\n\n"
          "SIGTERM and Ctrl-C end it with 0; a run at work is left as `apply` leaves it, and the next start takes it "
          "up. Under systemd (Type=notify) it tells when it is ready and feeds the watchdog; see "
          "examples/systemd.",
          {},
          watch_options(),
          run_watch,
          {}};
}

}  // namespace firmform::cli
