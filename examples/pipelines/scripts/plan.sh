#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Checks format and validity of the manifest and plans, for review. Writes into $FIRMFORM_OUT: plan.json for apply.sh,
# plan.md for comment.sh, reports for the service, and outputs.env with FIRMFORM_EXIT, FIRMFORM_CHANGES and
# FIRMFORM_PLAN_ID.
#
# Ends with 0 when there is a plan, with or without changes. Every other end is firmform's own exit code: 3 not
# formatted, 5 BMCs not reached, 6 denied by a policy, 7 changes blocked, 14 manifest invalid, …
set -euo pipefail
# shellcheck source=examples/pipelines/scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mkdir -p "$FIRMFORM_OUT"
out=$(cd "$FIRMFORM_OUT" && pwd)
rm -f "$out"/plan.* "$out"/outputs.env

finish() {
  output FIRMFORM_EXIT "$1"
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -s "$out/plan.md" ]; then cat "$out/plan.md" >>"$GITHUB_STEP_SUMMARY"; fi
  exit "$2"
}

formatted=0
run_firmform fmt -check -diff || formatted=$?

# The plan is made in any case, so that the comment on the request never shows a plan of an earlier commit. It checks the
# manifest first: without a valid one no BMC is asked, and the reports show what is wrong.
notify=()
if [ -n "${FIRMFORM_NOTIFY:-}" ]; then notify=(-notify); fi
code=0
run_firmform plan -detailed-exitcode -out "$out/plan.json" -report "markdown=$out/plan.md" \
  -report "sarif=$out/plan.sarif" -report "junit=$out/plan.junit.xml" -report "gitlab=$out/plan.gitlab.json" \
  "${notify[@]}" || code=$?

if [ "$formatted" -ne 0 ]; then
  complain "the manifest is not formatted; run: firmform fmt"
  say >>"$out/plan.md"
  say "**The manifest is not formatted.** Run \`firmform fmt\`." >>"$out/plan.md"
fi
if [ -s "$out/plan.json" ]; then output FIRMFORM_PLAN_ID "$(plan_id_of_file "$out/plan.json")"; fi
case $code in
  0) output FIRMFORM_CHANGES false; finish "$code" "$formatted" ;;
  "$EXIT_CHANGES") output FIRMFORM_CHANGES true; finish "$code" "$formatted" ;;
  *) finish "$code" "$code" ;;
esac
