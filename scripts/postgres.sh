#!/usr/bin/env bash
# A private PostgreSQL for the tests, on loopback and a free port, in its own temporary folder.
#
#   scripts/postgres.sh start        prints two lines: the folder, and the URL of a superuser
#   scripts/postgres.sh stop FOLDER  stops it and removes the folder
#
# It trades durability for speed (no fsync): never use it for anything but tests.
set -euo pipefail
# shellcheck source=scripts/tools.sh
source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"

# The server refuses to run as root; Debian's package brings a user for it.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    local bin folder port password options
    bin=$(postgres_bin) || die "no PostgreSQL server under /usr/lib/postgresql: please install the package postgresql"
    folder=$(mktemp -d "${TMPDIR:-/tmp}/sightline-postgres.XXXXXX")
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$folder/password"
    if [ "$(id -u)" = 0 ]; then
        chown -R postgres "$folder"
    fi
    as_server "$bin/initdb" --pgdata "$folder/data" --username sightline --pwfile "$folder/password" \
        --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 --no-sync >"$folder/log" 2>&1 ||
        { cat "$folder/log" >&2; die "initdb failed"; }
    port=$(free_port)
    options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder"
    options="$options -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"
    as_server "$bin/pg_ctl" --pgdata "$folder/data" --log "$folder/data/server.log" --options "$options" \
        --wait --silent start </dev/null >/dev/null 2>&1 ||
        { cat "$folder/data/server.log" >&2; die "PostgreSQL did not start"; }
    printf '%s\npostgres://sightline:%s@127.0.0.1:%s/postgres\n' "$folder" "$password" "$port"
}

stop() {
    local folder=$1
    [ -d "$folder/data" ] || return 0
    as_server "$(postgres_bin)/pg_ctl" --pgdata "$folder/data" --mode immediate --silent stop >/dev/null
    rm -rf "$folder"
}

case "${1:-}" in
start) start ;;
stop) stop "${2:?the folder that start printed}" ;;
*) die "usage: scripts/postgres.sh start | stop FOLDER" ;;
esac
