#!/usr/bin/env bash
# make run: install what is missing, build, start. The data directory survives; later runs start on it again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/tools.sh
source scripts/tools.sh

data=${1:-./data}
listen=${2:-127.0.0.1:8080}

need_rust
need_node 18
scripts/assets.sh
say "Building (the first time takes some minutes)"
cargo build --release --locked --package sightline

if [ ! -e "$data" ]; then
    say "Creating the data directory $data"
    mkdir -p "$data"
    chmod 700 "$data"
fi

# The first line of the server's standard output is JSON with the URL; say the same in words.
announce() {
    local line url
    while IFS= read -r line; do
        url=$(sed -n 's/^{"url": *"\([^"]*\)".*/\1/p' <<<"$line")
        if [ -n "$url" ]; then
            say "Sightline is ready: $url   (Ctrl-C stops it, the data stays in $data)"
        else
            say "$line"
        fi
    done
}

exec "${CARGO_TARGET_DIR:-target}/release/sightline" serve \
    --data "$data" --listen "$listen" --sample-feed packaging/sample-feed > >(trap '' INT; announce)
