#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Looks for drift, on a schedule. Ends with firmform's exit code: 0 as wanted, 5 BMCs not reached, 15 drift, 8 when the
# check before this one is still at work.
#
# FIRMFORM_NOTIFY=1: drift is posted to the receivers of `notifications:`. FIRMFORM_QUIET=1: says nothing when all is
# well, as cron mails whatever is said. FIRMFORM_METRICS: a file for the textfile collector of Prometheus' node_exporter.
set -euo pipefail
# shellcheck source=examples/pipelines/scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mkdir -p "$FIRMFORM_OUT"
out=$(cd "$FIRMFORM_OUT" && pwd)
exec 9>"$out/drift.lock"
if ! flock --nonblock 9; then
  complain "the check before this one is still at work"
  exit "$EXIT_LOCKED"
fi

options=(-report "markdown=$out/drift.md" -report "junit=$out/drift.junit.xml")
if [ -n "${FIRMFORM_METRICS:-}" ]; then options+=(-report "prometheus=$FIRMFORM_METRICS"); fi
if [ -n "${FIRMFORM_NOTIFY:-}" ]; then options+=(-notify); fi
code=0
run_firmform drift "${options[@]}" >"$out/drift.log" 2>&1 9>&- || code=$?
if [ "$code" -ne 0 ] || [ -z "${FIRMFORM_QUIET:-}" ]; then cat "$out/drift.log"; fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -s "$out/drift.md" ]; then cat "$out/drift.md" >>"$GITHUB_STEP_SUMMARY"; fi
exit "$code"
