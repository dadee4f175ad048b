"""Users whom a reverse proxy names in a header. The test is the proxy: it comes from 127.0.0.1."""

from __future__ import annotations

import html
import http.client
import urllib.parse

import pages
import pytest
import requests
from conftest import accepted
from pymisp import PyMISP

HEADER = "X-Remote-User"


class Instance:
    """A server with a user whom the proxy knows as `ada`."""

    def __init__(self, server):
        self.server = server
        self.misp = PyMISP(server.url, server.key, ssl=False)
        self.set(enable=True, header="X_REMOTE_USER", name="the company's log-in")
        body = {"email": "ada@example.org", "role_id": 3, "org_id": 1, "password": "Battery-Staple-2024",
                "external_auth_required": True, "external_auth_key": "ada"}
        self.ada = accepted(self.misp.direct_call("admin/users/add", body))["User"]

    def set(self, **settings) -> None:
        """Change settings of the header."""
        for name, value in settings.items():
            accepted(self.misp.set_server_setting(f"Plugin.CustomAuth_{name}", value, force=True))

    def api(self, path: str = "/users/view/me", **headers: str) -> requests.Response:
        """An API request through the proxy."""
        return requests.get(self.server.url + path, headers={"Accept": "application/json"} | headers)


@pytest.fixture
def instance(new_server) -> Instance:
    """A server of the test's own."""
    return Instance(new_server())


def test_nobody_is_believed_by_default(instance: Instance):
    assert instance.ada["external_auth_required"] is True
    assert instance.api(**{HEADER: "ada"}).status_code == 403
    visitor = pages.Visitor(instance.server.url, **{HEADER: "ada"})
    assert visitor.page("/users/profile").headers["location"].startswith("/users/login")
    instance.set(only_allow_source="192.0.2.0/24")
    assert instance.api(**{HEADER: "ada"}).status_code == 403
    forwarded = {HEADER: "ada", "X-Forwarded-For": "192.0.2.1"}
    assert instance.api(**forwarded).status_code == 403, "only who has connected counts"
    answer = instance.misp.set_server_setting("Plugin.CustomAuth_only_allow_source", "the proxy", force=True)
    assert "errors" in answer


def test_a_believed_header_opens_the_api_and_the_pages(instance: Instance):
    instance.set(only_allow_source="127.0.0.1")
    found = instance.api(**{HEADER: "ada"})
    assert found.json()["User"]["email"] == "ada@example.org"
    assert instance.api(**{HEADER: "nobody"}).status_code == 403
    assert instance.api().status_code == 403

    visitor = pages.Visitor(instance.server.url, **{HEADER: "ada"})
    first = visitor.page("/users/profile")
    assert first.status_code == 200 and "ada@example.org" in first.text
    session = visitor.cookies["sightline_session"]
    assert visitor.is_in() and visitor.cookies["sightline_session"] == session, "one session, not one a request"
    assert visitor.page("/users/login").headers["location"] == "/"
    stranger = pages.Visitor(instance.server.url, **{HEADER: "nobody"})
    assert stranger.page("/users/profile").status_code == 401
    rows = instance.misp.direct_call("admin/audit_logs/index", {"action": "login", "model": "User"})
    assert len(rows) == 1 and "header" in str(rows[0]["AuditLog"]["change"])


def test_another_name_in_the_header_is_another_user(instance: Instance):
    instance.set(only_allow_source="127.0.0.1")
    body = {"email": "grace@example.org", "role_id": 3, "org_id": 1, "external_auth_required": True,
            "external_auth_key": "grace"}
    accepted(instance.misp.direct_call("admin/users/add", body))
    visitor = pages.Visitor(instance.server.url, **{HEADER: "ada"})
    assert visitor.is_in()
    visitor.headers[HEADER] = "grace"
    assert "grace@example.org" in visitor.page("/users/profile").text


def test_a_header_that_the_client_has_added_too_is_not_believed(instance: Instance):
    instance.set(only_allow_source="127.0.0.1")
    target = urllib.parse.urlsplit(instance.server.url)
    connection = http.client.HTTPConnection(target.hostname, target.port)
    connection.putrequest("GET", "/users/view/me")
    for name, value in [("Accept", "application/json"), (HEADER, "mallory"), (HEADER, "ada")]:
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 403
    connection.close()


def test_pages_of_other_sites_cannot_use_the_proxys_word(instance: Instance):
    instance.set(only_allow_source="127.0.0.1")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}):
        assert instance.api(**{HEADER: "ada"}, **headers).status_code == 403, headers
    own = {"Sec-Fetch-Site": "same-origin", "Origin": instance.server.url}
    assert instance.api(**{HEADER: "ada"}, **own).status_code == 200


def test_the_header_is_its_users_only_way_in(instance: Instance):
    visitor = pages.Visitor(instance.server.url)
    answer = visitor.log_in("ada@example.org", "Battery-Staple-2024")
    assert pages.refusal(answer) == "Invalid username or password, try again"
    accepted(instance.misp.direct_call(f"admin/users/edit/{instance.ada['id']}", {"external_auth_required": False}))
    assert visitor.log_in("ada@example.org", "Battery-Staple-2024").status_code == 303
    answer = instance.misp.direct_call(
        f"admin/users/edit/{instance.ada['id']}", {"external_auth_required": True, "external_auth_key": ""}
    )
    assert "external_auth_key" in str(answer["errors"])


def test_where_it_is_required_nothing_else_opens(instance: Instance):
    instance.set(only_allow_source="127.0.0.1")
    local = pages.Visitor(instance.server.url)
    assert local.log_in(instance.server.email, instance.server.password).status_code == 303
    instance.set(required=True)
    # A session without the header ends on a page that says where to go, and is not sent round in circles.
    answer = local.page("/users/profile")
    assert answer.status_code == 302
    page = local.page(answer.headers["location"])
    assert page.status_code == 200 and "the company's log-in" in html.unescape(page.text) and 'name="password"' not in page.text
    assert instance.api(Authorization=instance.server.key).status_code == 403
    both = {"Authorization": instance.server.key, HEADER: "ada"}
    assert instance.api(**both).json()["User"]["email"] == instance.server.email


def test_logging_out_and_changing_the_password_belong_to_the_proxy(instance: Instance):
    instance.set(only_allow_source="127.0.0.1", custom_logout="https://proxy.example.org/logout",
                 custom_password_reset="https://proxy.example.org/password")
    visitor = pages.Visitor(instance.server.url, **{HEADER: "ada"})
    form = visitor.page("/users/change_pw")
    fields = {"current_password": "Battery-Staple-2024", "password": "Other-Staple-2024", "confirm_password": "Other-Staple-2024"}
    answer = visitor.submit("/users/change_pw", form, **fields)
    assert "https://proxy.example.org/password" in answer.text
    left = visitor.submit("/users/logout", form)
    assert 'href="https://proxy.example.org/logout"' in left.text
    instance.set(disable_logout=True)
    answer = visitor.submit("/users/logout", visitor.page("/users/profile"))
    assert answer.status_code == 403 and "the company" in answer.text


def test_a_disabled_user_stays_out(instance: Instance):
    instance.set(only_allow_source="127.0.0.1")
    accepted(instance.misp.direct_call(f"admin/users/edit/{instance.ada['id']}", {"disabled": True}))
    assert instance.api(**{HEADER: "ada"}).status_code == 403
    visitor = pages.Visitor(instance.server.url, **{HEADER: "ada"})
    assert visitor.page("/users/profile").status_code == 401
