"""Events as scripts handle them: create in every shape, read, change, publish, delete."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
import zipfile

import pytest
from conftest import accepted
from pymisp import MISPAttribute, MISPEvent, MISPObject, MISPTag, PyMISP

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def of_type(event: MISPEvent, kind: str) -> list[MISPAttribute]:
    return [a for a in event.attributes if a.type == kind]


def test_a_flat_dictionary_makes_an_event(misp: PyMISP) -> None:
    added = misp._check_json_response(
        misp._prepare_request("POST", "events/add", data={"info": "Flat", "distribution": "0", "Attribute": [
            {"type": "domain", "value": "Flat.Example.COM"}]})
    )
    event = added["Event"]
    assert (event["info"], event["distribution"], event["published"]) == ("Flat", "0", False)
    assert (event["analysis"], event["threat_level_id"]) == ("0", "4")
    assert event["Attribute"][0]["value"] == "flat.example.com"
    assert isinstance(event["id"], str) and event["id"].isdigit()
    misp.delete_event(event["id"])


def test_without_pythonify_the_answer_is_the_plain_envelope(misp: PyMISP) -> None:
    new = MISPEvent()
    new.info = "Plain answer"
    added = misp.add_event(new)
    assert set(added) == {"Event"}
    event = added["Event"]
    assert event["uuid"] == new.uuid
    assert {name: type(event[name]) for name in ("id", "timestamp", "published", "attribute_count", "org_id")} == {
        "id": str, "timestamp": str, "published": bool, "attribute_count": str, "org_id": str}
    assert misp.get_event(event["id"])["Event"]["uuid"] == new.uuid
    assert misp.delete_event(event["id"])["message"] == "Event deleted."


def test_an_event_with_everything_comes_back_whole(misp: PyMISP) -> None:
    event = MISPEvent()
    event.info = "Everything at once"
    event.distribution = 3
    event.threat_level_id = 2
    event.analysis = 1
    event.set_date("2024-02-29")
    event.add_tag("tlp:green")
    event.add_tag({"name": "ours:alone", "local": True})
    ip = event.add_attribute("ip-dst", "198.51.100.5", comment="beacon", to_ids=True, first_seen="2024-02-01T10:20:30.123456Z",
                             last_seen="2024-02-02T00:00:00Z")
    ip.add_tag("seen:often")
    event.add_attribute("text", "a note with ümlauts, \"quotes\" and 日本語", category="Other", disable_correlation=True)
    file = event.add_object(name="file", comment="dropped")
    file.add_attribute("filename", "dropper.exe")
    file.add_attribute("md5", "0123456789ABCDEF0123456789abcdef")
    file.add_attribute("size-in-bytes", 4096)
    link = event.add_object(name="domain-ip")
    link.add_attribute("domain", "c2.example.net")
    link.add_attribute("ip", "192.0.2.9")
    file.add_reference(link, "communicates-with", comment="hourly")
    file.add_reference(ip, "connects-to")
    try:
        added = accepted(misp.add_event(event, pythonify=True))
        read = accepted(misp.get_event(event.uuid, pythonify=True))
        for one in (added, read):
            assert (one.info, one.distribution, one.threat_level_id, one.analysis) == (event.info, 3, 2, 1)
            assert one.date.isoformat() == "2024-02-29"
            assert sorted((tag.name, bool(tag.local)) for tag in one.tags) == [("ours:alone", True), ("tlp:green", False)]
            assert int(one.attribute_count) == 7
            first = of_type(one, "ip-dst")[0]
            assert (first.uuid, first.comment, first.to_ids) == (ip.uuid, "beacon", True)
            assert first.first_seen.isoformat() == "2024-02-01T10:20:30.123456+00:00"
            assert first.last_seen.isoformat() == "2024-02-02T00:00:00+00:00"
            assert [tag.name for tag in first.tags] == ["seen:often"]
            note = of_type(one, "text")[0]
            assert note.value == "a note with ümlauts, \"quotes\" and 日本語"
            assert (note.disable_correlation, note.to_ids) == (True, False)
            stored = one.get_object_by_uuid(file.uuid)
            assert (stored.name, stored.comment, stored.template_uuid) == ("file", "dropped", file.template_uuid)
            assert {a.object_relation: a.value for a in stored.attributes} == {
                "filename": "dropper.exe", "md5": "0123456789abcdef0123456789abcdef", "size-in-bytes": "4096"}
            assert sorted((r.relationship_type, r.referenced_uuid, r.comment) for r in stored.references) == [
                ("communicates-with", link.uuid, "hourly"), ("connects-to", ip.uuid, "")]
    finally:
        misp.delete_event(event.uuid)


def test_reading_by_id_by_uuid_and_by_record_is_the_same(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "same.example")])
    by_uuid = misp.get_event(one.uuid)
    assert misp.get_event(one.id) == by_uuid
    assert misp.get_event(one) == by_uuid
    assert misp.get_event(str(one.id)) == by_uuid


def test_exists_is_true_only_for_what_is_there(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "there.example")])
    assert misp.event_exists(one.uuid) is True
    assert misp.event_exists(one.id) is True
    assert misp.event_exists(str(uuid.uuid4())) is False
    assert misp.event_exists(2_000_000_000) is False
    assert misp.attribute_exists(one.attributes[0].uuid) is True
    assert misp.attribute_exists(str(uuid.uuid4())) is False
    assert misp.object_exists(str(uuid.uuid4())) is False


def test_what_is_not_there_answers_404(misp: PyMISP) -> None:
    for wrong in (str(uuid.uuid4()), 2_000_000_000, "no-event"):
        status, body = misp.get_event(wrong)["errors"]
        assert (status, body["message"]) == (404, "Invalid event"), wrong


def test_metadata_leaves_the_content_out(misp: PyMISP) -> None:
    new = MISPEvent()
    new.info = "Metadata only"
    new.add_attribute("domain", "meta.example")
    added = misp.add_event(new, metadata=True)["Event"]
    assert not added.get("Attribute") and not added.get("Object")
    assert len(misp.get_event(new.uuid, pythonify=True).attributes) == 1
    misp.delete_event(new.uuid)


def test_adding_a_known_uuid_names_the_place(misp: PyMISP, event) -> None:
    one = event()
    again = MISPEvent()
    again.uuid = one.uuid
    again.info = "Another of the same"
    answer = misp._prepare_request("POST", "events/add", data=again)
    assert answer.status_code == 404
    assert answer.headers["Location"].endswith(f"/events/{one.id}")
    assert answer.json()["message"].startswith("Event already exists")
    assert misp.get_event(one.uuid, pythonify=True).info == one.info


def test_update_changes_what_is_said_and_keeps_the_rest(misp: PyMISP, event) -> None:
    one = event(attributes=[("ip-dst", "192.0.2.1"), ("ip-dst", "192.0.2.2")], threat_level_id=1, analysis=2)
    one.info = "A better title"
    one.attributes[0].comment = "noted"
    one.add_attribute("domain", "added.example")
    one.add_tag("tlp:amber")
    updated = accepted(misp.update_event(one, pythonify=True))
    assert updated.uuid == one.uuid
    read = misp.get_event(one.uuid, pythonify=True)
    assert (read.info, read.threat_level_id, read.analysis) == ("A better title", 1, 2)
    assert sorted((a.value, a.comment) for a in read.attributes) == [
        ("192.0.2.1", "noted"), ("192.0.2.2", ""), ("added.example", "")]
    assert [tag.name for tag in read.tags] == ["tlp:amber"]


def test_update_with_one_field_only(misp: PyMISP, event) -> None:
    one = event(attributes=[("ip-dst", "192.0.2.1")], threat_level_id=1)
    plain = misp._check_json_response(
        misp._prepare_request("POST", f"events/edit/{one.id}", data={"Event": {"info": "Only the title"}}))
    assert plain["Event"]["info"] == "Only the title"
    read = misp.get_event(one.id, pythonify=True)
    assert (read.info, read.threat_level_id, len(read.attributes)) == ("Only the title", 1, 1)


def test_update_deletes_and_restores_attributes(misp: PyMISP, event) -> None:
    one = event(attributes=[("ip-dst", "192.0.2.1"), ("ip-dst", "192.0.2.2")])
    one.attributes[0].delete()
    accepted(misp.update_event(one, pythonify=True))
    live = misp.get_event(one.uuid, pythonify=True)
    assert [a.value for a in live.attributes] == ["192.0.2.2"]
    both = misp.get_event(one.uuid, deleted=True, pythonify=True)
    assert sorted((a.value, bool(a.deleted)) for a in both.attributes) == [("192.0.2.1", True), ("192.0.2.2", False)]
    only = misp.get_event(one.uuid, deleted=2, pythonify=True)
    assert [a.value for a in only.attributes] == ["192.0.2.1"]
    listed = misp.get_event(one.uuid, deleted=[0, 1], pythonify=True)
    assert len(listed.attributes) == 2


def test_an_older_version_is_refused(misp: PyMISP, event) -> None:
    one = event()
    answer = misp._check_json_response(misp._prepare_request(
        "POST", f"events/edit/{one.id}", data={"Event": {"info": "Old news", "timestamp": "1000000000"}}))
    status, body = answer["errors"]
    assert status == 403
    assert body["errors"] == "Event could not be saved: Event in the request not newer than the local copy."
    assert misp.get_event(one.id, pythonify=True).info == one.info


def test_publish_and_unpublish(misp: PyMISP, event) -> None:
    one = event(attributes=[("ip-dst", "192.0.2.1")])
    assert misp.publish(one)["success"] is True
    published = misp.get_event(one.uuid, pythonify=True)
    assert published.published is True
    assert published.publish_timestamp.timestamp() > 0
    again = misp.unpublish(one)
    assert "unpublished" in again["message"]
    assert misp.get_event(one.uuid, pythonify=True).published is False
    assert misp.publish(one, alert=True)["success"] is True
    changed = misp.get_event(one.uuid, pythonify=True)
    changed.info = "Changed after publication"
    changed.published = False
    assert misp.update_event(changed, pythonify=True).published is False


def test_an_event_can_be_added_published(misp: PyMISP) -> None:
    new = MISPEvent()
    new.info = "Published at once"
    new.add_attribute("domain", "published.example")
    new.publish()
    assert misp.add_event(new, pythonify=True).published is True
    read = misp.get_event(new.uuid, pythonify=True)
    assert read.published is True and read.publish_timestamp.timestamp() > 0
    misp.delete_event(new.uuid)


def test_a_published_event_without_content_is_refused(misp: PyMISP) -> None:
    new = MISPEvent()
    new.info = "Nothing in it"
    new.publish()
    status, body = misp.add_event(new)["errors"]
    assert status == 403
    assert body["errors"] == {
        "Event": "Received a published event that was empty. Event add process blocked."}
    assert misp.event_exists(new.uuid) is False


def test_an_event_without_a_title_is_refused(misp: PyMISP) -> None:
    answer = misp._prepare_request("POST", "events/add", data={"info": ""})
    assert answer.status_code == 403
    assert answer.json()["errors"] == {"Event": {"info": ["Info cannot be empty."]}}
    assert answer.json()["message"] == "Could not add Event"


def test_invalid_attributes_are_left_out_of_a_new_event(misp: PyMISP) -> None:
    body = {"info": "Half good", "Attribute": [
        {"type": "ip-dst", "value": "192.0.2.77"}, {"type": "ip-dst", "value": "not an address"},
        {"type": "no-such-type", "value": "x"}, {"type": "ip-dst", "value": "192.0.2.77"}]}
    event = misp._check_json_response(misp._prepare_request("POST", "events/add", data=body))["Event"]
    assert [a["value"] for a in event["Attribute"]] == ["192.0.2.77"]
    misp.delete_event(event["id"])


def test_delete_by_record_id_and_uuid_and_twice(misp: PyMISP, event) -> None:
    records = [event(), event(), event()]
    for wanted in (records[0], records[1].id, records[2].uuid):
        assert misp.delete_event(wanted)["message"] == "Event deleted."
    for one in records:
        assert misp.event_exists(one.uuid) is False
    assert misp.delete_event(records[0].id)["errors"][0] in (403, 404)


def test_attachments_keep_their_bytes(misp: PyMISP) -> None:
    new = MISPEvent()
    new.info = "With a picture"
    new.add_attribute("attachment", "../../pixel.png", data=io.BytesIO(PICTURE))
    try:
        accepted(misp.add_event(new, pythonify=True))
        read = misp.get_event(new.uuid, pythonify=True)
        attachment = read.attributes[0]
        assert attachment.data.getvalue() == PICTURE
        single = misp.get_attribute(attachment.uuid, pythonify=True)
        assert single.data.getvalue() == PICTURE
        found = misp.search(eventid=read.id, with_attachments=True, pythonify=True)
        assert found[0].attributes[0].data.getvalue() == PICTURE
        without = misp.search(eventid=read.id, pythonify=True)
        assert without[0].attributes[0].data is None
    finally:
        misp.delete_event(new.uuid)


def test_a_malware_sample_is_locked_and_comes_back(misp: PyMISP) -> None:
    sample = b"MZ harmless stand-in for a sample"
    new = MISPEvent()
    new.info = "With a sample"
    new.add_attribute("malware-sample", "bad.exe", data=io.BytesIO(sample), expand="binary")
    try:
        accepted(misp.add_event(new, pythonify=True))
        read = misp.get_event(new.uuid, pythonify=True)
        attribute = of_type(read, "malware-sample")[0]
        digest = hashlib.md5(sample).hexdigest()
        assert attribute.value == f"bad.exe|{digest}"
        assert attribute.malware_binary.getvalue() == sample
        assert attribute.malware_filename == "bad.exe"
        with zipfile.ZipFile(io.BytesIO(attribute.data.getvalue())) as archive:
            assert sorted(archive.namelist()) == sorted([digest, f"{digest}.filename.txt"])
            with pytest.raises(RuntimeError):
                archive.read(digest)
    finally:
        misp.delete_event(new.uuid)


def test_raw_bytes_are_locked_when_asked(misp: PyMISP, event) -> None:
    sample = b"raw bytes " * 100
    one = event()
    answer = misp._check_json_response(misp._prepare_request("POST", f"attributes/add/{one.id}", data={
        "type": "malware-sample", "value": "raw.bin", "data": base64.b64encode(sample).decode(), "encrypt": True}))
    digest = hashlib.md5(sample).hexdigest()
    assert answer["Attribute"]["value"] == f"raw.bin|{digest}"
    read = misp.get_event(one.id, pythonify=True).attributes[0]
    assert read.malware_binary.getvalue() == sample


def test_an_extension_is_merged_when_asked(misp: PyMISP, event) -> None:
    base = event(attributes=[("domain", "base.example")])
    more = event(attributes=[("domain", "more.example")], extends_uuid=base.uuid)
    plain = misp.get_event(base.uuid, pythonify=True)
    assert [a.value for a in plain.attributes] == ["base.example"]
    extended = misp.get_event(base.uuid, extended=True, pythonify=True)
    assert sorted(a.value for a in extended.attributes) == ["base.example", "more.example"]
    assert misp.get_event(more.uuid, pythonify=True).extends_uuid == base.uuid


def test_tags_of_a_new_event_are_made_and_kept(misp: PyMISP, event) -> None:
    one = event()
    name = f"e2e:tag={uuid.uuid4()}"
    tag = MISPTag()
    tag.name = name
    tag.colour = "#123456"
    one.tags = [tag]
    assert [t.name for t in accepted(misp.update_event(one, pythonify=True)).tags] == [name]
    found = misp.search_tags(name, pythonify=True)
    assert [(t.name, t.colour) for t in found] == [(name, "#123456")]


def test_an_event_of_another_size(misp: PyMISP) -> None:
    new = MISPEvent()
    new.info = "Many"
    for number in range(2_000):
        new.add_attribute("ip-dst", f"198.18.{number // 250}.{number % 250 + 1}")
    try:
        added = accepted(misp.add_event(new, pythonify=True))
        assert len(added.attributes) == 2_000
        assert int(misp.get_event(new.uuid, pythonify=True).attribute_count) == 2_000
    finally:
        misp.delete_event(new.uuid)


def test_correlations_are_shown_between_events(misp: PyMISP, event) -> None:
    value = f"{uuid.uuid4()}.example"
    first = event(attributes=[("domain", value)])
    second = event(attributes=[("hostname", value)])
    related = misp.get_event(first.uuid, pythonify=True).related_events
    assert [r["Event"].uuid for r in related] == [second.uuid]


def test_the_records_of_a_script_have_their_organisations(misp: PyMISP, server, event) -> None:
    one = misp.get_event(event().uuid, pythonify=True)
    assert one.org.name == one.orgc.name == server.organisation
    assert one.org.uuid == one.orgc.uuid
    assert one.event_creator_email == server.email


def test_objects_without_a_known_template_are_kept(misp: PyMISP) -> None:
    new = MISPEvent()
    new.info = "Own template"
    made = MISPObject("made-up", strict=False)
    made.template_uuid = "5b2c1a4e-93d0-4c83-8f3a-8a1e9cfd6a01"
    made.template_version = "1"
    setattr(made, "meta-category", "misc")
    made.description = "A template that nobody knows"
    made.add_attribute("label", type="text", value="seven")
    new.add_object(made)
    try:
        read = accepted(misp.add_event(new, pythonify=True)).objects[0]
        assert (read.name, read.template_uuid, read.attributes[0].value) == ("made-up", made.template_uuid, "seven")
    finally:
        misp.delete_event(new.uuid)


def test_an_attribute_may_carry_a_sighting_when_the_event_is_made(misp: PyMISP) -> None:
    new = MISPEvent()
    new.info = "Seen before"
    attribute: MISPAttribute = new.add_attribute("ip-dst", "203.0.113.99")
    attribute.add_sighting({"date_sighting": 1700000000, "type": 0, "source": "sensor"})
    try:
        accepted(misp.add_event(new, pythonify=True))
        read = misp.get_event(new.uuid, pythonify=True).attributes[0]
        assert [(s.source, int(s.date_sighting.timestamp() if hasattr(s.date_sighting, "timestamp") else s.date_sighting))
                for s in read.sightings] == [("sensor", 1700000000)]
    finally:
        misp.delete_event(new.uuid)
