"""Searching, the ways that scripts do it: every filter on its own, in combination, page by page, in every scope."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from conftest import accepted
from pymisp import MISPAttribute, MISPEvent, MISPObject, PyMISP

NOW = int(time.time())


@dataclass
class Corpus:
    """Three events of one organisation, and one of another, with what tells them apart."""

    misp: PyMISP
    """A user of the organisation, who may publish."""
    mark: str
    """A word that all of them carry."""
    org: str
    old: MISPEvent
    """2020, published, tagged green, an address and a domain."""
    new: MISPEvent
    """Today, published, tagged amber, an object and a deleted attribute; its domain attribute is tagged."""
    draft: MISPEvent
    """Today, not published, no tags, an attribute that is not for detection."""
    foreign: MISPEvent
    """Of the administrator's organisation, published."""

    def events(self, **query) -> set[str]:
        """The infos that a search finds among the four, without the common word."""
        found = self.misp.search(eventinfo=f"%{self.mark}%", pythonify=True, **query)
        assert isinstance(found, list), found
        return {event.info.split()[0] for event in found}

    def attributes(self, **query) -> set[str]:
        """The values that an attribute search finds in the events."""
        found = self.misp.search("attributes", eventinfo=f"%{self.mark}%", pythonify=True, **query)
        assert isinstance(found, list), found
        return {a.value.replace(self.mark, "*") for a in found}


def tagged(name: str) -> str:
    return f"e2e:colour={name}"


@pytest.fixture(scope="module")
def corpus(misp: PyMISP, server):
    mark = uuid.uuid4().hex[:12]
    org = accepted(misp.add_organisation({"name": f"Searchers {mark}", "local": True}, pythonify=True))
    roles = {role.name: role.id for role in misp.roles(pythonify=True)}
    user = accepted(misp.add_user({"email": f"{mark}@users.example", "org_id": org.id, "role_id": roles["Publisher"],
                                   "change_pw": False}, pythonify=True))
    client = PyMISP(server.url, misp.get_new_authkey(user), ssl=False)
    for colour in ("green", "amber", "red"):
        accepted(misp.add_tag({"name": tagged(colour)}))

    def make(word: str, by: PyMISP = client, **fields) -> MISPEvent:
        event = MISPEvent()
        event.info = f"{word} {mark}"
        event.distribution = 3
        for name, value in fields.items():
            setattr(event, name, value)
        return event

    old = make("old", date="2020-05-05", threat_level_id=1)
    old.add_attribute("ip-dst", "192.0.2.10")
    old.add_attribute("domain", f"{mark}.example", comment="seen")
    old.add_tag(tagged("green"))
    old.publish()
    new = make("new", analysis=2)
    new.add_attribute("domain", f"new.{mark}.example").add_tag(tagged("red"))
    new.add_attribute("ip-dst|port", "192.0.2.10|8080")
    new.add_tag(tagged("amber"))
    file = MISPObject("file")
    file.add_attribute("filename", f"{mark}.exe")
    file.add_attribute("sha1", "a" * 40)
    new.add_object(file)
    new.publish()
    draft = make("draft")
    draft.add_attribute("text", f"note {mark}", category="Other")
    foreign = make("foreign")
    foreign.add_attribute("domain", f"foreign.{mark}.example")
    foreign.publish()
    stored = [accepted(client.add_event(one, pythonify=True)) for one in (old, new, draft)]
    gone = client.add_attribute(stored[1], {"type": "domain", "value": f"gone.{mark}.example"}, pythonify=True)
    client.delete_attribute(gone)
    client.publish(stored[1])
    stored.append(accepted(misp.add_event(foreign, pythonify=True)))
    yield Corpus(client, mark, org.name, *[client.get_event(one.uuid, pythonify=True) for one in stored])
    for one in stored:
        misp.delete_event(one.uuid)
    misp.delete_user(user)
    misp.delete_organisation(org)


def test_by_value(corpus: Corpus) -> None:
    assert corpus.events() == {"old", "new", "draft", "foreign"}
    assert corpus.events(value="192.0.2.10") == {"old", "new"}
    assert corpus.events(value=f"{corpus.mark}.example") == {"old"}
    assert corpus.events(value=f"%{corpus.mark}.example") == {"old", "new", "foreign"}
    assert corpus.events(value=[f"{corpus.mark}.exe", f"{corpus.mark}.example"]) == {"old", "new"}
    assert corpus.events(value="A" * 40) == {"new"}
    assert corpus.events(value="8080") == {"new"}
    assert corpus.events(value="192.0.2.11") == set()
    assert corpus.attributes(value="192.0.2.10") == {"192.0.2.10", "192.0.2.10|8080"}


def test_by_type_and_category(corpus: Corpus) -> None:
    assert corpus.events(type_attribute="sha1") == {"new"}
    assert corpus.events(type_attribute=["sha1", "text"]) == {"new", "draft"}
    assert corpus.events(category="Other") == {"draft"}
    assert corpus.attributes(type_attribute="domain") == {"*.example", "new.*.example", "foreign.*.example"}
    assert corpus.attributes(type_attribute={"NOT": ["domain", "text"]}) == {
        "192.0.2.10", "192.0.2.10|8080", "*.exe", "a" * 40}
    assert corpus.attributes(category="Payload delivery") == {"*.exe", "a" * 40}
    assert corpus.attributes(type_attribute="ip-%") == {"192.0.2.10", "192.0.2.10|8080"}


def test_by_organisation(corpus: Corpus, server) -> None:
    ours = {"old", "new", "draft"}
    assert corpus.events(org=corpus.org) == ours
    assert corpus.events(org=corpus.old.orgc.uuid) == ours
    assert corpus.events(org=int(corpus.old.orgc.id)) == ours
    assert corpus.events(org=f"!{corpus.org}") == {"foreign"}
    assert corpus.events(org=[corpus.org, server.organisation]) == ours | {"foreign"}
    assert corpus.events(org="Nobody at all") == set()
    assert corpus.attributes(org=server.organisation) == {"foreign.*.example"}


def test_by_tags(corpus: Corpus) -> None:
    green, amber, red = (tagged(colour) for colour in ("green", "amber", "red"))
    assert corpus.events(tags=green) == {"old"}
    assert corpus.events(tags=[green, amber]) == {"old", "new"}
    assert corpus.events(tags=red) == {"new"}
    assert corpus.events(event_tags=red) == set()
    assert corpus.events(tags="e2e:colour=%") == {"old", "new"}
    assert corpus.events(tags=f"!{green}") == {"new", "draft", "foreign"}
    assert corpus.events(tags=["e2e:colour=%", f"!{amber}"]) == {"old"}
    query = corpus.misp.build_complex_query
    assert corpus.events(tags=query(and_parameters=[amber, red])) == {"new"}
    assert corpus.events(tags=query(and_parameters=[green, amber])) == set()
    assert corpus.events(tags=query(or_parameters=["e2e:colour=%"], not_parameters=[green])) == {"new"}
    assert corpus.events(tags="no such tag") == set()
    assert corpus.attributes(tags=red) == {"new.*.example"}
    assert corpus.attributes(tags=green) == {"192.0.2.10", "*.example"}
    assert corpus.attributes(tags=["e2e:colour=%", f"!{red}"]) >= {"192.0.2.10", "*.example"}
    assert "new.*.example" not in corpus.attributes(tags=[f"!{red}"])


def test_by_id_and_uuid(corpus: Corpus) -> None:
    old, new = corpus.old, corpus.new
    assert corpus.events(eventid=old.id) == {"old"}
    assert corpus.events(eventid=[old.id, new.uuid]) == {"old", "new"}
    assert corpus.events(eventid=f"!{old.id}") == {"new", "draft", "foreign"}
    assert corpus.events(uuid=new.uuid) == {"new"}
    assert corpus.events(uuid=old.attributes[0].uuid) == {"old"}
    assert corpus.events(uuid=[old.uuid, new.uuid]) == {"old", "new"}
    assert corpus.attributes(uuid=old.attributes[0].uuid) == {old.attributes[0].value.replace(corpus.mark, "*")}
    assert corpus.attributes(eventid=old.id) == {"192.0.2.10", "*.example"}
    assert corpus.events(uuid=str(uuid.uuid4())) == set()


def test_by_date(corpus: Corpus) -> None:
    recent = {"new", "draft", "foreign"}
    assert corpus.events(date_from="2020-05-05", date_to="2020-05-05") == {"old"}
    assert corpus.events(date_to="2021-01-01") == {"old"}
    assert corpus.events(date_from=date.today() - timedelta(days=2)) == recent
    assert corpus.events(date_from=datetime.now() - timedelta(days=2)) == recent
    assert corpus.attributes(date_to="2021-01-01") == {"192.0.2.10", "*.example"}


def test_by_time(corpus: Corpus) -> None:
    published = {"old", "new", "foreign"}
    assert corpus.events(publish_timestamp="5d") == published
    assert corpus.events(publish_timestamp=NOW + 3600) == set()
    assert corpus.events(publish_timestamp=("2d", "1d")) == set()
    assert corpus.events(publish_timestamp=("2d", "0s")) == published
    assert corpus.events(last="1h") == published
    assert corpus.events(timestamp="1h") == published | {"draft"}
    assert corpus.events(timestamp=(NOW - 7200, NOW - 3600)) == set()
    assert corpus.events(timestamp=datetime.now() - timedelta(hours=1)) == published | {"draft"}
    assert corpus.events(timestamp="nonsense") == set()
    assert len(corpus.attributes(timestamp="1h")) == 8
    assert corpus.attributes(publish_timestamp="5d", type_attribute="text") == set()


def test_by_state(corpus: Corpus) -> None:
    assert corpus.events(published=True) == {"old", "new", "foreign"}
    assert corpus.events(published=False) == {"draft"}
    assert corpus.events(published=[True, False]) == {"old", "new", "draft", "foreign"}
    assert corpus.events(to_ids=1) == {"old", "new", "foreign"}
    assert corpus.attributes(to_ids=0) == {"note *"}
    assert corpus.events(threat_level_id=1) == {"old"}


def test_only_what_detects_is_shown(corpus: Corpus) -> None:
    found = corpus.misp.search(eventid=corpus.new.id, to_ids=1, pythonify=True)
    assert all(a.to_ids for event in found for a in event.attributes)


def test_deleted(corpus: Corpus) -> None:
    def shown(**query) -> list[str]:
        found = corpus.misp.search(eventid=corpus.new.id, pythonify=True, **query)
        return sorted(a.value.replace(corpus.mark, "*") for event in found for a in event.attributes)

    live = ["192.0.2.10|8080", "new.*.example"]
    assert shown() == live
    assert shown(deleted=True) == ["gone.*.example"]
    assert shown(deleted=[0, 1]) == sorted([*live, "gone.*.example"])
    assert shown(deleted=False) == live
    assert corpus.attributes(eventid=corpus.new.id, deleted=True) == {"gone.*.example"}
    assert "gone.*.example" in corpus.attributes(eventid=corpus.new.id, deleted=[0, 1])


def test_in_combination(corpus: Corpus) -> None:
    assert corpus.events(value="192.0.2.10", tags=tagged("amber")) == {"new"}
    assert corpus.events(org=corpus.org, published=True, date_to="2021-01-01") == {"old"}
    assert corpus.attributes(type_attribute="domain", org=corpus.org, tags=f"!{tagged('red')}") == {"*.example"}


def test_page_by_page(corpus: Corpus) -> None:
    pages = [corpus.misp.search(eventinfo=f"%{corpus.mark}%", limit=3, page=page, pythonify=True) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 1, 0]
    assert len({event.uuid for page in pages for event in page}) == 4
    seen: list[str] = []
    for page in range(1, 9):
        found = corpus.misp.search("attributes", eventinfo=f"%{corpus.mark}%", limit=3, page=page, pythonify=True)
        seen += [a.uuid for a in found]
        if not found:
            break
    assert (len(seen), len(set(seen)), page) == (8, 8, 4)


def test_metadata(corpus: Corpus) -> None:
    plain = corpus.misp.search(eventid=corpus.new.id, metadata=True)
    event = plain[0]["Event"]
    assert event["info"].startswith("new") and "Attribute" not in event and "Object" not in event
    assert [t["name"] for t in event["Tag"]] == [tagged("amber")]
    read = corpus.misp.search(eventid=corpus.new.id, metadata=True, pythonify=True)[0]
    assert read.attributes == []


def test_plain_answers(corpus: Corpus) -> None:
    misp = corpus.misp
    events = misp.search(eventid=corpus.old.id)
    assert [e["Event"]["uuid"] for e in events] == [corpus.old.uuid]
    attributes = misp.search("attributes", eventid=corpus.old.id)["Attribute"]
    assert {a["event_id"] for a in attributes} == {str(corpus.old.id)}
    assert set(attributes[0]["Event"]) >= {"id", "info", "uuid", "org_id", "orgc_id", "distribution"}
    assert misp.search(value="no such value") == []
    assert misp.search("attributes", value="no such value") == {"Attribute": []}
    assert misp.search("objects", value="no such value") == []


def test_what_may_be_included(corpus: Corpus) -> None:
    misp = corpus.misp
    plain = misp.search("attributes", eventid=corpus.new.id, type_attribute="domain", include_event_tags=True,
                        include_event_uuid=True, include_context=True)["Attribute"][0]
    assert plain["event_uuid"] == corpus.new.uuid
    assert sorted(t["name"] for t in plain["Tag"]) == [tagged("amber"), tagged("red")]
    assert plain["Event"]["publish_timestamp"].isdigit() and plain["Event"]["Orgc"]["name"] == corpus.org
    misp.add_sighting({"source": "s"}, corpus.old.attributes[0])
    sighted = misp.search("attributes", uuid=corpus.old.attributes[0].uuid, include_sightings=True, pythonify=True)
    assert [s.source for s in sighted[0].sightings] == ["s"]


def test_objects(corpus: Corpus) -> None:
    found = corpus.misp.search("objects", value=f"{corpus.mark}.exe", pythonify=True)
    assert [(o.name, sorted(a.object_relation for a in o.attributes)) for o in found] == [("file", ["filename", "sha1"])]
    assert isinstance(found[0], MISPObject)
    assert corpus.misp.search("objects", object_name="file", eventid=corpus.new.id, pythonify=True)[0].uuid == found[0].uuid
    assert corpus.misp.search("objects", eventid=corpus.old.id) == []
    assert corpus.misp.search("objects", eventid=corpus.new.id, type_attribute="domain") == []


def test_attributes_are_records(corpus: Corpus) -> None:
    found = corpus.misp.search("attributes", eventid=corpus.new.id, type_attribute="sha1", pythonify=True)
    assert [type(a) for a in found] == [MISPAttribute]
    assert found[0].Event.info == corpus.new.info
    assert found[0].object_relation == "sha1"


def test_everywhere(corpus: Corpus) -> None:
    def words(text: str) -> set[str]:
        found = corpus.misp.search(value=text, searchall=True, pythonify=True)
        return {event.info.split()[0] for event in found if corpus.mark in event.info}

    assert words(f"%{corpus.mark}%") == {"old", "new", "draft", "foreign"}
    assert words(f"draft {corpus.mark}") == {"draft"}
    assert words(tagged("green")) == {"old"}


def test_hundred_values_at_once(corpus: Corpus) -> None:
    many = [f"192.0.2.{n}" for n in range(1, 255)] * 8 + [f"{corpus.mark}.exe"]
    assert corpus.events(value=many) == {"old", "new"}


def test_the_index(corpus: Corpus) -> None:
    misp, mark = corpus.misp, corpus.mark

    def words(**query) -> set[str]:
        found = misp.search_index(eventinfo=mark, pythonify=True, **query)
        assert all(isinstance(event, MISPEvent) for event in found)
        return {event.info.split()[0] for event in found}

    assert words() == {"old", "new", "draft", "foreign"}
    assert words(published=True) == {"old", "new", "foreign"}
    assert words(published=False) == {"draft"}
    assert words(tags=tagged("green")) == {"old"}
    assert words(tags=f"!{tagged('green')}") == {"new", "draft", "foreign"}
    assert words(org=corpus.org) == {"old", "new", "draft"}
    assert words(date_from="2020-01-01", date_to="2020-12-31") == {"old"}
    assert words(eventid=[corpus.old.id, corpus.new.uuid]) == {"old", "new"}
    assert words(threatlevel=[1]) == {"old"}
    assert words(analysis=[2]) == {"new"}
    assert words(distribution=[0]) == set()
    assert words(attribute=f"new.{mark}") == {"new"}
    assert words(all=f"{mark}.exe") == {"new"}
    assert words(timestamp=NOW - 3600) == {"old", "new", "draft", "foreign"}
    assert words(publish_timestamp="1h") == {"old", "new", "foreign"}
    assert words(timestamp="1h") == {"old", "new", "draft", "foreign"}
    assert words(limit=2, page=1) | words(limit=2, page=2) == {"old", "new", "draft", "foreign"}


def test_the_index_is_sorted_and_flat(corpus: Corpus) -> None:
    misp = corpus.misp
    ascending = misp.search_index(eventinfo=corpus.mark, sort="info")
    assert [e["info"].split()[0] for e in ascending] == ["draft", "foreign", "new", "old"]
    descending = misp.search_index(eventinfo=corpus.mark, sort="info", desc=True)
    assert descending == ascending[::-1]
    new = ascending[2]
    assert (new["attribute_count"], new["published"], new["Orgc"]["name"]) == ("4", True, corpus.org)
    assert [t["Tag"]["name"] for t in new["EventTag"]] == [tagged("amber")]
    minimal = misp.search_index(eventinfo=corpus.mark, minimal=True)
    assert {frozenset(e) for e in minimal} == {
        frozenset({"id", "timestamp", "sighting_timestamp", "published", "uuid", "orgc_uuid"})}
    assert misp.search_index(eventinfo="no such event at all") == []


def test_the_whole_index(corpus: Corpus) -> None:
    assert {corpus.old.uuid, corpus.foreign.uuid} <= {e.uuid for e in corpus.misp.events(pythonify=True)}


def test_named_parameters_and_wrappers(corpus: Corpus) -> None:
    misp = corpus.misp
    by_url = misp._prepare_request("GET", f"attributes/restSearch/returnFormat:json/eventid:{corpus.old.id}/type:domain")
    assert [a["value"] for a in by_url.json()["response"]["Attribute"]] == [f"{corpus.mark}.example"]
    wrapped = misp._prepare_request("POST", "events/restSearch", data={"request": {"eventid": corpus.old.id}})
    assert wrapped.json()["response"][0]["Event"]["uuid"] == corpus.old.uuid
    assert wrapped.headers["X-Result-Count"] == "1"
    assert wrapped.headers["Content-Type"].startswith("application/json")


def test_what_no_search_is(misp: PyMISP) -> None:
    for method, path, body, status in (
        ("POST", "events/restSearch", {}, 400),
        ("GET", "events/restSearch", None, 400),
        ("POST", "events/restSearch", b"{nonsense", 405),
        ("POST", "events/restSearch", {"returnFormat": "no such format", "value": "x"}, 404),
        ("POST", "users/restSearch", {"value": "x"}, 404),
    ):
        assert misp._prepare_request(method, path, data=body).status_code == status, (method, path, body)


def test_a_distribution_restricts_the_content_too(misp: PyMISP) -> None:
    event = MISPEvent()
    event.info = f"Content by distribution {uuid.uuid4()}"
    event.distribution = 1
    event.add_attribute("domain", f"{uuid.uuid4()}.example", distribution=1)
    event.add_attribute("domain", f"{uuid.uuid4()}.example", distribution=5)
    stored = accepted(misp.add_event(event, pythonify=True))
    found = misp.search(uuid=stored.uuid, distribution=1, pythonify=True)
    assert [[int(a.distribution) for a in event.attributes] for event in found] == [[1]]
    assert misp.search(uuid=stored.uuid, distribution=2, pythonify=True) == []


def test_granular_correlations_name_the_other_attribute(misp: PyMISP) -> None:
    shared = f"{uuid.uuid4()}.example"
    stored = []
    for n in range(2):
        event = MISPEvent()
        event.info = f"Granular {n} {uuid.uuid4()}"
        event.add_attribute("domain", shared)
        event.add_attribute("domain", f"{uuid.uuid4()}.example")
        stored.append(accepted(misp.add_event(event, pythonify=True)))
    first, second = stored
    answers = [
        misp.search(uuid=first.uuid, includeGranularCorrelations=1)[0],
        misp.direct_call(f"events/view/{first.id}/includeGranularCorrelations:1"),
    ]
    for answer in answers:
        related = {a["value"]: a["RelatedAttribute"] for a in answer["Event"]["Attribute"]}
        assert related.pop(shared) == [{
            "id": str(second.attributes[0].id), "value": shared, "org_id": str(second.orgc_id),
            "info": second.info, "event_id": str(second.id),
        }]
        assert list(related.values()) == [[]]
    assert "RelatedAttribute" not in misp.get_event(first.id)["Event"]["Attribute"][0]
