"""Delegation: an event is handed to another organisation."""

from __future__ import annotations

import uuid

import pytest
from conftest import accepted
from pymisp import MISPEventDelegation, PyMISP


@pytest.fixture
def giver(new_user, client_for) -> PyMISP:
    """A user who may hand events of its organisation over."""
    return client_for(new_user("Publisher"))


@pytest.fixture
def taker(new_user, new_org) -> dict:
    """A user of the organisation that is to take an event."""
    org = new_org()
    return {"org": org, "user": new_user("Publisher", org)}


def test_an_event_changes_hands(giver, taker, client_for, event) -> None:
    secret = event(attributes=[("domain", f"{uuid.uuid4()}.example")], client=giver, distribution=0)
    other = client_for(taker["user"])
    assert other.get_event(secret)["errors"][0] == 404
    offer = giver.delegate_event(secret, taker["org"], message="yours", pythonify=True)
    assert isinstance(offer, MISPEventDelegation), offer
    [waiting] = other.event_delegations(pythonify=True)
    assert (int(waiting.event_id), waiting.message) == (int(secret.id), "yours")
    assert accepted(other.get_event(secret, pythonify=True)).info == secret.info
    assert giver.accept_event_delegation(offer)["errors"][0] == 405
    assert other.accept_event_delegation(waiting)["message"] == "Event ownership transferred."
    assert giver.get_event(secret)["errors"][0] == 404
    mine = accepted(other.get_event(secret, pythonify=True))
    assert (mine.Orgc.name, mine.uuid) == (taker["org"].name, secret.uuid)


def test_an_offer_is_declined(giver, taker, client_for, event) -> None:
    secret = event(client=giver, distribution=0)
    offer = accepted(giver.delegate_event(secret, taker["org"], pythonify=True))
    other = client_for(taker["user"])
    assert other.discard_event_delegation(offer)["message"] == "Delegation request deleted."
    assert other.event_delegations() == []
    assert other.accept_event_delegation(offer)["errors"][0] == 405


def test_a_user_without_the_right_does_not_offer(new_user, client_for, taker, event) -> None:
    user = client_for(new_user("User"))
    secret = event(client=user, distribution=0)
    refused = user.delegate_event(secret, taker["org"])
    assert refused["errors"][1]["message"] == "You do not have permission to use this functionality."
