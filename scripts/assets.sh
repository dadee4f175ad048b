#!/usr/bin/env bash
# Bundle the browser code that the binary embeds. Does nothing when the bundle is newer than its inputs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../crates/sightline-web/assets"

# The stamp is written last, so that a build that broke off is done again. It is not in dist: that is embedded whole.
stamp=node_modules/.sightline-built
if [ -f "$stamp" ] && [ -d dist ] && [ -z "$(find . -path ./node_modules -prune -o -path ./dist -prune -o -type f -newer "$stamp" -print -quit)" ]; then
    exit 0
fi
echo "Bundling the browser code"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-fund --no-audit --loglevel=error
fi
npm run --silent build
touch "$stamp"
