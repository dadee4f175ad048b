#!/usr/bin/env bash
# Schemathesis against the real binary, from the server's own description of its API. Takes about two minutes.
#
#   scripts/e2e-openapi.sh [sqlite|postgres]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/tools.sh
source scripts/tools.sh

need_python
need_venv
cargo build --quiet --package sightline
E2E_ENGINE=${1:-sqlite} exec .venv/bin/python e2e/openapi/run.py
