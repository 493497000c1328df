#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs, builds (preset release, build/release) and runs all tests. Asks nothing. Where CI is not set, tests with the
# label slow are left out, and named. The last line is `N passed, N failed`, with `, N skipped` where some were.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

build=build/release
passed=0
failed=0
skipped=0

finish() {
  local line="$passed passed, $failed failed"
  [ "$skipped" -eq 0 ] || line+=", $skipped skipped"
  echo "$line"
  [ "$failed" -eq 0 ]
  exit
}

# phase NAME COMMAND…: runs it and says how long it took. Without what it makes, no test can run.
phase() {
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  "$@"
  local status=$?
  echo "== $name: $((SECONDS - start)) s"
  return $status
}

require() {
  phase "$@" && return
  echo "$1 failed; no test was run" >&2
  failed=1
  finish
}

# The value of a counter of the JUnit report's test suite; 0 when it is absent.
counter() {
  local value
  value=$(sed -n "s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" <<<"$2" | head -n 1)
  echo "${value:-0}"
}

# count REPORT: adds what CTest reported. A report that is missing or empty is a failure.
count() {
  local suite tests
  suite=$(tr '\n' ' ' <"$1" 2>/dev/null | grep -o '<testsuite [^>]*>' | head -n 1)
  tests=$(counter tests "$suite")
  if [ "$tests" -eq 0 ]; then
    echo "CTest left no result in $1" >&2
    failed=$((failed + 1))
    return
  fi
  local bad left
  bad=$(counter failures "$suite")
  left=$(($(counter skipped "$suite") + $(counter disabled "$suite")))
  failed=$((failed + bad))
  skipped=$((skipped + left))
  passed=$((passed + tests - bad - left))
}

# run_tests NAME JOBS CTEST-SELECTION…
run_tests() {
  local report="$PWD/$build/junit-$1.xml" name=$1 jobs=$2
  shift 2
  rm -f "$report"
  phase "tests: $name" ctest --test-dir "$build" -j "$jobs" --output-on-failure --no-tests=ignore \
    --output-junit "$report" "$@"
  count "$report"
}

# shellcheck disable=SC2317  # called by name
configure() {
  cmake --preset release -DFIRMFORM_TESTS=ON >"$build.configure.log" 2>&1 && return
  cat "$build.configure.log"
  return 1
}

mkdir -p build
require packages bash tests/packages.sh build test
require configure configure
require build cmake --build --preset release

# What this shell happens to have set must not decide over a test: proxies and CA bundles lead Python's and curl's
# clients away from the servers on loopback.
unset REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR PYTHONPATH PYTHONHOME \
  http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY \
  FIRMFORM_LAB_SPEED UPDATE_GOLDEN RC_PARAMS NO_COLOR CLICOLOR_FORCE
export LC_ALL=C.UTF-8 TZ=UTC

left_out='bench|fuzz'
[ -n "${CI:-}" ] || left_out+='|slow'
run_tests fast 2 -LE "e2e|$left_out"
run_tests e2e 2 -L e2e -LE "$left_out"

if [ -z "${CI:-}" ]; then
  echo "== left out, because CI is not set (CI=1 bash tests/run.sh runs them):"
  ctest --test-dir "$build" -N -L slow | sed -n 's/^ *Test *#[0-9]*: /  /p'
fi
echo "== all: $SECONDS s"
finish
