"""Sharing groups, and what is shared with them; organisations that become one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from conftest import accepted
from pymisp import MISPEvent, MISPObject, MISPOrganisation, MISPSharingGroup, PyMISP

HIDDEN = "Sharing group doesn&#039;t exist or you do not have permission to access it."


@dataclass
class Cast:
    """An organisation that makes a group, one that will be in it, one that will not."""

    maker: PyMISP
    member: PyMISP
    reader: PyMISP
    outsider: PyMISP
    maker_org: MISPOrganisation
    member_org: MISPOrganisation


@pytest.fixture
def cast(new_org, new_user, client_for) -> Cast:
    ours, theirs = new_org(), new_org()
    return Cast(
        maker=client_for(new_user("Org Admin", ours)),
        member=client_for(new_user("Org Admin", theirs)),
        reader=client_for(new_user("User", theirs)),
        outsider=client_for(new_user("Org Admin")),
        maker_org=ours,
        member_org=theirs,
    )


@pytest.fixture
def new_group(misp: PyMISP) -> Iterator[Callable[..., MISPSharingGroup]]:
    """Make a group as `client`; removed at the end, after the events that are in it."""
    made: list[MISPSharingGroup] = []

    def make(client: PyMISP, **fields) -> MISPSharingGroup:
        group = MISPSharingGroup()
        group.name = f"Group {uuid.uuid4()}"
        group.releasability = "Testing"
        for name, value in fields.items():
            setattr(group, name, value)
        made.append(accepted(client.add_sharing_group(group, pythonify=True)))
        return made[-1]

    yield make
    for group in made:
        misp.delete_sharing_group(group)


def test_a_group_is_managed(cast: Cast, new_group) -> None:
    group = new_group(cast.maker)
    assert (group.releasability, group.active, int(group.org_id)) == ("Testing", True, int(cast.maker_org.id))
    for wanted in (group.id, group.uuid, group):
        assert cast.maker.get_sharing_group(wanted, pythonify=True).name == group.name
        assert cast.maker.sharing_group_exists(wanted) is True
        assert cast.outsider.sharing_group_exists(wanted) is False
    assert group.uuid in {g.uuid for g in cast.maker.sharing_groups(pythonify=True)}
    group.name = f"Renamed {uuid.uuid4()}"
    assert cast.maker.update_sharing_group(group, pythonify=True).name == group.name
    assert cast.maker.update_sharing_group({"releasability": "All"}, group.id, pythonify=True).releasability == "All"
    assert cast.maker.get_sharing_group(group, pythonify=True).name == group.name
    assert "eleted" in cast.maker.delete_sharing_group(group)["message"]
    assert cast.maker.sharing_group_exists(group) is False
    assert cast.maker.get_sharing_group(group)["errors"][0] == 405


def test_members_and_instances_come_and_go(cast: Cast, new_group) -> None:
    group = new_group(cast.maker)
    for org in (cast.member_org, cast.member_org.id, cast.member_org.uuid, cast.member_org.name):
        answer = cast.maker.add_org_to_sharing_group(group, org, extend=True)
        assert answer["name"] == "Organisation added to the sharing group."
        seen = cast.member.get_sharing_group(group, pythonify=True)
        assert [(o.Organisation.name, o.extend) for o in seen.sgorgs] == [(cast.member_org.name, True)]
        answer = cast.maker.remove_org_from_sharing_group(group, org)
        assert answer["name"] == "Organisation removed from the sharing group."
        assert cast.member.sharing_group_exists(group) is False
    assert cast.maker.add_org_to_sharing_group(group, uuid.uuid4())["errors"][0] == 405
    assert cast.maker.remove_server_from_sharing_group(group, 0)["name"] == "Server removed from the sharing group."
    answer = cast.maker.add_server_to_sharing_group(group, 0, all_orgs=True)
    assert answer["name"] == "Server added to the sharing group."
    assert cast.outsider.sharing_group_exists(group) is True
    assert cast.maker.add_server_to_sharing_group(group, 7)["errors"][0] == 405


def test_a_group_is_made_with_its_members(cast: Cast, new_group) -> None:
    members = MISPSharingGroup()
    members.add_sgorg({"extend": True, "Organisation": {"name": cast.member_org.name, "uuid": cast.member_org.uuid}})
    members.add_sgorg({"extend": False, "Organisation": {"name": f"New {uuid.uuid4()}", "uuid": str(uuid.uuid4())}})
    group = new_group(cast.maker, sgorgs=members.sgorgs)
    assert [o.extend for o in group.sgorgs] == [True, False]
    assert cast.member.update_sharing_group({"description": "by a member"}, group.id, pythonify=True).description == "by a member"
    answer = cast.reader.update_sharing_group({"description": "x"}, group.id)
    assert answer["errors"][0] == 403
    assert cast.member.delete_sharing_group(group)["errors"][0] == 405


def test_what_is_shared_with_a_group_is_seen_by_its_members(cast: Cast, new_group, event) -> None:
    group = new_group(cast.maker)
    cast.maker.add_org_to_sharing_group(group, cast.member_org)
    one = event([("domain", "in-the-group.example")], client=cast.maker, distribution=4, sharing_group_id=group.id)
    assert one.SharingGroup.name == group.name
    other = event(client=cast.maker, distribution=3, attributes=[("domain", "for-all.example")])
    accepted(cast.maker.add_attribute(other, {"type": "domain", "value": "for-some.example", "distribution": 4,
                                              "sharing_group_id": group.id}))
    body = MISPObject("file")
    body.add_attribute("filename", "for-some.exe")
    body.distribution, body.sharing_group_id = 4, group.id
    accepted(cast.maker.add_object(other, body))
    for client in (cast.maker, cast.member, cast.reader):
        assert client.event_exists(one.uuid) is True
        assert [e.uuid for e in client.search(sharinggroup=group.id, pythonify=True)] == [one.uuid]
        seen = client.get_event(other.uuid, pythonify=True)
        assert (len(seen.attributes), len(seen.objects)) == (2, 1)
    assert cast.outsider.event_exists(one.uuid) is False
    assert cast.outsider.search(sharinggroup=group.id, pythonify=True) == []
    seen = cast.outsider.get_event(other.uuid, pythonify=True)
    assert ([a.value for a in seen.attributes], seen.objects) == (["for-all.example"], [])
    status, answer = cast.maker.delete_sharing_group(group)["errors"]
    assert status == 403 and "shared with it" in answer["errors"]


def test_nobody_shares_with_a_group_of_others(cast: Cast, new_group, event) -> None:
    group = new_group(cast.maker)
    new = MISPEvent()
    new.info, new.distribution, new.sharing_group_id = "x", 4, group.id
    status, answer = cast.outsider.add_event(new)["errors"]
    assert (status, answer["message"]) == (405, "Invalid Sharing Group or not authorised.")
    own = event(client=cast.outsider, distribution=0)
    assert cast.outsider.update_event({"distribution": 4, "sharing_group_id": group.id}, own.id)["errors"][0] == 403
    wanted = {"type": "domain", "value": "a.example", "distribution": 4, "sharing_group_id": group.id}
    assert cast.outsider.add_attribute(own, wanted)["errors"][0] == 403
    assert cast.outsider.get_sharing_group(group)["errors"][1]["message"] == HIDDEN
    assert cast.outsider.sharing_groups() == []


def test_an_event_moves_between_groups_and_comes_back(cast: Cast, new_group, event) -> None:
    first, second = new_group(cast.maker), new_group(cast.maker)
    cast.maker.add_org_to_sharing_group(second, cast.member_org)
    one = event(client=cast.maker, distribution=4, sharing_group_id=first.id)
    assert cast.reader.event_exists(one.uuid) is False
    one.sharing_group_id = second.id
    moved = accepted(cast.maker.update_event(one, pythonify=True))
    assert int(moved.sharing_group_id) == int(second.id)
    assert cast.reader.event_exists(one.uuid) is True


def test_members_that_are_hidden_from_each_other(cast: Cast, new_group, new_org, event) -> None:
    third = new_org()
    group = new_group(cast.maker, hide_members=True)
    for org in (cast.member_org, third):
        accepted(cast.maker.add_org_to_sharing_group(group, org))
    one = event(client=cast.maker, distribution=4, sharing_group_id=group.id)
    assert len(cast.maker.get_sharing_group(group, pythonify=True).sgorgs) == 2
    for answer in (cast.reader.get_sharing_group(group), cast.reader.sharing_groups(), cast.reader.get_event(one)):
        assert group.name in str(answer) and third.name not in str(answer)


def test_organisations_become_one(misp: PyMISP, new_org, new_user, client_for, event) -> None:
    gone, stays = new_org(), new_org()
    user = new_user("Publisher", gone)
    one = event(client=client_for(user), distribution=0)
    answer = misp.direct_call(f"admin/organisations/merge/{gone.id}", {"target": stays.uuid})
    assert (answer["message"], answer["id"]) == ("Organisation merged", str(stays.id))
    assert misp.organisation_exists(gone.uuid) is False
    assert misp.get_organisation(stays)["Organisation"]["user_count"] == "1"
    assert client_for(user).get_event(one)["Event"]["orgc_id"] == str(stays.id)
    assert client_for(user).direct_call(f"admin/organisations/merge/{stays.id}", {"target": "1"})["errors"][0] == 403


def test_what_is_shared_moves_to_another_group(cast: Cast, new_group, event) -> None:
    first, second = new_group(cast.maker), new_group(cast.maker)
    accepted(cast.maker.add_org_to_sharing_group(second, cast.member_org))
    one = event([("domain", f"{uuid.uuid4()}.example")], client=cast.maker, distribution=4, sharing_group_id=first.id)
    part = MISPObject("file")
    part.add_attribute("filename", "moved.exe")
    part = accepted(cast.maker.add_object(one, part, pythonify=True))
    assert cast.member.get_event(one.uuid)["errors"][0] == 404
    for entity in (cast.maker.get_event(one, pythonify=True), cast.maker.get_attribute(one.attributes[0], pythonify=True),
                   cast.maker.get_object(part, pythonify=True)):
        moved = accepted(cast.maker.change_sharing_group_on_entity(entity, second.id, pythonify=True))
        assert (int(moved.distribution), int(moved.sharing_group_id)) == (4, int(second.id)), entity
    seen = cast.member.get_event(one.uuid, pythonify=True)
    assert ([a.uuid for a in seen.attributes], [o.uuid for o in seen.objects]) == ([one.attributes[0].uuid], [part.uuid])
    assert cast.outsider.get_event(one.uuid)["errors"][0] == 404
