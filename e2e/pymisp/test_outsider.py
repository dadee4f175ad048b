"""What an outsider may not see is not there, whatever kind of record it is and wherever one looks (spec 05 section 4).

One organisation keeps a secret of every kind; each holds a word of its own. Then an outsider reads every address of the API
that needs no record, searches every scope in every format, asks the autocompletes, and follows every link of the pages. No word
may show, and every answer has to be the one that was given before there were secrets: so no count tells of them either.
A colleague of the owners reads the same and has to find every word, or the test would prove nothing.
"""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterator

import launch
import pytest
import requests
from pages import Visitor
from replay_world import World

WORD = "zebrafish"
PASSWORD = "A long sentence for a test, 1!"
JSON = {"Accept": "application/json", "Content-Type": "application/json"}
KINDS = {"event", "attribute", "object", "report", "sighting", "proposal", "note", "opinion", "relationship", "collection", "tag",
         "tagcollection", "group", "thread", "delegation", "bookmark", "eventtag", "attributetag", "inner", "deleted"}
FILTERS = {
    "all": {}, "by value": {"value": f"%{WORD}%"}, "anything": {"searchall": f"%{WORD}%"}, "by tag": {"tags": [f"%{WORD}%"]},
    "by title": {"eventinfo": f"%{WORD}%"}, "deleted too": {"deleted": [0, 1]}, "by comment": {"comment": f"%{WORD}%"},
    "with everything": {"includeContext": True, "includeEventTags": True, "includeSightings": True, "includeProposals": True,
                        "includeCorrelations": True, "includeEventUuid": True, "includeAnalystData": True, "deleted": [0, 1]},
}
# Addresses whose answer changes with each call, or that do something; the change feed has tests of its own.
NOT_COMPARED = {"/users/heartbeat", "/users/logout", "/servers/getVersion", "/changes/index", "/changes/stream"}
FORMATS = ("json", "xml", "csv", "text", "values", "hashes", "count", "cache", "suricata", "snort", "zeek", "bro", "rpz", "openioc",
           "yara", "hosts", "netfilter", "context", "attack")


def word(kind: str) -> str:
    """The word that a secret of this kind holds."""
    return f"{WORD}-{kind}"


def open_event(world: World) -> dict:
    """An event that all may see."""
    return world.call("POST", "events/add", {
        "info": "Open to all", "distribution": 3, "published": True,
        "Attribute": [{"type": "domain", "value": "open.example"}]}, "publisher")["Event"]


def keep(world: World, shown: dict) -> dict[str, str]:
    """A secret of every kind, made by the organisation `ours`, some within an event that is open; the path that shows each."""
    def made(path: str, body: dict, by: str = "publisher") -> dict:
        return world.call("POST", path, body, by)

    paths = {}
    # Tags are everybody's, unless they are kept for an organisation.
    for kind in ("tag", "eventtag", "attributetag"):
        made("tags/add", {"name": f"{word(kind)}:x", "org_id": world.orgs["ours"]}, "harness")
    event = made("events/add", {
        "info": word("event"), "distribution": 0,
        "Tag": [{"name": f"{word('eventtag')}:x"}],
        "Attribute": [{"type": "domain", "value": f"{word('inner')}.example"}]})["Event"]
    inner = event["Attribute"][0]
    paths["event"] = f"events/view/{event['id']}"
    thread = made(f"posts/add/event/{event['id']}", {"message": word("thread")})["Post"]
    paths["thread"] = f"threads/view/{thread['thread_id']}"
    attribute = made(f"attributes/add/{shown['id']}", {
        "type": "text", "value": word("attribute"), "distribution": 0, "Tag": [{"name": f"{word('attributetag')}:x"}]})["Attribute"]
    deleted = made(f"attributes/add/{shown['id']}", {"type": "text", "value": word("deleted"), "distribution": 0})["Attribute"]
    paths["attribute"] = f"attributes/view/{attribute['id']}"
    world.call("POST", f"attributes/delete/{deleted['id']}", None, "publisher")
    hidden = made(f"objects/add/{shown['id']}", {
        "name": "file", "description": "A file", "meta-category": "file", "template_uuid": "688c46fb-5edb-40a3-8273-1af7923e2215", "template_version": "24",
        "distribution": 0, "comment": word("object"),
        "Attribute": [{"type": "filename", "object_relation": "filename", "value": word("object")}]})["Object"]
    paths["object"] = f"objects/view/{hidden['id']}"
    report = made(f"event_reports/add/{shown['id']}", {
        "name": word("report"), "content": word("report"), "distribution": 0})["EventReport"]
    paths["report"] = f"eventReports/view/{report['id']}"
    made(f"sightings/add/{attribute['id']}", {"type": "0", "source": word("sighting")})
    made(f"shadow_attributes/add/{event['id']}", {"type": "text", "value": word("proposal")}, "user")
    for kind, body in {
            "Note": {"note": word("note")}, "Opinion": {"opinion": 70, "comment": word("opinion")},
            "Relationship": {"relationship_type": word("relationship"), "related_object_uuid": inner["uuid"],
                             "related_object_type": "Attribute"}}.items():
        one = made(f"analyst_data/add/{kind}/{shown['uuid']}/Event", body | {"distribution": 0})[kind]
        paths[kind.lower()] = f"analystData/view/{kind}/{one['id']}"
    collection = made("collections/add", {"name": word("collection"), "type": "other", "distribution": 0})["Collection"]
    paths["collection"] = f"collections/view/{collection['id']}"
    tags = made("tag_collections/add", {"name": word("tagcollection"), "all_orgs": False}, "org admin")["TagCollection"]
    paths["tagcollection"] = f"tag_collections/view/{tags['id']}"
    group = made("sharing_groups/add", {"name": word("group"), "releasability": word("group")}, "org admin")["SharingGroup"]
    paths["group"] = f"sharing_groups/view/{group['id']}"
    passed_on = made("events/add", {"info": word("delegation"), "distribution": 0})["Event"]
    made(f"event_delegations/delegateEvent/{passed_on['id']}", {
        "org_id": world.orgs["theirs"], "distribution": 0, "message": word("delegation")}, "harness")
    paths["delegation"] = f"events/view/{passed_on['id']}"
    made("bookmarks/add", {"name": word("bookmark"), "url": "/events/index", "exposed_to_org": True})
    made(f"events/publish/{shown['id']}", {})
    return paths


def questions(world: World) -> dict[str, tuple[str, str, dict | None]]:
    """Every way of asking for records in general: a name for each, the method, the path and the body."""
    asked: dict[str, tuple[str, str, dict | None]] = {}
    for path, methods in world.call("GET", "api/openapi.json")["paths"].items():
        if "get" in methods and "{" not in path and path not in NOT_COMPARED:
            asked[f"GET {path}"] = ("GET", path, None)
    for scope in ("events", "attributes", "objects", "sightings", "eventReports"):
        for name, body in FILTERS.items():
            for form in FORMATS if scope in ("events", "attributes") and name == "all" else ("json",):
                asked[f"{scope} as {form}, {name}"] = ("POST", f"/{scope}/restSearch", {"returnFormat": form} | body)
    for name, body in {"by word": {"all": WORD}, "by title": {"eventinfo": WORD}, "minimal": {"minimal": True}}.items():
        asked[f"index {name}"] = ("POST", "/events/index", body)
    for path in (f"/tags/search/{WORD}", f"/tags/search/%25{WORD}%25", f"/tags/index/searchall:{WORD}", f"/events/index/searchall:{WORD}",
                 "/attributes/attributeStatistics/type", "/attributes/attributeStatistics/category", "/tags/tagStatistics",
                 "/users/statistics/data", "/users/statistics/orgs", "/users/statistics/tags", "/users/statistics/attributehistogram",
                 "/analystData/index/Note", "/analystData/index/Opinion", "/analystData/index/Relationship",
                 "/collections/index/my_collections", "/collections/index/org_collections"):
        asked[f"GET {path}"] = ("GET", path, None)
    return asked


def answers(world: World, caller: str, asked: dict) -> dict[str, str]:
    """What somebody is told."""
    told = {}
    for name, (method, path, body) in asked.items():
        answer = world.send(method, path, json.dumps(body) if body is not None else None, JSON, caller)
        assert answer.status_code < 500, (name, answer.text)
        counts = {key: value for key, value in sorted(answer.headers.items()) if key.lower().startswith("x-") and "count" in key.lower()}
        told[name] = f"{answer.status_code} {counts} {answer.text}"
    return told


def steady(text: str) -> str:
    """An answer without the times in it."""
    text = re.sub(r"\b1[6-9]\d{8}\b", "TIME", text)
    return re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:?\d\d|Z)?", "TIME", text)


def pages(world: World, caller: str, starts: list[str]) -> dict[str, str]:
    """Every page that somebody reaches by following links."""
    email = world.call("GET", f"admin/users/view/{world.users[caller]}")["User"]["email"]
    world.call("POST", f"admin/users/edit/{world.users[caller]}", {"password": PASSWORD, "change_pw": 0})
    visitor = Visitor(world.url)
    assert visitor.log_in(email, PASSWORD).status_code in (302, 303)
    found: dict[str, str] = {}
    seen = set()
    waiting = deque(starts)
    while waiting:
        path = waiting.popleft()
        # One page of each list and each order of it will do.
        address, _, query = path.partition("?")
        if (shape := (address, tuple(sorted(part.partition("=")[0] for part in query.split("&"))))) in seen:
            continue
        seen.add(shape)
        answer = visitor.page(path)
        assert answer.status_code < 500, (path, answer.text)
        found[path] = answer.text
        assert len(found) < 1000, sorted(found)
        for link in re.findall(r'(?:href|hx-get|src)="(/[^"#]*)', answer.text):
            if not link.startswith(("/assets", "/users/logout", "//")):
                waiting.append(html.unescape(link))
    return found


def reason(answer: requests.Response) -> str:
    """The words of a refusal."""
    return str(answer.json().get("message"))


def told_of(found: dict[str, str]) -> dict[str, set[str]]:
    """Which secrets are told, and where."""
    kinds: dict[str, set[str]] = {}
    for place, text in found.items():
        for kind in re.findall(rf"{WORD}-([a-z]+)", text):
            kinds.setdefault(kind, set()).add(place)
    return kinds


@pytest.fixture(scope="module")
def world(engine: str) -> Iterator[World]:
    """A server of its own."""
    with launch.Server(engine) as server:
        yield World(server.url, server.key)


def test_what_an_outsider_may_not_see_is_nowhere(world: World) -> None:
    shown = open_event(world)
    asked = questions(world)
    before = answers(world, "stranger", asked)
    secrets = keep(world, shown)

    after = answers(world, "stranger", asked)
    assert told_of(after) == {}
    differing = {name: (before[name], after[name]) for name in asked if steady(before[name]) != steady(after[name])}
    assert not differing, json.dumps(differing, indent=1)[:5000]
    insiders = answers(world, "publisher", asked) | answers(world, "org admin", asked)
    assert set(told_of(insiders)) >= KINDS, "a colleague finds them"

    for kind, path in secrets.items():
        hidden, missing = (world.send("GET", one, None, JSON, "stranger") for one in (path, f"{path.rsplit('/', 1)[0]}/999999"))
        assert (hidden.status_code, reason(hidden)) == (missing.status_code, reason(missing)), kind

    starts = ["/events/index", "/attributes/index", f"/search?q={WORD}", f"/search/suggest?q={WORD}", f"/events/index?q={WORD}",
              f"/attributes/index?q={WORD}", f"/attributes/index?value=%25{WORD}%25", f"/tags/picker/event/{shown['id']}?q={WORD}"]
    assert told_of(pages(world, "stranger", starts)) == {}
    inside = pages(world, "publisher", starts) | pages(world, "org admin", starts)
    assert set(told_of(inside)) >= KINDS, f"a colleague finds them in {len(inside)} pages"


def test_organisations_are_hidden_where_the_instance_says_so(world: World) -> None:
    name = f"{WORD}-organisation"
    world.call("POST", "admin/organisations/add", {"name": name, "local": True, "description": name})
    world.setting("Security.hide_organisation_index_from_users", True)
    try:
        told = answers(world, "their user", questions(world)) | pages(world, "their user", ["/events/index", "/users/statistics"])
        assert "organisation" not in told_of(told)
    finally:
        world.reset()
    assert "organisation" in told_of(answers(world, "their user", questions(world)))
