#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# apply.sh [FILE]: carries out the plan that was reviewed, and no other ($FIRMFORM_OUT/plan.json if not given). With
# FIRMFORM_PLAN_ID, only the plan of that id. Ends with firmform's exit code: 9 when the manifest or the hosts are not
# those of the review any more, 10 when the job was cancelled, 19 when the rollout waits for a person.
set -euo pipefail
# shellcheck source=examples/pipelines/scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mkdir -p "$FIRMFORM_OUT"
out=$(cd "$FIRMFORM_OUT" && pwd)
file=${1:-$out/plan.json}
[ -s "$file" ] || die "there is no plan in $file"
file=$(cd "$(dirname "$file")" && pwd)/${file##*/}

id=$(plan_id_of_file "$file")
[ -n "$id" ] || die "$file is no plan"
if [ -n "${FIRMFORM_PLAN_ID:-}" ] && [ "$id" != "$FIRMFORM_PLAN_ID" ]; then
  complain "the plan in $file is $id, and $FIRMFORM_PLAN_ID was reviewed; nothing is done"
  exit "$EXIT_STALE"
fi

notify=()
if [ -n "${FIRMFORM_NOTIFY:-}" ]; then notify=(-notify); fi
code=0
run_firmform apply -input=false -report "markdown=$out/apply.md" -report "junit=$out/apply.junit.xml" \
  "${notify[@]}" "$file" || code=$?

output FIRMFORM_APPLY_EXIT "$code"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -s "$out/apply.md" ]; then cat "$out/apply.md" >>"$GITHUB_STEP_SUMMARY"; fi
if [ "$code" -eq "$EXIT_STALE" ]; then
  complain "plan $id is stale: plan again, and have the new plan reviewed"
fi
exit "$code"
