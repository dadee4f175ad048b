#!/usr/bin/env bash
# Makes the keys of the tests anew with GnuPG. They are worth nothing: their secret halves are thrown away.
set -euo pipefail
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'rm -rf "$GNUPGHOME"' EXIT
make_key() {
    local file=$1 email=$2
    shift 2
    gpg --batch --quiet --passphrase '' --pinentry-mode loopback "$@"
    gpg --batch --armor --export "$email" >"$file.asc"
}
quick() {
    local file=$1 algorithm=$2 usage=$3 expires=$4
    shift 4
    make_key "$file" "$file@keys.example" "$@" --quick-generate-key "$file@keys.example" "$algorithm" "$usage" "$expires"
}
quick modern future-default default never
quick expiring future-default default 2100-01-01
quick expired future-default default 2021-01-01 --faked-system-time 20200101T000000
quick short rsa1024 default never
quick signing ed25519 sign never
quick sha1 rsa2048 default never --cert-digest-algo SHA1
quick revoked future-default default never
quick rsa rsa2048 sign never
gpg --batch --quiet --passphrase '' --pinentry-mode loopback --quick-add-key \
    "$(gpg --with-colons --list-keys rsa@keys.example | awk -F: '$1 == "fpr" { print $10; exit }')" rsa2048 encr never
gpg --batch --armor --export rsa@keys.example >rsa.asc
fingerprint=$(gpg --with-colons --list-keys revoked@keys.example | awk -F: '$1 == "fpr" { print $10; exit }')
sed 's/^:---/---/' "$GNUPGHOME/openpgp-revocs.d/$fingerprint.rev" | gpg --batch --quiet --import
gpg --batch --armor --export revoked@keys.example >revoked.asc
gpg --batch --armor --pinentry-mode loopback --passphrase '' --export-secret-keys modern@keys.example >private.asc
quick rsa_secret rsa2048 sign never
rm rsa_secret.asc
gpg --batch --armor --pinentry-mode loopback --passphrase '' --export-secret-keys rsa_secret@keys.example >rsa_private.asc
