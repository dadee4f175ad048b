"""Notes, opinions and relationships as PyMISP uses them."""

from __future__ import annotations

from uuid import uuid4

from conftest import accepted
from pymisp import MISPEvent, MISPNote, MISPOpinion, MISPRelationship, PyMISP


def note_on(kind: str, uuid: str, text: str = "A note", **fields) -> MISPNote:
    note = MISPNote()
    note.from_dict(object_type=kind, object_uuid=uuid, note=text, **fields)
    return note


def test_a_note_on_something_that_is_not_here(new_user, client_for) -> None:
    """What PyMISP's own live tests do."""
    user = client_for(new_user("User"))
    nowhere = str(uuid4())
    note = user.add_note(note_on("Event", nowhere, "Fake note"), pythonify=True)
    assert note.object_uuid == nowhere
    note.note = "Updated Note"
    note = user.update_note(note, pythonify=True)
    assert note.note == "Updated Note"

    opinion = note.add_opinion(42, "Test Opinion")
    user.update_note(note)
    note = user.get_note(note, pythonify=True)
    assert [(o.uuid, o.opinion, o.comment) for o in note.opinions] == [(opinion.uuid, 42, "Test Opinion")]

    gone = accepted(user.delete_note(note))
    assert gone["success"] and gone["message"] == "Note deleted."
    assert user.get_opinion(opinion, pythonify=True).opinion == 42
    assert user.get_note(note)["errors"][1]["message"] == "Invalid Note."
    assert user.delete_opinion(opinion)["message"] == "Opinion deleted."


def test_notes_and_opinions_travel_with_an_event(misp: PyMISP, event) -> None:
    new = MISPEvent()
    new.info = f"With notes {uuid4()}"
    new.distribution = 2
    attribute = new.add_attribute("domain", f"{uuid4()}.example")
    attribute.add_opinion(10, "No longer active")
    new.add_note("On the event", language="en", distribution=1)
    report = new.add_event_report("Report", "Text")
    report.add_note("On the report")
    made = accepted(misp.add_event(new, pythonify=True))
    try:
        read = misp.get_event(made, pythonify=True)
        assert [n.note for n in read.notes] == ["On the event"]
        assert (read.notes[0].object_type, read.notes[0].object_uuid) == ("Event", read.uuid)
        assert [(o.opinion, o.comment) for o in read.attributes[0].opinions] == [(10, "No longer active")]
        assert [n.note for n in read.event_reports[0].notes] == ["On the report"]

        # A reply, which PyMISP writes beside the note that it answers.
        read.notes[0].add_note("A reply", language="en")
        misp.update_event(read)
        again = misp.get_event(made)["Event"]
        assert [n["note"] for n in again["Note"]] == ["On the event"]
        assert [n["note"] for n in again["Note"][0]["Note"]] == ["A reply"]

        found = misp.search(uuid=made.uuid, includeAnalystData=True, pythonify=True)
        assert "On the event" in [n.note for n in found[0].notes]
    finally:
        misp.delete_event(made)


def test_opinions(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "a.example")])
    opinion = MISPOpinion()
    opinion.from_dict(object_type="Attribute", object_uuid=one.attributes[0].uuid, opinion=80, comment="Agreed")
    made = misp.add_opinion(opinion, pythonify=True)
    assert (made.opinion, made.comment, made.note_type_name) == (80, "Agreed", "Opinion")
    made.opinion = 20
    assert misp.update_opinion(made, pythonify=True).opinion == 20
    assert misp.get_analyst_data(made.uuid)["Opinion"]["opinion"] == "20", "by uuid alone"
    assert misp.delete_analyst_data(made.uuid)["message"] == "Opinion deleted."


def test_relationships(misp: PyMISP, event) -> None:
    one, two = event(distribution=3), event(distribution=3)
    relationship = MISPRelationship()
    relationship.from_dict(
        object_type="Event", object_uuid=one.uuid, related_object_type="Event", related_object_uuid=two.uuid,
        relationship_type="derived-from")
    made = misp.add_relationship(relationship, pythonify=True)
    assert made.relationship_type == "derived-from"
    assert made.related_object["Event"]["info"] == two.info
    made.relationship_type = "similar-to"
    assert misp.update_relationship(made, pythonify=True).relationship_type == "similar-to"
    assert misp.get_relationship(made, pythonify=True).related_object_uuid == two.uuid
    assert [r.uuid for r in misp.get_event(one, pythonify=True).relationships] == [made.uuid]
    assert misp.get_event(two)["Event"]["RelationshipInbound"][0]["object_uuid"] == one.uuid
    assert misp.delete_relationship(made)["message"] == "Relationship deleted."


def test_who_sees_and_changes_a_note(event, new_user, client_for) -> None:
    ours, theirs = client_for(new_user("Publisher")), client_for(new_user("Publisher"))
    one = event(client=ours, distribution=3)
    hidden = ours.add_note(note_on("Event", one.uuid, "Ours", distribution=0), pythonify=True)
    shown = ours.add_note(note_on("Event", one.uuid, "Everybody's", distribution=3), pythonify=True)
    assert theirs.get_note(hidden)["errors"][1]["message"] == "Invalid Note."
    assert theirs.get_note(shown, pythonify=True).note == "Everybody's"
    assert [n.note for n in theirs.get_event(one, pythonify=True).notes] == ["Everybody's"]
    for answer in (theirs.update_note(shown), theirs.delete_note(shown)):
        assert answer["errors"] == (405, {
            "name": "You are not authorised to do that.", "message": "You are not authorised to do that.",
            "url": answer["errors"][1]["url"]})
    reader = client_for(new_user("Read Only"))
    assert reader.add_note(note_on("Event", one.uuid))["errors"][0] == 403
    # What hangs on an event that is withdrawn from others is withdrawn with it.
    one.distribution = 0
    accepted(ours.update_event(one))
    assert theirs.get_note(shown)["errors"][1]["message"] == "Invalid Note."
    assert ours.get_note(shown, pythonify=True).note == "Everybody's"


def test_any_analyst_data_through_one_method(misp: PyMISP, event) -> None:
    one = event()
    opinion = MISPOpinion()
    opinion.from_dict(object_type="Event", object_uuid=one.uuid, opinion=70, comment="Likely")
    for data, field, value in ((note_on("Event", one.uuid), "note", "Changed"), (opinion, "opinion", 20)):
        added = accepted(misp.add_analyst_data(data, pythonify=True))
        assert type(added) is type(data) and added.uuid == data.uuid
        setattr(added, field, value)
        assert getattr(accepted(misp.update_analyst_data(added, pythonify=True)), field) == value
        assert getattr(misp.get_analyst_data(added, pythonify=True), field) == value
    read = misp.get_event(one, pythonify=True)
    assert ([n.note for n in read.notes], [o.opinion for o in read.opinions]) == (["Changed"], [20])


def test_notes_on_new_contents_without_uuids_are_kept(misp: PyMISP) -> None:
    def said(text: str) -> dict:
        return {"Note": [{"note": text}]}

    inner = {"type": "filename", "object_relation": "filename", "value": "a.exe"} | said("inner")
    thing = {"name": "file", "meta-category": "file", "description": "A file", "template_version": "24",
             "template_uuid": "688c46fb-5edb-40a3-8273-1af7923e2215", "Attribute": [inner]}
    new = accepted(misp.direct_call("events/add", {
        "info": "Notes on everything", "Attribute": [{"type": "domain", "value": "notes.example"} | said("attribute")],
        "Object": [thing | said("object")], "EventReport": [{"name": "r", "content": "c"} | said("report")]}))["Event"]
    added = accepted(misp.direct_call(f"objects/add/{new['id']}", thing | said("later")))["Object"]
    read = accepted(misp.direct_call("events/restSearch", {"eventid": new["id"], "includeAnalystData": True}))[0]["Event"]
    first, second = sorted(read["Object"], key=lambda one: int(one["id"]))
    holders = [read["Attribute"][0], first, first["Attribute"][0], read["EventReport"][0], second, second["Attribute"][0]]
    assert [[note["note"] for note in one.get("Note", [])] for one in holders] == [
        ["attribute"], ["object"], ["inner"], ["report"], ["later"], ["inner"]]
    assert second["uuid"] == added["uuid"]
    misp.delete_event(new["id"])
