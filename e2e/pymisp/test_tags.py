"""Tags: managed, attached to events and attributes, local and global, with relationships."""

from __future__ import annotations

import uuid

import pytest
from conftest import accepted
from pymisp import MISPTag, PyMISP


@pytest.fixture
def name() -> str:
    return f"e2e:name={uuid.uuid4()}"


def names(one) -> list[str]:
    return sorted(tag.name for tag in one.tags)


def test_a_tag_is_managed(misp: PyMISP, name: str) -> None:
    tag = MISPTag()
    tag.name = name
    tag.colour = "#00ff00"
    added = accepted(misp.add_tag(tag, pythonify=True))
    assert (added.name, added.colour, added.exportable) == (name, "#00ff00", True)
    assert misp.add_tag(tag, pythonify=True).id == added.id
    read = misp.get_tag(added.id, pythonify=True)
    assert (read.name, read.colour) == (name, "#00ff00")
    read.colour = "#0000ff"
    assert misp.update_tag(read, pythonify=True).colour == "#0000ff"
    assert misp.get_tag(added.id)["colour"] == "#0000ff"
    assert misp.disable_tag(read, pythonify=True).hide_tag is True
    assert misp.enable_tag(read, pythonify=True).hide_tag is False
    assert name in {t.name for t in misp.tags(pythonify=True)}
    assert misp.delete_tag(added)["message"] == "Tag deleted."
    assert misp.get_tag(added.id)["errors"][0] in (404, 405)
    assert misp.search_tags(name) == []


def test_a_tag_without_a_colour_gets_one(misp: PyMISP, name: str) -> None:
    added = accepted(misp.add_tag({"name": name}, pythonify=True))
    assert len(added.colour) == 7 and added.colour.startswith("#")
    misp.delete_tag(added)


def test_wrong_tags_are_refused(misp: PyMISP, name: str) -> None:
    for wrong in ({"name": ""}, {"name": name, "colour": "red"}):
        assert "errors" in misp.add_tag(wrong), wrong
    assert misp.search_tags(name) == []


def test_search(misp: PyMISP, name: str) -> None:
    made = [accepted(misp.add_tag({"name": f"{name}{n}"}, pythonify=True)) for n in range(3)]
    assert [t.name for t in misp.search_tags(f"{name}1", pythonify=True)] == [f"{name}1"]
    assert [t.name for t in misp.search_tags(f"{name}1".upper(), strict_tagname=True, pythonify=True)] == [f"{name}1"]
    assert sorted(t.name for t in misp.search_tags(f"{name}%", pythonify=True)) == [t.name for t in made]
    plain = misp.search_tags(f"{name}2")
    assert plain[0]["Tag"]["name"] == f"{name}2" and isinstance(plain[0]["Tag"]["id"], str)
    for tag in made:
        misp.delete_tag(tag)


def test_an_event_is_tagged_and_untagged(misp: PyMISP, event, name: str) -> None:
    one = event(attributes=[("domain", "t.example")])
    misp.publish(one)
    answer = misp.tag(one, name)
    assert answer["success"] is True
    assert f"successfully attached to Event({one.id})." in answer["message"]
    assert answer["message"].startswith(f"Global tag {name}(")
    read = misp.get_event(one.id, pythonify=True)
    assert (names(read), read.published) == ([name], False)
    again = misp.tag(one.uuid, name)
    assert "already has the requested tag attached" in again["message"]
    assert names(misp.get_event(one.id, pythonify=True)) == [name]
    assert misp.untag(one, name)["message"].endswith(f"successfully removed from Event({one.id}).")
    assert misp.get_event(one.id, pythonify=True).tags == []
    assert misp.untag(one, name)["errors"][0] in (404, 405)


def test_an_attribute_is_tagged_and_untagged(misp: PyMISP, event, name: str) -> None:
    stored = event(attributes=[("domain", "t.example")]).attributes[0]
    assert f"successfully attached to Attribute({stored.id})." in misp.tag(stored, name)["message"]
    assert names(misp.get_attribute(stored, pythonify=True)) == [name]
    assert f"successfully removed from Attribute({stored.id})." in misp.untag(stored, name)["message"]
    assert misp.get_attribute(stored, pythonify=True).tags == []


def test_a_local_tag_leaves_the_event_published(misp: PyMISP, event, name: str) -> None:
    one = event(attributes=[("domain", "t.example")])
    misp.publish(one)
    before = misp.get_event(one.id, pythonify=True)
    assert misp.tag(one, name, local=True)["message"].startswith("Local tag ")
    read = misp.get_event(one.id, pythonify=True)
    assert [(t.name, t.local) for t in read.tags] == [(name, True)]
    assert (read.published, read.timestamp) == (True, before.timestamp)
    attribute = read.attributes[0]
    misp.tag(attribute, name, local=True)
    assert [(t.name, t.local) for t in misp.get_attribute(attribute, pythonify=True).tags] == [(name, True)]


def test_a_relationship_is_kept(misp: PyMISP, event, name: str) -> None:
    one = event(attributes=[("domain", "t.example")])
    accepted(misp.tag(one, name, relationship_type="attributed-to"))
    assert misp.get_event(one.id, pythonify=True).tags[0].relationship_type == "attributed-to"


def test_several_tags_and_the_older_endpoints(misp: PyMISP, event, name: str) -> None:
    one = event(attributes=[("domain", "t.example")])
    answer = misp._prepare_request("POST", "tags/attachTagToObject", data={"uuid": one.uuid, "tag": [name + "a", name + "b"]})
    assert answer.json()["message"].startswith("Successfully attached 2 tags to Event")
    older = misp._prepare_request("POST", f"events/addTag/{one.id}", data={"tag": name + "a"}).json()
    assert older == {"saved": False, "errors": "Tag is already attached to this event."}
    removed = misp._prepare_request("POST", f"events/removeTag/{one.id}", data={"tag": name + "b"}).json()
    assert (removed["saved"], removed["success"]) == (True, "Tag removed.")
    assert names(misp.get_event(one.id, pythonify=True)) == [name + "a"]


def test_what_cannot_be_tagged(misp: PyMISP, name: str) -> None:
    status, body = misp.tag(str(uuid.uuid4()), name)["errors"]
    assert (status, body["message"]) == (404, "Invalid Target.")


def test_others_may_not_tag_globally(misp: PyMISP, event, new_user, client_for, name: str) -> None:
    one = event(distribution=3, attributes=[("domain", "t.example")])
    misp.publish(one)
    accepted(misp.add_tag({"name": name}))
    status, body = client_for(new_user("User")).tag(one, name)["errors"]
    assert status == 403 and "Cannot alter the tags of this data" in body["message"]
    assert misp.get_event(one.id, pythonify=True).tags == []


def test_counts_and_statistics(misp: PyMISP, event, name: str) -> None:
    one = event(attributes=[("domain", "t.example"), ("domain", "u.example")])
    misp.tag(one, name)
    misp.tag(one.attributes[0], name)
    tag = next(t for t in misp.tags() if t["name"] == name)
    assert (tag["count"], tag["attribute_count"]) == (1, 1)
    assert int(misp.tags_statistics()["tags"][name]) >= 1


def test_a_tag_that_is_kept_for_others_is_not_told_by_adding_it(misp: PyMISP, new_user, client_for, name: str) -> None:
    admin = client_for(new_user("Org Admin"))
    other = misp.add_organisation({"name": f"Keeper of {name}", "local": True}, pythonify=True)
    accepted(misp.direct_call("tags/add", {"name": name, "org_id": other.id}))
    refused = admin.direct_call("tags/add", {"name": name})
    assert refused["errors"][0] == 405 and "similar name" in refused["errors"][1]["message"], refused
    misp.delete_organisation(other)
