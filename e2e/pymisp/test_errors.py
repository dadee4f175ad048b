"""What a client gets when it asks for something that is not there, not allowed, or not understood."""

from __future__ import annotations

import gzip
import http.client
import json
import uuid
from urllib.parse import urlsplit

import pytest
import requests
from pymisp import PyMISP


@pytest.fixture
def call(server):
    """A plain request as the administrator."""
    session = requests.Session()

    def send(method: str, path: str, headers: dict | None = None, **more) -> requests.Response:
        given = {"Authorization": server.key, "Accept": "application/json", "Content-Type": "application/json"}
        return session.request(method, f"{server.url}/{path}", headers=given | (headers or {}), timeout=10, **more)

    return send


@pytest.mark.parametrize(("method", "path", "status", "message"), [
    ("GET", "events/view/2000000000", 404, "Invalid event"),
    ("GET", "events/view/nonsense", 404, "Invalid event"),
    ("GET", f"events/view/{uuid.uuid4()}", 404, "Invalid event"),
    ("GET", "attributes/view/2000000000", 405, "Invalid attribute"),
    ("GET", "attributes/view/nonsense", 404, "Invalid attribute ID."),
    ("GET", "objects/view/2000000000", 404, "Invalid object."),
    ("GET", "organisations/view/2000000000", 404, "Invalid organisation"),
    ("GET", "tags/view/2000000000", 405, "Invalid Tag"),
    ("POST", "tags/delete/2000000000", 404, "Invalid tag"),
    ("POST", "sightings/delete/2000000000", 404, "Invalid sighting."),
    ("POST", "events/publish/2000000000", 404, "Invalid event."),
    ("POST", "attributes/delete/2000000000", 404, "Invalid attribute"),
    ("GET", "attributes/delete/1", 405, "This function is only accessible via POST requests."),
    ("POST", "admin/users/delete/2000000000", 404, "Invalid user"),
    ("POST", "attributes/add/2000000000", 404, "Invalid event"),
    ("POST", "servers/postTest", 200, None),
    ("GET", "servers/postTest", 405, "Invalid request, expecting a POST request."),
])
def test_the_words_and_the_status(call, method: str, path: str, status: int, message: str | None) -> None:
    answer = call(method, path, **({"json": {"type": "domain", "value": "x.example"}} if method == "POST" else {}))
    assert answer.status_code == status, answer.text
    if message:
        body = answer.json()
        assert (body["name"], body["message"]) == (message, message)
        assert body["url"] == f"/{path}"


def test_what_is_no_endpoint(call) -> None:
    for path in ("events/no_such_action", "no_such_controller/index", "events/view/1/../../x"):
        answer = call("GET", path)
        assert answer.status_code == 404, path
        assert answer.headers["Content-Type"].startswith("application/json")


def test_a_body_that_is_no_json(call) -> None:
    for body in (b"{", b"\xff\xfe", b"[1,", b'{"a": NaN}'):
        answer = call("POST", "events/add", data=body)
        assert answer.status_code == 405, body
        assert answer.json()["message"].startswith("Invalid JSON input.")
    assert call("POST", "events/add", data=b"{}").json()["message"] == "No valid event data received."


def test_messages_are_escaped_for_html(call) -> None:
    text = call("GET", "attributes/attributeStatistics/%3Cscript%3E").text
    assert "<script>" not in text


def test_the_many_spellings_of_a_path(call, misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "path.example")])
    for path in (f"events/view/{one.id}", f"events/view/{one.uuid}", f"events/{one.id}", f"events/{one.uuid}.json",
                 f"events/view/{one.id}.json", f"Events/VIEW/{one.id}", f"/events/view/{one.id}"):
        assert call("GET", path).json()["Event"]["uuid"] == one.uuid, path
    for path in ("auth_keys/index", "authKeys/index", "object_references/view/0", "objectReferences/view/0"):
        assert call("GET", path).status_code in (200, 404), path
    assert call("GET", f"events/view/{one.id}/metadata:1").json()["Event"].get("Attribute") in (None, [])


def test_head(call, event) -> None:
    one = event(attributes=[("domain", "head.example")])
    for path in (f"events/view/{one.id}", f"attributes/view/{one.attributes[0].uuid}", "organisations/view/1"):
        answer = call("HEAD", path)
        assert (answer.status_code, answer.content) == (200, b""), path
    for path in ("events/view/2000000000", "attributes/view/2000000000", "objects/view/2000000000",
                 "organisations/view/2000000000"):
        assert call("HEAD", path).status_code == 404, path


def test_an_etag_saves_the_body(call) -> None:
    first = call("GET", "attributes/describeTypes.json")
    assert "ETag" not in first.headers
    asked = call("GET", "attributes/describeTypes.json", {"If-None-Match": '"nothing"'})
    tag = asked.headers["ETag"]
    assert (asked.status_code, asked.json()) == (200, first.json())
    for given in (tag, tag[:-1] + '-gzip"', f'W/{tag}'):
        again = call("GET", "attributes/describeTypes.json", {"If-None-Match": given})
        assert (again.status_code, again.content) == (304, b""), given


def test_a_compressed_body_is_read(call) -> None:
    body = gzip.compress(json.dumps({"info": "Compressed"}).encode())
    added = call("POST", "events/add", {"Content-Encoding": "gzip"}, data=body).json()["Event"]
    assert added["info"] == "Compressed"
    call("POST", f"events/delete/{added['id']}")
    broken = call("POST", "events/add", {"Content-Encoding": "gzip"}, data=b"no gzip at all")
    assert 400 <= broken.status_code < 500


def test_a_compressed_answer_is_the_same(call) -> None:
    plain = call("GET", "attributes/describeTypes.json", {"Accept-Encoding": "identity"})
    packed = call("GET", "attributes/describeTypes.json", {"Accept-Encoding": "gzip"})
    assert packed.json() == plain.json()


def test_versions(call, misp: PyMISP) -> None:
    version = call("GET", "servers/getVersion").json()
    assert version["version"] == version["pymisp_recommended_version"] == misp.misp_instance_version["version"]
    assert (version["perm_sync"], version["perm_sighting"], version["request_encoding"][0]) == (True, True, "gzip")
    assert call("GET", "servers/getPyMISPVersion.json").json().keys() == {"version"}
    assert "message" in misp.users_heartbeat()


def test_types_are_what_pymisp_ships(misp: PyMISP) -> None:
    remote, local = misp.describe_types_remote, misp.describe_types_local
    assert remote["sane_defaults"] == local["sane_defaults"]
    assert {c: sorted(t) for c, t in remote["category_type_mappings"].items()} == {
        c: sorted(t) for c, t in local["category_type_mappings"].items()}


def test_a_get_on_what_wants_a_body_describes_it(call) -> None:
    for path in ("events/add", "attributes/add", "events/edit/1", "attributes/edit/1"):
        answer = call("GET", path)
        assert answer.status_code == 200 and {"name", "description", "url"} <= answer.json().keys(), path


def test_a_body_beyond_the_limit_is_refused(server) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    connection.putrequest("POST", "/events/add")
    connection.putheader("Authorization", server.key)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(1 << 40))
    connection.endheaders()
    assert connection.getresponse().status in (400, 411, 413)
    connection.close()
