#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what a fresh Debian 12 lacks; the only list of packages in the project. Asks nothing, and is done at once
# when all are there. As root, or with sudo.
#
#   bash tests/packages.sh [GROUP…]      groups: build, test, bench, package, develop; default: build test
# shellcheck disable=SC2034  # the groups are used by name
set -euo pipefail

# To build and run the program.
build=(
  clang-19 lld-19 cmake ninja-build pkg-config
  libarchive-dev libboost1.81-dev libcli11-dev libcurl4-openssl-dev libexpected-dev libfmt-dev
  libhowardhinnant-date-dev libspdlog-dev libsqlite3-dev libssl-dev libsystemd-dev libyaml-cpp-dev rapidjson-dev
  tzdata   # at run time: the time zones of maintenance windows
  graphviz # at run time, for `firmform graph -format svg`
)
# To run the tests: test libraries, and Redfish clients that nobody here wrote.
test=(catch2 librapidcheck-dev python3 openssl curl redfishtool python3-sushy python3-jsonschema python3-yaml
  python3-dateutil # a second opinion on recurrences of maintenance windows
  ansible          # also ansible-inventory and ansible-vault, whose files are read
  chromium chromium-driver python3-selenium # the HTML page in a real browser
  python3-junitparser python3-prometheus-client libxml2-utils # readers of what reports write
  zsh fish tmux                                 # completions, and the live view in a terminal
  git shellcheck yamllint pre-commit unzip)           # the pipelines of examples/
# For tests/bench: the server that the floor is measured against. Installing it starts nothing here (see below).
bench=(nginx-light python3 openssl time)
# For cpack.
package=(dpkg-dev file)
# For work on the code: sanitizer runtimes, formatter, linter, coverage.
develop=(libclang-rt-19-dev clang-format-19 clang-tidy-19 llvm-19 ccache)

# Without these there is nothing to do; without the others some tests skip themselves.
required=" ${build[*]} catch2 librapidcheck-dev "

wanted() {
  local group
  for group in "$@"; do
    case $group in
      build | test | bench | package | develop)
        local -n names=$group
        printf '%s\n' "${names[@]}"
        ;;
      *)
        echo "packages.sh: no such group: $group (build, test, bench, package, develop)" >&2
        return 2
        ;;
    esac
  done
}

installed() {
  dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p'
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env "$@"
  else
    sudo env "$@"
  fi
}

apt() {
  as_root DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l UCF_FORCE_CONFFOLD=1 \
    apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
    --no-install-recommends "$@" </dev/null
}

[ $# -gt 0 ] || set -- build test
list=$(wanted "$@") || exit 2
mapfile -t all < <(sort -u <<<"$list")

if ! command -v dpkg-query >/dev/null; then
  echo "packages.sh: this is not Debian. What is needed, by Debian's names: ${all[*]}" >&2
  exit 1
fi

mapfile -t missing < <(comm -23 <(printf '%s\n' "${all[@]}") <(installed "${all[@]}" | sort -u))
if [ ${#missing[@]} -eq 0 ]; then
  echo "packages: all ${#all[@]} are installed"
  exit 0
fi

echo "packages: installing ${missing[*]}"
if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
  echo "packages.sh: not root, and there is no sudo. As root: apt-get install ${missing[*]}" >&2
  exit 1
fi
apt update || echo "packages.sh: the package lists could not be refreshed; going on with those at hand" >&2

# A package that this machine's sources do not have must not keep the others from being installed.
available=()
for name in "${missing[@]}"; do
  if [ -n "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" ]; then
    available+=("$name")
  else
    echo "packages.sh: no package source of this machine has $name" >&2
  fi
done

# No daemon is started by being installed, unless this machine has its own rule for that.
policy=/usr/sbin/policy-rc.d
if printf '%s\n' "${available[@]}" | grep -q '^nginx' && [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
  trap 'as_root rm -f $policy' EXIT
  as_root chmod 755 $policy
fi
if [ ${#available[@]} -gt 0 ] && ! apt install "${available[@]}"; then
  echo "packages.sh: not all packages could be installed together; trying one by one" >&2
  for name in "${available[@]}"; do apt install "$name" || true; done
fi

status=0
mapfile -t missing < <(comm -23 <(printf '%s\n' "${all[@]}") <(installed "${all[@]}" | sort -u))
for name in "${missing[@]}"; do
  if [[ $required == *" $name "* ]]; then
    echo "packages.sh: $name is needed and could not be installed" >&2
    status=1
  else
    echo "packages.sh: without $name; the tests that need it skip themselves" >&2
  fi
done
exit $status
