#!/usr/bin/env bash
# The real pages in headless Chromium, with accessibility checks. Screenshots go to e2e/browser/out.
#
#   scripts/e2e-browser.sh [test files, relative to e2e/browser]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/tools.sh
source scripts/tools.sh

need_python
need_node 20
need_chromium
cargo build --quiet --package sightline
cd e2e/browser
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-fund --no-audit --loglevel=error
fi
if [ $# -eq 0 ]; then
    set -- *.test.mjs
fi
# Two files at a time: each starts its own server and browser.
exec node --test --test-concurrency=2 --test-reporter=spec "$@"
