#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# comment.sh FILE.md: makes FILE.md the one comment on the pull or merge request, or updates the one that is there. Its
# first line, an HTML comment that names verb and directory, tells which comment that is.
# comment.sh -plan-id FILE.md: prints the id of the plan that this comment shows. FILE.md gives the first line only.
#
# GitHub: GITHUB_TOKEN (pull-requests: write), GITHUB_REPOSITORY, GITHUB_API_URL, and FIRMFORM_PULL_REQUEST, the number.
# GitLab: GITLAB_TOKEN (a project access token with scope api; a job token may not write notes), CI_API_V4_URL,
#         CI_PROJECT_ID, CI_MERGE_REQUEST_IID.
# FIRMFORM_COMMENT_USER: who writes the comments. GitHub: github-actions[bot] if not given; GitLab: the token's user.
set -euo pipefail
# shellcheck source=examples/pipelines/scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# GitHub refuses more characters (GitLab takes a million).
MOST_CHARACTERS=65536

show_plan_id=false
if [ "${1:-}" = -plan-id ]; then
  show_plan_id=true
  shift
fi
[ $# -eq 1 ] || die "usage: comment.sh [-plan-id] FILE.md"
[ -s "$1" ] || die "$1 is empty, or not there"
file=$1
marker=$(head -n 1 "$file")
[[ $marker =~ ^'<!-- firmform:'[-A-Za-z0-9._/]+' '[-A-Za-z0-9._/]+' -->'$ ]] || die "$file does not begin with a marker"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -n "${GITLAB_TOKEN:-}" ]; then
  : "${CI_API_V4_URL:?}" "${CI_PROJECT_ID:?}" "${CI_MERGE_REQUEST_IID:?}"
  token="PRIVATE-TOKEN: $GITLAB_TOKEN"
  comments="$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"
  first_page="$comments?per_page=100&order_by=created_at&sort=asc"
  update=PUT
  author=author.username
  me=${FIRMFORM_COMMENT_USER:-$(api "$token" GET "$CI_API_V4_URL/user" | flat_json | sed -n 's/^username="\(.*\)"$/\1/p')}
else
  : "${GITHUB_TOKEN:?}" "${GITHUB_REPOSITORY:?}" "${FIRMFORM_PULL_REQUEST:?}"
  github=${GITHUB_API_URL:-https://api.github.com}
  token="Authorization: Bearer $GITHUB_TOKEN"
  comments="$github/repos/$GITHUB_REPOSITORY/issues/$FIRMFORM_PULL_REQUEST/comments"
  first_page="$comments?per_page=100"
  update=PATCH
  author=user.login
  me=${FIRMFORM_COMMENT_USER:-github-actions[bot]}
fi

comment_url() {
  if [ -n "${GITLAB_TOKEN:-}" ]; then
    say "$comments/$1"
  else
    say "$github/repos/$GITHUB_REPOSITORY/issues/comments/$1"
  fi
}

# Prints "ID BODY" of our comment: the first one by us whose body begins with the marker. The text of others is theirs,
# whatever it begins with. The services may write < and > as escapes.
find_comment() {
  local page=$first_page
  while [ -n "$page" ]; do
    api "$token" GET "$page" --header 'Accept: application/json' --dump-header "$work/headers" >"$work/page"
    flat_json <"$work/page" | sed -e 's/\\u003[cC]/</g' -e 's/\\u003[eE]/>/g' |
      MARKER=$marker AUTHOR=$author ME=$me awk '
        { at = index($0, "="); path = substr($0, 1, at - 1); value = substr($0, at + 1) }
        { dot = index(path, "."); number = substr(path, 1, dot - 1); name = substr(path, dot + 1) }
        name == "id" { id[number] = value }
        name == ENVIRON["AUTHOR"] { ours[number] = (value == "\"" ENVIRON["ME"] "\"") }
        name == "body" { body[number] = value; marked[number] = (index(value, "\"" ENVIRON["MARKER"]) == 1) }
        number > last { last = number }
        END { for (i = 0; i <= last; i++) if (ours[i] && marked[i]) { print id[i] " " body[i]; exit } }' >"$work/found"
    if [ -s "$work/found" ]; then
      cat "$work/found"
      return
    fi
    page=$(tr -d '\r' <"$work/headers" | sed -nE 's/^[Ll]ink:.*<([^>]*)>; *rel="next".*/\1/p')
  done
}

found=$(find_comment)
if $show_plan_id; then
  # shellcheck disable=SC2016  # the backticks are Markdown's
  id=$(sed -nE 's/.*, plan (<code>|`)([0-9a-f]{12})(<\/code>|`) of .*/\2/p' <<<"$found")
  [ -n "$id" ] || die "the request has no comment with a plan"
  say "$id"
  exit 0
fi

body=$file
if [ "$(LC_ALL=C.UTF-8 wc -m <"$file")" -gt "$MOST_CHARACTERS" ]; then
  body=$work/body.md
  LC_ALL=C.UTF-8 awk -v most=$((MOST_CHARACTERS - 200)) '
    { length_so_far += length($0) + 1; if (length_so_far > most) exit; print }' "$file" >"$body"
  printf '\n\n**The rest was cut off:** the service takes no longer comments. The whole report is in the job.\n' >>"$body"
fi
{ printf '{"body":'; json_string <"$body"; printf '}'; } >"$work/request.json"

request=(--header 'Content-Type: application/json' --header 'Accept: application/json' --data-binary "@$work/request.json")
id=${found%% *}
if [ -n "$id" ]; then
  api "$token" "$update" "$(comment_url "$id")" "${request[@]}" >/dev/null
  say "updated comment $id"
else
  api "$token" POST "$comments" "${request[@]}" >/dev/null
  say "created a comment"
fi
