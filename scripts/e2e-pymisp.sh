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
need gpg "GnuPG, which reads the mails of the tests" gnupg
need_venv
need_consumers
need_slapd

cargo build --quiet --package sightline
E2E_ENGINE=$engine exec .venv/bin/python -m pytest -q -p no:cacheprovider e2e/pymisp "$@"
