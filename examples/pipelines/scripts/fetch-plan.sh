#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# After a merge: fetches the plan that was reviewed with the pull or merge request into $FIRMFORM_OUT/plan.json, and
# writes FIRMFORM_PULL_REQUEST (GitLab: CI_MERGE_REQUEST_IID) and FIRMFORM_PLAN_ID, the id that the comment shows, into
# $FIRMFORM_OUT/outputs.env. Ends with 0 without a plan when the commit did not come from a request.
#
# GitHub: GITHUB_TOKEN (actions: read, pull-requests: read), GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_API_URL; FIRMFORM_WORKFLOW, the
#         file of the workflow that planned (plan.yml), and FIRMFORM_ARTIFACT, the artifact's name (firmform-plan).
# GitLab: GITLAB_TOKEN (read_api), CI_API_V4_URL, CI_PROJECT_ID, CI_COMMIT_SHA; FIRMFORM_JOB, the job's name (plan).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=examples/pipelines/scripts/lib.sh
. "$here/lib.sh"

mkdir -p "$FIRMFORM_OUT"
out=$(cd "$FIRMFORM_OUT" && pwd)
rm -f "$out/plan.json" "$out/plan.md" "$out/outputs.env"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# value PATH: of the JSON in $work/reply; without the quotes of a string.
value() { flat_json <"$work/reply" | sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" | awk 'NR == 1'; }

nothing() {
  say "$*; there is no plan to apply"
  : >>"$out/outputs.env"
  exit 0
}

from_github() {
  : "${GITHUB_TOKEN:?}" "${GITHUB_REPOSITORY:?}" "${GITHUB_SHA:?}"
  local token="Authorization: Bearer $GITHUB_TOKEN" head run artifact
  local repository="${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY"
  api "$token" GET "$repository/commits/$GITHUB_SHA/pulls" >"$work/reply"
  FIRMFORM_PULL_REQUEST=$(value '0\.number')
  head=$(value '0\.head\.sha')
  [ -n "$FIRMFORM_PULL_REQUEST" ] || nothing "no pull request brought commit $GITHUB_SHA"
  output FIRMFORM_PULL_REQUEST "$FIRMFORM_PULL_REQUEST"
  export FIRMFORM_PULL_REQUEST
  local workflow="$repository/actions/workflows/${FIRMFORM_WORKFLOW:-plan.yml}"
  api "$token" GET "$workflow/runs?head_sha=$head&event=pull_request&status=success&per_page=1" >"$work/reply"
  run=$(value 'workflow_runs\.0\.id')
  [ -n "$run" ] || die "no successful plan of commit $head, the head of pull request $FIRMFORM_PULL_REQUEST"
  api "$token" GET "$repository/actions/runs/$run/artifacts?name=${FIRMFORM_ARTIFACT:-firmform-plan}" >"$work/reply"
  artifact=$(value 'artifacts\.0\.id')
  [ -n "$artifact" ] || die "run $run has no artifact ${FIRMFORM_ARTIFACT:-firmform-plan}; did it expire? plan again"
  # The reply is a redirect to another host, which curl does not tell the token.
  api "$token" GET "$repository/actions/artifacts/$artifact/zip" --location --output "$work/plan.zip"
  unzip -q -o "$work/plan.zip" plan.json plan.md -d "$out"
}

from_gitlab() {
  : "${CI_API_V4_URL:?}" "${CI_PROJECT_ID:?}" "${CI_COMMIT_SHA:?}"
  local token="PRIVATE-TOKEN: $GITLAB_TOKEN" ref file
  local project="$CI_API_V4_URL/projects/$CI_PROJECT_ID"
  api "$token" GET "$project/repository/commits/$CI_COMMIT_SHA/merge_requests?state=merged" >"$work/reply"
  CI_MERGE_REQUEST_IID=$(value '0\.iid')
  [ -n "$CI_MERGE_REQUEST_IID" ] || nothing "no merge request brought commit $CI_COMMIT_SHA"
  output CI_MERGE_REQUEST_IID "$CI_MERGE_REQUEST_IID"
  export CI_MERGE_REQUEST_IID
  ref="refs%2Fmerge-requests%2F$CI_MERGE_REQUEST_IID%2F${FIRMFORM_MERGE_REF:-head}"
  for file in plan.json plan.md; do
    api "$token" GET "$project/jobs/artifacts/$ref/raw/firmform-out/$file?job=${FIRMFORM_JOB:-plan}" --location \
      --output "$out/$file" || die "job ${FIRMFORM_JOB:-plan} of merge request $CI_MERGE_REQUEST_IID has no $file; plan again"
  done
}

if [ -n "${GITLAB_TOKEN:-}" ]; then from_gitlab; else from_github; fi
chmod 600 "$out/plan.json"
output FIRMFORM_PLAN_ID "$("$here/comment.sh" -plan-id "$out/plan.md")"
