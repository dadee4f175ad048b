"""Sightings: by value, by attribute, listed, searched, deleted."""

from __future__ import annotations

import time
import uuid

from conftest import accepted
from pymisp import MISPSighting, PyMISP


def sighting(**fields) -> MISPSighting:
    one = MISPSighting()
    one.from_dict(**fields)
    return one


def test_by_value_every_attribute_is_sighted(misp: PyMISP, event) -> None:
    value = f"{uuid.uuid4()}.example"
    first, second = event(attributes=[("domain", value)]), event(attributes=[("hostname", value)])
    added = misp.add_sighting(sighting(value=value, source="sensor", type="0"), pythonify=True)
    assert isinstance(added, MISPSighting), added
    for one in (first, second):
        found = misp.sightings(one.attributes[0], pythonify=True)
        assert [(s.source, str(s.type)) for s in found] == [("sensor", "0")]
        assert [s.source for s in misp.sightings(one, pythonify=True)] == ["sensor"]


def test_by_attribute(misp: PyMISP, event) -> None:
    stored = event(attributes=[("domain", f"{uuid.uuid4()}.example")]).attributes[0]
    moment = int(time.time()) - 3600
    added = misp.add_sighting(sighting(timestamp=moment, source="x", type="1"), stored)
    assert added["Sighting"]["date_sighting"] == str(moment)
    assert added["Sighting"]["type"] == "1"
    by_uuid = misp.add_sighting({"source": "y", "type": "0"}, stored.uuid, pythonify=True)
    assert int(by_uuid.attribute_id) == int(stored.id)
    listed = misp.sightings(stored)
    assert sorted(s["Sighting"]["source"] for s in listed) == ["x", "y"]
    read = misp.get_event(stored.event_id, pythonify=True)
    assert sorted(s.source for s in read.attributes[0].sightings) == ["x", "y"]


def test_a_list_in_pages(misp: PyMISP, event) -> None:
    stored = event(attributes=[("domain", f"{uuid.uuid4()}.example")]).attributes[0]
    for source in "abc":
        accepted(misp.add_sighting({"source": source, "timestamp": 1_700_000_000 + ord(source)}, stored))
    assert [s.source for s in misp.sightings(stored, pythonify=True)] == ["c", "b", "a"]

    def page(number: int) -> list[str]:
        body = {"id": stored.id, "context": "attribute", "limit": 2, "page": number}
        return [s["Sighting"]["source"] for s in misp.direct_call("sightings/listSightings", body)]

    assert [page(1), page(2), page(3)] == [["c", "b"], ["a"], []]


def test_an_expiration_replaces_the_earlier_one(misp: PyMISP, event) -> None:
    stored = event(attributes=[("domain", f"{uuid.uuid4()}.example")]).attributes[0]
    for source in ("first", "second"):
        accepted(misp.add_sighting({"type": "2", "source": source}, stored))
    assert [s.source for s in misp.sightings(stored, pythonify=True)] == ["second"]


def test_nothing_to_sight(misp: PyMISP) -> None:
    answer = misp.add_sighting(sighting(value=f"{uuid.uuid4()}.example"))
    assert answer["message"].startswith("Could not add the Sighting. Reason: No valid attributes found")


def test_delete(misp: PyMISP, event) -> None:
    stored = event(attributes=[("domain", f"{uuid.uuid4()}.example")]).attributes[0]
    first = misp.add_sighting({"source": "a"}, stored, pythonify=True)
    second = misp.add_sighting({"source": "b"}, stored, pythonify=True)
    assert misp.delete_sighting(first.id)["message"] == "Sighting successfully deleted."
    assert misp.delete_sighting(second.uuid)["message"] == "Sighting successfully deleted."
    assert misp.sightings(stored) == []
    assert misp.delete_sighting(first.id)["errors"][1]["message"] == "Invalid sighting."


def test_a_sighting_leaves_the_event_as_it_is(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", f"{uuid.uuid4()}.example")])
    misp.publish(one)
    before = misp.get_event(one.id, pythonify=True)
    accepted(misp.add_sighting({"value": one.attributes[0].value}))
    after = misp.get_event(one.id, pythonify=True)
    assert (after.published, after.timestamp) == (True, before.timestamp)


def test_search(misp: PyMISP, server, event) -> None:
    one = event(attributes=[("domain", f"{uuid.uuid4()}.example"), ("ip-dst", "192.0.2.44")])
    first, second = one.attributes
    old = int(time.time()) - 20 * 86400
    source = str(uuid.uuid4())
    accepted(misp.add_sighting({"source": source, "timestamp": old}, first))
    accepted(misp.add_sighting({"source": source, "type": "1"}, second))

    def found(**query) -> list[int]:
        return sorted(int(s["sighting"].attribute_id)
                      for s in misp.search_sightings(source=source, pythonify=True, **query))

    both = sorted([int(first.id), int(second.id)])
    assert found() == both
    assert found(publish_timestamp="5d") == [int(second.id)]
    assert found(date_from=old - 10, date_to=old + 10) == [int(first.id)]
    assert found(type_sighting="1") == [int(second.id)]
    assert found(context="event", context_id=one.id) == both
    assert found(context="attribute", context_id=first.id) == [int(first.id)]
    assert found(context="event", context_id=one.uuid) == both
    full = misp.search_sightings(context="event", context_id=one.id, source=source, include_attribute=True,
                                 include_event_meta=True, pythonify=True)
    assert sorted(s["attribute"].uuid for s in full) == sorted([first.uuid, second.uuid])
    assert {s["event"].uuid for s in full} == {one.uuid}
    plain = misp.search_sightings(context="attribute", context_id=second.id, include_attribute=True)
    assert plain[0]["Sighting"]["Attribute"]["value"] == "192.0.2.44"
    assert plain[0]["Sighting"]["Organisation"]["name"] == server.organisation


def test_another_organisation_sights_what_it_sees(misp: PyMISP, event, new_user, client_for) -> None:
    other = client_for(new_user("User"))
    shown = event(attributes=[("domain", f"{uuid.uuid4()}.example")], distribution=3)
    hidden = event(attributes=[("domain", f"{uuid.uuid4()}.example")], distribution=0)
    misp.publish(shown)
    misp.publish(hidden)
    assert "Sighting" in other.add_sighting({"value": shown.attributes[0].value})
    assert "message" in other.add_sighting({"value": hidden.attributes[0].value})
    assert misp.sightings(hidden.attributes[0]) == []
    own = misp.sightings(shown.attributes[0], pythonify=True)
    assert len(own) == 1
    refused = client_for(new_user("User")).delete_sighting(own[0].id)
    assert refused["errors"][0] in (403, 404, 405)
