"""Blocklists, extended events, tag collections, collections, bookmarks and news, as a user of PyMISP meets them."""

from __future__ import annotations

import uuid

import pytest
from conftest import accepted
from pymisp import MISPEvent, MISPEventBlocklist, MISPOrganisationBlocklist, PyMISP


def post(client: PyMISP, path: str, data=None):
    """An endpoint that PyMISP has no method for."""
    return client._prepare_request("POST", path, data=data or {}).json()


def get(client: PyMISP, path: str):
    return client._prepare_request("GET", path).json()


def test_the_event_blocklist_is_managed(misp: PyMISP) -> None:
    blocked = str(uuid.uuid4())
    before = len(accepted(misp.event_blocklists()))
    answer = accepted(misp.add_event_blocklist(uuids=[blocked]))
    assert answer["result"]["successes"] == [blocked]
    assert answer["message"] == "Done. Added 1 new entries to the blocklist. 0 entries could not be saved."
    entries = misp.event_blocklists(pythonify=True)
    assert len(entries) == before + 1
    entry = next(one for one in entries if one.event_uuid == blocked)
    assert isinstance(entry, MISPEventBlocklist)
    entry.comment = "This is a test"
    entry.event_info = "foo"
    entry.event_orgc = "bar"
    updated = misp.update_event_blocklist(entry, pythonify=True)
    assert (updated.comment, updated.event_info, updated.event_orgc) == ("This is a test", "foo", "bar")
    assert misp.add_event_blocklist(uuids=blocked)["result"]["fails"] == [blocked]
    removed = misp.delete_event_blocklist(blocked)
    assert removed["success"] and removed["message"] == "Blocklist entry removed"
    assert misp.delete_event_blocklist(blocked)["errors"][0] == 404


def test_a_deleted_event_stays_away_until_it_is_let_in_again(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "gone.example")])
    assert misp.delete_event(one)["message"] == "Event deleted."
    again = MISPEvent()
    again.from_dict(info="again", uuid=one.uuid, distribution=1)
    refused = misp.add_event(again)
    assert refused["errors"][0] == 403
    assert refused["errors"][1]["message"] == "Event blocked by event blocklist."
    entry = next(one_ for one_ in misp.event_blocklists(pythonify=True) if one_.event_uuid == one.uuid)
    assert (entry.event_info, entry.comment) == (one.info, "Automatically blocked by deleting event")
    misp.delete_event_blocklist(entry)
    assert accepted(misp.add_event(again, pythonify=True)).uuid == one.uuid
    misp.delete_event(one.uuid)


def test_a_blocked_organisations_events_are_refused_and_counted(misp: PyMISP, new_org, new_user, client_for) -> None:
    org = new_org()
    client = client_for(new_user("User", org))
    answer = accepted(misp.add_organisation_blocklist(uuids=org.uuid, comment="noise"))
    assert answer["result"]["successes"] == [org.uuid]
    new = MISPEvent()
    new.info = "refused"
    refused = client.add_event(new)
    assert refused["errors"][0] == 403
    assert refused["errors"][1]["message"] == "Event blocked by organisation blocklist."
    entry = next(one for one in misp.organisation_blocklists(pythonify=True) if one.org_uuid == org.uuid)
    assert isinstance(entry, MISPOrganisationBlocklist)
    assert (entry.org_name, entry.comment) == (org.name, "noise")
    assert entry.blocked_data["blocked_amount"] == "1"
    entry.comment = "This is a test"
    entry.org_name = "bar"
    updated = misp.update_organisation_blocklist(entry, pythonify=True)
    assert (updated.comment, updated.org_name) == ("This is a test", "bar")
    assert client.organisation_blocklists()["errors"][0] == 403
    assert misp.delete_organisation_blocklist(org.uuid)["success"]
    added = accepted(client.add_event(new, pythonify=True))
    client.delete_event(added)


def test_extensions_are_merged_for_those_who_see_them(misp: PyMISP, event, new_user, client_for) -> None:
    owner, other = client_for(new_user("User")), client_for(new_user("User"))
    base = event(client=owner, attributes=[("domain", "base.example")])
    more = event(client=other, attributes=[("domain", "more.example")], extends_uuid=base.uuid)
    event(client=other, attributes=[("domain", "secret.example")], extends_uuid=base.uuid, distribution=0)
    merged = owner.get_event(base, extended=True, pythonify=True)
    assert sorted(one.value for one in merged.attributes) == ["base.example", "more.example"]
    assert list(merged.extensionEvents) == [str(more.id)]
    assert len(other.get_event(base, extended=True, pythonify=True).attributes) == 3
    assert len(owner.get_event(base, pythonify=True).attributes) == 1
    found = owner.search(eventid=base.id, extensionList=1, pythonify=True)
    assert [one["uuid"] for one in found[0].ExtendedBy] == [more.uuid]
    assert [one.uuid for one in owner.search(eventsExtendingUuid=base.uuid, pythonify=True)] == [more.uuid]


def test_a_tag_collection_is_attached_as_one(misp: PyMISP, event) -> None:
    name = f"e2e:bundle={uuid.uuid4()}"
    tags = [accepted(misp.add_tag({"name": f"{name}{n}"}, pythonify=True)) for n in range(2)]
    made = post(misp, "tag_collections/add", {"name": name, "all_orgs": True})
    collection = made["TagCollection"]["id"]
    for tag in tags:
        assert post(misp, f"tag_collections/addTag/{collection}/{tag.id}")["saved"]
    one = event(attributes=[("domain", "t.example")])
    assert post(misp, f"events/addTag/{one.id}/collection_{collection}")["success"] == "Tag added."
    accepted(misp.tag(one.attributes[0], f"collection_{collection}"))
    read = misp.get_event(one, pythonify=True)
    assert sorted(tag.name for tag in read.tags) == [f"{name}0", f"{name}1"]
    assert len(read.attributes[0].tags) == 2
    listed = next(row for row in get(misp, "tag_collections/index") if row["TagCollection"]["id"] == collection)
    assert [row["Tag"]["name"] for row in listed["TagCollectionTag"]] == [f"{name}0", f"{name}1"]
    assert post(misp, f"tag_collections/delete/{collection}")["success"]
    for tag in tags:
        misp.delete_tag(tag)


def test_a_collection_gathers_events(misp: PyMISP, event, new_user, client_for) -> None:
    client, outsider = client_for(new_user("User")), client_for(new_user("User"))
    one = event(client=client, distribution=0)
    body = {"name": "Op", "type": "campaign", "description": "d", "distribution": 1}
    made = post(client, "collections/add", body | {"CollectionElement": [{"element_uuid": one.uuid, "element_type": "Event"}]})
    collection = made["Collection"]
    assert [element["element_uuid"] for element in collection["CollectionElement"]] == [one.uuid]
    seen = get(outsider, f"collections/view/{collection['id']}")["Collection"]
    assert (seen["name"], seen["CollectionElement"]) == ("Op", [])
    refused = post(outsider, f"collections/edit/{collection['id']}", {"name": "mine"})
    assert refused["message"] == "Invalid Collection or insuficient privileges"
    edited = post(client, f"collections/edit/{collection['uuid']}", {"CollectionElement": []})
    assert edited["Collection"]["CollectionElement"] == []
    assert post(client, f"collections/delete/{collection['id']}")["success"]


@pytest.mark.parametrize("how", ["all", "named"])
def test_many_attributes_are_deleted_at_once(misp: PyMISP, event, how: str) -> None:
    one = event(attributes=[("domain", f"n{n}.example") for n in range(30)])
    chosen = "all" if how == "all" else [attribute.id for attribute in one.attributes]
    answer = post(misp, f"attributes/deleteSelected/{one.id}", {"id": chosen, "allow_hard_delete": True})
    assert answer["message"].startswith("30 attributes deleted")
    assert misp.get_event(one, pythonify=True).attributes == []
    assert int(misp.get_event(one)["Event"]["attribute_count"]) == 0


def test_the_list_of_tags_has_pages(misp: PyMISP) -> None:
    name = f"e2e:page={uuid.uuid4()}"
    tags = [accepted(misp.add_tag({"name": f"{name}{n}"}, pythonify=True)) for n in range(3)]
    answer = misp._prepare_request("GET", f"tags/index/searchall:{name}/limit:2/page:2")
    assert [tag["name"] for tag in answer.json()["Tag"]] == [f"{name}2"]
    assert answer.headers["X-Total-Count"] == "3"
    assert {tag.name for tag in tags} <= {tag.name for tag in misp.tags(pythonify=True)}
    for tag in tags:
        misp.delete_tag(tag)


def test_bookmarks_and_news(misp: PyMISP, new_user, client_for) -> None:
    reader = client_for(new_user("Read Only"))
    mine = post(reader, "bookmarks/add", {"name": "Mine", "url": "/events/index"})["Bookmark"]
    assert [row["Bookmark"]["id"] for row in get(reader, "bookmarks/index")] == [mine["id"]]
    assert get(misp, f"bookmarks/view/{mine['id']}")["name"] == "Invalid bookmark."
    assert post(reader, f"bookmarks/delete/{mine['id']}")["success"]
    told = post(misp, "news/add", {"title": "Maintenance", "message": "On Sunday."})["News"]
    assert told["id"] in [row["News"]["id"] for row in get(reader, "news/index")]
    assert post(reader, "news/add", {"title": "x", "message": "y"})["message"].startswith("You do not have permission")
    post(misp, f"news/delete/{told['id']}")
