# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the scripts beside this one share. Needs bash, curl, awk, sed and grep, and no JSON tool.

FIRMFORM=${FIRMFORM:-firmform}           # the program
FIRMFORM_DIR=${FIRMFORM_DIR:-.}          # directory of the manifest
FIRMFORM_OUT=${FIRMFORM_OUT:-firmform-out} # where plan and reports are put

# Exit codes of firmform that the scripts act on; `firmform --help` lists all.
# shellcheck disable=SC2034  # used by the scripts
{
  EXIT_CHANGES=2
  EXIT_LOCKED=8
  EXIT_STALE=9
}

say() { printf '%s\n' "$*"; }
complain() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { complain "$@"; exit 1; }

# Hands a value on to later steps: NAME=VALUE in outputs.env (GitLab's dotenv report), and as an output of a GitHub step.
output() {
  printf '%s=%s\n' "$1" "$2" >>"$FIRMFORM_OUT/outputs.env"
  if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s=%s\n' "${1,,}" "$2" >>"$GITHUB_OUTPUT"; fi
}

# Runs firmform in the manifest's directory and passes signals on, so that a cancelled job detaches from its run
# (exit code 10, `firmform resume` goes on) instead of leaving it in the dark. Returns its exit code.
run_firmform() {
  local code=0 process
  "$FIRMFORM" -chdir "$FIRMFORM_DIR" "$@" &
  process=$!
  trap 'kill -INT "$process" 2>/dev/null || true' INT TERM
  wait "$process" || code=$?
  # A signal ends `wait` early; the program is still at work.
  while kill -0 "$process" 2>/dev/null; do
    code=0
    wait "$process" || code=$?
  done
  trap - INT TERM
  return "$code"
}

# The id of the plan in a file, as people see it.
plan_id_of_file() {
  local text
  text=$("$FIRMFORM" show "$1")
  if [[ $text =~ (^|$'\n')Plan\ ([0-9a-f]{12})\  ]]; then say "${BASH_REMATCH[2]}"; fi
}

# JSON on standard input as lines PATH=VALUE, such as `0.user.login="bot"`. Strings stay as they are written in JSON.
flat_json() {
  grep -oE '"([^"\\]|\\.)*"|[][{},:]|[^][{},:"[:space:]]+' | awk '
    function path(   i, text) {
      for (i = 1; i <= depth; i++) text = text (i > 1 ? "." : "") (kind[i] == "[" ? item[i] : key[i])
      return text
    }
    $0 == "{" || $0 == "[" { depth++; kind[depth] = $0; item[depth] = 0; is_key = ($0 == "{"); next }
    $0 == "}" || $0 == "]" { depth--; is_key = 0; next }
    $0 == "," { item[depth]++; is_key = (kind[depth] == "{"); next }
    $0 == ":" { is_key = 0; next }
    is_key { key[depth] = substr($0, 2, length($0) - 2); next }
    { print path() "=" $0 }'
}

# The text of standard input as a JSON string, quotes included.
json_string() {
  printf '"'
  tr -d '\000-\010\013\014\016-\037' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\t/\\t/g' -e 's/\r/\\r/g' |
    awk '{ printf "%s\\n", $0 }'
  printf '"'
}

# api TOKEN_HEADER METHOD URL [curl options]: one request to GitHub or GitLab. The token is not in the process list.
# Reads are repeated when the service is busy, writes never: a comment must not be there twice.
api() {
  local header=$1 method=$2 url=$3
  shift 3
  local retries=()
  if [ "$method" = GET ]; then retries=(--retry 3 --retry-connrefused); fi
  curl --silent --show-error --fail-with-body --max-time 120 "${retries[@]}" --request "$method" \
    --header @<(printf '%s\n' "$header") "$@" "$url"
}
