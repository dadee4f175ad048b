"""Objects with their attributes and references."""

from __future__ import annotations

import uuid

import pytest
from conftest import accepted
from pymisp import MISPObject, MISPObjectReference, PyMISP


def file_object(name: str = "a.exe", **fields) -> MISPObject:
    one = MISPObject("file")
    one.add_attribute("filename", name)
    one.add_attribute("size-in-bytes", 12)
    for field, value in fields.items():
        setattr(one, field, value)
    return one


def relations(one: MISPObject) -> dict[str, str]:
    return {a.object_relation: a.value for a in one.attributes}


def test_add_and_get(misp: PyMISP, event) -> None:
    one = event()
    added = accepted(misp.add_object(one, file_object(comment="dropped"), pythonify=True))
    assert isinstance(added, MISPObject)
    assert relations(added) == {"filename": "a.exe", "size-in-bytes": "12"}
    assert misp.object_exists(added.uuid) is True
    for wanted in (added.id, added.uuid, added):
        read = misp.get_object(wanted, pythonify=True)
        assert (read.uuid, read.name, read.comment) == (added.uuid, "file", "dropped")
        assert relations(read) == {"filename": "a.exe", "size-in-bytes": "12"}
    plain = misp.get_object(added.id)["Object"]
    assert (plain["event_id"], plain["meta-category"], plain["deleted"]) == (str(one.id), "file", False)
    stored = misp.get_event(one.id, pythonify=True)
    assert stored.attributes == [] and [o.uuid for o in stored.objects] == [added.uuid]
    assert int(stored.attribute_count) == 2


def test_an_object_without_attributes_is_refused(misp: PyMISP, event) -> None:
    empty = MISPObject("file")
    plain = empty.to_dict()
    plain["Attribute"] = []
    answer = misp._check_json_response(misp._prepare_request("POST", f"objects/add/{event().id}", data={"Object": plain}))
    status, body = answer["errors"]
    assert status == 403
    assert body["errors"] == "Could not save the object as no attributes were set."


def test_an_object_with_a_bad_attribute_is_refused_whole(misp: PyMISP, event) -> None:
    one = event()
    bad = file_object().to_dict()
    bad["Attribute"] = [{"object_relation": "filename", "type": "filename", "value": "fine.exe"},
                        {"object_relation": "md5", "type": "md5", "value": "nonsense"}]
    answer = misp._check_json_response(misp._prepare_request("POST", f"objects/add/{one.id}", data={"Object": bad}))
    status, body = answer["errors"]
    assert status == 403
    assert body["errors"].startswith("Could not save object as at least one attribute has failed validation (md5).")
    assert misp.get_event(one.id, pythonify=True).objects == []


def test_duplicates_are_refused_when_asked(misp: PyMISP, event) -> None:
    one = event()
    first = accepted(misp.add_object(one, file_object(), pythonify=True))
    status, body = misp.add_object(one, file_object(), break_on_duplicate=True)["errors"]
    assert status == 403
    assert "Duplicate object found" in str(body["errors"]) and first.uuid in str(body["errors"])
    accepted(misp.add_object(one, file_object(), pythonify=True))
    assert len(misp.get_event(one.id, pythonify=True).objects) == 2


def test_update_is_authoritative_for_the_attributes(misp: PyMISP, event) -> None:
    one = event()
    added = accepted(misp.add_object(one, file_object(), pythonify=True))
    added.comment = "looked at again"
    added.attributes = [a for a in added.attributes if a.object_relation == "filename"]
    added.attributes[0].value = "b.exe"
    added.add_attribute("md5", "0" * 32)
    changed = accepted(misp.update_object(added, pythonify=True))
    assert changed.comment == "looked at again"
    read = misp.get_object(added.uuid, pythonify=True)
    assert relations(read) == {"filename": "b.exe", "md5": "0" * 32}


def test_delete_softly_and_for_good(misp: PyMISP, event) -> None:
    one = event()
    added = accepted(misp.add_object(one, file_object(), pythonify=True))
    assert misp.delete_object(added)["message"] == "Object deleted"
    assert misp.get_event(one.id, pythonify=True).objects == []
    kept = misp.get_event(one.id, deleted=[0, 1], pythonify=True).objects
    assert [bool(o.deleted) for o in kept] == [True]
    assert misp.delete_object(added, hard=True)["message"] == "Object deleted"
    assert misp.get_event(one.id, deleted=[0, 1], pythonify=True).objects == []
    assert misp.object_exists(added.uuid) is False
    assert misp.get_object(added.uuid)["errors"][1]["message"] == "Invalid object."


def test_references_are_added_and_deleted(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "target.example")])
    source = accepted(misp.add_object(one, file_object(), pythonify=True))
    target = accepted(misp.add_object(one, file_object("b.exe"), pythonify=True))
    reference = accepted(misp.add_object_reference(source.add_reference(target, "drops", comment="c"), pythonify=True))
    assert isinstance(reference, MISPObjectReference)
    assert (reference.object_uuid, reference.referenced_uuid, reference.relationship_type) == (
        source.uuid, target.uuid, "drops")
    to_attribute = accepted(misp.add_object_reference(source.add_reference(one.attributes[0], "connects-to")))
    assert to_attribute["ObjectReference"]["referenced_type"] == "0"
    read = misp.get_event(one.id, pythonify=True).get_object_by_uuid(source.uuid)
    assert sorted(r.relationship_type for r in read.references) == ["connects-to", "drops"]
    assert misp.delete_object_reference(reference)["message"] == "ObjectReference deleted"
    left = misp.get_event(one.id, pythonify=True).get_object_by_uuid(source.uuid).references
    assert sorted((r.relationship_type, r.deleted) for r in left) == [("connects-to", False), ("drops", True)]
    assert misp.delete_object_reference(reference, hard=True)["message"] == "ObjectReference deleted"
    left = misp.get_event(one.id, pythonify=True).get_object_by_uuid(source.uuid).references
    assert [r.relationship_type for r in left] == ["connects-to"]


def test_a_reference_to_nothing_is_refused(misp: PyMISP, event) -> None:
    one = event()
    source = accepted(misp.add_object(one, file_object(), pythonify=True))
    status, _ = misp.add_object_reference(source.add_reference(str(uuid.uuid4()), "drops"))["errors"]
    assert status in (403, 404, 405)
    assert misp.get_event(one.id, pythonify=True).objects[0].references == []


@pytest.mark.parametrize("hard", [False, True])
def test_an_objects_attribute_can_be_deleted_alone(misp: PyMISP, event, hard: bool) -> None:
    one = event()
    added = accepted(misp.add_object(one, file_object(), pythonify=True))
    gone = added.get_attributes_by_relation("size-in-bytes")[0]
    assert misp.delete_attribute(gone, hard=hard)["message"] == "Attribute deleted."
    assert relations(misp.get_object(added.uuid, pythonify=True)) == {"filename": "a.exe"}


def test_comments_and_relationships_are_kept_to_the_letter(misp: PyMISP, event) -> None:
    """PyMISP trims what it sends; feeds and other clients do not."""
    one = event()
    target = accepted(misp.add_object(one, file_object("b.exe"), pythonify=True))
    body = file_object().to_dict() | {"comment": " two words \n"}
    source = misp._prepare_request("POST", f"objects/add/{one.id}", data=body).json()["Object"]
    misp._prepare_request("POST", f"objectReferences/add/{source['id']}", data={
        "referenced_uuid": target.uuid, "relationship_type": "related-to ", "comment": " as seen "})
    read = misp.get_event(one.id, pythonify=True).get_object_by_uuid(source["uuid"])
    assert read.comment == " two words \n"
    assert [(r.relationship_type, r.comment) for r in read.references] == [("related-to ", " as seen ")]


def test_the_same_value_may_stand_in_several_objects(misp: PyMISP, event) -> None:
    one = event(attributes=[("filename", "a.exe")])
    accepted(misp.add_object(one, file_object(), pythonify=True))
    accepted(misp.add_object(one, file_object(), pythonify=True))
    assert int(misp.get_event(one.id, pythonify=True).attribute_count) == 5
