#!/usr/bin/env bash
# The unmodified PyMISP against the real binary.
#
#   scripts/e2e-pymisp.sh sqlite|postgres [pytest arguments]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/tools.sh
source scripts/tools.sh

engine=${1:?sqlite or postgres}
shift
need_python

# The virtual environment is made again when the pinned versions change.
wanted=$(sha256sum e2e/pymisp/requirements.txt | cut -d' ' -f1)
if [ "$(cat .venv/requirements.sha256 2>/dev/null)" != "$wanted" ]; then
    say "Making .venv with PyMISP"
    rm -rf .venv
    python3 -m venv .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r e2e/pymisp/requirements.txt
    echo "$wanted" >.venv/requirements.sha256
fi

cargo build --quiet --package sightline
E2E_ENGINE=$engine exec .venv/bin/python -m pytest -q -p no:cacheprovider e2e/pymisp "$@"
