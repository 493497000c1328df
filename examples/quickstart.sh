#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From nothing to an empty second plan: installs what a fresh Debian 12 lacks, builds, starts a lab of three simulated
# iLOs on loopback, and brings their firmware to the baseline of a manifest. Asks nothing; a second run is quick.
set -euo pipefail
cd "$(dirname "$0")/.."

lab=build/quickstart
firmform="$PWD/build/release/firmform"
speed=60

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
show() { printf '$ %s\n' "firmform $*"; }

say "Packages"
bash tests/packages.sh build

say "Build (release preset)"
cmake --preset release -DFIRMFORM_TESTS=OFF >/dev/null
cmake --build --preset release --target firmform

say "A lab of three simulated iLOs, $speed times faster than real ones"
rm -rf "$lab"
"$firmform" lab "$lab" -models ilo5,ilo6,ilo7 -port 0 -speed "$speed" >"build/quickstart.log" 2>&1 &
lab_process=$!
trap 'kill "$lab_process" 2>/dev/null || true; wait "$lab_process" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  grep -q '^ready' build/quickstart.log && break
  kill -0 "$lab_process" 2>/dev/null || { cat build/quickstart.log; exit 1; }
  sleep 0.1
done
cat build/quickstart.log

# The lab's machines live faster, so firmform's waits shrink by the same factor. Never set this for real machines.
export FIRMFORM_LAB_SPEED=$speed
cd "$lab"

say "What the machines run"
show inventory
"$firmform" inventory
say "What would be changed"
show plan -out lab.plan
"$firmform" plan -out lab.plan
say "Carry out exactly that plan"
show apply lab.plan
"$firmform" apply lab.plan
say "Plan again"
show plan -detailed-exitcode
"$firmform" plan -detailed-exitcode

cat <<EOF

Done: the second plan is empty. The lab stops with this script. What to try next:

  build/release/firmform lab my-lab                  # start a lab of your own; leave it running
  cd my-lab && \$EDITOR *.yaml                        # change a version, break a line
  firmform validate && firmform plan                  # see every problem at once, then the plan
  FIRMFORM_LAB_SPEED=60 firmform apply                # press Ctrl-C in the middle, then: firmform resume
  firmform graph -format svg > plan.svg               # the graph of actions
  firmform explain FF0303                             # what a diagnostic code means

The manifest of this run is in $lab.
EOF
