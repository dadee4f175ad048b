"""Proposals: made by who sees an event, decided by who owns it; the fall-back of a refused change."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from conftest import accepted
from pymisp import MISPAttribute, MISPEvent, MISPObject, MISPShadowAttribute, PyMISP


def attribute(kind: str, value: str, **fields) -> MISPAttribute:
    one = MISPAttribute()
    one.from_dict(type=kind, value=value, **fields)
    return one


@pytest.fixture
def owner(new_user, client_for) -> PyMISP:
    """A user of an organisation that owns events."""
    return client_for(new_user("Publisher"))


@pytest.fixture
def other(new_user, client_for) -> PyMISP:
    """A user of another organisation."""
    return client_for(new_user("Publisher"))


@pytest.fixture
def shared(event, owner) -> MISPEvent:
    """The owner's event that everybody on this instance sees, published."""
    one = event(attributes=[("domain", f"{uuid.uuid4()}.example")], client=owner)
    owner.publish(one)
    return one


def open_ids(client: PyMISP, event: MISPEvent) -> list[int]:
    return [int(proposal.id) for proposal in client.attribute_proposals(event, pythonify=True)]


def test_a_new_attribute_from_proposal_to_acceptance(owner, other, shared) -> None:
    wish = attribute("ip-dst", "203.0.113.9", comment="seen", uuid=str(uuid.uuid4()))
    proposal = other.add_attribute_proposal(shared, wish, pythonify=True)
    assert isinstance(proposal, MISPShadowAttribute), proposal
    assert (proposal.value, proposal.uuid, int(proposal.old_id)) == ("203.0.113.9", wish.uuid, 0)
    read = accepted(owner.get_attribute_proposal(proposal, pythonify=True))
    assert (read.value, read.comment) == ("203.0.113.9", "seen")
    before = accepted(owner.get_event(shared, pythonify=True))
    assert [p["value"] for p in before.shadow_attributes] == ["203.0.113.9"]
    assert before.published, "a proposal does not touch the event"

    assert other.accept_attribute_proposal(proposal)["errors"][0] == 405
    assert owner.accept_attribute_proposal(proposal)["message"] == "Proposal accepted."
    after = accepted(owner.get_event(shared, pythonify=True))
    assert wish.uuid in [a.uuid for a in after.attributes]
    assert (after.published, after.shadow_attributes) == (False, [])
    assert open_ids(owner, shared) == []


def test_a_change_is_accepted_and_another_discarded(owner, other, shared) -> None:
    target = shared.attributes[0]
    change = accepted(other.update_attribute_proposal(target, {"to_ids": False, "comment": "benign"}, pythonify=True))
    assert (change.uuid, int(change.old_id)) == (target.uuid, int(target.id))
    shown = owner.get_event(shared, pythonify=True).attributes[0].shadow_attributes
    assert [p.comment for p in shown] == ["benign"]
    assert owner.accept_attribute_proposal(change)["message"] == "Proposed change accepted."
    now = owner.get_attribute(target, pythonify=True)
    assert (now.to_ids, now.comment, now.value) == (False, "benign", target.value)

    change = accepted(other.update_attribute_proposal(target, {"to_ids": True}, pythonify=True))
    assert owner.discard_attribute_proposal(change)["message"] == "Proposal discarded."
    assert owner.get_attribute(target, pythonify=True).to_ids is False
    assert owner.get_attribute_proposal(change)["errors"][0] == 404


def test_a_deletion_is_accepted(owner, other, shared) -> None:
    target = shared.attributes[0]
    assert other.delete_attribute_proposal(target)["saved"] is True
    assert other.delete_attribute_proposal(uuid.uuid4())["errors"] == "Invalid Attribute."
    [proposal] = owner.attribute_proposals(shared, pythonify=True)
    assert proposal.proposal_to_delete is True
    assert owner.accept_attribute_proposal(proposal)["message"] == "Proposed change accepted."
    assert owner.get_event(shared, pythonify=True).attributes == []


def test_a_refused_change_becomes_a_proposal(owner, other, shared) -> None:
    """What PyMISP does by itself when it reads that the caller may not change the event."""
    target = shared.attributes[0]
    added = other.add_attribute(shared, attribute("ip-src", "198.51.100.3"), pythonify=True)
    assert isinstance(added, MISPShadowAttribute), added
    changed = MISPAttribute()
    changed.from_dict(**target.to_dict())
    changed.comment = "from afar"
    updated = other.update_attribute(changed, pythonify=True)
    assert isinstance(updated, MISPShadowAttribute), updated
    other.delete_attribute(target)
    proposed = owner.attribute_proposals(shared, pythonify=True)
    assert [(p.value, p.comment) for p in proposed][:2] == [("198.51.100.3", ""), (target.value, "from afar")]
    assert proposed[2].proposal_to_delete is True
    assert owner.get_attribute(target, pythonify=True).comment == ""


def test_the_author_withdraws_but_a_stranger_does_not(other, shared, new_user, client_for) -> None:
    proposal = accepted(other.add_attribute_proposal(shared, attribute("text", "mine"), pythonify=True))
    stranger = client_for(new_user("Publisher"))
    assert stranger.discard_attribute_proposal(proposal)["errors"][0] == 405
    assert other.discard_attribute_proposal(proposal)["message"] == "Proposal discarded."


def test_who_cannot_see_the_event_neither_proposes_nor_reads(owner, other, event) -> None:
    hidden = event(attributes=[("domain", f"{uuid.uuid4()}.example")], client=owner, distribution=0)
    assert other.add_attribute_proposal(hidden, attribute("text", "x"))["errors"][0] == 404
    assert other.update_attribute_proposal(hidden.attributes[0], {"comment": "x"})["errors"][0] == 404
    assert other.delete_attribute_proposal(hidden.attributes[0])["errors"] == "Invalid Attribute."
    own = accepted(owner.add_attribute_proposal(hidden, attribute("text", "own"), pythonify=True))
    assert other.attribute_proposals(hidden)["errors"][0] == 404
    assert int(own.id) not in [int(p.id) for p in other.attribute_proposals(pythonify=True)]
    assert other.get_attribute_proposal(own)["errors"][0] == 404
    assert other.accept_attribute_proposal(own)["errors"][0] == 405
    assert other.discard_attribute_proposal(own)["errors"][0] == 405
    assert open_ids(owner, hidden) == [int(own.id)]


def test_a_reader_does_not_propose(shared, new_user, client_for) -> None:
    reader = client_for(new_user("Read Only"))
    answers: list[Callable[[], dict]] = [
        lambda: reader.add_attribute_proposal(shared, attribute("text", "x")),
        lambda: reader.update_attribute_proposal(shared.attributes[0], {"comment": "x"}),
        lambda: reader.delete_attribute_proposal(shared.attributes[0]),
    ]
    for answer in answers:
        assert answer()["errors"][0] == 403
    assert reader.attribute_proposals(shared) == []


def test_validation_names_the_field(other, shared) -> None:
    answer = other.add_attribute_proposal(shared, {"type": "ip-dst", "value": "nonsense"})
    assert answer["errors"][0] == 404
    assert "[value]: IP address has an invalid format." in answer["errors"][1]["message"]


def test_searches_show_and_find_proposals(owner, other, shared) -> None:
    target = shared.attributes[0]
    accepted(other.update_attribute_proposal(target, {"comment": "proposed"}))
    found = owner.search("attributes", uuid=target.uuid, includeProposals=True)
    [one] = found["Attribute"]
    assert [p["comment"] for p in one["ShadowAttribute"]] == ["proposed"]
    with_proposal = owner.search_index(hasproposal=True, pythonify=True)
    assert shared.uuid in [e.uuid for e in with_proposal]
    without = owner.search_index(hasproposal=False, pythonify=True)
    assert shared.uuid not in [e.uuid for e in without]


def test_parts_of_objects_keep_their_type(owner, other, shared) -> None:
    thing = MISPObject("file")
    thing.add_attribute("filename", "a.exe")
    stored = accepted(owner.add_object(shared, thing, pythonify=True))
    part = stored.attributes[0]
    proposal = accepted(other.update_attribute_proposal(part, {"type": "text", "value": "b.exe"}, pythonify=True))
    assert (proposal.type, proposal.value) == ("filename", "b.exe")
    accepted(owner.accept_attribute_proposal(proposal))
    now = owner.get_object(stored, pythonify=True).attributes[0]
    assert (now.value, now.object_relation) == ("b.exe", "filename")
