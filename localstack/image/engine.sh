#!/usr/bin/env bash
# Sees to it that a Docker engine answers here and runs containers; installs and starts one where
# none does (Debian, as root).
#
#   localstack/image/engine.sh
#
# Exit codes: 0 a container ran; 2 it could not be had, and why. The engine that it starts has no
# network of its own and leaves the machine's firewall alone (LocalStack shares the machine's); it
# stays until `kill $(cat /var/run/docker.pid)`.
set -euo pipefail

log=${DOCKERD_LOG:-/var/log/dockerd.log}
tried=stageproof/tried

fail() {
    echo "$1" >&2
    exit 2
}

answers() { docker version >/dev/null 2>&1; }

install() {
    [ "$(id -u)" = 0 ] || fail "no Docker engine answers; run this as root to have one installed."
    command -v apt-get >/dev/null ||
        fail "no Docker engine answers; install one (this script knows Debian's alone)."
    echo "installing Debian's Docker engine ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || echo "apt-get update failed; trying what it knows already" >&2
    local packages=(docker.io)
    if apt-cache show docker-cli >/dev/null 2>&1; then packages+=(docker-cli); fi  # since Debian 13
    apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null ||
        fail "Debian's ${packages[*]} can't be installed."
}

start() {
    echo "starting dockerd, its log in $log ..."
    setsid dockerd --bridge=none --iptables=false --ip6tables=false >"$log" 2>&1 </dev/null &
    local pid=$!
    for _ in $(seq 300); do
        if answers; then return; fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 5 "$log" >&2
    fail "dockerd doesn't come up here; what it said last is above, all of it in $log."
}

runs() {
    # One program with its libraries is image enough to see a container run.
    local root
    root=$(mktemp -d)
    # shellcheck disable=SC2046 # paths of libraries, one by one
    cp --parents -L /bin/true $(ldd /bin/true | grep -o '/[^ ]*') "$root"
    tar -C "$root" -c . | docker import - "$tried" >/dev/null
    rm -rf "$root"
    docker run --rm --network host "$tried" /bin/true || fail "an engine answers, but runs nothing."
    docker image rm "$tried" >/dev/null
}

if ! answers; then
    command -v dockerd >/dev/null || install
    start
fi
runs
docker version --format 'Docker engine {{.Server.Version}} runs containers here'
