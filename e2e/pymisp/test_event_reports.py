"""Event reports as PyMISP uses them."""

from __future__ import annotations

import uuid

import launch
from conftest import accepted
from pymisp import MISPEventReport, PyMISP


def report(name: str = "A report", content: str = "# Title\n\nText", **fields) -> MISPEventReport:
    new = MISPEventReport()
    new.from_dict(name=name, content=content, **fields)
    return new


def test_a_report_from_its_making_to_its_end(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "a.example")])
    made = misp.add_event_report(one.id, report(distribution=5), pythonify=True)
    assert (made.name, made.content, made.event_id, made.distribution) == ("A report", "# Title\n\nText", int(one.id), 5)

    for key in (made, made.id, made.uuid):
        assert misp.get_event_report(key, pythonify=True).uuid == made.uuid
    assert [r.uuid for r in misp.get_event_reports(one.id, pythonify=True)] == [made.uuid]

    made.name = "Another name"
    made.content = "Other text"
    changed = misp.update_event_report(made, pythonify=True)
    assert (changed.name, changed.content, changed.id) == ("Another name", "Other text", made.id)
    assert changed.timestamp >= made.timestamp
    changed.name = "By id"
    assert misp.update_event_report(changed, event_report_id=made.id, pythonify=True).name == "By id"

    inside = misp.get_event(one, pythonify=True).event_reports
    assert [(r.name, r.content) for r in inside] == [("By id", "Other text")]

    soft = accepted(misp.delete_event_report(made.uuid))
    assert soft["name"] == f"Event Report {made.uuid} soft deleted"
    assert misp.get_event(one, pythonify=True).event_reports == []
    deleted = misp.get_event(one, deleted=[0, 1], pythonify=True).event_reports
    assert [r.uuid for r in deleted] == [made.uuid]
    hard = accepted(misp.delete_event_report(made, hard=True))
    assert hard["name"] == f"Event Report {made.uuid} hard deleted"
    gone = misp.delete_event_report(made)
    assert gone["errors"][0] == 404 and gone["errors"][1]["message"] == "Invalid report"


def test_a_report_travels_with_its_event(misp: PyMISP, event) -> None:
    one = event()
    one.add_event_report("Inside", "@[tag](tlp:red)", distribution=0)
    stored = misp.update_event(one, pythonify=True)
    assert [(r.name, r.distribution) for r in stored.event_reports] == [("Inside", 0)]
    without = misp.search(uuid=one.uuid, noEventReports=True)
    assert "Attribute" in without[0]["Event"]


def test_refusals(misp: PyMISP, event, new_user, client_for) -> None:
    one = event(distribution=3)
    empty = misp.add_event_report(one.id, report(name=""))
    assert empty["errors"][0] == 403 and empty["errors"][1]["errors"] == "This field cannot be left blank"
    nowhere = misp.add_event_report(999_999_999, report())
    assert nowhere["errors"][0] == 404 and nowhere["errors"][1]["message"] == "Invalid event"

    made = misp.add_event_report(one.id, report(), pythonify=True)
    other = client_for(new_user("Publisher"))
    assert other.get_event_report(made.uuid, pythonify=True).name == "A report"
    for answer in (
        other.add_event_report(one.id, report()),
        other.update_event_report(made),
        other.delete_event_report(made),
    ):
        assert answer["errors"][0] == 403, answer
    reader = client_for(new_user("Read Only"))
    assert reader.add_event_report(one.id, report())["errors"][0] == 403
    hidden = misp.add_event_report(one.id, report(distribution=0), pythonify=True)
    assert other.get_event_report(hidden.uuid)["errors"][1]["message"] == "Invalid report"
    assert [r.uuid for r in other.get_event_reports(one.id, pythonify=True)] == [made.uuid]


def test_indicators_are_extracted_on_request_only(misp: PyMISP, event) -> None:
    one = event(attributes=[("domain", "known.example.com")])
    value = f"{uuid.uuid4()}.example.com"
    text = f"Talks to {value.replace('.', '[.]')} and known.example.com."
    made = misp.add_event_report(one.id, report(content=text), pythonify=True)
    found = misp.direct_call(f"eventReports/extractFromReport/{made.uuid}")
    assert {(f["value"], f["known"]) for f in found} == {(value, False), ("known.example.com", True)}
    assert len(misp.get_event(one, pythonify=True).attributes) == 1
    saved = misp.direct_call(f"eventReports/extractAllFromReport/{made.uuid}", {"save": True})
    assert [a["value"] for a in saved["Attribute"]] == [value]
    assert {a.value for a in misp.get_event(one, pythonify=True).attributes} == {value, "known.example.com"}


def test_a_page_of_the_web_becomes_a_report(misp: PyMISP, event, tmp_path) -> None:
    (tmp_path / "page.html").write_text(
        "<html><head><title>Wave &amp; more</title><script>alert(1)</script></head>"
        "<body><h1>Heading</h1><p>Talks to <b>a.example.com</b>.</p></body></html>", encoding="utf-8")
    (tmp_path / "plain.txt").write_text("Plain text", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
    one = event()
    with launch.serve_directory(tmp_path) as web:
        call = f"eventReports/importReportFromUrl/{one.id}"
        page = accepted(misp.direct_call(call, {"url": f"{web.url}/page.html"}))["EventReport"]
        assert page["name"] == "Wave & more"
        assert page["content"] == f"Source: `{web.url}/page.html`\n\n## Heading\n\nTalks to a.example.com."
        plain = accepted(misp.direct_call(call, {"url": f"{web.url}/plain.txt"}))["EventReport"]
        assert plain["content"].endswith("Plain text")
        picture = misp.direct_call(call, {"url": f"{web.url}/picture.png"})
        assert picture["errors"][1]["errors"] == "Only text can be imported as a report."
        missing = misp.direct_call(call, {"url": f"{web.url}/nothing.txt"})
        assert missing["errors"][0] == 424
    assert len(misp.get_event_reports(one.id)) == 2
