# Sourced by the other scripts: is a tool here, and if not, install Debian's package and say so.
# shellcheck shell=bash

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
APT_UPDATED=

say() { printf '%s\n' "$*"; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# As root as it is, else through sudo where that asks for no password or there is a person to ask.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        return 1
    fi
}

# apt_install WHY PACKAGE...
apt_install() {
    local why=$1
    shift
    say "Installing $* ($why)"
    has apt-get || die "$why is missing and there is no apt-get here: please install $* by hand"
    if [ -z "$APT_UPDATED" ]; then
        as_root apt-get update -qq >/dev/null || die "$why is missing, and apt-get needs root: please run 'apt-get install $*' as root"
        APT_UPDATED=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        die "apt-get could not install $*"
}

# need COMMAND WHY PACKAGE...
need() {
    local command=$1
    shift
    if ! has "$command"; then
        apt_install "$@"
    fi
}

need_rust() {
    local wanted have
    need cc "the C compiler, for the bundled SQLite and the TLS library" gcc libc6-dev
    if ! has cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then
        PATH=$HOME/.cargo/bin:$PATH
    fi
    if ! has cargo; then
        # Debian's own cargo is older than this project's edition; its rustup, where it has one, brings a current one.
        (apt_install "Rust" rustup) || die "please install Rust by hand: https://rustup.rs"
        rustup default stable
    fi
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$REPO/Cargo.toml")
    have=$(rustc --version | cut -d' ' -f2)
    if [ "$(printf '%s\n%s\n' "$wanted" "$have" | sort -V | head -n 1)" != "$wanted" ]; then
        die "rustc is $have and $wanted or newer is needed: please run 'rustup update stable', or see https://rustup.rs"
    fi
}

# need_node MAJOR
need_node() {
    need node "Node.js, to bundle the browser code" nodejs
    need npm "npm, to fetch the browser code" npm
    if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt "$1" ]; then
        die "Node.js is $(node --version) and $1 or newer is needed: please see https://nodejs.org"
    fi
}

need_python() {
    need python3 "Python, for the tests with PyMISP" python3
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        apt_install "Python's virtual environments" python3-venv
    fi
}

# The project's virtual environment, made again when the pinned versions change. Only from the repository's root.
need_venv() {
    local wanted
    wanted=$(sha256sum e2e/pymisp/requirements.txt | cut -d' ' -f1)
    if [ "$(cat .venv/requirements.sha256 2>/dev/null)" != "$wanted" ]; then
        say "Making .venv with PyMISP and Schemathesis"
        rm -rf .venv
        python3 -m venv .venv
        .venv/bin/pip install --quiet --disable-pip-version-check -r e2e/pymisp/requirements.txt
        echo "$wanted" >.venv/requirements.sha256
    fi
}

need_postgres() {
    if ! postgres_bin >/dev/null; then
        apt_install "PostgreSQL, for the tests on the second engine" postgresql postgresql-client
    fi
}

# Debian's package would start a directory of its own on machines with an init; the tests start theirs themselves.
need_slapd() {
    if ! [ -x /usr/sbin/slapd ] && ! has slapd || ! has ldapadd; then
        apt_install "slapd, for the tests with a directory" slapd ldap-utils
    fi
    need openssl "openssl, for the directory's certificates" openssl
}

need_chromium() {
    if ! has chromium; then
        apt_install "Chromium, for the browser tests" chromium chromium-driver
    fi
}

# The programs that exports are made for: the tests let each read what it would be given.
need_consumers() {
    need named-checkzone "BIND's zone checker, for the tests of exports" bind9-utils
    need iptables-restore "iptables, for the tests of exports" iptables
    need xmllint "xmllint, for the tests of exports" libxml2-utils
    has suricata || need_suricata
}

# Debian 12 has Suricata among its backports only. They are read into a folder of their own: the system's list of sources
# stays as it is.
need_suricata() {
    local lists release mirror suite
    if [ -n "$(apt-cache madison suricata 2>/dev/null)" ]; then
        apt_install "Suricata, for the tests of exports" suricata
        return
    fi
    say "Installing suricata from Debian's backports (Suricata, for the tests of exports)"
    # shellcheck source=/dev/null
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' | sed -n 's/ Debian$//p' | head -n 1)
    lists=$(mktemp -d)
    mkdir -p "$lists/lists/partial"
    for suite in "$release" "$release-backports"; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
    done >"$lists/sources.list"
    set -- -o "Dir::Etc::SourceList=$lists/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$lists/lists"
    as_root apt-get "$@" update -qq >/dev/null &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get "$@" install -y -qq --no-install-recommends \
            -t "$release-backports" suricata >/dev/null || die "apt-get could not install suricata"
    rm -rf "$lists"
}

# Prints the folder of the newest PostgreSQL server's programs.
postgres_bin() {
    local folder
    folder=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    [ -x "$folder/initdb" ] && printf '%s\n' "$folder"
}
