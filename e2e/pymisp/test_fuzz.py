"""Ten thousand malformed requests over all endpoints: no server error, no broken connection, nothing half-written.

The requests come from a seed, which a failure names; SIGHTLINE_SEED and SIGHTLINE_FUZZ_REQUESTS change the run."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import threading
import urllib.parse
import uuid
from collections import Counter

import launch
from pymisp import MISPEvent, PyMISP

REQUESTS = int(os.environ.get("SIGHTLINE_FUZZ_REQUESTS", "10000"))
SEED = int(os.environ.get("SIGHTLINE_SEED", "4815162342"))
THREADS = 4

DANGEROUS = {("users", "admin_delete"), ("users", "admin_edit"), ("users", "edit"), ("users", "resetauthkey"),
             ("authkeys", "delete"), ("authkeys", "edit"), ("users", "change_pw"), ("roles", "admin_edit"),
             ("roles", "admin_delete"), ("feeds", "fetchFromAllFeeds"),
             ("organisations", "admin_delete"), ("events", "delete"), ("jobs", "clearJobs")}
"""What would take the fuzzer's own rights away, or the events that are counted, when it hits by chance: these get
ids that cannot exist."""

ABROAD = {"loadDefaultFeeds"}
"""What would let the server call others in the world."""


def endpoints() -> list[tuple[str, str]]:
    """Every (controller, action) of the server, from the table of the access tests."""
    table = launch.REPOSITORY / "crates" / "sightline" / "tests" / "it" / "acl_matrix.txt"
    found = re.findall(r"^(\w+)/(\w+) ", table.read_text(), re.M)
    assert len(found) > 80
    return [(controller, action) for controller, action in found if action not in ABROAD]


class Fuzzer:
    """Makes requests from a random source."""

    def __init__(self, chance: random.Random, routes: list[tuple[str, str]], known: dict[str, list[str]]):
        self.chance = chance
        self.routes = routes
        self.known = known
        self.fields = FIELDS

    def request(self) -> tuple[str, str, dict[str, str], bytes]:
        """Method, target, headers, body; wrong in at least one of them."""
        controller, action = self.chance.choice(self.routes)
        dangerous = (controller, action) in DANGEROUS
        method = self.chance.choices(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"], [4, 9, 1, 1, 1, 1, 1])[0]
        path = f"/admin/{controller}/{action[6:]}" if action.startswith("admin_") else f"/{controller}/{action}"
        for _ in range(self.chance.choice([1, 2] if dangerous else [0, 1, 1, 1, 2, 3])):
            path += "/" + urllib.parse.quote(self.segment(dangerous).encode("utf-8", "surrogatepass"), safe=self.chance.choice(["", ":,;%", ":"]))
        if self.chance.random() < 0.2:
            path += self.chance.choice([".json", ".xml", ".csv", "?", "?a=b&c", "?limit=-1", "//", "/%", "/%zz", "/%00", "/%ff", "/..", "/."])
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self.chance.random() < 0.15:
            headers[self.chance.choice(HEADERS)] = self.header()
        body = self.body(dangerous) if method in ("POST", "PUT", "DELETE", "PATCH") else b""
        return method, path, headers, body

    def segment(self, dangerous: bool) -> str:
        if dangerous:
            return self.chance.choice(["0", "-1", "99999999999", "x", str(uuid.UUID(int=self.chance.getrandbits(128))), "%", "null"])
        kinds = [lambda: self.text(), lambda: str(self.number()), lambda: self.known_id(),
                 lambda: f"{self.chance.choice(self.fields)}:{self.text()}",
                 lambda: f"{self.chance.choice(self.fields)}[]:{self.number()}"]
        return self.chance.choice(kinds)()

    def known_id(self) -> str:
        return self.chance.choice(self.chance.choice(list(self.known.values())))

    def header(self) -> str:
        return self.chance.choice(["", "x", "a" * 5_000, "gzip", "br", "application/xml", "text/csv", "deflate, gzip", "bytes=0-1",
                                   '"', "W/\"x\"", "*", "-1", "chunked, x", "Thu, 01 Jan 1970", "\xe9\xff", "null", "0x10"])

    def number(self) -> int | float:
        return self.chance.choice([0, 1, -1, 2, 5, 7, 99, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63), 10**30, 1.5, -0.0, 1e300, 4])

    def text(self) -> str:
        return self.chance.choice([
            "", " ", "0", "1", "-1", "null", "true", "NaN", "\u0000", "\ud83d\ude00", "ａ", "\u202e", "'", '"', "' OR 1=1 --", "%", "%%", "_",
            "!", "!!", "&&", "||", "a&&b", "a||b", "5d", "5x", "-5d", "99999999999999d", "9" * 40, "1970-01-01", "0000-00-00", "9999-99-99",
            "2024-02-30T25:61:61Z", "192.0.2.1", "::1", "1.2.3.4/99", "a|b", "|", "a" * 70_000, "../../../../etc/passwd", "{}", "[]", "{\"a\":1}",
            "<script>alert(1)</script>", "domain", "ip-dst", "malware-sample", "Network activity", "json", "csv", "stix2", "tlp:red", "\\", "\n",
            "\r\nX-Injected: 1", "http://127.0.0.1:1/", "file:///etc/passwd", "\t", str(uuid.UUID(int=self.chance.getrandbits(128))),
            self.known_id(), "".join(chr(self.chance.randrange(1, 0xD7FF)) for _ in range(self.chance.randrange(1, 40))),
        ])

    def value(self, depth: int = 0):
        kinds = [self.text, self.text, self.number, self.known_id, lambda: None, lambda: True, lambda: False]
        if depth < 3:
            kinds += [lambda: [self.value(depth + 1) for _ in range(self.chance.randrange(4))], lambda: self.object(depth + 1)]
        return self.chance.choice(kinds)()

    def object(self, depth: int = 0) -> dict:
        made = {self.chance.choice(self.fields): self.value(depth) for _ in range(self.chance.randrange(1, 7))}
        if self.chance.random() < 0.3:
            made[self.chance.choice(MODELS)] = self.chance.choice([self.value(depth), self.object(depth + 1) if depth < 3 else {}])
        if self.chance.random() < 0.2:
            made[self.chance.choice(["OR", "NOT", "AND"])] = self.value(depth)
        return made

    def body(self, dangerous: bool) -> bytes:
        if dangerous:
            return self.chance.choice([b"", b"{}", b"[]", b"null", b"{", b'{"id":[]}', b'{"id":"x"}', b'{"id":{"a":1}}', b'\xff', b'"x"'])
        kind = self.chance.random()
        whole = json.dumps(self.object()).encode()
        if kind < 0.70:
            return whole
        if kind < 0.78:
            return json.dumps([self.value() for _ in range(self.chance.randrange(4))]).encode()
        if kind < 0.84:
            return json.dumps(self.value()).encode()
        if kind < 0.92:
            return whole[: self.chance.randrange(len(whole))]
        if kind < 0.96:
            broken = bytearray(whole)
            for _ in range(3):
                broken[self.chance.randrange(len(broken))] = self.chance.randrange(256)
            return bytes(broken)
        return self.chance.choice([b"", b"[" * 5_000, b'{"a":' * 5_000, self.chance.randbytes(200), b"\xef\xbb\xbf{}", b"a=b&c=d",
                                   b'{"a":1,"a":2}', b'"\\ud800"', b"1e999", b"-"])


HEADERS = ["Content-Type", "Accept", "Accept-Encoding", "Content-Encoding", "If-None-Match", "If-Modified-Since", "Range", "Cookie",
           "X-Forwarded-For", "Host", "Origin", "User-Agent", "X-Request-Id", "Expect-CT", "X-HTTP-Method-Override"]
MODELS = ["Event", "Attribute", "Object", "ObjectReference", "Tag", "EventTag", "Sighting", "Organisation", "Orgc", "User", "Role", "Feed",
          "AuthKey", "UserSetting", "SharingGroup", "EventReport", "request", "Galaxy", "ShadowAttribute"]
FIELDS = ["id", "uuid", "event_id", "info", "distribution", "sharing_group_id", "threat_level_id", "analysis", "date", "timestamp", "published",
          "publish_timestamp", "type", "category", "value", "to_ids", "comment", "deleted", "data", "encrypt", "disable_correlation", "first_seen",
          "last_seen", "name", "colour", "exportable", "local", "relationship_type", "tag", "tags", "Tag", "org", "org_id", "orgc_id", "eventid",
          "from", "to", "last", "limit", "page", "order", "sort", "direction", "returnFormat", "metadata", "searchall", "eventinfo", "object_name",
          "object_uuid", "referenced_uuid", "template_uuid", "template_version", "meta-category", "description", "source", "date_sighting",
          "values", "filters", "context", "email", "password", "role_id", "permission", "perm_add", "setting", "user_id", "path", "allowed_ips",
          "expiration", "read_only", "url", "provider", "source_format", "settings", "rules", "headers", "input_source", "fixed_event",
          "delta_merge", "batch_import", "hard", "scope", "extends_uuid", "attribute", "event", "object_relation", "includeContext",
          "requested_attributes", "minimal", "all", "email_src", "nationality", "Attribute", "Object", "numerical_value", "hide_tag"]


class Outcome:
    """What the threads found, together."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.statuses: Counter = Counter()
        self.faults: list[str] = []

    def note(self, status: int, what: str, body: bytes) -> None:
        with self.lock:
            self.statuses[status] += 1
            if status >= 500:
                self.faults.append(f"{status} {what} -> {body[:200]!r}")

    def fault(self, what: str) -> None:
        with self.lock:
            self.faults.append(what)


def run(server: launch.Server, number: int, count: int, known: dict[str, list[str]], outcome: Outcome) -> None:
    """One client on one connection."""
    fuzzer = Fuzzer(random.Random(SEED + number), endpoints(), known)
    host = urllib.parse.urlsplit(server.url).netloc
    connection = http.client.HTTPConnection(host, timeout=30)
    previous = "nothing"
    for _ in range(count):
        method, target, headers, body = fuzzer.request()
        what = f"{method} {target[:300]} {headers} {body[:600]!r}"
        try:
            connection.putrequest(method, target, skip_host="Host" in headers, skip_accept_encoding=True)
            for name, value in ({"Authorization": server.key} | headers).items():
                connection.putheader(name, value.encode("latin-1", "replace"))
            if body:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            endless = answer.getheader("Content-Type", "").startswith("text/event-stream")
            outcome.note(answer.status, what, b"" if endless else answer.read())
            previous = f"{answer.status} {what}"
            if answer.will_close or endless:
                # A refusal may end a connection, but only after its answer.
                connection.close()
        except (http.client.HTTPException, OSError) as error:
            outcome.fault(f"{error!r}: {what} after {previous}")
            connection.close()
    connection.close()


def test_malformed_requests_do_no_harm(new_server) -> None:
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    keep = MISPEvent()
    keep.info = "Stays as it is"
    keep.add_attribute("domain", "kept.example")
    keep = misp.add_event(keep, pythonify=True)
    known = {"event": [str(keep.id), keep.uuid], "attribute": [str(keep.attributes[0].id), keep.attributes[0].uuid],
             "other": ["1", "2", "3", "6"]}
    outcome = Outcome()
    threads = [threading.Thread(target=run, args=(server, n, REQUESTS // THREADS, known, outcome)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not outcome.faults, f"seed {SEED}, {len(outcome.faults)} faults:\n" + "\n".join(outcome.faults[:25])
    assert sum(outcome.statuses.values()) == REQUESTS // THREADS * THREADS
    assert sum(n for status, n in outcome.statuses.items() if status >= 400) > REQUESTS / 3, outcome.statuses
    assert server.process is not None and server.process.poll() is None
    assert "panicked" not in server.log.read_text(errors="replace")
    whole(misp)


def whole(misp: PyMISP) -> None:
    """Whatever went in went in whole: every event reads back, and the counts are right."""
    index = misp.search_index()
    assert index
    for entry in index:
        event = misp.get_event(entry["id"], pythonify=True)
        assert isinstance(event, MISPEvent), event
        inside = sum(len(o.attributes) for o in event.objects)
        assert int(entry["attribute_count"]) == len(event.attributes) + inside, entry["uuid"]


def test_what_is_refused_leaves_no_trace(new_server) -> None:
    """Requests that cannot succeed, each with its own way of going wrong late."""
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    event = MISPEvent()
    event.info = "Before"
    event.add_attribute("domain", "before.example")
    event = misp.add_event(event, pythonify=True)
    before = [misp.get_event(event.id), misp.search_index(), misp.tags(), misp.organisations(scope="all"), misp.users(), misp.feeds()]
    refused = [
        ("events/add", {"info": "", "Attribute": [{"type": "domain", "value": "x.example"}], "Tag": [{"name": "left:over"}]}),
        ("events/add", {"info": "x", "uuid": event.uuid, "Orgc": {"name": "Left over", "uuid": str(uuid.uuid4())}}),
        ("events/add", {"info": "x", "distribution": 9, "Tag": [{"name": "left:over"}]}),
        ("events/add", {"info": "x", "distribution": 4, "sharing_group_id": 999, "Tag": [{"name": "left:over"}]}),
        ("events/add", {"info": "x", "published": True, "Tag": [{"name": "left:over"}]}),
        ("events/add", {"info": "x", "uuid": "nonsense", "Tag": [{"name": "left:over"}]}),
        (f"attributes/add/{event.id}", {"type": "ip-dst", "value": "x", "Tag": [{"name": "left:over"}]}),
        (f"attributes/add/{event.id}", {"type": "no-such", "value": "x"}),
        (f"attributes/edit/{event.attributes[0].id}", {"value": "", "comment": "changed"}),
        (f"events/edit/{event.id}", {"info": "", "Tag": [{"name": "left:over"}]}),
        (f"objects/add/{event.id}", {"name": "file", "meta-category": "file", "description": "d", "template_version": 1,
                                     "template_uuid": str(uuid.uuid4()), "Attribute": [
                                         {"object_relation": "filename", "type": "filename", "value": "ok"},
                                         {"object_relation": "md5", "type": "md5", "value": "not"}]}),
        ("admin/organisations/add", {"name": ""}),
        ("admin/users/add", {"email": "no address", "org_id": 1, "role_id": 3}),
        ("admin/users/add", {"email": "a@users.example", "org_id": 999, "role_id": 3}),
        ("feeds/add", {"name": "x", "provider": "y", "url": "nonsense"}),
        ("tags/add", {"name": "left:over", "colour": "nonsense"}),
    ]
    for path, body in refused:
        answer = misp._prepare_request("POST", path, data=body)
        assert 400 <= answer.status_code < 500, (path, body, answer.status_code, answer.text)
    after = [misp.get_event(event.id), misp.search_index(), misp.tags(), misp.organisations(scope="all"), misp.users(), misp.feeds()]
    for one in (before[4] + after[4]):
        one["User"].pop("last_api_access", None)
    assert after == before
