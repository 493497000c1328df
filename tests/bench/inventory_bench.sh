#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What reading the firmware inventory of many BMCs costs, beside a bare libcurl multi loop that sends the same
# requests on one connection per host. Usage: inventory_bench.sh [BUILD_DIR]; HOSTS=100 RUNS=5.
# Everything runs on loopback: nginx for replies at once, our own server for replies after 50 ms.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
build_dir=${1:-$source_dir/build/release}
hosts=${HOSTS:-100}
runs=${RUNS:-5}
delay_ms=${DELAY_MS:-50}
tree=$source_dir/tests/mockups/hpe-dl380a-gen11-ilo6
collection=/redfish/v1/UpdateService/FirmwareInventory

bench=$(find "$build_dir" -name transport_bench -type f -perm -u+x | head -n 1)
[ -n "$bench" ] || { echo "no transport_bench below $build_dir; build it with: cmake --build $build_dir --target transport_bench" >&2; exit 1; }

work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

host_address() { echo "127.0.$((1 + $1 / 250)).$((1 + $1 % 250))"; }

make_certificates() {
  local names="" i
  for ((i = 0; i < hosts; i++)); do names+="${names:+,}IP:$(host_address "$i")"; done
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=bench CA" \
    -addext "basicConstraints=critical,CA:TRUE" -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=bench" \
    -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
  openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
    -extfile <(echo "subjectAltName=$names") -out "$work/server.pem" 2>/dev/null
}

# The captured tree, with a service root that offers no $expand, so that every member is one request.
make_tree() {
  cp -r "$tree/redfish" "$work/"
  sed -i 's/"ExpandQuery"/"NoExpandQuery"/' "$work/redfish/v1/index.json"
  { echo /redfish/v1/
    echo "$collection"
    grep -o "\"$collection/[^\"]*\"" "$work$collection/index.json" | tr -d '"' | sort -u
  } >"$work/targets"
}

start_nginx() {
  local i
  port=$((20000 + RANDOM % 10000))
  {
    echo "daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/nginx.log; worker_rlimit_nofile 20000;"
    [ "$(id -u)" != 0 ] || echo "user root;"
    echo "events { worker_connections 10000; }"
    echo "http { access_log off; keepalive_requests 100000; default_type application/json;"
    for path in client_body proxy fastcgi uwsgi scgi; do echo "${path}_temp_path $work/$path;"; done
    echo "open_file_cache max=1000; server {"
    for ((i = 0; i < hosts; i++)); do echo "listen $(host_address "$i"):$port ssl;"; done
    echo "ssl_certificate $work/server.pem; ssl_certificate_key $work/server.key; ssl_protocols TLSv1.2 TLSv1.3;"
    echo "root $work; location / { try_files \$uri/index.json \$uri =404; } } }"
  } >"$work/nginx.conf"
  nginx -c "$work/nginx.conf" -e "$work/nginx.log" &
  pids+=($!)
  until (: >"/dev/tcp/$(host_address $((hosts - 1)))/$port") 2>/dev/null; do sleep 0.05; done
}

start_slow_server() {
  "$bench" serve --hosts "$hosts" --delay-ms "$delay_ms" --root "$work" \
    --certificate "$work/server.pem" --key "$work/server.key" >"$work/port" &
  pids+=($!)
  until [ -s "$work/port" ]; do sleep 0.05; done
  port=$(cat "$work/port")
}

# run NAME MODE ARGS…: sets wall, cpu, rss, requests, failures to the medians of several runs.
run() {
  local name=$1 mode=$2 i
  shift 2
  for ((i = 0; i < runs; i++)); do "$bench" "$mode" --hosts "$hosts" --port "$port" --ca "$work/ca.pem" "$@" || true; done >"$work/results"
  median() { cut -d' ' -f"$1" "$work/results" | sort -n | sed -n "$(((runs + 1) / 2))p"; }
  wall=$(median 1) cpu=$(median 2) rss=$(median 3) requests=$(median 4) failures=$(median 5)
  printf '  %-34s %8s s wall %8s s CPU %7s MB %7s requests %s failed\n' "$name" "$wall" "$cpu" "$rss" "$requests" "$failures"
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

make_certificates
make_tree
echo "$hosts hosts, $(wc -l <"$work/targets") resources each, TLS, medians of $runs runs, $(nproc) cores"

start_nginx
echo "replies at once (nginx):"
run "bare libcurl, 1 connection" bare --targets "$work/targets"
bare_wall=$wall bare_cpu=$cpu
run "firmform client, budget 2" client --targets "$collection" --connections 2
echo "  ratio: wall $(ratio "$wall" "$bare_wall"), CPU $(ratio "$cpu" "$bare_cpu") (target 1.6)"

start_slow_server
echo "replies after $delay_ms ms:"
run "bare libcurl, 1 connection" bare --targets "$work/targets"
run "bare libcurl, 2 connections" bare --targets "$work/targets" --connections 2
run "firmform client, budget 2" client --targets "$collection" --connections 2
floor=$(awk -v r="$requests" -v h="$hosts" -v d="$delay_ms" 'BEGIN { n = r / h; c = int((n + 1) / 2); printf "%.3f", c * d / 1000 }')
echo "  ratio: wall $(ratio "$wall" "$floor") of ceil(requests / 2) x $delay_ms ms = $floor s (target 1.2)"
