#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How fast the image server hands out files over TLS, beside nginx with the same files on the same machine: one and
# eight downloads at a time. Usage: image_server_bench.sh [BUILD_DIR]; RUNS=5 SIZES="32 500" (MiB). Both servers work
# with one thread and their own ECDSA certificate; curl is the client.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
build_dir=${1:-$source_dir/build/release}
runs=${RUNS:-5}
sizes=${SIZES:-32 500}

bench=$(find "$build_dir" -name image_server_bench -type f -perm -u+x | head -n 1)
[ -n "$bench" ] || { echo "no image_server_bench below $build_dir; build it with: cmake --build $build_dir --target image_server_bench" >&2; exit 1; }

work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

start_nginx() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -days 2 -subj "/CN=bench" \
    -keyout "$work/server.key" -out "$work/server.pem" 2>/dev/null
  port=$((20000 + RANDOM % 10000))
  {
    echo "daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/nginx.log;"
    [ "$(id -u)" != 0 ] || echo "user root;"
    echo "events { worker_connections 1000; }"
    echo "http { access_log off; sendfile on;"
    for path in client_body proxy fastcgi uwsgi scgi; do echo "${path}_temp_path $work/$path;"; done
    echo "server { listen 127.0.0.1:$port ssl; ssl_certificate $work/server.pem; ssl_certificate_key $work/server.key;"
    echo "ssl_protocols TLSv1.2 TLSv1.3; root $work; } }"
  } >"$work/nginx.conf"
  nginx -c "$work/nginx.conf" -e "$work/nginx.log" &
  pids+=($!)
  until (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.05; done
}

start_image_server() {
  mkfifo "$work/input-$1"
  "$bench" "$work/$1.bin" <"$work/input-$1" >"$work/url-$1" &
  pids+=($!)
  exec 9>"$work/input-$1"
  until [ -s "$work/url-$1" ]; do sleep 0.05; done
}

now() { date +%s.%N; }

# download URL COUNT: prints MB/s over COUNT downloads at a time.
download() {
  local begin end i clients=()
  begin=$(now)
  for ((i = 0; i < $2; i++)); do curl -sk -o /dev/null --fail "$1" & clients+=($!); done
  for i in "${clients[@]}"; do wait "$i"; done
  end=$(now)
  awk -v b="$begin" -v e="$end" -v n="$2" -v s="$mib" 'BEGIN { printf "%.0f\n", n * s * 1.048576 / (e - b) }'
}

# The servers take turns, so that a change of the machine's pace hits both.
compare() {
  local i ours theirs
  : >"$work/ours"; : >"$work/theirs"
  for ((i = 0; i < runs; i++)); do
    download "$2" "$1" >>"$work/theirs"
    download "$3" "$1" >>"$work/ours"
  done
  median() { sort -n "$1" | sed -n "$(((runs + 1) / 2))p"; }
  theirs=$(median "$work/theirs") ours=$(median "$work/ours")
  printf '  %4s MiB, %s at a time: nginx %6s MB/s, image server %6s MB/s, ratio %s (target 0.8)\n' "$mib" "$1" "$theirs" "$ours" \
    "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }')"
}

echo "TLS on loopback, medians of $runs runs, $(nproc) cores"
start_nginx
for mib in $sizes; do
  head -c "$((mib << 20))" /dev/urandom >"$work/$mib.bin"
  start_image_server "$mib"
  for count in 1 8; do compare "$count" "https://127.0.0.1:$port/$mib.bin" "$(head -n 1 "$work/url-$mib")"; done
  exec 9>&-
  wait "${pids[-1]}" || true
  echo "  the image server took $(tail -n 1 "$work/url-$mib") for it"
done
