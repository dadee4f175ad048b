"""One change of every attribute that a search finds: a dry run, a job, the rights of its caller."""

from __future__ import annotations

import time
import uuid

import pytest
from pymisp import MISPEvent, PyMISP

MANY = 12_000
"""Attributes of a change that lasts long enough to be hit."""


def bulk(client: PyMISP, filters: dict, action: str, **more):
    """`POST /attributes/bulk`, through the client's own connection."""
    body = {"filters": filters, "action": action, **more}
    return client._check_json_response(client._prepare_request("POST", "attributes/bulk", data=body))


def ended(client: PyMISP, started: dict, seconds: float = 60) -> dict:
    """The report of a job, once it is over."""
    assert "job_id" in started, started
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        report = client._check_json_response(client._prepare_request("GET", started["report"].lstrip("/")))
        if report["state"] not in ("queued", "running"):
            return report
        time.sleep(0.1)
    raise AssertionError(report)


@pytest.fixture
def mark() -> str:
    """A word that only this test's values have."""
    return uuid.uuid4().hex


@pytest.fixture
def filled(event, mark):
    """Two events of the administrator with 30 domains each."""
    return [
        event(attributes=[("domain", f"{n}-{side}.{mark}.example") for n in range(30)], distribution=3)
        for side in ("a", "b")
    ]


def test_a_tag_reaches_every_match(misp, filled, mark) -> None:
    filters = {"value": f"%{mark}%"}
    seen = bulk(misp, filters, "tag", tag=f"bulk:{mark}", dry_run=True)
    assert (seen["matched"], seen["changeable"], seen["unchanged"], seen["refused"]) == (60, 60, 0, {})
    assert sorted(e["matched"] for e in seen["events"]) == [30, 30]
    assert misp.search("attributes", tags=f"bulk:{mark}")["Attribute"] == []
    misp.publish(filled[0])

    report = ended(misp, bulk(misp, filters, "tag", tag=f"bulk:{mark}", up_to_id=seen["up_to_id"]))
    assert (report["state"], report["matched"], report["changed"]) == ("done", 60, 60)
    found = misp.search("attributes", tags=f"bulk:{mark}", pythonify=True)
    assert len(found) == 60
    assert misp.get_event(filled[0], pythonify=True).published is False

    again = ended(misp, bulk(misp, filters, "tag", tag=f"bulk:{mark}"))
    assert (again["changed"], again["unchanged"]) == (0, 60)
    ended(misp, bulk(misp, {"tags": f"bulk:{mark}"}, "untag", tag=f"bulk:{mark}"))
    assert misp.search("attributes", tags=f"bulk:{mark}")["Attribute"] == []


def test_flags_and_deletion_and_return(misp, filled, mark) -> None:
    filters = {"value": f"%{mark}%"}
    ended(misp, bulk(misp, filters, "to_ids", to_ids=False))
    assert misp.search("attributes", value=f"%{mark}%", to_ids=True)["Attribute"] == []
    ended(misp, bulk(misp, filters, "distribution", distribution=1))
    found = misp.search("attributes", value=f"%{mark}%", pythonify=True)
    assert {int(one.distribution) for one in found} == {1}
    assert ended(misp, bulk(misp, filters, "delete"))["changed"] == 60
    assert misp.search("attributes", value=f"%{mark}%")["Attribute"] == []
    assert ended(misp, bulk(misp, filters, "restore"))["changed"] == 60
    assert len(misp.search("attributes", value=f"%{mark}%")["Attribute"]) == 60


def test_nobody_changes_or_counts_what_is_not_theirs(misp, filled, mark, new_user, client_for, event) -> None:
    event(attributes=[("domain", f"secret.{mark}.example")], distribution=0)
    other = client_for(new_user("Publisher"))
    seen = bulk(other, {"value": f"%{mark}%"}, "to_ids", to_ids=False, dry_run=True)
    assert (seen["matched"], seen["changeable"], seen["refused"]) == (60, 0, {"not_permitted": 60})
    report = ended(other, bulk(other, {"value": f"%{mark}%"}, "to_ids", to_ids=False))
    assert (report["changed"], report["refused"]) == (0, {"not_permitted": 60})
    assert len(misp.search("attributes", value=f"%{mark}%", to_ids=True)["Attribute"]) == 61
    reader = client_for(new_user("Read Only"))
    assert bulk(reader, {"value": f"%{mark}%"}, "delete")["errors"][0] == 403


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("filters", {"filters": {}, "action": "delete"}),
        ("filters", {"filters": {"type": "domain", "page": 2}, "action": "delete"}),
        ("action", {"filters": {"type": "domain"}, "action": "vanish"}),
        ("to_ids", {"filters": {"type": "domain"}, "action": "to_ids", "to_ids": "maybe"}),
        ("dry_run", {"filters": {"type": "domain"}, "action": "delete", "dry_run": "perhaps"}),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(misp, field, body) -> None:
    refused = bulk(misp, body.pop("filters"), body.pop("action"), **body)
    assert refused["errors"][0] in (400, 403), refused
    assert field in str(refused["errors"][1]), refused


def test_a_kill_in_the_middle_loses_and_repeats_nothing(new_server) -> None:
    server = new_server()
    misp = PyMISP(server.url, server.key, ssl=False)
    made = MISPEvent()
    made.info, made.distribution = "Many", 0
    for n in range(MANY):
        made.add_attribute("domain", f"{n}.kill.example", to_ids=True)
    stored = misp.add_event(made, metadata=True, pythonify=True)
    started = bulk(misp, {"eventid": int(stored.id)}, "to_ids", to_ids=False)
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        report = misp._check_json_response(misp._prepare_request("GET", started["report"].lstrip("/")))
        if report["changed"]:
            break
    server.kill9()
    assert report["changed"] < MANY, "it was over before the kill"
    server.restart()
    report = ended(misp, started)
    assert (report["state"], report["matched"], report["changed"], report["unchanged"]) == ("done", MANY, MANY, 0)
    assert misp.search("attributes", eventid=stored.id, to_ids=True, limit=1, page=1)["Attribute"] == []
