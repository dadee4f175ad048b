"""Who sees what: two organisations, every level of distribution, published or not."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest
import requests
from conftest import accepted
from pymisp import MISPEvent, MISPObject, PyMISP


@dataclass
class Two:
    """A user of each of two organisations, both allowed to publish."""

    ours: PyMISP
    theirs: PyMISP


@pytest.fixture
def two(new_user, client_for) -> Two:
    return Two(client_for(new_user("Publisher")), client_for(new_user("Publisher")))


def everywhere(client: PyMISP, event: MISPEvent, value: str) -> dict[str, bool]:
    """Whether an event, and the attribute with this value, show in every way of reading."""
    read = client.get_event(event.uuid)
    attribute = event.attributes[0]
    return {
        "view by uuid": "Event" in read,
        "view by id": "Event" in client.get_event(event.id),
        "exists": client.event_exists(event.uuid),
        "search": [e.uuid for e in client.search(uuid=event.uuid, pythonify=True)] == [event.uuid],
        "search by value": [e.uuid for e in client.search(value=value, pythonify=True)] == [event.uuid],
        "search by event": [e.uuid for e in client.search(eventid=event.id, pythonify=True)] == [event.uuid],
        "index": event.uuid in {e["uuid"] for e in client.search_index(eventinfo=event.info)},
        "attribute": "Attribute" in client.get_attribute(attribute.uuid),
        "attribute exists": client.attribute_exists(attribute.id),
        "attribute search": client.search("attributes", value=value) != {"Attribute": []},
        "attribute index": attribute.uuid in {a["uuid"] for a in client.attributes()},
    }


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("distribution", [0, 1, 2, 3])
def test_events(two: Two, event, distribution: int, published: bool) -> None:
    value = f"{uuid.uuid4()}.example"
    one = event(client=two.ours, distribution=distribution, attributes=[("domain", value)], published=published)
    assert set(everywhere(two.ours, one, value).values()) == {True}
    shown = everywhere(two.theirs, one, value)
    assert set(shown.values()) == {distribution != 0}, shown


def test_attributes_have_their_own_distribution(two: Two, event) -> None:
    one = event(client=two.ours, distribution=3, attributes=[("domain", "base.example")], published=True)
    for distribution in (0, 1, 2, 3, 5):
        accepted(two.ours.add_attribute(one, {
            "type": "domain", "value": f"d{distribution}.example", "distribution": distribution}))
    values = {client: sorted(a.value for a in client.get_event(one.uuid, pythonify=True).attributes)
              for client in (two.ours, two.theirs)}
    open_ones = ["base.example", "d1.example", "d2.example", "d3.example", "d5.example"]
    assert values[two.ours] == sorted(["d0.example", *open_ones])
    assert values[two.theirs] == open_ones
    secret = next(a for a in two.ours.get_event(one.uuid, pythonify=True).attributes if a.value == "d0.example")
    assert two.theirs.search(value="d0.example", eventid=one.id, pythonify=True) == []
    assert two.theirs.search("attributes", value="d0.example", eventid=one.id) == {"Attribute": []}
    assert two.theirs.attribute_exists(secret.uuid) is False
    assert two.theirs.get_attribute(secret.uuid)["errors"][1]["message"] == "Invalid attribute"
    assert "message" in two.theirs.add_sighting({"type": "0"}, secret)
    assert two.ours.sightings(secret) == []


def test_objects_have_their_own_distribution(two: Two, event) -> None:
    one = event(client=two.ours, distribution=3, attributes=[("domain", "base.example")], published=True)
    hidden = MISPObject("file")
    hidden.add_attribute("filename", "hidden.exe")
    hidden.distribution = 0
    hidden = accepted(two.ours.add_object(one, hidden, pythonify=True))
    assert [o.uuid for o in two.ours.get_event(one.uuid, pythonify=True).objects] == [hidden.uuid]
    assert two.theirs.get_event(one.uuid, pythonify=True).objects == []
    assert two.theirs.object_exists(hidden.uuid) is False
    assert two.theirs.search("objects", eventid=one.id) == []
    assert two.theirs.search("attributes", eventid=one.id, value="hidden.exe") == {"Attribute": []}
    assert two.theirs.search(eventid=one.id, value="hidden.exe") == []


def test_correlations_show_only_what_may_be_seen(two: Two, event) -> None:
    value = f"{uuid.uuid4()}.example"
    secret = event(client=two.ours, distribution=0, attributes=[("domain", value)])
    shown = event(client=two.theirs, distribution=3, attributes=[("domain", value)], published=True)
    assert [r["Event"].uuid for r in two.ours.get_event(shown.uuid, pythonify=True).related_events] == [secret.uuid]
    assert two.theirs.get_event(shown.uuid, pythonify=True).related_events == []


def test_others_change_nothing(two: Two, event) -> None:
    one = event(client=two.ours, distribution=3, attributes=[("domain", "ours.example")], published=True)
    body = accepted(two.ours.add_object(one, file_object(), pythonify=True))
    two.ours.publish(one)
    before = two.ours.get_event(one.uuid)
    theirs = two.theirs
    for answer in (
        theirs.update_event({"info": "theirs now"}, one.id), theirs.delete_event(one), theirs.publish(one),
        theirs.unpublish(one), theirs.restore_attribute(one.attributes[0]), theirs.update_object(body),
        theirs.delete_object(body), theirs.add_object(one, file_object()), theirs.tag(one, "tlp:red"),
    ):
        assert answer["errors"][0] in (403, 404, 405), answer
    assert two.ours.get_event(one.uuid) == before


def file_object() -> MISPObject:
    one = MISPObject("file")
    one.add_attribute("filename", "a.exe")
    return one


def test_deleted_things_are_for_their_owners(two: Two, event) -> None:
    one = event(client=two.ours, distribution=3, published=True,
                attributes=[("domain", "kept.example"), ("domain", "gone.example")])
    two.ours.delete_attribute(next(a for a in one.attributes if a.value == "gone.example"))
    assert len(two.ours.get_event(one.uuid, deleted=[0, 1], pythonify=True).attributes) == 2
    assert [a.value for a in two.theirs.get_event(one.uuid, deleted=[0, 1], pythonify=True).attributes] == ["kept.example"]
    assert two.theirs.search("attributes", eventid=one.id, deleted=True) == {"Attribute": []}


def test_local_tags_stay_here(two: Two, misp: PyMISP, event, new_user, client_for) -> None:
    one = event(distribution=3, attributes=[("domain", "t.example")], published=True)
    misp.tag(one, "ours:only", local=True)
    syncing = client_for(new_user("Sync user"))
    assert [t.name for t in misp.search(eventid=one.id, pythonify=True)[0].tags] == ["ours:only"]
    assert syncing.search(eventid=one.id, pythonify=True)[0].tags == []


def test_nobody_gets_in_without_a_key(server) -> None:
    for path in ("events/index", "attributes/index", "users/view/me", "feeds/index", "attributes/describeTypes.json",
                 "servers/getVersion", "jobs/index"):
        for headers in ({}, {"Authorization": "x" * 40}, {"Authorization": "nonsense"}):
            answer = requests.get(f"{server.url}/{path}", headers={"Accept": "application/json", **headers},
                                  allow_redirects=False, timeout=10)
            assert answer.status_code == 403, (path, headers, answer.status_code)
