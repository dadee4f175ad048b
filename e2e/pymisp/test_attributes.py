"""Attributes one by one and in batches: add, read, change, delete, restore, count."""

from __future__ import annotations

import uuid

import pytest
from conftest import accepted
from pymisp import MISPAttribute, PyMISP


def attribute(kind: str, value: str, **fields) -> MISPAttribute:
    one = MISPAttribute()
    one.from_dict(type=kind, value=value, **fields)
    return one


def values(misp: PyMISP, event) -> list[str]:
    return sorted(a.value for a in misp.get_event(event.id, pythonify=True).attributes)


def test_add_one(misp: PyMISP, event) -> None:
    one = event()
    added = misp.add_attribute(one, attribute("ip-dst", "192.0.2.1", comment="c", to_ids=False), pythonify=True)
    assert isinstance(added, MISPAttribute), added
    assert (added.type, added.category, added.value, added.comment, added.to_ids) == (
        "ip-dst", "Network activity", "192.0.2.1", "c", False)
    assert int(added.event_id) == int(one.id)
    plain = misp.add_attribute(one, attribute("domain", "plain.example"))
    assert set(plain) >= {"Attribute"} and plain["Attribute"]["to_ids"] is True
    assert values(misp, one) == ["192.0.2.1", "plain.example"]


def test_add_a_list(misp: PyMISP, event) -> None:
    one = event()
    added = misp.add_attribute(one, [attribute("ip-dst", "192.0.2.1"), attribute("domain", "b.example")], pythonify=True)
    assert isinstance(added, dict) and "errors" not in added, added
    assert sorted(a.value for a in added["attributes"]) == ["192.0.2.1", "b.example"]


def test_a_list_with_a_bad_member_keeps_the_good_ones(misp: PyMISP, event) -> None:
    one = event()
    added = misp.add_attribute(
        one, [attribute("ip-dst", "192.0.2.1"), attribute("ip-dst", "nonsense"), attribute("domain", "c.example")],
        pythonify=True)
    assert sorted(a.value for a in added["attributes"]) == ["192.0.2.1", "c.example"]
    assert added["errors"] == {"attribute_1": {"value": ["IP address has an invalid format."]}}
    assert values(misp, one) == ["192.0.2.1", "c.example"]


def test_a_batch_of_lines(misp: PyMISP, event) -> None:
    one = event()
    answer = misp._check_json_response(misp._prepare_request("POST", f"attributes/add/{one.id}", data={
        "type": "domain", "value": "l1.example\nl2.example\r\nl3.example", "batch_import": True}))
    assert sorted(a["value"] for a in answer["Attribute"]) == ["l1.example", "l2.example", "l3.example"]


def test_a_refused_value_says_why(misp: PyMISP, event) -> None:
    one = event()
    status, body = misp.add_attribute(one, attribute("ip-dst", "999.1.1.1"))["errors"]
    assert status == 403
    assert body["name"] == body["message"] == "Could not add Attribute"
    assert body["errors"] == {"value": ["IP address has an invalid format."]}
    assert misp.get_event(one.id, pythonify=True).attributes == []


def test_a_duplicate_is_refused_unless_asked_otherwise(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "twice.example")])
    status, body = misp.add_attribute(one, attribute("domain", "TWICE.example"))["errors"]
    assert status == 403
    assert body["errors"]["value"][0] == "A similar attribute already exists for this event."
    again = accepted(misp.add_attribute(one, attribute("domain", "twice.example", comment="second"),
                                        pythonify=True, break_on_duplicate=False))
    assert again.uuid == one.attributes[0].uuid
    assert [(a.value, a.comment) for a in misp.get_event(one.id, pythonify=True).attributes] == [
        ("twice.example", "second")]


def test_an_unknown_event_is_refused(misp: PyMISP) -> None:
    status, body = misp.add_attribute(2_000_000_000, attribute("domain", "x.example"))["errors"]
    assert (status, body["message"]) == (404, "Invalid event")


def test_get(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "read.example")])
    stored = one.attributes[0]
    for wanted in (stored.id, stored.uuid, stored):
        read = misp.get_attribute(wanted, pythonify=True)
        assert (read.uuid, read.value) == (stored.uuid, "read.example")
    plain = misp.get_attribute(stored.id)["Attribute"]
    assert (plain["event_uuid"], plain["id"], plain["to_ids"]) == (one.uuid, str(stored.id), True)


def test_what_is_not_there(misp: PyMISP) -> None:
    assert misp.get_attribute(str(uuid.uuid4()))["errors"][0] in (404, 405)
    assert misp.get_attribute(2_000_000_000)["errors"][1]["message"] == "Invalid attribute"
    assert misp.delete_attribute(2_000_000_000)["errors"][0] == 404
    assert misp.update_attribute({"value": "x"}, 2_000_000_000)["errors"][0] == 404


def test_update(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "before.example")])
    stored = one.attributes[0]
    stored.value = "after.example"
    stored.comment = "changed"
    stored.to_ids = False
    changed = accepted(misp.update_attribute(stored, pythonify=True))
    assert (changed.uuid, changed.value, changed.comment, changed.to_ids) == (
        stored.uuid, "after.example", "changed", False)
    plain = accepted(misp.update_attribute({"comment": "again"}, stored.uuid))
    assert (plain["Attribute"]["comment"], plain["Attribute"]["value"]) == ("again", "after.example")
    status, body = misp.update_attribute({"type": "md5", "value": "short", "category": "Payload delivery"}, stored.id)["errors"]
    assert status == 403 and "value" in body["errors"]
    assert values(misp, one) == ["after.example"]


def test_a_change_unpublishes_the_event(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "pub.example")])
    misp.publish(one)
    accepted(misp.update_attribute({"comment": "new"}, one.attributes[0].id))
    assert misp.get_event(one.id, pythonify=True).published is False


def test_delete_softly_restore_and_delete_for_good(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "gone.example"), ("domain", "stays.example")])
    gone = one.attributes[0]
    assert misp.delete_attribute(gone)["message"] == "Attribute deleted."
    assert values(misp, one) == ["stays.example"]
    assert misp.get_attribute(gone.id)["errors"][0] == 405
    assert misp.attribute_exists(gone.uuid) is True
    assert misp.delete_attribute(gone)["errors"][0] == 404
    restored = accepted(misp.restore_attribute(gone, pythonify=True))
    assert (restored.uuid, bool(restored.deleted)) == (gone.uuid, False)
    assert values(misp, one) == ["gone.example", "stays.example"]
    assert misp.delete_attribute(gone, hard=True)["message"] == "Attribute deleted."
    assert misp.attribute_exists(gone.uuid) is False
    assert [a.value for a in misp.get_event(one.id, deleted=[0, 1], pythonify=True).attributes] == ["stays.example"]


def test_the_index_lists_flat_attributes(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "first.example"), ("ip-dst|port", "192.0.2.8|443")])
    plain = misp.attributes()
    assert isinstance(plain, list)
    mine = [a for a in plain if a["event_id"] == str(one.id)]
    assert sorted((a["value"], a["value1"], a["value2"]) for a in mine) == [
        ("192.0.2.8|443", "192.0.2.8", "443"), ("first.example", "first.example", "")]
    assert {a.value for a in misp.attributes(pythonify=True)} >= {"first.example", "192.0.2.8|443"}


def test_statistics(misp: PyMISP, event) -> None:
    event(attributes=[("domain", "counted.example"), ("ip-src", "192.0.2.8")])
    by_type = misp.attributes_statistics(context="type")
    assert int(by_type["domain"]) >= 1 and int(by_type["ip-src"]) >= 1
    by_category = misp.attributes_statistics(context="category", percentage=True)
    assert by_category["Network activity"].endswith("%")
    refused = misp._prepare_request("GET", "attributes/attributeStatistics/colour")
    assert (refused.status_code, refused.json()["message"]) == (405, "Invalid type requested.")


def test_others_get_the_text_that_makes_pymisp_propose(misp: PyMISP, event, new_user, client_for) -> None:
    one = event(attributes=[("domain", "ours.example")], distribution=3)
    misp.publish(one)
    other = client_for(new_user("User"))
    refused = (
        other._prepare_request("POST", f"attributes/add/{one.id}", data={"type": "domain", "value": "x.example"}),
        other._prepare_request("POST", f"attributes/edit/{one.attributes[0].id}", data={"comment": "x"}),
        other._prepare_request("POST", f"attributes/delete/{one.attributes[0].id}"),
    )
    for answer in refused:
        assert answer.status_code == 403
        assert answer.json()["message"] == "You do not have permission to do that."
    assert values(misp, one) == ["ours.example"]


@pytest.mark.parametrize(("kind", "given", "kept"), [
    ("domain", "EXAMPLE[.]org", "example.org"),
    ("url", "hxxp://example.org/a", "http://example.org/a"),
    ("sha256", "A" * 64, "a" * 64),
    ("ip-src", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
    ("ip-dst|port", "192.0.2.1:80", "192.0.2.1|80"),
    ("mac-address", "00-11-22-AA-BB-CC", "00:11:22:aa:bb:cc"),
    ("vulnerability", "cve-2024-1234", "CVE-2024-1234"),
    ("AS", "AS64500", "64500"),
    ("boolean", "true", "1"),
])
def test_values_are_normalised(misp: PyMISP, event, kind: str, given: str, kept: str) -> None:
    added = accepted(misp.add_attribute(event(), {"type": kind, "value": given}))
    assert added["Attribute"]["value"] == kept


def test_an_attribute_with_its_own_distribution_and_tags(misp: PyMISP, event) -> None:
    one = event()
    new = attribute("domain", "tagged.example", distribution=0)
    new.add_tag("tlp:red")
    added = accepted(misp.add_attribute(one, new, pythonify=True))
    assert int(added.distribution) == 0
    read = misp.get_attribute(added.uuid, pythonify=True)
    assert [tag.name for tag in read.tags] == ["tlp:red"]


def test_a_known_uuid_is_refused(misp: PyMISP, event) -> None:
    first = event(attributes=[("domain", "uuid.example")])
    second = event()
    clash = attribute("domain", "other.example")
    clash.uuid = first.attributes[0].uuid
    status, body = misp.add_attribute(second, clash)["errors"]
    assert status == 403 and "uuid" in body["errors"]
