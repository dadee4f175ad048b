#!/usr/bin/env bash
# make test: everything CI runs, in this order, on a machine that may have nothing yet. Stops at the first failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/tools.sh
source scripts/tools.sh

scratch=$(mktemp -d "${TMPDIR:-/tmp}/sightline-test.XXXXXX")
postgres=
current=
times=()

# Tests that need the recorded data find it here; without it they name themselves in the log and pass.
SIGHTLINE_TEST_DATA=$(realpath -m "${SIGHTLINE_TEST_DATA:-../shared/data}")
SIGHTLINE_SKIPPED_LOG=$scratch/skipped
export SIGHTLINE_TEST_DATA SIGHTLINE_SKIPPED_LOG
: >"$SIGHTLINE_SKIPPED_LOG"

step() {
    current=$1
    shift
    local start=$SECONDS
    printf '\n=== %s\n' "$current"
    "$@"
    times+=("$(printf '%5ds  %s' $((SECONDS - start)) "$current")")
    current=
}

finish() {
    local code=$? skipped
    if [ -n "$postgres" ]; then
        scripts/postgres.sh stop "$postgres" || true
    fi
    printf '\n=== Summary\n'
    if [ ${#times[@]} -gt 0 ]; then
        printf '%s\n' "${times[@]}"
    fi
    skipped=$(sort -u "$SIGHTLINE_SKIPPED_LOG" | wc -l)
    if [ "$skipped" -gt 0 ]; then
        printf '!!! SKIPPED: %d tests found no test data in %s:\n' "$skipped" "$SIGHTLINE_TEST_DATA"
        sort -u "$SIGHTLINE_SKIPPED_LOG"
        if [ -d "$SIGHTLINE_TEST_DATA" ]; then
            printf 'FAILED: the folder is there, so no test may miss it\n'
            code=1
        fi
    fi
    rm -rf "$scratch"
    if [ -n "$current" ]; then
        printf 'FAILED: %s\n' "$current"
    elif [ "$code" = 0 ]; then
        printf 'All steps passed in %ds\n' "$SECONDS"
    fi
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

tools() {
    need git "git" git
    need zstd "zstd, for the test data" zstd
    need_rust
    need_node 20
    need_python
    need_postgres
    need_slapd
    need_chromium
    need_consumers
    cargo --version
    node --version
    python3 --version
    "$(postgres_bin)/postgres" --version
    chromium --version
}

start_postgres() {
    local answer
    answer=$(scripts/postgres.sh start)
    postgres=$(head -n 1 <<<"$answer")
    SIGHTLINE_TEST_POSTGRES=$(tail -n 1 <<<"$answer")
    # With this set, a storage test that finds no PostgreSQL fails instead of running on one engine only.
    SIGHTLINE_REQUIRE_POSTGRES=1
    export SIGHTLINE_TEST_POSTGRES SIGHTLINE_REQUIRE_POSTGRES
}

rust_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --workspace --no-fail-fast
        # nextest runs no documentation tests.
        cargo test --quiet --workspace --doc
    else
        say "cargo-nextest is not here: using cargo test"
        cargo test --workspace --no-fail-fast
    fi
}

step "Tools" tools
step "Browser code" scripts/assets.sh
step "Types of the browser code" npm --prefix crates/sightline-web/assets run --silent check
step "Format" cargo fmt --all --check
step "Clippy" cargo clippy --locked --workspace --all-targets -- -D warnings
step "Documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps
step "House rules" cargo xtask tidy
step "Licences and advisories" cargo xtask deps
step "PostgreSQL" start_postgres
step "Rust tests on SQLite and PostgreSQL" rust_tests
step "PyMISP on SQLite" scripts/e2e-pymisp.sh sqlite
step "PyMISP on PostgreSQL" scripts/e2e-pymisp.sh postgres
step "Schemathesis on the described API" scripts/e2e-openapi.sh
step "Pages in Chromium" scripts/e2e-browser.sh
