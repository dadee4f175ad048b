"""Every list of the API pages, and says how many rows all pages have together.

The lists are those of the API's own description: one that is in neither table below fails. Each is read by a site administrator and
by an ordinary user, whole and page by page, with the page named in the path, in the query and in a JSON body.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import launch
import pytest
from replay_world import World

JSON = {"Accept": "application/json", "Content-Type": "application/json"}
PEOPLE = ("site admin", "publisher")
# Lists that are read in another way.
NOT_PAGED = {
    "changes/index": "each page says where the next one begins",
    "feeds/previewIndex": "the pages of another server",
}
# Lists that an ordinary user may not read.
ADMINS = {"jobs/index", "correlationexclusions/index", "correlationrules/index", "eventblocklists/index", "orgblocklists/index", "analystdatablocklists/index", "users/admin_index",
          "users/registrations", "news/admin_index"}


@pytest.fixture(scope="module")
def world(engine: str) -> Iterator[World]:
    """A server of its own: nothing but these tests writes rows."""
    with launch.Server(engine) as server:
        yield World(server.url, server.key)


def unique() -> str:
    """A name that nothing has."""
    return uuid.uuid4().hex


def an_event(world: World, owner: str = "publisher", distribution: int = 1) -> dict:
    """An event, which the whole community sees unless it is said otherwise."""
    return world.call("POST", "events/add", {"info": unique(), "distribution": distribution, "Attribute": [
        {"type": "text", "category": "Other", "value": unique(), "distribution": 5}]}, owner)["Event"]


def some(make: Callable[[World], Any], path: str = "") -> Callable[[World], str]:
    """Three rows, made one by one; what follows the list's address."""
    def made(world: World) -> str:
        for _ in range(3):
            make(world)
        return path
    return made


def for_each(make: Callable[[World, str], Any]) -> Callable[[World], str]:
    """Three rows of each of the readers."""
    def made(world: World) -> str:
        for person in PEOPLE:
            for _ in range(3):
                make(world, person)
        return ""
    return made


def sighted(world: World) -> None:
    world.call("POST", f"sightings/add/{an_event(world)['Attribute'][0]['id']}", {}, "publisher")


def with_history(world: World) -> str:
    event = an_event(world)
    for _ in range(2):
        world.call("POST", f"attributes/add/{event['id']}", {"type": "text", "category": "Other", "value": unique()}, "publisher")
        world.call("POST", f"attributes/edit/{event['Attribute'][0]['id']}", {"comment": unique()}, "publisher")
    return f"/{event['id']}"


def noted(kind: str, body: dict) -> Callable[[World], str]:
    def make(world: World) -> None:
        world.call("POST", f"analyst_data/add/{kind}/{an_event(world)['uuid']}/Event", body | {"distribution": 1}, "publisher")
    return some(make, f"/{kind}")


def offered(world: World) -> None:
    event = an_event(world, "their publisher", 0)
    world.call("POST", f"event_delegations/delegateEvent/{event['id']}", {"org_id": world.orgs["ours"], "distribution": 1})


def set_up(world: World) -> str:
    for person in PEOPLE:
        for name, value in (("homepage", {"path": "/events/index"}), ("publish_alert_filter", {"Tag.name": "x"})):
            world.call("POST", "user_settings/setSetting", {"setting": name, "value": value}, person)
    return ""


def collected(world: World) -> str:
    made = world.call("POST", "collections/add", {"name": unique(), "type": "other", "distribution": 1}, "publisher")["Collection"]
    for _ in range(3):
        world.call("POST", f"collection_elements/add/{made['id']}", {
            "element_uuid": an_event(world)["uuid"], "element_type": "Event"}, "publisher")
    return f"/{made['id']}"


def registered(world: World) -> str:
    world.setting("Security.allow_self_registration", True)
    return some(lambda w: w.call("POST", "users/register", {"email": f"{unique()}@people.example", "message": "x"}, "nobody"))(world)


# Makes rows; returns what follows the list's address.
LISTS: dict[str, Callable[[World], str] | list[Callable[[World], str]]] = {
    "analystdata/index": [noted("Note", {"note": "n"}), noted("Opinion", {"opinion": 70, "comment": "c"}),
                          noted("Relationship", {"relationship_type": "like", "related_object_type": "Event",
                                                 "related_object_uuid": str(uuid.uuid4())})],
    "analystdatablocklists/index": some(lambda w: w.call("POST", "analyst_data_blocklists/add", {"uuids": [str(uuid.uuid4())]})),
    "attributes/index": some(an_event),
    "auditlogs/admin_index": some(an_event),
    "auditlogs/eventIndex": with_history,
    "authkeys/index": for_each(lambda w, who: w.call("POST", f"auth_keys/add/{w.users[who]}", {}, who)),
    "bookmarks/index": for_each(lambda w, who: w.call("POST", "bookmarks/add", {"name": unique(), "url": "/events/index"}, who)),
    "collectionelements/index": collected,
    "collections/index": some(lambda w: w.call("POST", "collections/add", {
        "name": unique(), "type": "other", "distribution": 1}, "publisher")),
    "correlationexclusions/index": some(lambda w: w.call("POST", "correlation_exclusions/add", {"value": unique()})),
    "correlationrules/index": some(lambda w: w.call("POST", "correlation_rules/add", {
        "name": unique(), "selector_type": "event_id", "selector_list": [an_event(w)["id"], an_event(w)["id"]]})),
    "eventblocklists/index": some(lambda w: w.call("POST", "event_blocklists/add", {"uuids": [str(uuid.uuid4())]})),
    "eventdelegations/index": some(offered),
    "eventreports/index": some(lambda w: w.call("POST", f"event_reports/add/{an_event(w)['id']}", {
        "name": "R", "content": "c", "distribution": 5}, "publisher")),
    "events/index": some(an_event),
    "feeds/index": some(lambda w: w.call("POST", "feeds/add", {
        "name": unique(), "url": f"http://192.0.2.1/{unique()}", "provider": "p", "source_format": "misp", "lookup_visible": True})),
    "jobs/index": some(lambda w: w.call("POST", "feeds/fetchFromAllFeeds", {})),
    "logs/admin_index": some(an_event),
    "logs/admin_search": some(an_event),
    "logs/event_index": with_history,
    "logs/index": some(an_event),
    "news/admin_index": some(lambda w: w.call("POST", "news/add", {"title": unique(), "message": "m"})),
    "news/index": some(lambda w: w.call("POST", "news/add", {"title": unique(), "message": "m"})),
    "organisations/index": some(lambda w: w.call("POST", "admin/organisations/add", {"name": unique(), "local": True})),
    "orgblocklists/index": some(lambda w: w.call("POST", "org_blocklists/add", {"uuids": [str(uuid.uuid4())]})),
    "roles/index": some(lambda w: w.call("POST", "admin/roles/add", {"name": unique()})),
    "shadowattributes/index": some(lambda w: w.call("POST", f"shadow_attributes/add/{an_event(w)['id']}", {
        "type": "ip-src", "value": "203.0.113.77"}, "their publisher")),
    "sharinggroups/index": some(lambda w: w.call("POST", "sharing_groups/add", {"name": unique(), "releasability": "x"}, "org admin")),
    "sightings/index": some(sighted),
    "tagcollections/index": some(lambda w: w.call("POST", "tag_collections/add", {"name": unique(), "all_orgs": True})),
    "tags/index": some(lambda w: w.call("POST", "tags/add", {"name": unique()})),
    "taxonomies/index": some(lambda w: w.call("POST", "taxonomies/import", {
        "namespace": unique(), "description": "d", "version": 1, "predicates": [{"value": "one", "expanded": "One"}]})),
    "threads/index": some(lambda w: w.call("POST", f"posts/add/event/{an_event(w)['id']}", {"message": "m"}, "publisher")),
    "users/admin_index": lambda world: "",
    "users/registrations": registered,
    "usersettings/index": set_up,
    "warninglists/index": some(lambda w: w.call("POST", "warninglists/add", {"Warninglist": {
        "name": unique(), "description": "d", "type": "string", "category": "known", "entries": "x.example",
        "matching_attributes": ["domain"]}})),
}


def described(world: World) -> dict[str, tuple[str, bool]]:
    """The lists of the description: their address, and whether it takes a body."""
    found = {}
    for path, methods in world.call("GET", "api/openapi.json")["paths"].items():
        parts = [part for part in path.strip("/").split("/") if not part.startswith("{")]
        prefix = parts.pop(0) if parts[0] == "admin" else ""
        if len(parts) != 2:
            continue
        controller, action = parts
        if action.lower().endswith("index") or action in ("registrations", "search") and (prefix or action == "registrations"):
            name = f"{controller}/{prefix + '_' if prefix else ''}{action}"
            found[name] = ("/".join(filter(None, (prefix, controller, action))), "post" in methods)
    return found


def test_every_list_is_known(world: World) -> None:
    lists = described(world).keys()
    assert lists == LISTS.keys() | NOT_PAGED.keys()


def rows(answer: Any) -> list:
    """The rows of an answer, out of their wrapper."""
    while isinstance(answer, dict):
        [answer] = [inner for inner in answer.values() if isinstance(inner, list | dict)]
    return answer


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_has_pages_and_a_total(world: World, name: str) -> None:
    address, takes_body = described(world)[name]
    makers = LISTS[name]
    for make in makers if isinstance(makers, list) else [makers]:
        try:
            place = address + make(world)
            for person in PEOPLE:
                if person != "site admin" and name in ADMINS:
                    assert world.send("GET", place, None, JSON, person).status_code == 403
                else:
                    check(world, place, takes_body, person)
        finally:
            world.reset()


def check(world: World, place: str, takes_body: bool, person: str) -> None:
    """Read a list whole and in pages."""
    def read(path: str, body: dict | None = None) -> tuple[list, int]:
        answer = world.send("POST" if body else "GET", path, json.dumps(body) if body else None, JSON, person)
        assert answer.status_code == 200, (path, answer.text)
        assert "X-Total-Count" in answer.headers, path
        return rows(answer.json()), int(answer.headers["X-Total-Count"])

    whole, total = read(f"{place}/limit:9999")
    assert len(whole) == total >= 2, (place, person, total)
    assert read(f"{place}/limit:9999")[0] == whole, "the order is stable"
    short, all_of_them = read(place)
    assert short == whole[:len(short)] and all_of_them == total, (place, person)
    for at in (1, 2, total, total + 1):
        wanted = (whole[at - 1:at], total)
        assert read(f"{place}/limit:1/page:{at}") == wanted, (place, person, at)
        assert read(f"{place}?limit=1&page={at}") == wanted, (place, person, at)
        if takes_body:
            assert read(place, {"limit": 1, "page": at}) == wanted, (place, person, at)
    half = (total + 1) // 2
    assert read(f"{place}/limit:{half}")[0] + read(f"{place}/limit:{half}/page:2")[0] == whole, (place, person)
