#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `firmform plan` over many simulated BMCs that reply after 50 ms, beside a bare libcurl multi loop that sends the same
# number of requests to the same BMCs with the same two connections each.
# Usage: fleet_bench.sh [BUILD_DIR]; HOSTS=1000 DELAY=50ms RUNS=3.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build_dir=${1:-$here/../../build/release}
build_dir=$(cd "$build_dir" && pwd)
hosts=${HOSTS:-1000}
runs=${RUNS:-3}
firmform=$build_dir/firmform
bench=$(find "$build_dir" -name transport_bench -type f -perm -u+x | head -n 1)
[ -n "$bench" ] || { echo "build it first: cmake --build $build_dir --target transport_bench" >&2; exit 1; }
ulimit -n "$(ulimit -Hn)"

work=$(mktemp -d)
"$firmform" lab "$work/lab" -models "ilo5*$hosts" -port 0 -delay "${DELAY:-50ms}" >"$work/log" 2>&1 &
lab=$!
trap 'kill $lab 2>/dev/null || true; wait $lab 2>/dev/null || true; rm -rf "$work"' EXIT
until grep -q '^ready' "$work/log"; do kill -0 $lab; done

seconds_of() { /usr/bin/env time -f %e -o "$work/time" "$@" >"$work/out" 2>&1 && cat "$work/time"; }
median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }

# What one plan asks of one BMC; logging in and out stand for a GET each in the bare loop.
"$firmform" -chdir "$work/lab" plan -read-parallelism "$hosts" >/dev/null
first=$(sed -n '1{s/.*"host":"\([^"]*\)".*/\1/p;q}' "$work/lab/requests.log")
grep "\"$first\"" "$work/lab/requests.log" | sed -n 's/.*"path":"\([^"]*\)".*/\1/p' |
  sed 's#^/redfish/v1/SessionService/Sessions/.*#/redfish/v1/#' >"$work/targets"
grep -ho 'https://127[^"]*' "$work"/lab/*.yaml >"$work/bases"

for ((i = 0; i < runs; i++)); do
  seconds_of "$firmform" -chdir "$work/lab" plan -read-parallelism "$hosts" >>"$work/plan"
  "$bench" bare --bases "$work/bases" --targets "$work/targets" --connections 2 --ca "$work/lab/ca.pem" \
    --login "admin:$(cat "$work/lab/password")" | cut -d' ' -f1 >>"$work/bare"
done
plan=$(median <"$work/plan")
bare=$(median <"$work/bare")
echo "$hosts BMCs, $(wc -l <"$work/targets") requests each, ${DELAY:-50ms} a reply, medians of $runs runs, $(nproc) cores (the lab's included):"
echo "  bare libcurl, 2 connections   $bare s"
echo "  firmform plan                 $plan s"
awk -v a="$plan" -v b="$bare" 'BEGIN {printf "  ratio: %.2f (target 1.5)\n", a / b}'
