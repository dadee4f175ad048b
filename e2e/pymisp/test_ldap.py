"""Passwords that a directory checks, against a real slapd."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pages
import pytest
import requests
import slapd
from conftest import accepted
from pymisp import PyMISP

WRONG = "Invalid username or password, try again"
AWAY = "The directory that checks passwords does not answer. Try again later."
PASSWORD = "Directory-Secret-1"


@pytest.fixture(scope="module")
def directory() -> Iterator[slapd.Slapd]:
    """A directory with a few people, in a group and outside."""
    with slapd.Slapd() as running:
        ada = running.person("ada", PASSWORD, org="Analytical Engines")
        grace = running.person("grace", PASSWORD)
        running.person("outsider", PASSWORD)
        running.person("star*man", PASSWORD)
        running.group("analysts", [ada, grace, f"uid=star*man,ou=people,{slapd.BASE}"])
        running.group("chiefs", [f"cn=nobody,{slapd.BASE}"])
        yield running


class Instance:
    """A server that asks the directory."""

    def __init__(self, server, directory: slapd.Slapd):
        self.server = server
        self.misp = PyMISP(server.url, server.key, ssl=False)
        self.set(
            ldapServer=directory.url,
            ldapReaderUser=slapd.READER,
            ldapReaderPassword=slapd.READER_PASSWORD,
            ldapDn=f"ou=people,{slapd.BASE}",
            ldapSearchAttribute="uid",
            ldapSearchFilter="(objectClass=inetOrgPerson)",
            ldapRoleMapper={"analysts": "User", "chiefs": 2},
            ldapOrgField="o",
            ldapDefaultOrg="1",
        )

    def set(self, **settings) -> None:
        """Change settings of `LdapAuth`."""
        for name, value in settings.items():
            accepted(self.misp.set_server_setting(f"LdapAuth.{name}", value, force=True))

    def visitor(self) -> pages.Visitor:
        """A browser."""
        return pages.Visitor(self.server.url)

    def attempt(self, name: str, password: str) -> str:
        """What the page says to name and password; empty when they open it."""
        visitor = self.visitor()
        answer = visitor.log_in(name, password)
        assert visitor.is_in() == (answer.status_code == 303), answer.text
        return "" if answer.status_code == 303 else pages.refusal(answer) or answer.text

    def user(self, email: str) -> dict | None:
        """The user of an address."""
        found = [one["User"] for one in accepted(self.misp.users()) if one["User"]["email"] == email]
        return found[0] if found else None

    def audited(self, action: str) -> list[dict]:
        """The audit rows of an action on users."""
        rows = self.misp.direct_call("admin/audit_logs/index", {"action": action, "model": "User", "limit": 50})
        return [row["AuditLog"] for row in rows]


@pytest.fixture
def instance(new_server, directory: slapd.Slapd) -> Instance:
    """A server of the test's own; failed log-ins of other tests do not count."""
    return Instance(new_server(), directory)


def test_a_person_of_a_group_is_added_and_follows_the_directory(instance: Instance, directory: slapd.Slapd):
    assert instance.attempt("ada", PASSWORD) == ""
    ada = instance.user("ada@example.org")
    assert ada["role_id"] == "3"
    org = accepted(instance.misp.get_organisation(ada["org_id"]))["Organisation"]
    assert (org["name"], org["local"]) == ("Analytical Engines", True)

    dn = f"uid=ada,ou=people,{slapd.BASE}"
    directory.join("chiefs", dn)
    try:
        assert instance.attempt("ADA", PASSWORD) == ""
        assert instance.user("ada@example.org")["role_id"] == "2", "the more powerful of two roles"
    finally:
        directory.join("chiefs", dn, leave=True)
    assert instance.attempt("ada", PASSWORD) == ""
    assert instance.user("ada@example.org")["role_id"] == "3"

    changed = json.dumps(instance.audited("edit"))
    assert "role_id" in changed and "ldap" in changed
    assert len(instance.audited("login")) == 3
    assert len(instance.audited("add")) >= 1
    everything = instance.server.log.read_text() + json.dumps(instance.audited("login") + instance.audited("add"))
    for secret in (PASSWORD, slapd.READER_PASSWORD):
        assert secret not in everything


def test_wrong_passwords_and_names_sound_alike(instance: Instance):
    assert instance.attempt("ada", "wrong") == WRONG
    assert instance.attempt("nobody", PASSWORD) == WRONG
    # A bind without a password succeeds in every directory, and proves nothing.
    assert instance.attempt("ada", "") == WRONG
    assert instance.user("ada@example.org") is None
    assert len(instance.audited("login_fail")) == 3


def test_somebody_in_no_group_is_told_so(instance: Instance):
    assert "no role" in instance.attempt("outsider", PASSWORD)
    assert instance.user("outsider@example.org") is None
    instance.set(ldapDefaultRoleId="Read Only")
    assert instance.attempt("outsider", PASSWORD) == ""
    instance.set(createUser=False)
    assert "no account" in instance.attempt("grace", PASSWORD)


def test_what_is_typed_is_never_part_of_the_question(instance: Instance):
    for name in ["*", "ad*", "ada)(uid=*", "*)(|(uid=*", "ada)(objectClass=*", "ada\\2a", "ada))(&(uid=ada"]:
        assert instance.attempt(name, PASSWORD) == WRONG, name
    assert instance.attempt("star*man", PASSWORD) == "", "a name with a star is a name"


def test_the_condition_keeps_people_out(instance: Instance):
    instance.set(ldapSearchFilter="(!(uid=grace))")
    assert instance.attempt("grace", PASSWORD) == WRONG
    answer = instance.misp.set_server_setting("LdapAuth.ldapSearchFilter", "(uid=*", force=True)
    assert "errors" in answer


def test_without_the_directory_the_page_says_so_and_local_users_get_in(instance: Instance, directory: slapd.Slapd):
    directory.stop()
    try:
        answer = instance.visitor().log_in("ada", PASSWORD)
        assert (answer.status_code, pages.refusal(answer)) == (502, AWAY)
        assert instance.attempt(instance.server.email, instance.server.password) == ""
    finally:
        directory.start()


def test_a_directory_that_says_nothing_is_not_waited_for(instance: Instance):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        instance.set(ldapServer=f"ldap://127.0.0.1:{silent.getsockname()[1]}", ldapNetworkTimeout=1)
        answer = instance.visitor().log_in("ada", PASSWORD)
        assert (answer.status_code, pages.refusal(answer)) == (502, AWAY)
        assert answer.elapsed.total_seconds() < 10


def test_without_mixed_authentication_local_passwords_are_worth_nothing(instance: Instance):
    assert instance.attempt(instance.server.email, instance.server.password) == ""
    instance.set(mixedAuth=False)
    assert instance.attempt(instance.server.email, instance.server.password) == WRONG
    assert instance.attempt("ada", PASSWORD) == ""
    instance.set(mixedAuth=True)
    accepted(instance.misp.set_server_setting("Security.auth_enforced", True, force=True))
    assert instance.attempt(instance.server.email, instance.server.password) == WRONG


def test_a_disabled_user_stays_out(instance: Instance):
    assert instance.attempt("ada", PASSWORD) == ""
    ada = instance.user("ada@example.org")
    accepted(instance.misp.direct_call(f"admin/users/edit/{ada['id']}", {"disabled": True}))
    assert "disabled" in instance.attempt("ada", PASSWORD)


@pytest.mark.parametrize("kind", ["starttls", "ldaps"])
def test_tls_is_checked(instance: Instance, directory: slapd.Slapd, kind: str, tmp_path):
    instance.set(ldapServer=directory.tls_url if kind == "ldaps" else directory.url, starttls=kind == "starttls")
    assert instance.attempt("ada", PASSWORD) == AWAY, "nobody vouches for the certificate"
    instance.set(ldapTlsCustomCaCert=str(directory.ca))
    assert instance.attempt("ada", PASSWORD) == ""
    instance.set(ldapTlsCustomCaCert=str(tmp_path / "missing.pem"))
    assert instance.attempt("ada", PASSWORD) == AWAY


def test_a_wrong_reader_is_the_administrators_matter(instance: Instance):
    instance.set(ldapReaderPassword="wrong")
    assert instance.attempt("ada", PASSWORD) == AWAY


def test_an_address_that_the_guard_refuses_is_not_asked(new_server, directory: slapd.Slapd):
    instance = Instance(new_server(allow_private=False), directory)
    assert instance.attempt("ada", PASSWORD) == AWAY
    assert "refused to connect" in instance.server.log.read_text()


def test_the_readers_password_is_never_shown(instance: Instance):
    answer = requests.get(
        f"{instance.server.url}/servers/getSetting/LdapAuth.ldapReaderPassword",
        headers={"Authorization": instance.server.key, "Accept": "application/json"},
    )
    assert answer.status_code == 403
    report = json.dumps(instance.misp.direct_call("servers/serverSettings"))
    assert "LdapAuth.ldapReaderPassword" in report and slapd.READER_PASSWORD not in report
    rows = json.dumps(instance.misp.direct_call("admin/audit_logs/index", {"action": "serverSettingsEdit", "limit": 50}))
    assert "LdapAuth.ldapReaderPassword" in rows and slapd.READER_PASSWORD not in rows
    # A form that sends back what it was shown changes nothing.
    instance.set(ldapReaderPassword="*****")
    assert instance.attempt("ada", PASSWORD) == ""
